"""The address of the site is chosen while no letter is on its way."""

import pytest
from pytest_django import Settings
from wagtail.models import Site

from posts.content.actions import Foundation
from posts.content.models import SiteSettings
from posts.delivery.mailings.audit import DeliveryRefused
from posts.delivery.mailings.site_address import choose_address
from posts.delivery.mailings.start import reached_by_nobody
from posts.delivery.models import Mailing
from tests.delivery.making import make_mailing

pytestmark = pytest.mark.django_db

SAID = "https://letters.fern.org"


@pytest.fixture(autouse=True)
def _nothing_in_the_environment(settings: Settings, site: Foundation) -> None:
    settings.SITE_URL_IS_FIXED = False


def test_every_link_begins_with_it_at_once(settings: Settings) -> None:
    assert reached_by_nobody()
    choose_address(to=SAID)
    assert settings.SITE_URL == SAID
    assert SiteSettings.load().address == SAID
    assert Site.objects.get().root_url == SAID
    assert not reached_by_nobody()


@pytest.mark.parametrize("state", ["held", "sending", "paused"])
def test_a_letter_on_its_way_keeps_its_links_so_the_address_waits(
    state: str, settings: Settings
) -> None:
    mailing = make_mailing(2)
    Mailing.objects.update(state=state)
    with pytest.raises(DeliveryRefused, match="is on its way with the old address"):
        choose_address(to=SAID)
    assert SiteSettings.load().address == ""
    Mailing.objects.filter(pk=mailing.pk).update(state="cancelled")
    choose_address(to=SAID)
    Mailing.objects.update(state=state)
    choose_address(to=SAID)  # the same again changes no link


def test_what_the_environment_says_cannot_be_chosen(settings: Settings) -> None:
    settings.SITE_URL_IS_FIXED = True
    with pytest.raises(DeliveryRefused, match="fixed its address"):
        choose_address(to=SAID)
    assert SiteSettings.load().address == ""
