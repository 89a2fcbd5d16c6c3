"""Where each address leads. Wagtail comes last: it answers for every page the writer made."""

from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

from posts.public.views import media

urlpatterns = [
    path("", include("posts.urls")),
    path("", include("subscribers.urls")),
    # Pictures, so that `manage.py up` needs no second server; a proxy in front of a larger site
    # answers /media/ itself and never asks here.
    path("media/<path:path>", media, name="media"),
    path("admin/", include(wagtailadmin_urls)),
    path("", include(wagtail_urls)),
]
