"""What an address answers after its post moved, was unpublished or deleted.

A link that somebody passed along must never end at a bare error: an old address leads to the
post, or says kindly that the post is gone.
"""

from typing import Any

from django.db.models import QuerySet
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from wagtail.signals import page_published, page_slug_changed

from posts.content.models import PostAddress, PostPage


def live_posts() -> QuerySet[PostPage]:
    """The posts that are public now, each with what its page needs."""
    posts: QuerySet[PostPage] = PostPage.objects.live().select_related(
        "newsletter", "cover", "share_link"
    )
    return posts


def find_post(slug: str) -> PostPage | None:
    """The live post that this slug stands for or once stood for; None when it is gone.

    Raises Http404 where no post was ever public under it.
    """
    if post := live_posts().filter(slug=slug).first():
        return post
    address = PostAddress.objects.filter(slug=slug).first()
    if address is None:
        raise Http404("No post was ever public at this address.")
    return live_posts().filter(pk=address.post_id).first()


def answer_former(request: HttpRequest, slug: str) -> HttpResponse:
    """Lead on to where the post is today, or say that it is gone."""
    post = find_post(slug)
    return gone(request) if post is None else moved(path_of(post))


def path_of(post: PostPage) -> str:
    """The post's address on this site."""
    return reverse("wagtail_serve", args=[f"{post.slug}/"])


def moved(address: str) -> HttpResponse:
    """Say that the post lives elsewhere for good."""
    response = HttpResponsePermanentRedirect(address)
    # Without a limit browsers keep a 301 for ever: a slug changed back would send readers in
    # circles between two remembered redirects.
    response["Cache-Control"] = "max-age=300"
    return response


def gone(request: HttpRequest) -> HttpResponse:
    """Say kindly that the post was taken back."""
    response = render(request, "410.html", status=410)
    response["X-Robots-Tag"] = "noindex"
    return response


def remember_address(*, slug: str, post: PostPage) -> None:
    """Keep that the post is public under this slug; the latest post to use a slug owns it."""
    PostAddress.objects.update_or_create(slug=slug, defaults={"post": post})


@receiver(page_published, sender=PostPage, dispatch_uid="remember the address of a post")
def _on_published(instance: PostPage, **kwargs: Any) -> None:
    # The signal also comes when a first publication is only scheduled.
    if instance.live:
        remember_address(slug=instance.slug, post=instance)


@receiver(page_slug_changed, sender=PostPage, dispatch_uid="remember the new address of a post")
def _on_slug_changed(instance: PostPage, instance_before: PostPage, **kwargs: Any) -> None:
    # A live page can be saved under another slug without being published again.
    if instance.live:
        PostAddress.objects.get_or_create(slug=instance_before.slug, defaults={"post": instance})
        remember_address(slug=instance.slug, post=instance)
