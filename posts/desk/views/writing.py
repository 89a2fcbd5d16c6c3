"""Help beside a letter that is being written. Nothing is stored."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from posts.content.models import PostPage
from posts.content.reading import TextPiece
from posts.desk.permissions import writers_only
from posts.desk.writing_help import writing_help

LONGEST = 1_000_000  # bytes of what the browser sends


@require_POST
@writers_only
def beside(request: HttpRequest) -> HttpResponse:
    """`/admin/writing/help/`: the text in the browser, as JSON:

        {"post": 7 or null, "language": "en", "links": ["https://…"], "pieces": [["…", true], …]}

    where a piece says whether it is made of sentences. Answers what stands in the side panel. 422
    for anything else: what was said before then stays there.
    """
    try:
        text = _read(request.body) if int(request.headers["Content-Length"]) <= LONGEST else None
    except (KeyError, TypeError, ValueError, RecursionError):
        text = None
    if text is None:
        return HttpResponse(_("This is too long, or no text."), status=422)
    language, links, pieces, number = text
    post = PostPage.objects.filter(pk=number).first() if number is not None else None
    if post is not None and not post.permissions_for_user(request.user).can_edit():
        post = None
    found = writing_help(pieces, links, language=language, post=post)
    return render(request, "desk/writing_help.html", {"help": found})


def _read(sent: bytes) -> tuple[str, list[str], list[TextPiece], int | None]:
    """Raises KeyError, TypeError or ValueError for what is not as it is described above."""
    data: Any = json.loads(sent)
    pieces = [TextPiece(_str(text), prose is True) for text, prose in data["pieces"]]
    links = [_str(link) for link in data["links"]]
    number = data["post"]
    if number is not None and (type(number) is not int or not 0 < number < 2**31):
        raise ValueError("No post has such a number.")
    return _str(data["language"]), links, pieces, number


def _str(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("A text was expected.")
    return value
