"""The public pages as a copy that opens from a disk: relative links, no server, no script.

The pages are asked of the site itself, in this process, and are what anybody gets who reads it.
What leads to something that needs a server (a form, a feed, a page to pass a post on) leads to the
site, by its whole address. Nothing is loaded from anywhere else, as on the site.
"""

import posixpath
import re
from collections import deque
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from bs4 import BeautifulSoup, Tag
from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import override

from posts.content.enclosures.answers import hand_out
from posts.content.enclosures.models import Enclosure
from posts.content.enclosures.within import name_in
from posts.content.models import PlainPage, PostPage
from posts.management.moving.folder import FolderWriter, NoExport
from subscribers.languages import spoken

FOLDER = "site/"
# Beside the pages that writers make: those that list them, and notices.
_LISTS = re.compile(r"/(?:archive/|privacy/|imprint/|topics/(?:[\w-]+/)?)?")
# What an address may ask for: a page of a list, and our words around it in another language.
_ASKS = {"page": re.compile(r"[0-9]{1,6}"), "language": re.compile(r"[a-z]{2}")}
_ENCLOSED = re.compile(r"/[\w-]+/files/[0-9]+\.[a-z0-9]+")
_NAMED = (("a", "href"), ("img", "src"), ("source", "src"), ("audio", "src"), ("form", "action"))
_SHOWN_BY = ("stylesheet", "icon", "apple-touch-icon")
_LONGEST = 100  # bytes of one part of a path


def copy(
    writer: FolderWriter, *, whole: bool = False, said: Callable[[int], object] = lambda rows: None
) -> int:
    """Write the copy; answers how many pages it has. `whole`: with posts for subscribers. `said` is
    told at each page that we are still at it."""
    return _Copy(writer, whole=whole).write(said)


