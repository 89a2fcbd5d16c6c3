"""Where each address leads. Wagtail comes last: it answers for every page the writer made."""

from django.urls import include, path, re_path
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.urls import serve_pattern
from wagtail.views import serve

from posts.public.views import media

handler403 = "posts.public.errors.not_open"
handler404 = "posts.public.errors.not_found"

urlpatterns = [
    path("", include("posts.urls")),
    path("", include("subscribers.urls")),
    # Pictures, so that `manage.py up` needs no second server. A proxy in front of a larger site may
    # answer /media/images/ itself, running as the same user, and only that: see the view.
    path("media/<path:path>", media, name="media"),
    path("admin/", include(wagtailadmin_urls)),
    # The rest of Wagtail's public addresses are log-ins, which set cookies and lead nowhere here.
    re_path(serve_pattern, serve, name="wagtail_serve"),
]
