"""Addresses for machines."""

from django.urls import path

from posts.public import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("robots.txt", views.robots, name="robots"),
]
