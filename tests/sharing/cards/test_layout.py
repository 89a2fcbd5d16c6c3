"""Lines of a title: in the largest size that fits, of about the same length."""

import pytest

from posts.sharing.cards.fonts import Library
from posts.sharing.cards.layout import MOST_LINES, SIZES, Lines, NoLetters, fitted

WIDTH, HEIGHT = 1000, 390


def lay(words: str, fonts: Library) -> Lines:
    return fitted(words, fonts, width=WIDTH, height=HEIGHT, to_left=False)


def lines(placed: Lines) -> list[str]:
    return ["".join(run.words for run in line) for line in placed.lines]


def widths(placed: Lines) -> list[float]:
    return [sum(run.width(placed.size) for run in line) for line in placed.lines]


def test_a_short_title_is_large(fonts: Library) -> None:
    placed = lay("Rest", fonts)
    assert (lines(placed), placed.size) == (["Rest"], SIZES[0])


def test_lines_are_about_the_same_length(fonts: Library) -> None:
    # Greedily it would be all but one word, and then that word.
    placed = lay("Some mornings are slow too", fonts)
    assert lines(placed) == ["Some mornings", "are slow too"]
    assert max(widths(placed)) - min(widths(placed)) < WIDTH / 4


@pytest.mark.parametrize("words", ["calm " * 9, "calm " * 30, "calm " * 4_000, "unendlich" * 1_000])
def test_however_long_it_stays_within_its_place(fonts: Library, words: str) -> None:
    placed = lay(words, fonts)
    assert len(placed.lines) <= MOST_LINES
    assert len(placed.lines) * placed.pitch <= HEIGHT
    assert max(widths(placed)) <= WIDTH + 1


def test_a_longer_title_is_smaller_and_whole(fonts: Library) -> None:
    words = "What a year of doing less taught me about the people who stayed, and who did not"
    placed = lay(words, fonts)
    assert placed.size < SIZES[0]
    assert " ".join(lines(placed)) == words


def test_one_that_never_fits_ends_in_an_ellipsis(fonts: Library) -> None:
    assert lines(lay("calm " * 200, fonts))[-1].endswith("calm…")


def test_a_word_is_rather_made_smaller_than_torn(fonts: Library) -> None:
    word = "Donaudampfschifffahrtskapitaen"
    placed = lay(word, fonts)
    assert lines(placed) == [word]
    assert placed.size < SIZES[0]


def test_a_letter_without_a_font_is_an_error_and_a_picture_is_left_out(fonts: Library) -> None:
    assert lines(lay("Rest 🌿 well", fonts)) == ["Rest well"]
    with pytest.raises(NoLetters):
        lay("Rest и покой", fonts)


def test_nothing_is_no_line(fonts: Library) -> None:
    assert lay("\u202e", fonts).lines == []
