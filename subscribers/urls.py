from django.urls import path, re_path

from subscribers import views

urlpatterns = [
    path("subscribe/", views.subscribe, name="subscribe"),
    path("subscribe/challenge/", views.challenge, name="challenge"),
    path("confirm/<str:token>/", views.confirm, name="confirm"),
    path("preferences/", views.preferences, name="preferences"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    # Without the slash too: a one-click POST must never be redirected (RFC 8058).
    re_path(r"^unsubscribe/(?P<token>[^/]+)$", views.unsubscribe),
]
