"""How texts end: an invitation to the reader, and the writer's signature.

The words are those of the four languages that the site speaks.
"""

import re
from collections.abc import Sequence

from posts.content.importing import line_checks
from posts.content.importing.pieces import (
    Divider,
    Heading,
    Invitation,
    InviteKind,
    Items,
    Piece,
    Reasons,
    SignOff,
    Text,
    plain,
)

_INVITES = re.compile(
    r"\binvit|\blade (?:ich )?(?:dich|euch|sie)\b|\beinlad|\bresonat|\bresuena|\brésonne"
    r"|\bif (?:any of )?this (?:speaks|spoke|helped|helps)\b|\bmöchtest du\b|\bthis week, you\b",
    re.IGNORECASE,
)
_SHARE = re.compile(
    r"share|pass|forward|send|tell|show|hand"
    r"|teil\w*|leit\w*|schick\w*|sende\w*|erzähl\w*|zeig\w*"
    r"|compart\w*|env[ií]\w*|reenv[ií]\w*|manda\w*|cuénta\w*"
    r"|partage\w*|envo[iy]\w*|transmet\w*|transf[éè]r\w*|fai(?:s|tes) suivre",
    re.IGNORECASE,
)
_REFLECT = re.compile(
    r"reflect|notice|think|ask yourself|wonder|remember|name|ponder|observe|listen|recall|journal"
    r"|sit with"
    r"|consider(?! (?:an?|one|some|\w+ing)\b)"
    r"|überleg\w*|denk\w*|frag\w*|nimm|nehmt|nehmen|bemerk\w*|spür\w*|reflektier\w*|erinner\w*"
    r"|beobacht\w*|reflexion\w*|piens\w*|observ\w*|pregúnta\w*|not[ae]\w*|recuerd\w*|nombra\w*"
    r"|réfléchi\w*|pense\w*|demande\w*|remarqu\w*|souv\w*|nomme\w*",
    re.IGNORECASE,
)
_TRY = re.compile(
    r"try|ask|consider|practi[cs]e|choose|pick|write|take|make|give|let|set|rest|say|do|find|start"
    r"|probier\w*|versuch\w*|wähl\w*|schreib\w*|mach\w*|gib|gebt"
    r"|prueb\w*|intenta\w*|elige\w*|elija\w*|escrib\w*|haz|toma\w*|considera\w*"
    r"|essa(?:ie|ye)\w*|choisi\w*|écri\w*|prends|prenez|faites?|fais|accorde\w*",
    re.IGNORECASE,
)
_VALEDICTIONS = re.compile(
    r"(?:(?:with|much|all my|so much) )?(?:love|care|warmth|warmly|gratitude|kindness|hope)"
    r"|warm(?:est)? (?:wishes|regards)|kind(?:est)? regards|kindly|sincerely|gently|cheers"
    r"|yours(?: \w+)?|(?:all (?:the|my) )?best(?: wishes| regards)?|take (?:good )?care|regards"
    r"|in solidarity|be well|xo+(?:xo)*|until (?:next \w+|soon|then)|see you \w+"
    r"|(?:(?:mit )?(?:ganz )?(?:viele|liebe|lieben|herzliche|herzlichen|freundlichen|schöne) )"
    r"(?:grüße|grüßen|grüsse|grüssen|gruß|gruss)|herzlich\w*|alles (?:liebe|gute)"
    r"|(?:bis (?:bald|dann)|in liebe)|(?:dein|deine|euer|eure|ihr|ihre)"
    r"|(?:con (?:cariño|afecto|amor|ternura|gratitud))|(?:un |fuerte )*abrazos?"
    r"|(?:muchos )?saludos(?: cordiales)?|hasta (?:pronto|la próxima)|besos"
    r"|(?:bien )?amicalement|bien à (?:vous|toi)|chaleureusement|cordialement"
    r"|avec (?:tendresse|affection|amour|gratitude)|je (?:vous|t['’]) ?embrasse|à bientôt"
    r"|(?:grosses )?bises",
    re.IGNORECASE,
)
_DASHED_NAME = re.compile(r"(?:[-–—―~]+)\s?(?P<name>\w.*)")
_AFTERWORD = re.compile(r"(?:p\.?\s?s\.?|n\.?\s?b\.?|post scriptum)\b|p\.\s?s\.", re.IGNORECASE)
_LINES_BELOW_A_NAME = 2  # a profession, an address


# --- The invitation -----------------------------------------------------------------------


def invites(lead: str) -> bool:
    """These are words with which a writer turns to what the reader may do."""
    return _INVITES.search(lead) is not None


def begins_invite(text: str) -> bool:
    """The line begins as a thing to do begins."""
    return any(_begins(words, text) for words in (_SHARE, _REFLECT, _TRY))


def kind_of(text: str) -> InviteKind:
    """Whether a reader is to reflect, to try or to share; by the first words."""
    if _begins(_SHARE, text):
        return "share"
    if _begins(_REFLECT, text) or "?" in text:
        return "reflect"
    return "try"


def _begins(words: re.Pattern[str], text: str) -> bool:
    match = words.match(text.lstrip(" “\"'¿¡"))
    return match is not None and not text.lstrip(" “\"'¿¡")[match.end() :][:1].isalpha()


def find_invitation(pieces: Sequence[Piece]) -> list[Piece]:
    """Make the list at the end an invitation, where the words before it or in it invite."""
    lists = [at for at, piece in enumerate(pieces) if isinstance(piece, Items)]
    if not lists or lists[-1] == 0:
        return list(pieces)
    at = lists[-1]
    items, lead, rest = pieces[at], pieces[at - 1], pieces[at + 1 :]
    if not isinstance(items, Items) or items.numbered or not _closes(rest):
        return list(pieces)
    if not _is_invitation(lead, items):
        return list(pieces)
    before, intro = _intro(lead)
    entries = tuple((kind_of(plain(entry)), entry) for entry in items.entries)
    return [*pieces[: at - 1], *before, Invitation(intro, entries), *rest]


