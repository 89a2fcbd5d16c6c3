"""Painting a card with Pillow, which shapes letters by HarfBuzz where the system has FriBiDi."""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageDraw

from posts.content import colour
from posts.sharing.cards.fonts import Library, opened
from posts.sharing.cards.layout import Lines, NoLetters, Run, fitted

WIDTH, HEIGHT = 1200, 630
_MARGIN = 84
_ROOM = WIDTH - 2 * _MARGIN
_NAME_SIZE = 38
_TITLE_TOP, _TITLE_BOTTOM = 170, 556
_BAR = 18
_INK = "#23201C"
# One colour or two and the shades between them: a palette makes the file a third as large.
_COLOURS = 128


@dataclass(frozen=True)
class CardText:
    """What a card shows. Either may be empty."""

    title: str
    name: str
    accent: str
    to_left: bool = False


def draw(card_text: CardText, fonts: Library) -> bytes:
    """The card as a PNG. Where a title's letters are in no font, the site's name stands for it."""
    title, name = _placed(card_text, fonts)
    picture = Image.new("RGB", (WIDTH, HEIGHT), colour.DAY_GROUNDS[0])
    brush = ImageDraw.Draw(picture)
    brush.rectangle((0, HEIGHT - _BAR, WIDTH, HEIGHT), fill=card_text.accent)
    if name:
        to_left = title.to_left if title else name.to_left
        _write(picture, name, baseline=_MARGIN + _NAME_SIZE, ink=card_text.accent, to_left=to_left)
    if title:
        # In the middle of its room, or a little above: it reads as hanging from the name.
        height = title.pitch * len(title.lines)
        top = _TITLE_TOP + max(0, int((_TITLE_BOTTOM - _TITLE_TOP - height) * 0.45))
        baseline = top + int(title.pitch * 0.78)
        _write(picture, title, baseline=baseline, ink=_INK, to_left=title.to_left)
    file = BytesIO()
    picture.quantize(_COLOURS, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()


def _placed(card_text: CardText, fonts: Library) -> tuple[Lines | None, Lines | None]:
    name = _try(card_text.name, fonts, card_text.to_left, sizes=(_NAME_SIZE,), most_lines=1)
    title = _try(card_text.title, fonts, card_text.to_left)
    if title:
        return title, name
    return _try(card_text.name, fonts, card_text.to_left), None


def _try(card_text: str, fonts: Library, to_left: bool, **limits: object) -> Lines | None:
    height = _TITLE_BOTTOM - _TITLE_TOP
    try:
        placed = fitted(
            card_text,
            fonts,
            width=_ROOM,
            height=height,
            to_left=to_left,
            **limits,  # type: ignore[arg-type]
        )
    except NoLetters:
        return None
    return placed if placed.lines else None


def _write(picture: Image.Image, placed: Lines, *, baseline: int, ink: str, to_left: bool) -> None:
    for number, runs in enumerate(placed.lines):
        widths = [run.width(placed.size) for run in runs]
        left = WIDTH - _MARGIN - sum(widths) if to_left else float(_MARGIN)
        for run, width in zip(runs, widths, strict=True):
            _paint(picture, run, placed.size, (left, baseline + number * placed.pitch), ink)
            left += width


def _paint(picture: Image.Image, run: Run, size: int, at: tuple[float, float], ink: str) -> None:
    font, scale = opened(str(run.file), size)
    if scale == 1.0:
        brush = ImageDraw.Draw(picture)
        brush.text(at, run.words, ink, font, anchor="ls", embedded_color=True, **run.options)
        return
    # Pictures of a fixed size: painted apart, and scaled into the line.
    ascent, descent = font.getmetrics()
    box = (int(font.getlength(run.words, **run.options)) + 1, ascent + descent)
    apart = Image.new("RGBA", box, (0, 0, 0, 0))
    ImageDraw.Draw(apart).text(
        (0, ascent), run.words, ink, font, anchor="ls", embedded_color=True, **run.options
    )
    small = apart.resize((max(1, int(box[0] * scale)), max(1, int(box[1] * scale))))
    picture.paste(small, (int(at[0]), int(at[1] - ascent * scale)), small)
