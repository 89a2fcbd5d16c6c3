"""Whoever reads the table of sessions is signed in nowhere."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from posts.desk import tasks
from posts.desk.models import OneTimeAddress
from posts.desk.sessions import SessionStore, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    ada = User.objects.create_superuser("ada", "ada@letters.example", "rest is part of work")
    client = Client()
    client.force_login(ada)
    return client


def is_in(key: str) -> bool:
    return Client(headers={"cookie": f"sessionid={key}"}).get("/admin/").status_code == 200


def test_what_the_table_holds_is_no_key(client: Client) -> None:
    key = client.cookies["sessionid"].value
    assert is_in(key)
    [row] = Session.objects.all()
    assert row.session_key == stored(key) != key
    assert not is_in(row.session_key)


def test_signing_out_ends_it(client: Client) -> None:
    key = client.cookies["sessionid"].value
    client.post("/admin/logout/")
    assert not is_in(key)
    assert not Session.objects.filter(session_key=stored(key)).exists()


def test_a_key_that_somebody_made_up_is_not_taken() -> None:
    store = SessionStore("made-up-by-a-stranger")
    assert dict(store.items()) == {}
    store["x"] = 1
    store.save()
    assert store.session_key != "made-up-by-a-stranger"
    assert SessionStore(store.session_key)["x"] == 1


def test_a_key_changes_at_sign_in_and_the_old_one_ends() -> None:
    store = SessionStore()
    store["x"] = 1
    store.save()
    before = store.session_key
    assert before is not None
    store.cycle_key()
    assert store["x"] == 1
    assert not store.exists(before)
    assert SessionStore(store.session_key)["x"] == 1


@pytest.mark.django_db(transaction=True)
def test_awaited_it_is_the_same() -> None:
    from asgiref.sync import async_to_sync

    async def use() -> str:
        store = SessionStore()
        await store.aset("x", 1)
        await store.asave()
        assert await store.aexists(store.session_key or "")
        assert await SessionStore(store.session_key).aget("x") == 1
        return store.session_key or ""

    key = async_to_sync(use)()
    assert Session.objects.get().session_key == stored(key)
    async_to_sync(SessionStore(key).adelete)()
    assert not Session.objects.exists()


def test_what_has_ended_is_forgotten(client: Client) -> None:
    Session.objects.update(expire_date=timezone.now() - timedelta(minutes=1))
    old = timezone.now() - timedelta(days=31)
    OneTimeAddress.objects.create(token_hash=b"x", expires_at=old)
    OneTimeAddress.objects.create(token_hash=b"y", expires_at=timezone.now())
    tasks.forget_ways_in()
    assert not Session.objects.exists()
    assert OneTimeAddress.objects.count() == 1
