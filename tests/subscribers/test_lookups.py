"""Many values as one parameter are the values they were."""

import pytest

from subscribers.models import Newsletter, Subscriber

pytestmark = pytest.mark.django_db
HOSTILE = ['"', "\\", "a,b", "{x}", 'say "so"', '\\"', "NULL", "", " ", "ümlaut 🌿", "line\nbreak"]


def test_every_text_is_found_among_others_and_no_other_is() -> None:
    for text in [*HOSTILE, "somebody else"]:
        Subscriber.objects.create(email="", address=text)
    found = Subscriber.objects.filter(address__among=HOSTILE)
    assert sorted(found.values_list("address", flat=True)) == sorted(HOSTILE)
    for text in HOSTILE:
        assert Subscriber.objects.get(address__among=[text]).address == text
    assert not Subscriber.objects.filter(address__among=[]).exists()
    assert not Newsletter.objects.filter(slug__among=["letters"]).exists()
