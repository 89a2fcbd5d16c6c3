"""Second steps for tests: an app that shows the code of any moment, and people of each role."""

from time import time
from typing import Any

from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.models import User
from django.test import Client

from posts.desk.staff import factors, roles

PASSWORD = "rest is part of work"


def give_app(user: User) -> str:
    """An app of hers, none of whose codes was used yet; its secret."""
    secret = factors.new_app_secret()
    totp.TOTP.activate(user, secret)
    factors.ensure_codes(user)
    return secret


def code_at(secret: str, *, periods: int = 0) -> str:
    """What the app shows now, or so many half minutes later."""
    counter = int(time()) // 30 + periods
    return str(totp.format_hotp_value(totp.hotp_value(secret, counter)))


def by_password(client: Client, *, name: str = "ada", **more: str) -> Any:
    return client.post("/admin/login/", {"username": name, "password": PASSWORD, **more})


def is_in(client: Client) -> bool:
    return client.get("/admin/").status_code == 200


def make_role(key: str, *, name: str = "") -> User:
    """Somebody at the desk with this role."""
    name = name or key
    user = User.objects.create_user(name, f"{name}@letters.example", PASSWORD)
    roles.set_role(user=user, key=key)
    return user


def signed_in_as(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
