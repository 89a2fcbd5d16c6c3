"""Addresses for machines."""

from django.urls import path

from posts.public import notices, views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("privacy/", notices.privacy, name="privacy"),
    path("imprint/", notices.imprint, name="imprint"),
    path("robots.txt", views.robots, name="robots"),
]
