"""The one place in which reads are counted."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from posts.sharing.counting import note_read

GetResponse = Callable[[HttpRequest], HttpResponse]


def count_reads(get_response: GetResponse) -> GetResponse:
    """Middleware outside all others of ours, so that a page out of a cache counts as well.

    A view that shows a post through its share link says so with `response.counts_read_of`.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        post_id: int | None = getattr(response, "counts_read_of", None)
        if post_id is not None and response.status_code == 200:
            note_read(post_id, request)
        return response

    return middleware
