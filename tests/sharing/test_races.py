"""Two presses at the same moment: one change of the links, and none of the codes is lost."""

import pytest

from posts.sharing.actions import ensure_link, rotate, switch
from posts.sharing.models import FormerCode, ShareLink
from tests.delivery.clerk import at_once
from tests.factories import make_post

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.only_on("postgresql"),  # SQLite has one writer at a time
]


def test_of_many_who_change_the_links_at_once_one_does() -> None:
    post = make_post()
    before = ensure_link(post=post)
    came_to = at_once(*[lambda: rotate(post=post, seen=before.code, by="ada")] * 4)
    found = [each for each in came_to if not isinstance(each, Exception)]
    after = ShareLink.objects.get()
    assert sorted(changed for _, changed in found) == [False, False, False, True]
    assert {link.code for link, _ in found} == {after.code}
    former = set(FormerCode.objects.values_list("code", flat=True))
    assert former == {before.code, before.discreet_code}


def test_switching_off_while_they_are_changed_does_both() -> None:
    post = make_post()
    before = ensure_link(post=post)
    at_once(
        lambda: rotate(post=post, seen=before.code, by="ada"),
        lambda: switch(post=post, on=False, by="ben"),
    )
    after = ShareLink.objects.get()
    assert after.code != before.code
    assert not after.is_on
