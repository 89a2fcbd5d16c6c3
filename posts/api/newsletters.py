"""Newsletters, and topics of letters."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from posts.api.callers import Scope
from posts.api.operations import answers, newsletter_named
from posts.api.problems import ApiProblem
from posts.api.schemas.posts import NewsletterList, NewsletterTold, TopicList
from posts.content.models import Topic
from subscribers.models import Newsletter

router = Router(tags=["newsletters"], auth=Scope("posts:read"))
_FIELDS = ("id", "slug", "name", "description")


@router.get("newsletters", response=answers(200, NewsletterList), summary="All newsletters")
def list_newsletters(request: HttpRequest) -> Any:
    return {"data": list(Newsletter.objects.values(*_FIELDS))}


@router.get(
    "newsletters/{slug:newsletter}",
    response=answers(200, NewsletterTold, 404),
    summary="One newsletter",
)
def read_newsletter(request: HttpRequest, newsletter: str) -> Any:
    try:
        found = newsletter_named(newsletter)
    except ApiProblem as problem:
        raise ApiProblem(404, problem.detail) from problem
    return {name: getattr(found, name) for name in _FIELDS}


@router.get("topics", response=answers(200, TopicList), summary="What letters are about")
def list_topics(request: HttpRequest) -> Any:
    return {"data": list(Topic.objects.values(*_FIELDS))}
