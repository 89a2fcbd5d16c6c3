"""What programs write around a letter when they send or export it, as words among its words."""

import re
from collections.abc import Sequence

from posts.content.importing import line_checks
from posts.content.importing.pieces import Divider, Piece, Rich, Text, plain

_FOOTER = re.compile(
    r"\b(?:unsubscribe|opt out of (?:these|this)|manage (?:your )?(?:subscription|preferences)"
    r"|update your (?:preferences|profile)|abbestellen|abmelden|darse de baja|se désabonner"
    r"|désinscri(?:re|ption)|view (?:this email |it |online )?in (?:your |a )?(?:web )?browser"
    r"|im browser (?:ansehen|anzeigen)|ver (?:en|este correo en) (?:el|tu) navegador"
    r"|voir (?:cet e-?mail |la version )?(?:en ligne|dans (?:le|votre) navigateur)"
    r"|you(?:’|'| a)re receiving this (?:e-?mail|letter|because)|you received this (?:e-?mail"
    r"|because)"
    r"|sent (?:to|by|with|from) (?:\S+@\S+|substack|buttondown|mailchimp|ghost|my i(?:phone|pad))"
    r"|(?:powered|published) (?:by|with) (?:substack|buttondown|ghost|mailchimp|medium|wordpress)"
    r"|exported from (?:medium|substack|notion)|originally published at medium"
    r"|read (?:this )?(?:post )?on substack"
    r"|all rights reserved|our mailing address is"
    r"|start writing today|get the app|von meinem iphone gesendet"
    r"|thanks for reading [^.!]{1,80}[.!] subscribe for free)",
    re.IGNORECASE,
)
_MOST = 6  # pieces at either end


def without_footers(pieces: Sequence[Piece]) -> tuple[list[Piece], list[str]]:
    """The pieces without what was added at their ends, and its words, to be named."""
    kept = list(pieces)
    gone: list[str] = []
    while kept[1:] and len(gone) < _MOST and _is_footer(kept[-1]):
        gone.insert(0, _words(kept.pop()))
        while kept[1:] and isinstance(kept[-1], Divider):
            kept.pop()
    while kept[1:] and len(gone) < _MOST and _is_footer(kept[0]):
        gone.append(_words(kept.pop(0)))
    return kept, gone


def _is_footer(piece: Piece) -> bool:
    words = _words(piece)
    return line_checks.is_short(words, chars=300, words=50) and _FOOTER.search(words) is not None


def _words(piece: Piece) -> str:
    if isinstance(piece, Text):
        return piece.plain
    return plain(piece.html) if isinstance(piece, Rich) else ""
