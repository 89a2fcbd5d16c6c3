from django.urls import path, re_path

from subscribers import embedding, views
from subscribers.preferences import views as preferences

urlpatterns = [
    path("subscribe/", views.subscribe, name="subscribe"),
    path("subscribe/challenge/", views.challenge, name="challenge"),
    path("subscribe/embed.js", embedding.script, {"name": "embed.js"}, name="embed_script"),
    path("subscribe/proof.js", embedding.script, {"name": "proof.js"}, name="embed_proof"),
    path("subscribe/embedded/", embedding.from_elsewhere, name="embedded"),
    path("confirm/<str:token>/", views.confirm, name="confirm"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("preferences/<str:token>/", preferences.your_preferences, name="your_preferences"),
    path("preferences/address/<str:token>/", preferences.change_address, name="change_address"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    # Without the slash too: a one-click POST must never be redirected (RFC 8058).
    re_path(r"^unsubscribe/(?P<token>[^/]+)$", views.unsubscribe),
]
