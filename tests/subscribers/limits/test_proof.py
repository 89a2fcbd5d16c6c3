"""A solved challenge of ours counts once; anything else counts for nothing, and breaks nothing."""

import base64
import json

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from posts.content.actions import Foundation
from subscribers.limits import proof, throttle
from tests.subscribers.limits.asking import ask, solved

db = pytest.mark.django_db


@db
@pytest.mark.usefixtures("counted_in")
def test_a_solution_is_good_for_one_time() -> None:
    solution = solved()
    assert proof.accepted(solution)
    assert not proof.accepted(solution)
    told = json.loads(base64.b64decode(solution))
    told["solution"]["time"] = 5
    spelled_otherwise = base64.b64encode(json.dumps(told).encode()).decode()
    assert not proof.accepted(spelled_otherwise)


@db
def test_an_easier_challenge_than_ours_does_not_count() -> None:
    for change in ({"cost": 1}, {"keyPrefix": ""}, {"expiresAt": 9_999_999_999}):
        challenge = proof.challenge()
        challenge["parameters"] |= change
        assert not proof.accepted(solved(challenge))


@db
def test_a_challenge_grows_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "LASTS", -proof.LASTS)
    assert not proof.accepted(solved())


@db
def test_the_page_gets_its_challenge_without_cookie_and_from_no_cache(client: Client) -> None:
    answer = client.get("/subscribe/challenge/")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies
    assert proof.accepted(solved(answer.json()))
    assert client.post("/subscribe/challenge/").status_code == 405


@db
def test_with_a_solution_a_ward_signs_up_beyond_the_tighter_limit(site: Foundation) -> None:
    for number in range(throttle.PER_NETWORK_UNPROVEN[0].most):
        assert ask(f"a{number}@example.org").status_code == 200
    assert ask("b@example.org").status_code == 429
    assert ask("b@example.org", proof=solved()).status_code == 200


class Nonsense(TestCase):
    @given(st.one_of(st.text(), st.binary().map(lambda raw: base64.b64encode(raw).decode())))
    def test_is_no_solution(self, payload: str) -> None:
        assert not proof.accepted(payload)

    @given(
        st.recursive(
            st.none() | st.integers() | st.floats() | st.text(max_size=8),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(
                        ["challenge", "parameters", "solution", "counter", "signature"]
                    ),
                    inner,
                    max_size=4,
                )
            ),
        )
    )
    def test_in_the_right_form_is_none_either(self, payload: object) -> None:
        assert not proof.accepted(base64.b64encode(json.dumps(payload).encode()).decode())
