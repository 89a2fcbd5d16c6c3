"""What everybody may read, without a token: published letters, and which newsletters there are."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Router

from posts.api import showing
from posts.api.operations import Cursor, Limit, public_answers
from posts.api.pages import page_of
from posts.api.schemas.posts import NewsletterList, PublicPostList, PublicPostWhole
from posts.content.models import PostPage
from subscribers.models import Newsletter

router = Router(tags=["public"], auth=None)
_FOR_A_MINUTE = "public, max-age=60"


@router.get(
    "public/posts",
    response=public_answers(200, PublicPostList, 400, 422),
    summary="Published letters, the newest first",
)
def list_public_posts(
    request: HttpRequest, response: HttpResponse, cursor: Cursor = None, limit: Limit = 20
) -> Any:
    """Of a letter for subscribers only its first words are told."""
    posts = PostPage.objects.live().filter(first_published_at__isnull=False)
    found, following = page_of(
        showing.with_relations(posts),
        name="public posts",
        cursor=cursor,
        limit=limit,
        by=("-first_published_at", "-pk"),
    )
    response["Cache-Control"] = _FOR_A_MINUTE
    return {"data": showing.listed(found), "next": following}


@router.get(
    "public/posts/{slug}",
    response=public_answers(200, PublicPostWhole, 404),
    summary="One published letter",
)
def read_public_post(request: HttpRequest, response: HttpResponse, slug: str) -> Any:
    """With its text as HTML, where it is for everybody."""
    if "\x00" in slug:
        raise Http404
    post = showing.with_relations(PostPage.objects.live().filter(slug=slug)).first()
    if post is None:
        raise Http404
    response["Cache-Control"] = _FOR_A_MINUTE
    return showing.public_whole(post)


@router.get(
    "public/newsletters",
    response=public_answers(200, NewsletterList),
    summary="To what one can subscribe",
)
def list_public_newsletters(request: HttpRequest, response: HttpResponse) -> Any:
    response["Cache-Control"] = _FOR_A_MINUTE
    return {"data": list(Newsletter.objects.values("id", "slug", "name", "description"))}
