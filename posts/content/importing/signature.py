"""How letters end: the writer's signature, and what stands below it."""

import re
from collections.abc import Sequence

from posts.content.importing import line_checks
from posts.content.importing.invitation import begins_invite
from posts.content.importing.marks import RULE, bullet
from posts.content.importing.pieces import Divider, Items, Piece, SignOff, Text, Verbatim

_VALEDICTIONS = re.compile(
    r"(?:(?:with|much|all my|so much|lots of|sending(?: you)?|all the|big|warm(?:est)?|a) )*"
    r"(?:love(?: always| to you(?: all)?)?|care|warmth|gratitude|kindness|hope|tenderness"
    r"|hugs?|thanks"
    r"|peace|blessings|affection|softness)"
    r"(?:,? (?:and|&) (?:love|care|warmth|gratitude|kindness|hope|tenderness|hugs|patience|peace"
    r"|softness|solidarity|courage|light))*"
    r"|warmly|warm(?:est)? (?:wishes|regards)|kind(?:est)? regards|kindly"
    r"|sincerely(?: yours)?|gently"
    r"|cheers|gratefully|tenderly|yours(?: \w+){0,2}|(?:all (?:the|my) )?best(?: wishes| regards)?"
    r"|take (?:good |gentle )?care(?: of yourself)?|regards|in solidarity|be (?:well|gentle|kind)"
    r"(?: (?:with|to) (?:yourself|yourselves|each other))?"
    r"|go (?:gently|slowly|well)|thank you(?: for reading)?|namaste"
    r"|x?(?:xo)+x?|x{1,5}|o{2,3}|until (?:next \w+|soon|then)|see you \w+|(?:talk|more"
    r"|write) soon|soon"
    r"|(?:(?:mit )?(?:ganz )?(?:viele|liebe|lieben|herzliche|herzlichen|freundlichen|schöne"
    r"|sonnige) )"
    r"(?:grüße|grüßen|grüsse|grüssen|gruß|gruss)|herzlich\w*|von herzen|alles (?:liebe|gute)"
    r"|l\.?g\.?"
    r"|(?:bis (?:bald|dann|nächste woche|zum nächsten mal)|in liebe)"
    r"|pass(?:t)? (?:gut )?auf \w+ auf"
    r"|(?:dein|deine|euer|eure|ihr|ihre)"
    r"|(?:con (?:todo (?:mi )?)?(?:mucho )?(?:cariño|afecto|amor|ternura|gratitud))"
    r"|(?:un |fuerte |gran |muchos )*abrazos?"
    r"(?: (?:enorme|grande|fuerte|cálido|inmenso)s?)?|(?:muchos )?saludos(?: cordiales)?"
    r"|hasta (?:pronto|la próxima)"
    r"|(?:muchos )?bes(?:os|itos)|un beso|te quiero|cuídate|cuidaos|cuídense"
    r"|(?:bien )?amicalement|bien à (?:vous|toi)|chaleureusement|cordialement|tendrement"
    r"|(?:avec )?(?:toute ma |beaucoup de )?(?:tendresse|affection|amour|amitié|gratitude)"
    r"|je (?:vous|t['’]) ?embrasse|à (?:très )?bientôt|à la semaine prochaine"
    r"|(?:grosses )?bi(?:ses|sous)"
    r"|prenez soin de vous|prends soin de toi"
    r"|(?:مع|بكل|كل) (?:ال)?(?:محبة|محبتي|مودة|حب|تحياتي)|مع تحياتي|تحياتي"
    r"|(?:בְ|ב)אהבה|באהבה|בברכה|בחום|स्नेह सहित|प्यार सहित|सस्नेह|सादर|かしこ|敬具|ではまた|愛をこめて"
    r"|祝好|祝安|保重|此致|晚安|愛你們的|爱你们的|사랑을 담아"
    r"|ด้วยรัก(?:และคิดถึง)?|با (?:مهر|عشق|احترام)",
    re.IGNORECASE,
)
_AND = re.compile(r"[A-ZÀ-Þ]\w{1,20} (?:and|&|und|y|et|e|en) ")
_DASHED_NAME = re.compile(r"(?:[-–—―~]+)\s?(?P<name>\w.*)")
_AFTERWORD = re.compile(
    r"(?:p\.?\s?(?:p\.?\s?)?(?:p\.?\s?)?s\.?|n\.?\s?b\.?|post ?scriptum|posdata"
    r"|p\.?\s?d\.?|п\.?\s?с\.?|υ\.?\s?γ\.?|נ\.?\s?ב\.?|ملاحظة|पुनश्च|추신|追伸|附|又及|หมายเหตุ)"
    r"(?=[\s:：.,–—-]|$)",
    re.IGNORECASE,
)
# Kisses, hearts and flowers around a name.
_KISSES = re.compile(
    r"(?:\s(?:x{1,5}|x?(?:xo){1,4}x?|o{2,3})){1,3}$"
    r"|[\s\u2600-\u27bf\u2764\ufe0f\U0001f300-\U0001faff]{1,12}$",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"\S@\S{1,100}\.\w|https?://|www\.|\d[\d ()/.-]{5,30}\d|(?<!\w)@\w", re.IGNORECASE
)
_THE_END = frozenset({"the end", "ende", "fin", "amen", "end", "fine"})
_MOST_PARTED = 3  # pieces at the end, one after another, until a signature is found in them
_MOST_BELOW_A_NAME = 5  # a profession, a place, addresses
_SMALL_WORDS = frozenset(
    [
        *("and", "the", "of", "at", "from", "in", "with", "&", "und", "von", "der", "die", "das"),
        *("mit", "y", "de", "del", "la", "et", "du", "des", "le"),
    ]
)


