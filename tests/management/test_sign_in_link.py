import json
from io import StringIO
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from posts.desk.models import OneTimeAddress

pytestmark = pytest.mark.django_db


def print_link(*account: str) -> str:
    out = StringIO()
    call_command("sign_in_link", *account, "--json", stdout=out)
    answer = json.loads(out.getvalue().splitlines()[-1])
    assert answer["link"] in out.getvalue().rpartition("\n{")[0]
    return str(urlsplit(answer["link"]).path)


@pytest.fixture
def ada() -> User:
    return User.objects.create_superuser("ada", "ada@letters.example", "a long one")


@pytest.mark.parametrize("account", [(), ("ada",), ("Ada@Letters.example",)])
def test_the_link_signs_in_once_by_a_button(ada: User, account: tuple[str, ...]) -> None:
    path, client = print_link(*account), Client()
    assert b"Sign in" in client.get(path).content
    assert "_auth_user_id" not in client.session
    assert client.post(path).status_code == 302
    assert client.get("/admin/").status_code == 200
    assert Client().post(path).status_code == 410


def test_it_lasts_a_quarter_of_an_hour(ada: User) -> None:
    print_link()
    left = OneTimeAddress.objects.get().expires_at - timezone.now()
    assert 14 * 60 < left.total_seconds() <= 15 * 60


def test_whose_it_is_must_be_clear(ada: User) -> None:
    with pytest.raises(CommandError, match="No account is called ben") as refusal:
        print_link("ben")
    assert refusal.value.returncode == 2
    User.objects.create_user("ben")
    with pytest.raises(CommandError, match="Say which"):
        print_link()
    User.objects.update(is_active=False)
    with pytest.raises(CommandError, match="no account yet"):
        print_link()
