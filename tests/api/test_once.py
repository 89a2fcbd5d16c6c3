"""A POST that is repeated under one key is done once."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from posts.api.models import KeptAnswer
from posts.content.models import PostPage
from subscribers.models import Subscriber
from tests.api.calling import Program, told

SENT = {"title": "Permission to rest", "text": "Rest is not a reward."}


def test_the_second_call_gets_the_answer_of_the_first(program: Program) -> None:
    first = told(program.post("posts", SENT, key="a"), 201)
    assert told(program.post("posts", SENT, key="a"), 201) == first
    assert PostPage.objects.count() == 1
    told(program.post("posts", SENT, key="b"), 201)
    assert PostPage.objects.count() == 2


def test_one_key_does_not_stand_for_two_things(program: Program) -> None:
    told(program.post("posts", SENT, key="a"), 201)
    said = told(program.post("posts", {**SENT, "title": "Other"}, key="a"), 409)
    assert said["type"].endswith("#problem-key-reused")
    told(program.post("subscribers", {"address": "a@example.org"}, key="a"), 409)
    assert (PostPage.objects.count(), Subscriber.objects.count()) == (1, 0)


def test_one_key_does_not_stand_for_two_things_whatever_a_body_says_it_is(
    program: Program,
) -> None:
    def send(title: str) -> int:
        answer = program.client.generic(
            "POST",
            "/api/v1/posts",
            json.dumps({**SENT, "title": title}),
            content_type="multipart/form-data; boundary=x",
            headers={**program.headers, "Idempotency-Key": "a"},
        )
        return answer.status_code

    assert [send("One"), send("Other"), send("One")] == [201, 409, 201]
    assert PostPage.objects.count() == 1


def test_a_key_is_of_one_token(owner: User, program: Program) -> None:
    told(program.post("posts", SENT, key="a"), 201)
    told(Program(owner).post("posts", SENT, key="a"), 201)
    assert PostPage.objects.count() == 2


def test_a_refusal_is_not_kept(program: Program) -> None:
    told(program.post("posts", {**SENT, "newsletter": "unknown"}, key="a"), 422)
    assert not KeptAnswer.objects.exists()
    assert not PostPage.objects.exists()
    told(program.post("posts", SENT, key="a"), 201)


def test_a_key_is_forgotten_after_a_day(program: Program) -> None:
    told(program.post("posts", SENT, key="a"), 201)
    KeptAnswer.objects.update(at=timezone.now() - timedelta(days=1, minutes=1))
    told(program.post("posts", SENT, key="a"), 201)
    assert (PostPage.objects.count(), KeptAnswer.objects.count()) == (2, 1)


@pytest.mark.parametrize("key", ["x" * 256, "é", "a\tb", "a b"])
def test_a_key_that_is_none_is_refused(key: str, program: Program) -> None:
    told(program.post("posts", SENT, key=key), 400)


def test_what_is_kept_names_no_reader(program: Program) -> None:
    told(
        program.post("subscribers", {"address": "maria@example.org", "name": "Maria"}, key="a"), 201
    )
    rows = [{"address": "maria@example.org"}, {"address": "maria at example.org"}]
    sent = {"subscribers": rows, "ask_to_confirm": True}
    told(program.post("subscribers/bulk", sent, key="b"))
    kept = repr(list(KeptAnswer.objects.values())).lower()
    assert "maria" not in kept
