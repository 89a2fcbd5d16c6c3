"""Letters: read, written as drafts, published, and, by a call of its own, emailed."""

from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import Query, Router

from posts.api import drafts, showing
from posts.api.callers import Scope
from posts.api.once import once
from posts.api.operations import Cursor, Limit, Number, answers, newsletter_named
from posts.api.pages import page_of
from posts.api.schemas.posts import (
    PostList,
    PostMade,
    PostMailed,
    PostStatus,
    PostToChange,
    PostToSend,
    PostToWrite,
    PostWhole,
    ShareLinks,
)
from posts.content.models import PostPage
from posts.sharing.models import ShareLink
from posts.sharing.queries import absolute

router = Router(tags=["posts"])
_STATUS = {
    PostStatus.DRAFT: {"live": False},
    PostStatus.PUBLISHED: {"live": True, "has_unpublished_changes": False},
    PostStatus.CHANGED: {"live": True, "has_unpublished_changes": True},
}


@router.get(
    "posts",
    auth=Scope("posts:read"),
    response=answers(200, PostList, 400, 422),
    summary="All letters, drafts too, the newest first",
)
def list_posts(
    request: HttpRequest,
    status: Annotated[PostStatus | None, Query()] = None,
    newsletter: Annotated[str | None, Query(max_length=80, pattern=r"^[-a-zA-Z0-9_]+$")] = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Any:
    posts = PostPage.objects.all()
    if status is not None:
        posts = posts.filter(**_STATUS[status])
    if newsletter is not None:
        posts = posts.filter(newsletter=newsletter_named(newsletter))
    found, following = page_of(
        showing.with_relations(posts),
        name=f"posts {status} {newsletter}",
        cursor=cursor,
        limit=limit,
    )
    return {"data": [showing.summary(post) for post in found], "next": following}


@router.post(
    "posts",
    auth=Scope("posts:write"),
    response=answers(201, PostMade, 400, 409, 413, 422),
    summary="Write a draft",
)
def write_post(request: HttpRequest, sent: PostToWrite) -> Any:
    """Its text is understood as a file is that is imported in the desk: headings, quotations,
    lists, an invitation at the end."""
    text: Any = None

    def read() -> None:
        nonlocal text
        text = drafts.read_text(sent.text, form=sent.form, title=sent.title)

    return once(request, lambda: (201, drafts.keep(request, text, sent)), before=read)


@router.get(
    "posts/{number:post_id}",
    auth=Scope("posts:read"),
    response=answers(200, PostWhole, 404),
    summary="One letter, as it stands in the editor",
)
def read_post(request: HttpRequest, post_id: Number) -> Any:
    return showing.whole_post(drafts.latest(post_id))


@router.patch(
    "posts/{number:post_id}",
    auth=Scope("posts:write"),
    response=answers(200, PostMade, 400, 404, 409, 413, 422),
    summary="Change a draft",
)
def change_post(request: HttpRequest, post_id: Number, sent: PostToChange) -> Any:
    """Also of a letter that is public: readers see the change when it is published."""
    return drafts.change(request, post_id, sent)


@router.post(
    "posts/{number:post_id}/publish",
    auth=Scope("posts:publish"),
    response=answers(200, PostMade, 400, 404, 409, 413, 422),
    summary="Publish a letter on the web",
)
def publish(request: HttpRequest, post_id: Number, sent: PostToSend) -> Any:
    """Nobody is mailed."""
    return once(request, lambda: (200, drafts.publish(request, post_id, sent.revision)))


@router.post(
    "posts/{number:post_id}/mail",
    auth=Scope("mail"),
    response=answers(200, PostMailed, 400, 404, 409, 413, 422),
    summary="Email a published letter to its readers",
)
def mail(request: HttpRequest, post_id: Number, sent: PostToSend) -> Any:
    """To everybody who is subscribed to its newsletter; once, however often it is asked. The letter
    must be published as it stands, and pass what the desk looks over before one leaves. For as long
    as is set in the desk it can be undone there."""
    return once(
        request,
        lambda: (200, drafts.mail(request, post_id, sent.revision)),
        before=lambda: drafts.look_over(post_id, sent.revision),
    )


@router.get(
    "posts/{number:post_id}/share-links",
    auth=Scope("posts:read"),
    response=answers(200, ShareLinks, 404),
    summary="The links by which readers pass a letter on",
)
def read_share_links(request: HttpRequest, post_id: Number) -> Any:
    """A letter that was never public has none."""
    link = ShareLink.objects.filter(post_id=post_id).first()
    if link is None:
        raise Http404
    return {
        "url": absolute(link.code),
        "discreet_url": absolute(link.discreet_code),
        "is_on": link.is_on,
    }
