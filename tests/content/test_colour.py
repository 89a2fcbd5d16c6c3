"""Whatever colour a writer likes, its links can be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posts.content.colour import (
    DAY_GROUNDS,
    HOUSE_ACCENT,
    LEGIBLE,
    NIGHT_GROUNDS,
    accent,
    contrast,
    normalised,
)

channels = st.integers(0, 255)
colours = st.builds("#{:02x}{:02X}{:02x}".format, channels, channels, channels)


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert contrast("#1F5F5B", "#1F5F5B") == 1


@given(colours)
def test_every_colour_becomes_legible_by_day_and_by_night(colour: str) -> None:
    shown = accent(colour)
    assert all(contrast(shown.day, ground) >= LEGIBLE for ground in DAY_GROUNDS)
    assert all(contrast(shown.night, ground) >= LEGIBLE for ground in NIGHT_GROUNDS)


def test_a_colour_that_is_legible_by_day_is_left_alone() -> None:
    assert accent("#7a1f5c").day == "#7A1F5C"
    assert not accent("#7a1f5c").adjusted


def test_a_pale_colour_is_darkened_and_keeps_its_hue() -> None:
    shown = accent("#FFD400")
    red, green, blue = (int(shown.day[at : at + 2], 16) for at in (1, 3, 5))
    assert shown.adjusted
    assert red > green > blue


def test_our_own_accent_has_the_partner_chosen_for_it() -> None:
    assert accent(HOUSE_ACCENT).night == "#8CCBC4"


def test_a_short_colour_is_written_out() -> None:
    assert normalised(" #ab3 ") == "#AABB33"


@pytest.mark.parametrize("wrong", ["", "teal", "#12345", "#12345g", "1F5F5B", "#1F5F5B;}"])
def test_what_is_no_colour_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="not a colour"):
        normalised(wrong)
