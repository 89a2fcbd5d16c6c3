"""Sign-ups as a browser sends them, from a network of one's choice, with proof of work or not."""

import base64
import json

import altcha
from django.http import HttpResponse
from django.test import Client

from subscribers.limits import proof


def ask(email: str, *, ip: str = "203.0.113.7", **fields: str) -> HttpResponse:
    response = Client(REMOTE_ADDR=ip).post("/subscribe/", {"email": email, **fields})
    assert isinstance(response, HttpResponse)
    return response


def solved(challenge: dict[str, object] | None = None) -> str:
    """What `proof.js` puts into the form."""
    told = challenge or proof.challenge()
    solution = altcha.solve_challenge(altcha.Challenge.from_dict(told))
    assert solution is not None
    payload = {"challenge": told, "solution": solution.to_dict()}
    return base64.b64encode(json.dumps(payload).encode()).decode()
