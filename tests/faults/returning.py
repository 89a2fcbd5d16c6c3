"""`python -m tests.faults.returning ADDRESS FILE` in a site: a mail server says in FILE that the
letter of the last mailing came back from there, as one does that has seen it."""

import sys
from pathlib import Path

import django


def main(address: str, file: Path) -> None:
    from posts.delivery.letters.compose import message_id
    from posts.delivery.models import Mailing
    from subscribers.models import Subscriber
    from tests.delivery.events.making import letter_to
    from tests.delivery.events.returned_mails import dsn

    mailing = Mailing.objects.latest("pk")
    person = Subscriber.objects.get(address=address)
    domain = mailing.newsletter.from_email.rpartition("@")[2]
    letter = letter_to(mailing, person, identity=message_id(mailing.pk, person.pk, domain))
    file.write_bytes(dsn(letter, address=address))


if __name__ == "__main__":
    django.setup()
    main(sys.argv[1], Path(sys.argv[2]))
