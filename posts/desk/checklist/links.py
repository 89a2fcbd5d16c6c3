"""Where the post's links lead. A worker asks when somebody presses; a page shows what was found,
for a day."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from posts.content.models import PostPage
from posts.desk.checklist.asking import LinkAnswer, ask
from posts.desk.checklist.items import ChecklistItem, ItemLevel, Subject
from posts.desk.checklist.letter import UNSUBSCRIBE
from posts.desk.checklist.seen import see

A_DAY = 24 * 60 * 60
MOST = 60  # links that are asked for
AT_ONCE = 6


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, None] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        address = dict(attrs).get("href") or ""
        if tag == "a" and address.startswith(("http://", "https://")):
            self.found[address] = None


def links_of(seen: Subject) -> list[str]:
    """Where the letter leads outside this site, in its order, each once."""
    if seen.mail is None:
        return []
    parser = _Links()
    parser.feed(seen.mail.html)
    ours = (f"{settings.SITE_URL}/", UNSUBSCRIBE)
    return [url for url in parser.found if not f"{url}/".startswith(ours)]


def look(post: PostPage, *, again: bool = True) -> int:
    """Ask for every link of a post, and keep what answered; unless `again`, for those alone of
    which nothing is known. Answers how many were asked."""
    found = links_of(see(post))[:MOST]
    if not again:
        known = answers(found)
        found = [url for url in found if url not in known]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for url, answer in zip(found, pool.map(ask, found), strict=True):
            cache.set(_key(url), (answer.verdict, answer.status), A_DAY)
    return len(found)


def answers(urls: Sequence[str]) -> dict[str, LinkAnswer]:
    """What is known of these addresses; nothing is asked."""
    kept = cache.get_many([_key(url) for url in urls])
    return {url: LinkAnswer(*kept[_key(url)]) for url in urls if _key(url) in kept}


def trouble(url: str, answer: LinkAnswer | None) -> Iterator[str]:
    """What is wrong with a link, as far as it is known, in sentences."""
    if url.startswith("http://"):
        yield _("%s is not encrypted (http).") % _short(url)
    if answer is not None and (said := _said(answer)):
        yield said % {"link": _short(url)}


def checked(seen: Subject) -> Iterator[ChecklistItem]:
    """A line for each link that wants a look; one for all that are fine, or not asked for yet."""
    found = links_of(seen)
    known = answers(found)
    unknown = sum(url not in known for url in found)
    troubled = False
    for url in found:
        for said in trouble(url, known.get(url)):
            troubled = True
            yield ChecklistItem(ItemLevel.LOOK, said, _place(seen, url))
    if unknown:
        said = ngettext(
            "%(n)d link is not checked yet.", "%(n)d links are not checked yet.", unknown
        )
        yield ChecklistItem(ItemLevel.UNKNOWN, said % {"n": unknown}, for_worker=True)
    elif found and not troubled:
        said = ngettext("The link answers.", "All %(n)d links answer.", len(found))
        yield ChecklistItem(ItemLevel.FINE, said % {"n": len(found)})


def _said(answer: LinkAnswer) -> str:
    return {
        "fine": "",
        "gone": _("%(link)s leads to a page that does not exist."),
        "silent": _("%(link)s does not answer."),
        "unsure": _("%(link)s could not be checked: it lets no program look. Try it yourself."),
        "local": _("%(link)s leads into a local network, where readers cannot follow."),
    }[answer.verdict]


def _short(url: str) -> str:
    shown = url.partition("://")[2].rstrip("/")
    return shown if len(shown) <= 60 else f"{shown[:59]}…"


def _place(seen: Subject, url: str) -> str:
    """The block that has it, where it stands in the body as it is."""
    for block in seen.post.body.raw_data:
        if url in json.dumps(block.get("value"), ensure_ascii=False).replace("&amp;", "&"):
            return seen.place(f"body.{block.get('id', '')}")
    return seen.place("body")


def _key(url: str) -> str:
    return f"link-{hashlib.sha256(url.encode()).hexdigest()}"
