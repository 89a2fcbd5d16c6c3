"""The rules for lines of plain text, which has no marks to say what is what."""

import re
from itertools import takewhile

from posts.content.importing import line_checks, marks
from posts.content.importing.invitation import begins_invite, invites
from posts.content.importing.list_rules import bulleted, numbered
from posts.content.importing.marks import MARKED_HEADING, RULE
from posts.content.importing.pieces import Divider, Heading, Items, Quote, SignOff, Text
from posts.content.importing.rules import (
    Found,
    Rule,
    TextReading,
    attribution_in,
    quotation,
    reasons,
)

_GREETING = re.compile(
    r"(?:hi|hello|hey|dear(?:est)?|good (?:morning|evening)|hallo|liebe[rs]?|ihr lieben"
    r"|guten (?:morgen|abend)|querid[oae]s?|hola|estimad[oa]s?|ch(?:er|ère)s?|bonjour|salut"
    r"|olá|car[oaie]s?|ciao|buongiorno|beste|lieve|kjære|kære|kära|he[ij]|drodzy|kochani|cześć"
    r"|дорог(?:ой|ая|ие)|милые|привет|здравствуйте|шановні|любі)\b"
    r"[^,!:]{0,40}[,!:]|(?:亲爱的|親愛的|尊敬的|敬爱的|各位|大家好|皆さん|みなさん|親愛なる)"
    r"[^，、！：:。]{0,20}[，、！：:。]|สวัสดี",
    re.IGNORECASE,
)
# A sentence ends in it: not one of its titles, and not its number.
_ENDED_WITHIN = re.compile(r"(?<![A-Z])[^\W\d_A-Z]{3}[.。]\s+(?=[^\W\d_a-zß-ÿ])")
_MORE_THAN = re.compile(r">\s?[\d$€£]")  # alone, it compares
_SQUARE = re.compile(r"(?P<mark>[■□◆◇])\s*(?P<text>\S.{0,40})")
_DEDICATION = re.compile(
    r"(?:for|to) (?:my|all|everyone|those|anyone)\b|(?:für|an) (?:meine?n?|alle)\b"
    r"|(?:para|a) (?:mi|todos|quienes)\b|(?:pour|à) (?:ma|mon|mes|tous|toutes)\b",
    re.IGNORECASE,
)
_TAGS = re.compile(r"#[^\s#]{1,60}#?(?:\s{1,9}#[^\s#]{1,60}#?){0,20}")
_BYLINE = re.compile(
    r"(?:[Bb]y|[Vv]on|[Pp]or|[Pp]ar) [^\W\d_]+ [A-ZÀ-Þ].*|\d{1,2}\.? (?:de )?\w+ (?:de )?\d{4}"
    r"|\w+ \d{1,2}, \d{4}"
)


def divider(reading: TextReading, at: int) -> Found | None:
    text = reading.text(at)
    return ([Divider()], 1) if text and RULE.fullmatch(text.plain) else None


def marked_heading(reading: TextReading, at: int) -> Found | None:
    """`## Some words`, as those write who know Markdown."""
    text = reading.text(at)
    match = MARKED_HEADING.fullmatch(text.plain) if text else None
    if not match:
        return None
    return [Heading(match["text"], "3" if len(match["marks"]) > 2 else "2")], 1


def marked_quote(reading: TextReading, at: int) -> Found | None:
    """Lines that begin with >, as in mails."""
    lines = reading.run(at, lambda text: text.plain.startswith(">"))
    if len(lines) == 1 and _MORE_THAN.match(lines[0].plain):
        return None
    kept = [line for text in lines if (line := text.plain.lstrip("> "))]
    if not kept or any(line.needs_marks for line in lines):
        return None
    name = attribution_in(kept[-1]) if len(kept) > 1 else ""
    return [Quote(tuple(kept[:-1] if name else kept), name)], len(lines)


def announced_list(reading: TextReading, at: int) -> Found | None:
    """Short lines after a line that ends in a colon, until prose resumes."""
    lead = reading.last
    if not lead or not line_checks.ends_in_colon(lead.plain) or _GREETING.fullmatch(lead.plain):
        return None
    invited = _invited(reading, at) if invites(lead.plain) else []
    lines = max(invited, _group(reading, at) or _alike(reading, at), key=len)
    if not lines or (len(lines) == 1 and _is_address(lines[0])):
        return None
    return [Items(tuple(line.html for line in lines))], len(lines)


def _is_address(text: Text) -> bool:
    return text.html.startswith("<a ") and text.html.count("<") == 2 and text.html.endswith("</a>")


