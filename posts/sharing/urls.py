"""Addresses that are passed along."""

from django.urls import re_path

from posts.sharing import views

# A code keeps working with a slash behind it: some apps add one.
urlpatterns = [
    re_path(r"^s/(?P<code>[\w-]+)/?$", views.passed_along, name="passed_along"),
    re_path(r"^s/(?P<code>[\w-]+)/share/$", views.share_passed_along, name="share_passed_along"),
    re_path(r"^(?P<slug>[\w-]+)/share/$", views.share, name="share"),
    re_path(r"^s/(?P<code>[\w-]+)/helped/$", views.passed_along_helped, name="passed_along_helped"),
    re_path(r"^(?P<slug>[\w-]+)/helped/$", views.helped, name="helped"),
]
