"""What the tests of this folder do in one line."""

import re
from typing import Any

from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client

from subscribers import tasks
from subscribers.models import Subscriber
from subscribers.preferences import links
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


def change(client: Client, page: str, part: str, *, status: int = 200, **fields: Any) -> str:
    """What the page says after "Change" beside one thing, and "Save"."""
    answer = client.post(page, {"do": "save", "part": part, **fields})
    assert answer.status_code == status, answer.content.decode()
    assert not answer.cookies
    return answer.content.decode()


def rest(client: Client, page: str, how_long: str, *, status: int = 200, day: str = "") -> str:
    """What the page says after one of the buttons for a rest."""
    answer = client.post(page, {"do": "rest", "rest": how_long, "rest_until": day})
    assert answer.status_code == status, answer.content.decode()
    return answer.content.decode()


def ask_for_link(client: Client, address: str = ADA) -> str:
    answer = client.post("/preferences/", {"email": address})
    assert answer.status_code == 200
    return answer.content.decode()