def _invited(reading: TextReading, at: int) -> list[Text]:
    """Lines that begin as things to do begin; after lines without a full stop, none with one."""
    lines = reading.run(at, _is_invite)
    bare = bool(lines) and not line_checks.ends_sentence(lines[0].plain)
    return list(takewhile(lambda line: not (bare and _kind(line) == "sentence"), lines))


def _is_invite(text: Text) -> bool:
    return line_checks.is_short(text.plain, chars=200, words=40) and begins_invite(text.plain)


def _group(reading: TextReading, at: int) -> list[Text]:
    """Short lines without a blank line between them, where a blank line ends them."""
    first = reading.text(at)
    if not first:
        return []
    lines = [first, *reading.stretch(at + 1, _goes_on)]
    after = reading.text(at + len(lines))
    ended = after is not None and after.gap
    return lines if ended and len(lines) > 1 and all(_kind(line) for line in lines) else []


def _goes_on(text: Text) -> bool:
    return not text.gap


def _alike(reading: TextReading, at: int) -> list[Text]:
    """Lines that end in the same way, and so are entries of one list."""
    first = reading.text(at)
    kind = _kind(first) if first else ""
    if not kind:
        return []
    lines = reading.run(at, lambda text: _kind(text) == kind)
    after = reading.text(at + len(lines))
    if kind == "counted" and after and _kind(after) in ("bare", "sentence"):
        return [*lines, after]  # "one, / two, / and three."
    if kind == "bare" and after and _heads_the_rest(lines):
        lines.pop()
    return lines if len(lines) > 1 or kind == "bare" else []


def _kind(text: Text) -> str:
    """How an entry of a list ends; no kind means that it is prose."""
    line = text.plain
    if not line_checks.is_short(line, chars=120, words=24) or line_checks.ends_in_colon(line):
        return ""
    if line_checks.is_quoted(line):
        return "quoted"
    if line.endswith((",", ";")):
        return "counted"
    if not line_checks.ends_sentence(line):
        return "bare"
    if not line_checks.is_one_sentence(line) or len(line) > 100:
        return ""
    return "question" if line.rstrip("”\"'’)").endswith("?") else "sentence"


def _heads_the_rest(lines: list[Text]) -> bool:
    """The last of these lines is no entry but the heading of what follows."""
    *entries, last = lines
    if not line_checks.looks_like_heading(last.plain):
        return False
    if last.gap and len(entries) > 1 and not any(entry.gap for entry in entries[1:]):
        return True
    titled = line_checks.is_title_case(last.plain)
    return titled and not any(line_checks.is_title_case(entry.plain) for entry in entries)


def stanza(reading: TextReading, at: int) -> Found | None:
    """Short lines that blank lines hold together: verse, an address. Its lines stay lines."""
    first = reading.text(at)
    if not first or not (first.gap or at == 0):
        return None
    lines = [first, *reading.stretch(at + 1, _goes_on)]
    after = reading.text(at + len(lines))
    ended = after.gap if after else first.gap
    headed = line_checks.looks_like_heading(first.plain) and all(
        line_checks.ends_sentence(line.plain) for line in lines[1:]
    )
    if len(lines) < 2 or not ended or headed or _lead_to_rows(lines):
        return None
    if not all(line_checks.is_short(line.plain) and not _has_form(reading, line) for line in lines):
        return None
    return [Text("<br/>".join(line.html for line in lines), first.gap)], len(lines)


def _lead_to_rows(lines: list[Text]) -> bool:
    """All but the first are rows of a name and an explanation."""
    return len(lines) > 2 and reasons(TextReading(lines), 1) is not None


def _has_form(reading: TextReading, line: Text) -> bool:
    """The line would be recognised as something if it stood alone."""
    alone = TextReading([line], in_section=reading.in_section)
    return line_checks.ends_in_colon(line.plain) or any(rule(alone, 0) for rule in _FORMS)


def loud_heading(reading: TextReading, at: int) -> Found | None:
    """A line that is bold or in capitals, with something below it."""
    text, below = reading.text(at), at + 1 < len(reading.pieces)
    if not text or text.needs_marks or not below or not _is_loud(text):
        return None
    return [_below_heading(reading, text)], 1


def _is_loud(text: Text) -> bool:
    if RULE.fullmatch(text.plain) or marks.is_marked(text.plain):
        return False
    return line_checks.is_loud(text.plain) or (
        text.is_bold
        and line_checks.is_short(text.plain)
        and not text.plain.endswith((".", *line_checks.COMMAS))
        and not line_checks.is_quoted(text.plain)
    )


def _below_heading(reading: TextReading, text: Text) -> Heading:
    below = bool(reading.done) and isinstance(reading.done[-1], Heading)
    return Heading(text.plain.rstrip(":："), "3" if below else "2")


