"""Letters as they are told."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from posts.api.schemas.posts import PostStatus
from posts.content.models import PostPage
from posts.content.rendering import render_text_body
from posts.desk.looked_at import seal
from posts.desk.queries import first_mailing_of
from posts.public.feeds import whole

__all__ = ["listed", "made", "public_whole", "status_of", "summary", "whole_post", "with_relations"]


def with_relations(posts: "QuerySet[PostPage]") -> "QuerySet[PostPage]":
    """With what each line of a list needs, in two queries for all."""
    found: QuerySet[PostPage] = posts.select_related("newsletter").prefetch_related("topics")
    return found


def listed(posts: Iterable[PostPage]) -> list[dict[str, Any]]:
    return [public(post) for post in posts]


def public(post: PostPage) -> dict[str, Any]:
    return {
        "id": post.pk,
        "title": post.title,
        "slug": post.slug,
        "url": post.public_url,
        "subtitle": post.subtitle,
        "excerpt": post.lead,
        "newsletter": post.newsletter.slug,
        "language": post.language,
        "visibility": post.visibility,
        "topics": sorted(topic.name for topic in post.topics.all()),
        "published_at": post.first_published_at,
    }


def public_whole(post: PostPage) -> dict[str, Any]:
    return {**public(post), "html": whole(post) or None}


def status_of(post: PostPage) -> PostStatus:
    if not post.live:
        return PostStatus.DRAFT
    return PostStatus.CHANGED if post.has_unpublished_changes else PostStatus.PUBLISHED


def summary(post: PostPage) -> dict[str, Any]:
    return {
        **public(post),
        "status": status_of(post),
        "changed_at": post.latest_revision_created_at,
    }


def whole_post(post: PostPage) -> dict[str, Any]:
    """`post`: as its latest revision has it."""
    mailing = first_mailing_of(post)
    return {
        **summary(post),
        "revision": seal(post.latest_revision),
        "html": whole(post, also_hidden=True),
        "text": render_text_body(post),
        "mailing": mailing.pk if mailing else None,
    }


def made(post: PostPage, notes: Iterable[str] = ()) -> dict[str, Any]:
    post.refresh_from_db()
    return {
        "id": post.pk,
        "slug": post.slug,
        "status": status_of(post).value,
        "revision": seal(post.latest_revision),
        "edit_url": settings.SITE_URL + reverse("wagtailadmin_pages:edit", args=[post.pk]),
        "notes": list(notes),
    }
