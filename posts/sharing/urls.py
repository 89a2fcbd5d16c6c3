"""Addresses that are passed along."""

from django.urls import path, re_path

from posts.sharing import views
from posts.sharing.cards import views as cards

# A code keeps working with a slash behind it: some apps add one.
urlpatterns = [
    re_path(r"^s/(?P<code>[\w-]+)/?$", views.passed_along, name="passed_along"),
    re_path(r"^s/(?P<code>[\w-]+)/share/$", views.share_passed_along, name="share_passed_along"),
    re_path(r"^s/(?P<code>[\w-]+)/card\.png$", cards.card, name="card"),
    path("card.png", cards.site_card, name="site_card"),
    re_path(r"^(?P<slug>[\w-]+)/card\.png$", cards.post_card, name="post_card"),
    re_path(r"^(?P<slug>[\w-]+)/share/$", views.share, name="share"),
]
