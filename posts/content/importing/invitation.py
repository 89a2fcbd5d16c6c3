"""How letters end: what the reader is invited to do.

The words are those of the four languages that the site speaks.
"""

import re
from collections.abc import Sequence

from posts.content.importing.pieces import (
    Heading,
    Invitation,
    InviteKind,
    Items,
    Piece,
    Reasons,
    Text,
    plain,
)

_INVITES = re.compile(
    r"\binvit|\blade (?:ich )?(?:dich|euch|sie)\b|\beinlad|\bresonat|\bresuena|\brésonne"
    r"|\bif (?:any of )?this (?:speaks|spoke|helped|helps|touche[sd]|finds)\b|\bmöchtest du\b"
    r"|\b(?:this|next|in the coming) week,? (?:you|try|perhaps|maybe)\b"
    r"|(?<!\bi )(?<!\bwe )(?<!\bto )\btry (?:this|one|some|any)\b"
    r"|\byou (?:might|could|can|may)(?: (?:want|like|also))?(?: to)?(?: \w+)?(?: \w+)?(?: one of)?"
    r"(?: these)?\s*(?::|…)|\bif you (?:like|want|wish|feel|have|can|would|are)\b"
    r"|\bwenn (?:du|ihr|sie) (?:mag|mög|woll|will|kannst|könn)|\bprobier|\bversuch"
    r"|\b(?:vielleicht|diese woche) (?:magst|möchtest|kannst|könntest|probier|mögt)"
    r"|\bsi (?:quieres|queréis|lo deseas|te apetece|puedes|te (?:ha )?\w+)\b"
    r"|\besta semana,? (?:puedes|prueba|podrías|intenta)|\bprueba\b|\bpodrías\b"
    r"|\bsi (?:tu|vous) (?:veux|voulez|en av|as|le souhait)|\bsi (?:le c[œo]eur|l['’]envie|cela)"
    r"|\bcette semaine,? (?:tu|vous|essay|pourquoi)|\bessay(?:e|ez)\b|\bpourrais\b|\bpourriez\b",
    re.IGNORECASE,
)
_SHARING = re.compile(
    r"(?:share|pass|forward|send|tell|show|hand|give)\b"
    r"|teil\w*|leit\w*|schick\w*|send\w*|erzähl\w*|zeig\w*|gib\b|gebt\b"
    r"|compart\w*|env[ií]\w*|reenv[ií]\w*|manda\w*|cuénta\w*|pasa\w*|pása\w*|muéstra\w*"
    r"|partage\w*|envo[iy]\w*|transmet\w*|transf[éè]r\w*|fai(?:s|tes) suivre|montre\w*|passe\w*",
    re.IGNORECASE,
)
# What is shared: this letter, by any of its names, and not something of the reader's own.
_THE_LETTER = re.compile(
    r"\b(?:this|these|the|my) (?:letter|post|note|mail|e-?mail|newsletter|essay|piece|article|text"
    r"|link|message|page|words)\b"
    r"|\bthis(?: on| along)?(?=[.,;!]|$| (?:to|with|on|along|round|around|somewhere)\b)"
    r"|\b(?:pass|share|forward|send|hand|give) it\b(?! (?:up|back|a)\b)|\babout (?:this"
    r"|it)(?=[.,;!]|$)"
    r"|^(?:forward|share with)\b"
    r"|\b(?:dies\w*|den|der|die|mein\w*) (?:brief\w*|beitrag|text\w*|mail|newsletter"
    r"|nachricht|worte"
    r"|zeilen|link)\b|\bdas(?: hier)? (?:mit|an|weiter)\b|\bweiter(?:zu)?(?:geb|gib|leit|sag"
    r"|schick)\w*"
    r"|\b(?:leite?|gib|gebt|schicke?)\b[^.!?]{0,60}\bweiter\b"
    r"|\b(?:est[ae]|la|el|mi) (?:carta|texto|correo|post|mensaje|entrada|enlace|artículo|boletín)\b"
    r"|\besto\b|\b(?:compárte|envía|envíase|mánda|mándase|pása|pásase|reenvía|muéstrase)l[ao]\b"
    r"|\b(?:cette|la|ma) (?:lettre|page|note)\b|\bce (?:texte|mail|courriel|billet|message|lien)\b"
    r"|\bceci\b|\b(?:partage|envoie|transmet\w*|fais|passe|montre)[sz]?-l[ae]\b|^fai(?:s"
    r"|tes) suivre\b|\bfai(?:s|tes)-l[ae] suivre",
    re.IGNORECASE,
)
_SHARE_ANYWHERE = re.compile(
    r"\b(?:weiter(?:zu)?(?:geb|leit|sag|schick)\w*|(?:zu |weiter)?(?:teilen|zeigen|schicken"
    r"|senden)|partager"
    r"|transmettre|envoyer|compartir|reenviar|enviar|share|forward|pass on)\b",
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
    r"|leave|go|put|call|cancel|drink|breathe|walk|open|close|lie|sit|stop|plan|read|keep|light"
    r"|probier\w*|versuch\w*|wähl\w*|schreib\w*|mach\w*|gib|gebt|geh\w*|leg\w*|lass\w*"
    r"|trink\w*|ruf\w*"
    r"|prueb\w*|intenta\w*|elige\w*|elija\w*|escrib\w*|haz|toma\w*|considera\w*|deja\w*"
    r"|bebe\w*|pide\w*"
    r"|essa(?:ie|ye)\w*|choisi\w*|écri\w*|prends|prenez|faites?|fais|accorde\w*|laisse\w*"
    r"|bois|buvez",
    re.IGNORECASE,
)
_OPENING_MARKS = " “\"'¿¡«„"


