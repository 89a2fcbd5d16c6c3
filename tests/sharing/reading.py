"""Readers, and what is none, as their requests say."""

from django.http import HttpResponse
from django.test import Client

PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)
READER = {
    "User-Agent": PHONE,
    "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
    "Accept-Language": "en-GB,en;q=0.9",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Site": "none",
}
PRESS = {**READER, "Sec-Fetch-Site": "same-origin", "Origin": "null"}


def read(path: str, **headers: str) -> HttpResponse:
    """As a reader's phone does it, with other headers as told (and _ for -)."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    response = Client().get(path, headers={**READER, **told})
    assert isinstance(response, HttpResponse)
    return response


def press(path: str, *, ip: str = "203.0.113.7", **headers: str) -> HttpResponse:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    response = Client(REMOTE_ADDR=ip).post(path, headers={**PRESS, **told})
    assert isinstance(response, HttpResponse)
    return response
