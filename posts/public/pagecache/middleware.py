"""The first middleware: answers with a kept page, or has it made and kept."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from posts.public.pagecache import generation, store
from posts.public.pagecache.addresses import place_of, query_of
from posts.public.pagecache.compression import compress
from posts.public.pagecache.render_lock import locked
from posts.public.pagecache.stored import KeptResponse, StoredPage, stored

__all__ = ["page_cache"]

GetResponse = Callable[[HttpRequest], HttpResponse]
_DESK = "/admin/"
# With these a view would answer for the browser that asked, not for all.
_CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE")


def page_cache(get_response: GetResponse) -> GetResponse:
    def middleware(request: HttpRequest) -> HttpResponse:
        place = place_of(request.META) if settings.PAGE_CACHE else None
        response = None if place is None else _answer(request, place, get_response)
        if response is None:
            response = get_response(request)
        if not request.path.startswith(_DESK):
            compress(response, request.META.get("HTTP_ACCEPT_ENCODING", ""))
        return response

    return middleware


def _answer(request: HttpRequest, place: str, get_response: GetResponse) -> HttpResponse | None:
    """The page at this place; None where it may not be kept and is not rendered yet."""
    token = generation.current()
    if not token or store.memory.passes_by(token, place):
        return None
    if page := store.find(token, place):
        return _given_again(page, request)
    with locked(place):
        # Read again: whoever went first may have taken long, and kept it in the meantime.
        token = generation.current()
        if page := store.find(token, place):
            return _given_again(page, request)
        response = _rendered(request, place, get_response)
        page = stored(response)
        if page is not None:
            store.keep(token, place, page)
            return _response(page.answer(request.META))
        if response.status_code == 200:
            store.memory.pass_by(token, place)
        return response


def _rendered(request: HttpRequest, place: str, get_response: GetResponse) -> HttpResponse:
    """The answer for everybody: whole, and without what this reader's link or browser added."""
    asked, method = dict(request.META), request.method
    request.META["QUERY_STRING"] = query_of(place)
    for name in _CONDITIONS:
        request.META.pop(name, None)
    request.method = "GET"
    try:
        return get_response(request)
    finally:
        request.method = method
        request.META.update({name: asked[name] for name in _CONDITIONS if name in asked})


def _given_again(page: StoredPage, request: HttpRequest) -> HttpResponse:
    answer = page.answer(request.META)
    page.count(answer, request.META)
    return _response(answer)


def _response(answer: KeptResponse) -> HttpResponse:
    response = HttpResponse(answer.body, status=answer.status)
    del response["Content-Type"]
    for name, value in answer.headers:
        response[name] = value
    return response
