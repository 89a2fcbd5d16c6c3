"""Messages per second to a sink, as a ratio to Django's own loop in the same run.

`uv run pytest tests/benchmarks -s`. Both send the same letter over one connection to the same
sink. Django's loop fills a compiled template and builds an EmailMultiAlternatives for each
reader; ours is the whole machine: ledger, claims, journal and accounting included.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template import Context, Template
from pytest_django import Settings

from posts.content.models import PostPage
from posts.content.rendering import render_mail
from posts.delivery.letters.compose import links
from posts.delivery.mailings.queries import report
from posts.delivery.mailings.start import start_mailing
from posts.delivery.models import Delivery, Mailing
from posts.delivery.worker.drain import drain_ledger
from posts.sharing.actions import ensure_link
from subscribers.models import Newsletter, Subscriber, Subscription
from tests.factories import make_newsletter, make_post
from tests.faults.site import wait_until
from tests.sink import free_port, listening

READERS = {"small": 1_000, "full": 20_000}[os.environ.get("BENCHMARK_SIZE", "full")]
DJANGO_READERS = READERS // 10  # it is that much slower, and a rate needs no more
ROUNDS = 3
LEAST_RATIO = 2.0

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def port(settings: Settings) -> Iterator[int]:
    port = free_port()
    settings.EMAIL_URL = f"smtp://127.0.0.1:{port}"
    sink = subprocess.Popen([sys.executable, "-m", "tests.benchmarks.fast_sink", str(port)])
    wait_until(lambda: listening(port), seconds=10)
    yield port
    sink.terminate()
    sink.wait()


def make_readers(newsletter: Newsletter, number: int) -> None:
    people = Subscriber.objects.bulk_create(
        Subscriber(email=f"r{at}@example.org", address=f"r{at}@example.org") for at in range(number)
    )
    Subscription.objects.bulk_create(
        Subscription(subscriber=person, newsletter=newsletter, status="active") for person in people
    )


def long_post(newsletter: Newsletter) -> PostPage:
    """About 30 KB as a mail, as a long post with many sections is."""
    prose = "<p>Rest is not the opposite of getting somewhere. It is how we get there.</p>"
    return make_post(newsletter=newsletter, body=[("paragraph", prose * 5)] * 28)


@pytest.fixture
def renders(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The name of each template that is rendered, one entry a time."""
    names: list[str] = []
    real = Template.render

    def counting(self: Template, *args: Any, **kwargs: Any) -> Any:
        names.append(str(self.name))
        return real(self, *args, **kwargs)

    monkeypatch.setattr(Template, "render", counting)
    return names


def rate_of_passalong(newsletter: Newsletter, renders: list[str]) -> float:
    mailing, _ = start_mailing(post=long_post(newsletter), by="benchmark")
    renders.clear()
    began = time.perf_counter()
    while Mailing.objects.get(pk=mailing.pk).state != Mailing.State.FINISHED:
        assert drain_ledger(seconds=60)
    took = time.perf_counter() - began
    assert renders == [], "something is rendered per recipient"
    assert report(mailing).deliveries[Delivery.State.ACCEPTED.label] == READERS
    return READERS / took


def rate_of_django(post: PostPage, port: int) -> float:
    mail = render_mail(post, links=links(post, unsubscribe="{{ unsubscribe }}"))
    text, html = Template(mail.text), Template(mail.html)
    connection = get_connection(
        "django.core.mail.backends.smtp.EmailBackend", host="127.0.0.1", port=port
    )
    connection.open()
    began = time.perf_counter()
    for number in range(DJANGO_READERS):
        own = Context({"unsubscribe": f"https://letters.example/unsubscribe/{number:022}/"})
        message = EmailMultiAlternatives(
            mail.subject, text.render(own), post.newsletter.from_email, [f"r{number}@example.org"]
        )
        message.attach_alternative(html.render(own), "text/html")
        message.connection = connection
        message.send()
    took = time.perf_counter() - began
    connection.close()
    return DJANGO_READERS / took


def test_sending_is_faster_than_djangos_own_loop(port: int, renders: list[str]) -> None:
    newsletter = make_newsletter()
    make_readers(newsletter, READERS)
    sample = long_post(newsletter)
    ensure_link(post=sample)
    size = len(render_mail(sample, links=links(sample, unsubscribe="x")).html)
    rounds = [
        (rate_of_passalong(newsletter, renders), rate_of_django(sample, port))
        for _ in range(ROUNDS)
    ]
    ratio = statistics.median(ours / theirs for ours, theirs in rounds)
    for ours, theirs in rounds:
        print(f"passalong {ours:8.0f}/s   django {theirs:6.0f}/s   ratio {ours / theirs:.1f}")  # noqa: T201
    print(f"median ratio {ratio:.1f} at {size / 1000:.0f} KB of HTML, {READERS} readers")  # noqa: T201
    assert ratio > LEAST_RATIO
