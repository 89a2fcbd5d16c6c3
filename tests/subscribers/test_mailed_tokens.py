"""Whoever reads the database can say yes for nobody; every link in a mailbox goes on working."""

import importlib
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.conf import settings
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from posts.content.actions import Foundation
from subscribers import mailer
from subscribers.mailed_tokens import TokenPurpose, mailed_text, seed_in
from subscribers.models import Newsletter, Subscription, new_token
from subscribers.preferences.models import AddressChange
from subscribers.queries import token_text
from tests.factories import make_subscriber
from tests.subscribers.making import mail_row, sign_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def newsletter(site: Foundation) -> Newsletter:
    return site.newsletter


def mailed_path() -> str:
    mailer.mail_due()
    text = str(mail.outbox[-1].body)
    [link] = [word for word in text.split() if word.startswith(settings.SITE_URL + "/confirm/")]
    return urlsplit(link).path


def status() -> str:
    return str(Subscription.objects.get().status)


def test_what_the_database_holds_confirms_nobody(newsletter: Newsletter, client: Client) -> None:
    sign_up(newsletter)
    seed = mail_row().token
    assert seed is not None
    for guess in (token_text(seed), token_text(seed) * 2, str(seed), seed.hex):
        assert client.post(f"/confirm/{guess}/").status_code == 404
    assert status() == "pending"
    path = mailed_path()
    assert client.post(path).status_code == 200
    assert status() == "active"


def test_what_it_holds_of_a_change_of_address_agrees_to_none(
    newsletter: Newsletter, client: Client
) -> None:
    person = make_subscriber(newsletter)
    change = AddressChange.objects.create(
        subscriber=person, email="b@new.example", address="b@new.example", asked_at=timezone.now()
    )
    for seed in (change.old_token, change.new_token):
        assert client.post(f"/preferences/address/{token_text(seed)}/").status_code == 410
        link = mailed_text(seed, purpose=TokenPurpose.CHANGE_ADDRESS)
        assert client.post(f"/preferences/address/{link}/").status_code == 200
    person.refresh_from_db()
    assert person.address == "b@new.example"


def test_a_link_opens_only_what_it_was_made_for() -> None:
    seed = new_token()
    text = mailed_text(seed, purpose=TokenPurpose.CONFIRM)
    assert len(text) == 44
    assert seed_in(text, purpose=TokenPurpose.CONFIRM) == seed
    assert seed_in(text, purpose=TokenPurpose.CHANGE_ADDRESS) is None
    for wrong in (text[:-1], text + "A", text[:22] + "A" * 22, text[:22] + "é" * 22, "", "x" * 60):
        assert seed_in(wrong, purpose=TokenPurpose.CONFIRM) is None


def hide() -> None:
    """What the migration does."""
    migration = importlib.import_module("subscribers.migrations.0007_seeds_of_links")
    migration.hide(apps, SimpleNamespace(connection=connection))


def test_links_that_were_mailed_before_go_on_working_and_the_database_opens_none(
    newsletter: Newsletter, client: Client
) -> None:
    sign_up(newsletter)
    mailed_then = mail_row().token
    assert mailed_then is not None
    hide()
    kept = mail_row().token
    assert kept is not None
    assert kept != mailed_then
    assert client.post(f"/confirm/{token_text(kept)}/").status_code == 404
    assert client.get(f"/confirm/{token_text(mailed_then)}/").status_code == 200
    path = mailed_path()  # a second mail, after the change: both links work
    assert client.get(path).status_code == 200
    assert client.post(f"/confirm/{token_text(mailed_then)}/").status_code == 200
    assert status() == "active"


def test_a_change_of_address_that_was_asked_for_before_goes_on(
    newsletter: Newsletter, client: Client
) -> None:
    person = make_subscriber(newsletter)
    change = AddressChange.objects.create(
        subscriber=person, email="b@new.example", address="b@new.example", asked_at=timezone.now()
    )
    old, new = token_text(change.old_token), token_text(change.new_token)
    hide()
    assert client.post(f"/preferences/address/{old}/").status_code == 200
    assert client.post(f"/preferences/address/{new}/").status_code == 200
    person.refresh_from_db()
    assert person.address == "b@new.example"


def test_nothing_that_says_yes_is_mailed_without_its_tag() -> None:
    """Only links to leave carry a token as it stands in the database: they last for years."""
    source = (Path(settings.BASE_DIR) / "subscribers/composing.py").read_text()
    assert source.count("token_text(") == 1
