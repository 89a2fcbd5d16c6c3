"""Who may post a public form: our own pages, and programs that are no browser."""

import pytest
from django.test import RequestFactory

from subscribers.guards import sent_from_our_pages


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({}, True),
        ({"Origin": "http://localhost:8000"}, True),
        ({"Origin": "http://testserver"}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://other.localhost"}, False),
        ({"Origin": "https://elsewhere.example"}, False),
        ({"Origin": "http://localhost:8000.elsewhere.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "http://[nonsense"}, False),
    ],
)
def test_a_form_must_come_from_our_own_pages(headers: dict[str, str], ours: bool) -> None:
    assert sent_from_our_pages(RequestFactory().post("/subscribe/", headers=headers)) is ours
