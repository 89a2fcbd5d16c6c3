"""Addresses for machines, and the pages that list others."""

from django.contrib.sitemaps.views import sitemap
from django.urls import path, re_path
from django.views.decorators.http import conditional_page, require_safe

from posts.public import home, notices, topics, views
from posts.public.metrics import metrics
from posts.public.readiness import readyz
from posts.public.sitemaps import Lists, Pages, Topics

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("privacy/", notices.privacy, name="privacy"),
    path("imprint/", notices.imprint, name="imprint"),
    path("robots.txt", views.robots, name="robots"),
    path(".well-known/security.txt", views.security, name="security"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("feed.xml", views.atom_feed, name="atom-feed"),
    path("feed.json", views.json_feed, name="json-feed"),
    path(
        "sitemap.xml",
        require_safe(conditional_page(sitemap)),
        {"sitemaps": {"pages": Pages, "lists": Lists, "topics": Topics}},
        name="sitemap",
    ),
    path("archive/", views.archive, name="archive"),
    path("topics/", topics.topics, name="topics"),
    re_path(r"^topics/(?P<topic_slug>[\w-]+)/$", topics.topic, name="topic"),
    path("search/", views.search, name="search"),
]