class _Copy:
    def __init__(self, writer: FolderWriter, *, whole: bool) -> None:
        self._writer = writer
        self._site = urlsplit(settings.SITE_URL)
        self._handler = BaseHandler()
        self._handler.load_middleware()
        posts = PostPage.objects.live().values_list("slug", "visibility", "pk")
        self._slugs = {slug for slug, *_ in posts}
        self._slugs |= set(PlainPage.objects.live().values_list("slug", flat=True))
        hidden = PostPage.Visibility.SUBSCRIBERS
        self._opened = {slug: pk for slug, seen, pk in posts if whole and seen == hidden}
        # Where each address lies in the copy; None: it is not there, and leads to the site.
        self._places: dict[str, str | None] = {}
        self._waiting: deque[str] = deque()
        self._pages = 0

    def write(self, said: Callable[[int], object]) -> int:
        # Also those that no list shows.
        for address in ("/", *(f"/{quote(slug)}/" for slug in sorted(self._slugs))):
            self._place(address)
        while self._waiting:
            address = self._waiting.popleft()
            place = self._places[address]
            if place is not None:
                self._write_page(address, place)
                said(0)
        return self._pages

    def _write_page(self, address: str, place: str) -> None:
        response = self._ask(address)
        if response.status_code >= 500:
            raise NoExport(f"The page {address} cannot be shown at the moment; see the log.")
        if response.status_code == 200:
            content = _content(response)
            self._writer.add(place, self._rewritten(content, address, place))
            self._pages += 1

    def _ask(self, address: str) -> HttpResponseBase:
        slug = unquote(address.strip("/"))
        request = self._request(address)
        if slug not in self._opened:
            return self._answer(request)
        # As everybody would see it if it were for everybody; never stored, and kept by no cache.
        post = PostPage.objects.get(pk=self._opened[slug])
        post.visibility = PostPage.Visibility.PUBLIC
        with override(spoken(post.language)):
            response: TemplateResponse = post.serve(request)
            return response.render()

    def _answer(self, request: WSGIRequest) -> HttpResponseBase:
        response: HttpResponseBase = self._handler.get_response(request)
        return response

    def _request(self, address: str) -> WSGIRequest:
        parts = urlsplit(address)
        return WSGIRequest(
            {
                "REQUEST_METHOD": "GET",
                "PATH_INFO": unquote(parts.path).encode().decode("latin-1"),
                "QUERY_STRING": parts.query,
                "SERVER_NAME": self._site.hostname or "localhost",
                "SERVER_PORT": str(self._site.port or (443 if self._is_https else 80)),
                "HTTP_HOST": self._site.netloc,
                "HTTP_X_FORWARDED_PROTO": self._site.scheme,
                "REMOTE_ADDR": "127.0.0.1",
                # No page that is kept for others, and none that is kept: as it is this moment.
                "HTTP_AUTHORIZATION": "none",
                "wsgi.url_scheme": self._site.scheme,
                "wsgi.input": BytesIO(),
            }
        )

    @property
    def _is_https(self) -> bool:
        return self._site.scheme == "https"

    # --- Where things lie -----------------------------------------------------------------

    def _place(self, address: str) -> str | None:
        """Where this address of ours lies in the copy, once it is written."""
        path, mark, query = address.partition("?")
        address = f"{quote(unquote(path))}{mark}{query}"  # of its spellings, one
        if address not in self._places:
            if self._is_page(address):
                self._places[address] = _page_place(address)
                self._waiting.append(address)
            else:
                self._places[address] = self._take_file(address)
        return self._places[address]

    def _is_page(self, address: str) -> bool:
        parts = urlsplit(address)
        query = parse_qs(parts.query, keep_blank_values=True)
        if not all(name in _ASKS and _ASKS[name].fullmatch(query[name][0]) for name in query):
            return False
        slug = unquote(parts.path.strip("/"))
        is_listed = _LISTS.fullmatch(unquote(parts.path)) is not None
        return is_listed or slug in self._slugs

    def _take_file(self, address: str) -> str | None:
        """A style, a picture, or what a letter encloses, written at once."""
        path = unquote(urlsplit(address).path)
        is_shown = path.startswith((settings.STATIC_URL, settings.MEDIA_URL))
        if not is_shown and not _ENCLOSED.fullmatch(path) and path != "/favicon.ico":
            return None
        response = self._ask_file(address, path)
        if response.status_code != 200:
            return None
        place = FOLDER + "/".join(map(_short, path.strip("/").split("/")))
        with self._writer.open(place) as file:
            for chunk in _chunks(response):
                file.write(chunk)
        if (taken := getattr(response, "file_to_stream", None)) is not None:
            # Not the answer itself: that would say that a request is over, and Django would close
            # the database that we are reading.
            taken.close()
        return place

    def _ask_file(self, address: str, path: str) -> HttpResponseBase:
        request = self._request(address)
        slug, _, rest = path.strip("/").partition("/")
        number = rest.removeprefix("files/").partition(".")[0]
        if slug not in self._opened or not number.isdigit():
            return self._answer(request)
        page = PostPage.objects.get(pk=self._opened[slug])
        if (name := name_in(page.body.raw_data, int(number))) is None:
            return HttpResponse(status=404)
        return hand_out(request, Enclosure.objects.get(pk=number), name=name, secret=True)

    # --- What stands in a page ------------------------------------------------------------

    def _rewritten(self, content: bytes, address: str, place: str) -> str:
        soup = BeautifulSoup(content, "html.parser")
        for script in soup.find_all("script"):
            script.decompose()
        for link in soup.find_all("link"):
            self._rewrite_link(link, address, place)
        for name, attribute in _NAMED:
            for element in soup.find_all(name, attrs={attribute: True}):
                element[attribute] = self._leading(str(element[attribute]), address, place)
        for element in soup.find_all(["img", "source"], srcset=True):
            element["srcset"] = ", ".join(
                " ".join([self._leading(one.split()[0], address, place), *one.split()[1:]])
                for one in str(element["srcset"]).split(",")
                if one.strip()
            )
        return str(soup)

    def _rewrite_link(self, link: Tag, address: str, place: str) -> None:
        relations = {str(one) for one in link.get_attribute_list("rel")}
        if relations.isdisjoint({*_SHOWN_BY, "canonical", "alternate"}):
            link.decompose()
        elif relations.isdisjoint(_SHOWN_BY):
            link["href"] = self._absolute(str(link["href"]), address)
        else:
            link["href"] = self._leading(str(link["href"]), address, place)

    def _leading(self, target: str, address: str, place: str) -> str:
        """What to write instead of a link: a way within the copy, or a whole address."""
        absolute = self._absolute(target, address)
        parts = urlsplit(absolute)
        if parts.netloc != self._site.netloc or parts.scheme not in ("http", "https"):
            return target
        if target.startswith("#"):
            return target
        inner = parts.path + (f"?{parts.query}" if parts.query else "")
        found = self._place(inner)
        if found is None:
            return absolute
        way = posixpath.relpath(found, posixpath.dirname(place))
        return quote(way) + (f"#{parts.fragment}" if parts.fragment else "")

    def _absolute(self, target: str, address: str) -> str:
        if target.startswith("?"):
            target = urlsplit(address).path + target
        is_ours = target.startswith("/") and not target.startswith("//")
        return f"{settings.SITE_URL}{target}" if is_ours else target


def _page_place(address: str) -> str:
    parts = urlsplit(address)
    path = "/".join(map(_short, unquote(parts.path).strip("/").split("/")))
    asked = [f"{name}-{values[0]}" for name, values in sorted(parse_qs(parts.query).items())]
    return FOLDER + posixpath.join(path, *asked, "index.html")


def _short(part: str) -> str:
    """One part of a path, as long as every file system takes it."""
    if len(part.encode()) <= _LONGEST:
        return part
    stem, dot, ending = part.rpartition(".")
    ending = f".{ending}" if dot and len(ending) < 6 else ""
    cut = (stem if ending else part).encode()[: _LONGEST - 20].decode(errors="ignore")
    return f"{cut}-{sha256(part.encode()).hexdigest()[:8]}{ending}"


def _chunks(response: HttpResponseBase) -> Any:
    if response.streaming:
        return response.streaming_content  # type: ignore[attr-defined]
    return [response.content]  # type: ignore[attr-defined]


def _content(response: HttpResponseBase) -> bytes:
    return b"".join(_chunks(response))
