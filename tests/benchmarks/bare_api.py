"""Bare Django views of what the API reads: the same queries, and JSON; no token, no checks."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import include, path

from posts.api import mailings, people, showing
from posts.content.models import PostPage
from posts.delivery.models import Mailing
from subscribers.models import Subscriber

PAGE = 100


def posts(request: HttpRequest) -> JsonResponse:
    rows = showing.with_relations(PostPage.objects.all()).order_by("-pk")[:PAGE]
    return JsonResponse({"data": [showing.summary(row) for row in rows]})


def public_posts(request: HttpRequest) -> JsonResponse:
    rows = showing.with_relations(PostPage.objects.live()).order_by("-first_published_at", "-pk")
    return JsonResponse({"data": showing.listed(rows[:PAGE])})


def subscribers(request: HttpRequest) -> JsonResponse:
    rows = people._with_relations(Subscriber.objects.all()).order_by("-pk")[:PAGE]
    return JsonResponse({"data": people._told(list(rows))})


def all_mailings(request: HttpRequest) -> JsonResponse:
    rows = Mailing.objects.select_related("newsletter").order_by("-pk")[:PAGE]
    return JsonResponse({"data": [mailings._told(row) for row in rows]})


urlpatterns: list[Any] = [
    path("bare/posts", posts),
    path("bare/public/posts", public_posts),
    path("bare/subscribers", subscribers),
    path("bare/mailings", all_mailings),
    path("", include("config.urls")),
]
