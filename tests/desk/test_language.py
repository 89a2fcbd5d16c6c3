"""The desk speaks one language, until all of it speaks more."""

import importlib

import pytest
from django.apps import apps
from django.test import Client
from wagtail.users.models import UserProfile

pytestmark = pytest.mark.django_db


def test_no_other_language_can_be_chosen(admin_client: Client) -> None:
    page = admin_client.get("/admin/account/").text
    assert "preferred_language" not in page


def test_who_had_chosen_one_sees_english_again(admin_client: Client, admin_user: object) -> None:
    profile = UserProfile.get_for_user(admin_user)
    profile.preferred_language = "de"
    profile.save()
    migration = importlib.import_module("posts.migrations.0007_the_desk_speaks_english")
    migration.forget_languages(apps, None)  # it changes rows, no tables
    page = admin_client.get("/admin/").text
    assert '<html lang="en"' in page
    assert "Bilder" not in page
