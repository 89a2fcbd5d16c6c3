"""What a journey asks of the mails and of the database."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from django.apps import apps
from django.conf import settings

URL = re.compile(r"https?://[^\s\"'<>)]+")


def letters() -> list[EmailMessage]:
    """What lies in the outbox, the latest last."""
    found = (Path(settings.DATA_DIR) / "outbox" / "new").iterdir()
    files = sorted(found, key=lambda file: file.stat().st_mtime_ns)
    return [message_from_bytes(file.read_bytes(), policy=default) for file in files]


def latest_to(address: str) -> EmailMessage:
    return [letter for letter in letters() if letter["To"] == address][-1]


def part(letter: EmailMessage, kind: str) -> str:
    body = letter.get_body((kind,))
    return "" if body is None else str(body.get_content())


def link_in(letter: EmailMessage, path: str) -> str:
    """The first link of the text part whose path begins so."""
    found = re.search(rf"https?://[^/\s]+/{path}/\S*", part(letter, "plain"))
    assert found, part(letter, "plain")
    return found[0]


def links_in(letter: EmailMessage) -> set[str]:
    """Every link of a mail: in both of its parts and in its headers."""
    headers = " ".join(str(value) for value in letter.values())
    texts = [part(letter, "plain"), part(letter, "html").replace("&amp;", "&"), headers]
    return {link for text in texts for link in URL.findall(text)}


def all_rows() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, to compare before and after."""
    return {
        model._meta.label: sorted(
            (
                tuple(bytes(v) if isinstance(v, memoryview) else v for v in row)
                for row in model._base_manager.values_list()
            ),
            key=repr,
        )
        for model in apps.get_models()
        if model._meta.managed and not model._meta.proxy
    }
