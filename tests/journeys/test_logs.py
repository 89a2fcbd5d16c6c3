"""Whatever servers reply and strangers ask, a log names nobody and opens nothing.

The same ways as readers, writers and strangers go, with a mail server that quotes what it was sent.
"""

import logging
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings as configured
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.test import Client
from pytest_django import Settings

from config.logs import DiscreetFormatter
from posts.content.actions import Foundation
from posts.delivery.mailings.start import start_mailing
from posts.desk import tasks as desk_tasks
from posts.desk.welcome import issue_one_time_address
from posts.sharing.actions import ensure_link
from subscribers import tasks
from subscribers.models import Subscriber
from subscribers.preferences import links
from tests.delivery.making import drain
from tests.factories import make_newsletter, make_post, make_subscriber
from tests.sink import Sink

pytestmark = pytest.mark.django_db
READER, OWNER = "marit.vale@reading.example", "ada@letters.example"
LINK = re.compile(r"https?://localhost:8000(/\S+)")


@pytest.fixture
def log() -> Iterator[StringIO]:
    out = StringIO()
    handler = logging.StreamHandler(out)
    told = configured.LOGGING["formatters"]["human"]  # type: ignore[index]
    handler.setFormatter(DiscreetFormatter(told["format"]))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield out
    root.setLevel(level)
    root.removeHandler(handler)


@pytest.fixture
def server(settings: Settings, tmp_path: Path) -> Iterator[Sink]:
    settings.DATA_DIR = settings.SHARED_DIR = tmp_path
    settings.EMAIL_BACKEND = "posts.delivery.transports.backend.EmailBackend"  # not pytest's
    with Sink() as sink:
        settings.EMAIL_URL = f"smtp://127.0.0.1:{sink.port}"
        yield sink


def links_in(sink: Sink) -> list[str]:
    text = "\n".join(content.decode().replace("=\r\n", "") for _, content in sink.handler.messages)
    return LINK.findall(text.replace("=3D", "="))


def secrets_of(paths: list[str]) -> set[str]:
    """The long parts of addresses: tokens and codes."""
    return {part for path in paths for part in re.split(r"[/?=&]", path) if len(part) >= 16}


def test_hostile_replies_and_requests_leave_nothing_of_anybody_in_a_log(
    log: StringIO, server: Sink, site: Foundation
) -> None:
    ada = User.objects.create_superuser(OWNER, OWNER, "rest is part of work")
    newsletter = make_newsletter(name="Slow mornings", slug="slow")
    post = make_post(title="Leave the kettle on", slug="kettle", newsletter=newsletter)
    reader = make_subscriber(newsletter, address="tove@reading.example")
    strangers = Client(enforce_csrf_checks=True)

    # A sign-up whose mail arrives once; then its own link comes back in a refusal.
    form = {"email": READER, "newsletter": "slow", "wording": "sign-up 1"}
    Client().post("/subscribe/", form)
    tasks.mail_what_is_due()
    seen = links_in(server)
    assert any(path.startswith("/confirm/") for path in seen)
    quoted = f"{READER} says http://localhost:8000{seen[0]} {seen[0].split('/')[2]} is spam"
    for address in (READER, OWNER, reader.address):
        server.handler.rcpt[address] = f"451 4.7.1 <{address}> not now: {quoted}"
    Client().post("/preferences/", {"email": reader.address})
    tasks.mail_what_is_due()
    Client().post("/admin/password_reset/", {"email": OWNER})
    with pytest.raises(Exception, match="not now") as failed:
        desk_tasks.mail_password_resets()
    logging.getLogger("celery.app.trace").error("Task raised", exc_info=failed.value)

    # A mailing to people whose server refuses them in words.
    server.handler.rcpt[reader.address] = f"550 5.7.1 <{reader.address}> no: {quoted}"
    start_mailing(post=post, by="tests")
    drain()

    # Strangers, with links that are right and links that are not.
    opening = [
        *(seen[0], f"/preferences/{links.token(reader)}/", f"/s/{ensure_link(post=post).code}"),
        urlsplit(issue_one_time_address(user=ada)).path,
        "/admin/password_reset/confirm/Mg/c7abcd-0123456789abcdef0123456789abcdef/",
    ]
    for path in opening:
        strangers.post(path, {"x": "1"}, headers={"origin": "https://evil.example"})
        strangers.get(f"{path}x/", headers={"host": f"{READER}.evil.example"})
        strangers.get(path, headers={"host": "evil.example", "referer": f"http://x{path}"})
    strangers.post("/hooks/mailgun/", {"recipient": READER}, headers={"x-key": opening[0]})
    Client().post("/admin/login/", {"username": OWNER, "password": "perhaps"})

    # A row that the database refuses, in its words.
    try:
        with transaction.atomic():
            Subscriber.objects.create(email=reader.address, address=reader.address)
    except IntegrityError:
        logging.getLogger("posts").exception("A fault about %s", reader.address)

    text = log.getvalue()
    assert "was not taken" in text
    assert "Forbidden" in text
    assert text.count("\n") > 8
    for nobody in (READER, OWNER, reader.address, "marit.vale", "tove"):
        assert nobody not in text, nobody
    opening += links_in(server)
    assert len(secrets_of(opening)) >= 5
    for secret in secrets_of(opening):
        assert secret not in text, secret
    assert max(map(len, text.splitlines())) < 1_100
