"""What the tests of this folder do in one line."""

import re
from collections.abc import Sequence

from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client

from subscribers import tasks
from subscribers.models import Subscriber
from subscribers.preferences import links
from subscribers.preferences.forms import PreferencesForm
from tests.subscribers.making import ADA

NEW = "ada@new.example"


def mails_to(address: str = ADA) -> list[EmailMessage]:
    """What is due leaves; what came to this address, the latest last."""
    tasks.mail_what_is_due()
    return [message for message in mail.outbox if message.to == [address]]


def link_in(message: EmailMessage, path: str) -> str:
    found = re.search(rf"https?://[^/\s]+(/{path}/[^\s]+)", str(message.body))
    assert found, message.body
    return found[1]


def own_page(person: Subscriber) -> str:
    return f"/preferences/{links.token(person)}/"


def choices(person: Subscriber, *newsletters: str, **other: str) -> dict[str, str | Sequence[str]]:
    """The form as it stands, with these newsletters ticked and what else is different."""
    as_it_is: dict[str, str | Sequence[str]] = {
        "do": "save",
        "newsletters": list(newsletters),
        "pace": person.pace,
        "edition": person.edition,
        "rest": "no",
        "rest_until": "",
        "locale": person.locale,
        "new_email": "",
        "shown": shown(person),
    }
    return as_it_is | other


def shown(person: Subscriber) -> str:
    """What a page that is opened now says that it showed."""
    return str(PreferencesForm(person=person).initial["shown"])


def ask_for_link(client: Client, address: str = ADA) -> str:
    answer = client.post("/preferences/", {"email": address})
    assert answer.status_code == 200
    return answer.content.decode()
