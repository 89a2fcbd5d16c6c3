"""What a body encloses, and how it is told of."""

import pytest
from django.utils.translation import override

from posts.content.enclosures.models import Enclosure
from posts.content.enclosures.within import about
from posts.content.words import all_words, first_words, minutes


@pytest.mark.parametrize(
    ("ending", "size", "seconds", "told"),
    [
        ("pdf", 538, None, "PDF, 1 KB"),
        ("docx", 240_000, None, "Word, 240 KB"),
        ("odt", 1_240_000, None, "text document, 1.2 MB"),
        ("mp3", 11_400_000, 725, "MP3, 12 minutes, 11 MB"),
        ("ogg", 90_000, 59, "Ogg, 59 seconds, 90 KB"),
        ("m4a", 900_000, 89, "M4A, 1 minute, 900 KB"),
        ("m4a", 900_000, 90, "M4A, 2 minutes, 900 KB"),
    ],
)
def test_kind_length_and_size_are_told_in_words(
    ending: str, size: int, seconds: int | None, told: str
) -> None:
    assert about(Enclosure(ending=ending, size=size, seconds=seconds)) == told


def test_they_are_told_in_the_language_of_the_letter() -> None:
    kept = Enclosure(ending="odp", size=1_240_000, seconds=None)
    with override("de"):
        assert about(kept) == "Folien, 1,2 MB"


def test_what_is_said_in_a_sound_is_found_and_not_counted_as_reading() -> None:
    words = "<p>" + "breathe " * 2_000 + "</p>"
    body = [{"type": "sound", "value": {"sound": 7, "title": "Slow breaths", "transcript": words}}]
    assert minutes(body) == 1
    assert first_words(body) == "Slow breaths"
    assert "breathe" in all_words(body)
