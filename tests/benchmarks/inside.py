"""Runs inside a site: `python -m tests.benchmarks.inside SLUG FILE` writes to FILE what the first
reader of a post's mailing got, with the line ends that `smtp-source -F` wants."""

import sys
from pathlib import Path

import django


def write_mail(slug: str, file: Path) -> None:
    from posts.delivery.letters.compose import Addresser
    from posts.delivery.mailings.queries import first_mailings
    from posts.delivery.models import Delivery
    from subscribers.queries import recipients

    mailing = first_mailings().select_related("letter").get(post__slug=slug)
    first = Delivery.objects.filter(mailing=mailing).order_by("subscriber_id").first()
    assert first is not None
    [reader] = recipients(mailing.newsletter_id, [first.subscriber_id])
    content = Addresser(mailing).address(reader).content()
    file.write_bytes(content.replace(b"\r\n", b"\n"))


if __name__ == "__main__":
    django.setup()
    write_mail(sys.argv[1], Path(sys.argv[2]))
