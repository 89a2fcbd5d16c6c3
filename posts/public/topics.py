"""What posts are about: all topics, and the posts of one."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import conditional_page, require_safe

from posts.content.models import HomePage, PostPage, Topic
from posts.content.queries import topics_in_use


@require_safe
@conditional_page
def topics(request: HttpRequest) -> HttpResponse:
    """Every topic that has a post, by name."""
    context = {"topics": topics_in_use(), "address": f"{settings.SITE_URL}{reverse('topics')}"}
    return render(request, "public/topics.html", context)


@require_safe
@conditional_page
def topic(request: HttpRequest, topic_slug: str) -> HttpResponse:
    """The posts about something, newest first. One that has none yet says so, and is not listed."""
    about = get_object_or_404(Topic, slug=topic_slug)
    posts = Paginator(PostPage.objects.published().filter(topics=about), HomePage.POSTS_A_PAGE)
    context = {
        "topic": about,
        "listing": posts.get_page(request.GET.get("page")),
        "path": reverse("topic", args=[about.slug]),
        "site_address": settings.SITE_URL,
    }
    return render(request, "public/topic.html", context)