def _closes(rest: Sequence[Piece]) -> bool:
    """Only farewells come after it."""
    return len(rest) <= 4 and not any(isinstance(piece, Heading | Reasons) for piece in rest)


def _is_invitation(lead: Piece, items: Items) -> bool:
    if isinstance(lead, Heading):
        return invites(lead.text)
    if not isinstance(lead, Text) or not lead.plain.endswith((":", "…", "...")):
        return False
    entries = [plain(entry) for entry in items.entries]
    shares = any(kind_of(entry) == "share" for entry in entries)
    return invites(lead.plain) or (shares and sum(map(begins_invite, entries)) > 1)


def _intro(lead: Piece) -> tuple[list[Piece], str]:
    """What stays before the invitation, and the sentence that becomes part of it."""
    if not isinstance(lead, Text) or "<" in lead.html:
        return [lead], ""
    *earlier, intro = re.split(r"(?<=[.!?…])\s+", lead.plain)
    if not earlier:
        return [], intro
    start = lead.html.rindex(re.split(r"(?<=[.!?…])\s+", lead.html)[-1])
    return [Text(lead.html[:start].rstrip(), lead.gap)], intro


# --- The signature ------------------------------------------------------------------------


def find_sign_off(pieces: Sequence[Piece]) -> list[Piece]:
    """Make the signature a sign-off, with the closing line or greeting that stands above it."""
    end = len(pieces)
    while end and _is_afterword(pieces[end - 1]):
        end -= 1
    parted = _parted(pieces[:end])
    for at in range(len(parted) - 1, max(0, len(parted) - 2 - _LINES_BELOW_A_NAME), -1):
        below = parted[at + 1 :]
        found = _signature(parted, at) if all(_is_role(piece) for piece in below) else None
        if found:
            sign_off, start = found
            return [*parted[:start], sign_off, *below, *pieces[end:]]
    return list(pieces)


def _is_afterword(piece: Piece) -> bool:
    return isinstance(piece, Text) and _AFTERWORD.match(piece.plain) is not None


def _parted(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces, the last of them as single lines: HTML and Markdown break them by a tag."""
    last = pieces[-1] if pieces else None
    if isinstance(last, Items) and len(last.entries) == 1 and last.entries[0][:1].isupper():
        return [*pieces[:-1], Text(f"- {last.entries[0]}", gap=True)]
    if isinstance(last, Text) and len(last.lines) <= 4 and all(map(_is_farewell, last.lines)):
        return [*pieces[:-1], *last.lines]
    return list(pieces)


def _is_farewell(line: Text) -> bool:
    return line_checks.is_short(line.plain)


def _is_role(piece: Piece) -> bool:
    """A line that may stand below a name, such as a profession."""
    if isinstance(piece, Divider):
        return True
    return (
        isinstance(piece, Text)
        and line_checks.looks_like_heading(piece.plain)
        and piece.plain[:1].isalnum()
    )


def _signature(pieces: Sequence[Piece], at: int) -> tuple[SignOff, int] | None:
    """The sign-off whose last line is here, and where it begins."""
    piece, above = pieces[at], pieces[at - 1] if at else None
    if not isinstance(piece, Text) or piece.has_links:
        return None
    above = above if isinstance(above, Text) and not above.has_links else None
    dashed = _DASHED_NAME.fullmatch(piece.plain)
    name = dashed["name"] if dashed else piece.plain
    if above and _is_valediction(above, pieces[at - 2] if at > 1 else None) and _is_name(name):
        return SignOff(above.plain, name), at - 1
    if not dashed:
        return _one_line(piece, at)
    if not _is_name(name) or _is_bullet(piece, above):
        return None
    if above and _is_closing_line(above.plain) and not _is_an_invite(pieces, at - 1):
        return SignOff(above.plain, name), at - 1
    return SignOff("", name), at


def _is_valediction(text: Text, above: Piece | None) -> bool:
    """A line such as “Warmly,” or any few words with a comma, unless they continue a list."""
    line = text.plain
    follows_prose = (
        text.gap or not isinstance(above, Text) or line_checks.ends_sentence(above.plain)
    )
    if _VALEDICTIONS.fullmatch(line.rstrip(",.!– ")):
        return follows_prose or line.endswith((",", "."))
    return line.endswith(",") and len(line.split()) <= 4 and follows_prose


def _one_line(text: Text, at: int) -> tuple[SignOff, int] | None:
    """“Love, Kim” in one line; “Until next week. -Kim” as well."""
    greeting, comma, name = text.plain.rpartition(",")
    if comma and _VALEDICTIONS.fullmatch(greeting.strip()) and _is_name(name.strip()):
        return SignOff(f"{greeting.strip()},", name.strip()), at
    match = re.fullmatch(r"(?P<line>.*[.!?…])\s+[-–—―~]\s?(?P<name>\w.*)", text.plain)
    if match and _is_closing_line(match["line"]) and _is_name(match["name"]):
        return SignOff(match["line"], match["name"]), at
    return None


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


def _is_name(text: str) -> bool:
    """A few words, the first with a capital if there are several."""
    words = text.split()
    return (
        0 < len(words) <= 6
        and len(text) <= 60
        and not line_checks.ends_sentence(text)
        and not text.endswith((":", ";", ","))
        and (words[0][0].isupper() or (len(words) == 1 and words[0].isalpha()))
    )
