"""Which font has a letter. The fonts are made here: no test depends on what a machine has."""

from pathlib import Path

import pytest
from django.conf import LazySettings

from posts.sharing.cards.fonts import Library, covers, library
from tests.sharing.cards.fonts import HEBREW, LATIN, make_font


def name(file: Path | None) -> str:
    return file.name if file else "none"


def test_a_letter_that_no_font_has_is_known_to_be_missing(fonts: Library) -> None:
    assert name(fonts.font_for("g")) == "NotoSerif-Bold.ttf"
    assert fonts.font_for("ж") is None


def test_a_font_named_after_the_script_is_asked_for_its_letters(folder: Path) -> None:
    make_font(folder / "deep" / "NotoSansGeorgian-Bold.ttf", "ქართული")
    make_font(folder / "AnyOther.ttf", "ქართული" + LATIN)
    fonts = Library(sorted(folder.rglob("*.ttf")))
    assert name(fonts.font_for("ქ")) == "NotoSansGeorgian-Bold.ttf"
    assert name(fonts.font_for("g")) == "NotoSerif-Bold.ttf"


def test_a_font_whose_name_says_nothing_is_found_too(folder: Path) -> None:
    make_font(folder / "Kohinoor.ttf", "ж")
    assert name(Library(sorted(folder.glob("*"))).font_for("ж")) == "Kohinoor.ttf"


def test_bold_goes_before_regular_and_italics_are_left_alone(folder: Path) -> None:
    for style in ("Regular", "BoldItalic", "Bold"):
        make_font(folder / f"NotoSerifHebrew-{style}.ttf", HEBREW)
    fonts = Library(sorted(folder.glob("NotoSerifHebrew*")))
    assert name(fonts.font_for("5") or fonts.font_for(HEBREW[0])) in (
        "NotoSerifHebrew-Bold.ttf",
        "none",  # a machine without FriBiDi draws no script that has to be shaped
    )


def test_a_broken_font_is_passed_over(folder: Path) -> None:
    broken = folder / "Broken.ttf"
    broken.write_bytes(b"\0\1\0\0 this is no font")
    assert not covers(broken, "g")
    assert name(Library(sorted(folder.glob("*"))).font_for("g")) == "NotoSerif-Bold.ttf"


@pytest.mark.parametrize("cluster", ["g\ufe0f", "g\u200d"])
def test_what_is_not_seen_needs_no_sign(fonts: Library, cluster: str) -> None:
    assert fonts.font_for(cluster)


def test_a_machine_without_any_font_says_so(settings: LazySettings, tmp_path: Path) -> None:
    settings.FONT_FOLDERS = [tmp_path / "nothing"]
    assert library().font_for("g") is None


def test_without_fribidi_no_letter_is_drawn_that_would_stand_unjoined(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_font(folder / "NotoSerifHebrew-Bold.ttf", HEBREW)
    monkeypatch.setattr("posts.sharing.cards.fonts.shapes_letters", lambda: False)
    fonts = Library(sorted(folder.glob("*")))
    assert fonts.font_for(HEBREW[0]) is None
    assert fonts.font_for("g") is not None
