"""What stands in the post, and in the inbox before it is opened."""

import re
from collections.abc import Iterator
from itertools import islice

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from posts.content import starters, words
from posts.desk.checklist.items import ChecklistItem, ItemLevel, Subject
from subscribers.one_line import one_line

LONGEST_SUBJECT = 70  # what a phone shows of it, generously
LONGEST_PREHEADER = 110
SHORTEST_PREHEADER = 15
WANTS_HEADINGS = 700  # words

# Signs of another program's writing that readers would see as they are.
_RAW = re.compile(
    r"(?:^|[>\n])[ \t]{0,8}#{1,6} \w"  # ## a heading
    r"|\*\*\w[^*\n]{0,200}\*\*|\]\(https?://"  # **bold**, [a link](https://…)
)
_PLACEHOLDER = re.compile(
    r"\{\{[^{}\n]{1,60}\}\}|\*\|\w{1,40}\|\*|%\w{2,40}%|\[(?:[A-Z][A-Z _]{2,40})\]"
    r"|\b[Ll]orem ipsum\b|\bTODO\b|\bTKTK\b|\bXXX+\b"
    r"|\[\[[^\[\]\n]{0,90}(?:\]\])?+|\]\]"  # of a template, also where it is half gone
)


def body(seen: Subject) -> Iterator[ChecklistItem]:
    """Whether there is anything to read."""
    place = seen.place("body")
    if not words.all_words(seen.post.body.raw_data).strip():
        if not any(block.block_type == "image" for block in seen.post.body):
            yield ChecklistItem(ItemLevel.MEND, _("The post has no text yet."), place)
            return
        yield ChecklistItem(ItemLevel.LOOK, _("The post has pictures and no text."), place)
        return
    yield ChecklistItem(ItemLevel.FINE, _("There is something to read."))


def leftovers(seen: Subject) -> Iterator[ChecklistItem]:
    """What was meant for a program, or to be filled in."""
    found = [*_leftovers_in(seen)] or [*_leftovers_beside(seen)]
    yield from found[:5]
    if not found:
        yield ChecklistItem(ItemLevel.FINE, _("Nothing is left to be filled in."))


def _leftovers_in(seen: Subject) -> Iterator[ChecklistItem]:
    post = seen.post
    fields = {
        "title": post.title,
        "subtitle": post.subtitle,
        "excerpt": post.excerpt,
        "mail_subject": post.mail_subject,
        "preheader": post.preheader,
        "short_version": post.short_version,
        "small_step": post.small_step,
    }
    for name, text in fields.items():
        yield from _in_text(text, seen.place(name))
    for block in post.body.raw_data:
        place = seen.place(f"body.{block.get('id', '')}")
        yield from _in_text(words.all_words([block]), place)


def _leftovers_beside(seen: Subject) -> Iterator[ChecklistItem]:
    """What else of a template would go out: struck through, or in the words for a picture."""
    text = one_line(seen.mail.text) if seen.mail else ""
    signs = [text.find(sign) for sign in ("[[", *starters.prompts())]
    at = min((sign for sign in signs if sign >= 0), default=-1)
    if at >= 0:
        yield _to_fill_in(text, at, at, seen.place("body"))


def _in_text(text: str, place: str) -> Iterator[ChecklistItem]:
    if raw := _RAW.search(text):
        yield ChecklistItem(
            ItemLevel.LOOK,
            _("“%(words)s” would stand in the letter as it is, signs and all.")
            % {"words": _around(text, *raw.span())},
            place,
        )
    for start, end in islice(unfilled(text), 1):
        yield _to_fill_in(text, start, end, place)


def _to_fill_in(text: str, start: int, end: int, place: str) -> ChecklistItem:
    said = _("“%(words)s” looks as if it was to be filled in.")
    return ChecklistItem(ItemLevel.LOOK, said % {"words": _around(text, start, end)}, place)