def find_sign_off(pieces: Sequence[Piece]) -> list[Piece]:
    """Make the signature a sign-off, with the closing line or greeting that stands above it."""
    end = _before_afterwords(pieces)
    for parts in range(1, _MOST_PARTED + 1):
        parted = _parted(pieces[:end], parts)
        places = range(len(parted) - 1, max(0, len(parted) - 2 - _MOST_BELOW_A_NAME), -1)
        usable = [at for at in places if all(map(_is_role, parted[at + 1 :]))]
        for form in (_signature, _lone_name):
            for at in usable:
                if found := form(parted, at):
                    sign_off, start = found
                    return [*parted[:start], sign_off, *parted[at + 1 :], *pieces[end:]]
    return list(pieces)


def _before_afterwords(pieces: Sequence[Piece]) -> int:
    """Where the first of them stands, with no more below than who writes, and where."""
    near = range(max(0, len(pieces) - _MOST_BELOW_A_NAME), len(pieces))
    return next((at for at in near if _is_afterword(pieces[at])), len(pieces))


def _is_afterword(piece: Piece) -> bool:
    return isinstance(piece, Text) and _AFTERWORD.match(piece.plain) is not None


def _parted(pieces: Sequence[Piece], most: int) -> list[Piece]:
    """The pieces, so many of the last as single lines: HTML and Markdown break them by a tag."""
    last = pieces[-1] if pieces else None
    if isinstance(last, Items) and len(last.entries) == 1 and last.entries[0][:1].isupper():
        return [*pieces[:-1], Text(f"- {last.entries[0]}", gap=True)]
    parted: list[Piece] = []
    for at, piece in enumerate(pieces):
        near = at >= len(pieces) - most
        if isinstance(piece, Text) and near and _are_farewells(piece):
            parted += piece.lines
        else:
            parted.append(piece)
    return parted


def _are_farewells(text: Text) -> bool:
    few = len(text.lines) <= _MOST_BELOW_A_NAME + 1 and not isinstance(text, Verbatim)
    return few and all(line_checks.is_short(line.plain) for line in text.lines)


def _is_role(piece: Piece) -> bool:
    """A line that may stand below a name, such as a profession or an address."""
    if isinstance(piece, Divider):
        return True
    if not isinstance(piece, Text):
        return False
    line = piece.plain
    if _CONTACT.search(line) or RULE.fullmatch(line):
        return line_checks.is_short(line, chars=120)
    return line_checks.looks_like_heading(line) and (line[:1].isalnum() or line[:1] in '(„“"')


def _signature(pieces: Sequence[Piece], at: int) -> tuple[SignOff, int] | None:
    """The sign-off whose last line is here, and where it begins."""
    piece, above = pieces[at], pieces[at - 1] if at else None
    if not isinstance(piece, Text) or piece.needs_marks or len(piece.lines) > 1:
        return None
    above = above if isinstance(above, Text) and not above.needs_marks else None
    dashed = _DASHED_NAME.fullmatch(piece.plain)
    name = dashed["name"] if dashed else piece.plain
    before = pieces[at - 2] if at > 1 else None
    if above and _is_valediction(above, before, name) and _is_name(name, words=9):
        return _signed(above.plain, name), at - 1
    if not dashed:
        return _one_line(piece, at)
    if not _is_name(name) or _is_bullet(piece, above):
        return None
    closes = above and _is_closing_line(above.plain) and not _ends_a_verse(above, before)
    if above and closes and not _is_an_invite(pieces, at - 1):
        return _signed(above.plain, name), at - 1
    return _signed("", name), at


def _ends_a_verse(text: Text, above: Piece | None) -> bool:
    """The sentence that ends in this line began in one above it."""
    begun = isinstance(above, Text) and not line_checks.ends_sentence(above.plain)
    return begun and not text.gap and text.plain[:1].islower()


def _signed(text: str, name: str) -> SignOff:
    return SignOff(text, name, guessed=True)


