"""Addresses that are passed along."""

from django.urls import path, re_path

from posts.sharing import files, views
from posts.sharing.cards import views as cards
from posts.sharing.models import LENGTH, LETTERS

# What a chat or a mail may add behind an address that it makes into a link. `_` and `-` can be
# part of an old code (see `models.new_code`), so that they are too many only behind a whole one.
TOO_MANY = r"[\s.,;:!?…·'\"’‘”“»«<>()\[\]{}*|\\~`_-]{1,4}"
FILE = r"files/(?P<number>[1-9][0-9]{0,17})\.(?P<ending>[a-z0-9]{3,4})"
WHOLE = rf"[{LETTERS}]{{{LENGTH}}}|[\w-]{{16}}"

# A code keeps working with a slash behind it: some apps add one.
urlpatterns = [
    re_path(rf"^s/(?P<code>{WHOLE}){TOO_MANY}/?$", views.tidied, name="tidied"),
    re_path(r"^s/(?P<code>[\w-]+)/?$", views.passed_along, name="passed_along"),
    re_path(r"^s/(?P<code>[\w-]+)/share/$", views.share_passed_along, name="share_passed_along"),
    re_path(r"^s/(?P<code>[\w-]+)/card\.png$", cards.card, name="card"),
    re_path(rf"^s/(?P<code>[\w-]+)/{FILE}$", files.passed_along_file, name="passed_along_file"),
    re_path(rf"^(?P<slug>[\w-]+)/{FILE}$", files.of_page, name="page_file"),
    path("card.png", cards.site_card, name="site_card"),
    re_path(r"^(?P<slug>[\w-]+)/card\.png$", cards.post_card, name="post_card"),
    re_path(r"^(?P<slug>[\w-]+)/share/$", views.share, name="share"),
    re_path(r"^s/(?P<code>[\w-]+)/helped/$", views.passed_along_helped, name="passed_along_helped"),
    re_path(r"^(?P<slug>[\w-]+)/helped/$", views.helped, name="helped"),
]
