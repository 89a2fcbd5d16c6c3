from io import StringIO

import pytest
from django.core.management import call_command

from posts.content.actions import Foundation, ensure_site
from tests.factories import make_post


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    said = StringIO()
    call_command("makemigrations", dry_run=True, stdout=said)
    assert said.getvalue() == "No changes detected\n"


def test_the_site_is_made_once(site: Foundation) -> None:
    assert ensure_site() == site


def test_a_published_post_is_live_below_home(site: Foundation) -> None:
    assert make_post(title="Small steps").get_parent().specific == site.home
