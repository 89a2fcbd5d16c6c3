"""One address for all of the API, so that nothing of it is loaded before somebody calls."""

from django.urls import path, re_path

from posts.api.docs import docs
from posts.api.door import door

urlpatterns = [
    path("api/v1/docs/", docs, name="api_docs"),
    path("api/v1/docs/<slug:group>/", docs, name="api_docs_group"),
    re_path(r"^api/v1/(?P<rest>[\s\S]*)\Z", door, name="api"),
]
