"""Two calls at the same moment."""

import threading
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpResponse

from posts.api.models import KeptAnswer
from posts.content.actions import ensure_site
from posts.content.models import PostPage
from posts.delivery.models import Mailing
from subscribers.models import ConsentEvent, Subscriber
from tests.api.calling import Program, told
from tests.factories import make_post, make_subscriber

pytestmark = [
    pytest.mark.only_on("postgresql"),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
AT_ONCE = 6


@pytest.fixture
def racing() -> Program:
    ensure_site()
    return Program(User.objects.create_superuser("ada", "ada@letters.example", "rest"))


def all_at_once(call: Callable[[int], HttpResponse]) -> list[HttpResponse]:
    answers: list[HttpResponse] = []
    gate = threading.Barrier(AT_ONCE)

    def run(number: int) -> None:
        gate.wait()
        try:
            answers.append(call(number))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == AT_ONCE
    return answers


def test_one_key_makes_one_draft_and_all_get_its_answer(racing: Program) -> None:
    sent = {"title": "Slow tea", "text": "Rest is not a reward."}
    answers = all_at_once(lambda _number: racing.post("posts", sent, key="a"))
    assert {answer.content for answer in answers} == {answers[0].content}
    told(answers[0], 201)
    assert (PostPage.objects.count(), KeptAnswer.objects.count()) == (1, 1)


def test_of_two_changes_to_one_text_one_is_made(racing: Program) -> None:
    made = told(racing.post("posts", {"title": "Slow tea", "text": "Rest."}), 201)
    answers = all_at_once(
        lambda number: racing.send(
            "PATCH",
            f"posts/{made['id']}",
            {"revision": made["revision"], "title": f"Tea {number}"},
        )
    )
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [200] + [409] * (AT_ONCE - 1)


def test_a_letter_that_many_ask_for_at_once_is_mailed_once(racing: Program) -> None:
    post = make_post()
    make_subscriber(post.newsletter)
    revision = told(racing.get(f"posts/{post.pk}"))["revision"]
    answers = all_at_once(
        lambda _number: racing.post(f"posts/{post.pk}/mail", {"revision": revision})
    )
    assert sorted(told(answer)["created"] for answer in answers) == [False] * 5 + [True]
    assert Mailing.objects.count() == 1


def test_a_reader_whom_many_add_at_once_is_there_once(racing: Program) -> None:
    consent = {"source": "a talk", "date": "2026-05-03"}
    rows = [{"address": f"reader{number}@example.org"} for number in range(50)]
    sent = {"consent": consent, "subscribers": rows}
    answers = all_at_once(lambda _number: racing.post("subscribers/bulk", sent))
    assert sum(told(answer)["added"] for answer in answers) == 50
    assert (Subscriber.objects.count(), ConsentEvent.objects.count()) == (50, 50)