def unfilled(text: str) -> Iterator[tuple[int, int]]:
    """From where to where a text still waits to be filled in: what has a sign of it, and what a
    template of ours asks for, also where nothing is left of its brackets."""
    spans = [found.span() for found in _PLACEHOLDER.finditer(text)]
    for prompt in starters.prompts():
        at = text.find(prompt)
        if at >= 0 and not any(start <= at < end for start, end in spans):
            spans.append((at, at + len(prompt)))
    yield from sorted(spans)


def _around(text: str, start: int, end: int) -> str:
    return words.shortened(one_line(words.plain(text[start : end + 40])), 50)


def inbox(seen: Subject) -> Iterator[ChecklistItem]:
    """Subject and preview line."""
    subject, line = seen.post.subject, seen.post.mail_preheader
    if len(subject) > LONGEST_SUBJECT:
        yield ChecklistItem(
            ItemLevel.LOOK,
            _("The subject has %(n)d signs; phones show about the first %(most)d.")
            % {"n": len(subject), "most": LONGEST_SUBJECT},
            seen.place("mail_subject"),
        )
    else:
        yield ChecklistItem(ItemLevel.FINE, _("The subject is short enough for a phone."))
    yield _preheader(seen, subject, line)


def _preheader(seen: Subject, subject: str, line: str) -> ChecklistItem:
    if not line:
        said = _("There is no preview line; the inbox shows whatever comes first.")
    elif line.casefold() == subject.casefold():
        said = _("The preview line says the same as the subject.")
    elif len(seen.post.preheader) > LONGEST_PREHEADER:
        said = _("The preview line has %(n)d signs; inboxes show about the first %(most)d.") % {
            "n": len(line),
            "most": LONGEST_PREHEADER,
        }
    elif len(line) < SHORTEST_PREHEADER:
        said = _("The preview line is very short: “%(line)s”.") % {"line": line}
    else:
        return ChecklistItem(ItemLevel.FINE, _("There is a preview line."))
    return ChecklistItem(ItemLevel.LOOK, said, seen.place("preheader"))


def pictures(seen: Subject) -> Iterator[ChecklistItem]:
    """Whether those who see no pictures miss nothing."""
    blocks = [block for block in seen.post.body if block.block_type == "image"]
    described = True
    for block in blocks:
        image = block.value.get("image")
        text = (getattr(image, "contextual_alt_text", "") or "").strip()
        if image is not None and getattr(image, "decorative", False):
            continue
        place = seen.place(f"body.{block.id}")
        if not text:
            described = False
            yield ChecklistItem(ItemLevel.MEND, _("A picture has no description."), place)
        elif re.search(r"\.(?:jpe?g|png|gif|webp|heic)$|^(?:img|dsc|image)[ _-]?\d", text, re.I):
            described = False
            yield ChecklistItem(
                ItemLevel.LOOK,
                _("A picture is described as “%(text)s”, which is the name of a file.")
                % {"text": words.shortened(text, 40)},
                place,
            )
    if blocks and described:
        said = ngettext(
            "The picture is described or marked as decorative.",
            "The pictures are described or marked as decorative.",
            len(blocks),
        )
        yield ChecklistItem(ItemLevel.FINE, said)


def headings(seen: Subject) -> Iterator[ChecklistItem]:
    """Whether a long text can be found one's way in."""
    levels = [
        int(block["value"].get("level") or 2)
        for block in seen.post.body.raw_data
        if block["type"] == "heading"
    ]
    length = len(words.all_words(seen.post.body.raw_data).split())
    if levels and levels[0] > min(levels):
        yield ChecklistItem(
            ItemLevel.LOOK,
            _("A part comes before the first section: headings are read as an outline."),
            seen.place("body"),
        )
    elif length > WANTS_HEADINGS and not levels:
        yield ChecklistItem(
            ItemLevel.LOOK,
            _("A text of %(n)d words without headings is hard to come back to.") % {"n": length},
            seen.place("body"),
        )
    elif levels:
        yield ChecklistItem(ItemLevel.FINE, _("The headings make an outline."))