def invites(lead: str) -> bool:
    """These are words with which a writer turns to what the reader may do."""
    return _INVITES.search(lead) is not None


def begins_invite(text: str) -> bool:
    """The line begins as a thing to do begins."""
    return any(_begins(words, text) for words in (_SHARING, _REFLECT, _TRY))


def kind_of(text: str) -> InviteKind:
    """Whether a reader is to reflect, to try or to share this letter; by the first words.

    To show oneself patience or to hand over a chore is to try something."""
    shares = _begins(_SHARING, text) or _SHARE_ANYWHERE.search(text)
    if shares and _THE_LETTER.search(text):
        return "share"
    return "reflect" if _begins(_REFLECT, text) or "?" in text else "try"


def _begins(words: re.Pattern[str], text: str) -> bool:
    bare = text.lstrip(_OPENING_MARKS)
    match = words.match(bare)
    return match is not None and not bare[match.end() :][:1].isalpha()


def find_invitation(pieces: Sequence[Piece]) -> list[Piece]:
    """Make the list at the end an invitation, where the words before it or in it invite."""
    lists = [at for at, piece in enumerate(pieces) if isinstance(piece, Items)]
    if not lists or lists[-1] == 0:
        return list(pieces)
    at = lists[-1]
    items, lead, rest = pieces[at], pieces[at - 1], pieces[at + 1 :]
    if not isinstance(items, Items) or not _closes(rest) or not _is_invitation(lead, items):
        return list(pieces)
    before, intro = _intro(lead)
    entries = tuple((kind_of(plain(entry)), entry) for entry in items.entries)
    return [*pieces[: at - 1], *before, Invitation(intro, entries, guessed=True), *rest]


def _closes(rest: Sequence[Piece]) -> bool:
    """Only farewells come after it."""
    return len(rest) <= 5 and not any(isinstance(piece, Heading | Reasons) for piece in rest)


def _is_invitation(lead: Piece, items: Items) -> bool:
    entries = [plain(entry) for entry in items.entries]
    shares = any(kind_of(entry) == "share" for entry in entries)
    if items.numbered and not shares:  # steps of one thing
        return False
    if isinstance(lead, Heading):
        return invites(lead.text) and (shares or "invit" in lead.text.lower())
    if not isinstance(lead, Text) or not lead.plain.endswith((":", "：", "…", "...")):
        return False
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