def heading(reading: TextReading, at: int) -> Found | None:
    """A short line without closing punctuation, followed by prose or by what has a form."""
    text = reading.text(at)
    if not text or not _may_head(text) or _hangs_on(reading, text):
        return None
    if _is_body(reading, at + 1):
        return [_below_heading(reading, text)], 1
    sub = reading.text(at + 1)
    if sub and _may_head(sub) and _is_body(reading, at + 2) and not _stands_in_verse(text, sub):
        return [Heading(text.plain), Heading(sub.plain, "3")], 2
    return None


def question(reading: TextReading, at: int) -> Found | None:
    """A short question on its own, with prose below: one of several, or it only asks. With a list
    or named reasons below it heads those."""
    if not _asks(reading, at):
        return None
    if not reading.often(_asks) and not any(rule(reading, at + 1) for rule in _LISTED):
        return None
    text = reading.text(at)
    return [Heading(text.plain)] if text else [], 1


def _asks(reading: TextReading, at: int) -> bool:
    text, below = reading.text(at), reading.text(at + 1)
    above = reading.text(at - 1) if at else None
    if not text or not below or text.needs_marks or not (text.gap and below.gap):
        return False
    if not line_checks.is_question(text.plain) or marks.is_marked(text.plain):
        return False
    announced = above is not None and line_checks.ends_in_colon(above.plain)
    return not announced and not _is_short_line(below) and not (above and _is_short_line(above))


def _is_short_line(text: Text) -> bool:
    """Of a kind with a question: another, or a few words without an end."""
    few = line_checks.is_short(text.plain, chars=40, words=6)
    return line_checks.is_question(text.plain) or (few and not line_checks.is_closed(text.plain))


def _may_head(text: Text) -> bool:
    begins_small = text.plain[:1].islower() and not text.gap
    return (
        line_checks.looks_like_heading(text.plain)
        and not text.needs_marks
        and not begins_small
        and not _DEDICATION.match(text.plain)
        and not _GREETING.match(text.plain)
        and not _BYLINE.fullmatch(text.plain)
        and not _TAGS.fullmatch(text.plain)
        and not line_checks.DATED.fullmatch(text.plain)
        and not _ENDED_WITHIN.search(text.plain)
        and not marks.LETTERED.fullmatch(text.plain)
        and not _is_bulleted(text.plain)
    )


def _is_bulleted(line: str) -> bool:
    """By a mark that says no more than that; a picture may stand before a heading."""
    mark = marks.repeated(line)
    return mark is not None and (mark["mark"] in marks.LETTERS or marks.is_empty(mark["mark"]))


def squared_heading(reading: TextReading, at: int) -> Found | None:
    """`■ Some words` above prose or a list with other marks, as people write in Japan."""
    text, below = reading.text(at), reading.text(at + 1)
    match = _SQUARE.fullmatch(text.plain) if text else None
    if not text or not below or not match or text.needs_marks or line_checks.is_closed(text.plain):
        return None
    above = reading.text(at - 1) if at else None
    alike = [one for one in (above, below) if one and one.plain.startswith(match["mark"])]
    return None if alike else ([_below_heading(reading, Text(match["text"], text.gap))], 1)


def _hangs_on(reading: TextReading, text: Text) -> bool:
    """The last line of a verse or a list, whose kind stands right before it; or of a signature."""
    if reading.done and isinstance(reading.done[-1], SignOff):
        return True
    last = reading.last
    return last is not None and not text.gap and "<br/>" not in last.html and _may_head(last)


def _stands_in_verse(text: Text, sub: Text) -> bool:
    return text.gap and not sub.gap


def _is_body(reading: TextReading, at: int) -> bool:
    """What stands here can follow a heading."""
    if at >= len(reading.pieces):
        return False
    text = reading.text(at)
    return not text or not _may_head(text) or any(rule(reading, at) for rule in _FORMS)


_FORMS: tuple[Rule, ...] = (
    divider,
    marked_heading,
    loud_heading,
    marked_quote,
    squared_heading,
    bulleted,
    numbered,
    quotation,
    reasons,
)
_LISTED: tuple[Rule, ...] = (bulleted, numbered, reasons)
PLAIN_RULES: tuple[Rule, ...] = (*_FORMS, announced_list, stanza, question, heading)
MARKED_UP_RULES: tuple[Rule, ...] = (divider, loud_heading, bulleted, numbered, quotation, reasons)
GUESSES = frozenset(
    {loud_heading, squared_heading, quotation, reasons, announced_list, question, heading}
)
