"""Addresses for providers."""

from django.urls import re_path

from posts.delivery.events.webhook import hook

# Also without the slash: it is easily forgotten at a provider, and a POST is not redirected.
urlpatterns = [re_path(r"^hooks/(?P<esp>[a-z]+)/?$", hook, name="hook")]
