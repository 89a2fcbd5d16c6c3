"""A table of contents for addresses: every room that has some."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("posts.api.urls")),
    path("", include("posts.desk.urls")),
    path("", include("posts.public.urls")),
    path("", include("posts.delivery.events.urls")),
    path("", include("posts.sharing.urls")),
]