def _is_valediction(text: Text, above: Piece | None, name: str) -> bool:
    """A line such as “Warmly,” or any few words with a comma, unless they continue a list."""
    line = text.plain
    follows_prose = (
        text.gap or not isinstance(above, Text) or line_checks.ends_sentence(above.plain)
    )
    bare = _KISSES.sub("", line).rstrip(",.!،、， –")
    comma = line.endswith(line_checks.COMMAS)
    if _VALEDICTIONS.fullmatch(bare):
        return follows_prose or comma or line.endswith((".", "!"))
    if not comma or not follows_prose:
        return False
    count = len(line.split())
    known = _VALEDICTIONS.match(bare) is not None or _AND.match(name) is not None
    return count <= 4 or (count <= 9 and (known or _is_name_alone(name)))


def _one_line(text: Text, at: int) -> tuple[SignOff, int] | None:
    """“Love, Kim” in one line; “Until next week. -Kim” and “Kim xx” as well."""
    comma = re.fullmatch(r"(?P<greeting>[^,،、，]+)[,،、，]\s*(?P<name>\S.*)", text.plain)
    if comma and _VALEDICTIONS.fullmatch(comma["greeting"].strip(" !")) and _is_name(comma["name"]):
        return _signed(f"{comma['greeting'].strip()},", comma["name"]), at
    match = re.fullmatch(r"(?P<line>.*[.!?…])\s+[-–—―~]\s?(?P<name>\w.*)", text.plain)
    if match and _is_closing_line(match["line"]) and _is_name(match["name"]):
        return _signed(match["line"], match["name"]), at
    bare = _KISSES.sub("", text.plain)
    if bare and re.search(r"\sx", text.plain[len(bare) :], re.IGNORECASE) and _is_name_alone(bare):
        return _signed("", text.plain), at
    return None


def _lone_name(pieces: Sequence[Piece], at: int) -> tuple[SignOff, int] | None:
    """A name below prose or a list, and nothing but its roles below it."""
    piece, above = pieces[at], pieces[at - 1] if at else None
    if not isinstance(piece, Text) or piece.needs_marks or len(piece.lines) > 1 or at < 2:
        return None
    if isinstance(above, Text):
        ended = line_checks.ends_sentence(above.plain) or (piece.gap and bullet(above.plain))
        if not ended or line_checks.is_quoted(above.plain):
            return None
    elif not isinstance(above, Items) or not piece.gap:
        return None
    return (_signed("", piece.plain), at) if _is_name_alone(piece.plain) else None


def _is_bullet(text: Text, above: Text | None) -> bool:
    """The line is an entry of a list: others stand above it, or a line that announces them."""
    if not above or text.plain[:1] not in "-–":
        return False
    if line_checks.ends_in_colon(above.plain):
        return True
    return above.plain[:1] == text.plain[:1] and (not text.gap or above.gap)


def _is_an_invite(pieces: Sequence[Piece], at: int) -> bool:
    """The line is the last of those things to do that stand above it."""
    line, above = pieces[at], pieces[at - 1] if at else None
    if not isinstance(line, Text) or not isinstance(above, Text) or not begins_invite(line.plain):
        return False
    alike = begins_invite(above.plain) and line_checks.ends_sentence(above.plain)
    return line_checks.ends_in_colon(above.plain) or (alike and line_checks.is_short(above.plain))


def _is_closing_line(line: str) -> bool:
    return (
        line_checks.is_short(line)
        and line_checks.is_one_sentence(line)
        and not line_checks.is_quoted(line)
        and (line_checks.ends_sentence(line) or line.endswith(","))
    )


def _is_name(text: str, *, words: int = 6) -> bool:
    """A few words, the first with a capital if there are several."""
    bare = _KISSES.sub("", text)
    parts = bare.split()
    initial = re.fullmatch(r"(?:\w\.\s?){1,3}", bare) is not None
    return (
        0 < len(parts) <= words
        and len(text) <= 80
        and (initial or not line_checks.ends_sentence(bare))
        and not bare.endswith((":", ";", *line_checks.COMMAS))
        and any(map(str.isalpha, bare))
        and (not parts[0][0].islower() or (len(parts) == 1 and parts[0].isalpha()))
    )


def _is_name_alone(text: str) -> bool:
    """One to four words of which each could be a name."""
    bare = _KISSES.sub("", text).rstrip(".") if len(text) < 4 else _KISSES.sub("", text)
    parts = [part for part in bare.split() if part.lower() not in _SMALL_WORDS]
    if not _is_name(bare, words=4) or bare.lower() in _THE_END or len(bare) > 40:
        return False
    cased = [part for part in parts if part.lower() != part.upper()]
    if not cased:  # a script without capitals
        return len(bare) <= 12 and len(parts) <= 2
    return all(part[:1].isupper() for part in cased) and bare[:1].isalpha()
