"""Every word to a reader and to a writer is there in every language, whole, and looked at."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo
from django.conf import settings

from posts.delivery.mailings.followups import CORRECTION
from tests.desk.test_words import OURS_ALONE
from tests.translations import catalogues
from tests.translations.extracting import APPS, CATALOGUES, DESK

WANTED = catalogues.wanted()
BOTH = [(app, language) for app in CATALOGUES for language in catalogues.LANGUAGES]
PLACEHOLDER = re.compile(r"%\(\w+\)[sdg]|%%|%d|%s|\{\w+\}")
TAG = re.compile(r"</?\w+[^>]*>")
# French sets a space before these that no line may break at; others set none.
LOOSE = {"fr": r" [:;?!»]|« |\w[;?!]", "es": r" [:;?!»]|« |\w¿", "de": r" [:;?!“…]"}


def forms(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, tuple | list) else [message.string]


def originals(message: Message) -> list[str]:
    return list(message.id) if isinstance(message.id, tuple | list) else [message.id]


def messages(app: str, language: str) -> list[Message]:
    return [message for message in catalogues.read(app, language) if message.id]


@pytest.mark.parametrize(("app", "language"), BOTH)
def test_nothing_is_missing_and_nothing_is_left_over(app: str, language: str) -> None:
    """If this fails: `uv run python -m tests.translations`."""
    translated = {str(m.id) for m in messages(app, language) if catalogues.all_of(m.string)}
    assert translated == {str(message.id) for message in WANTED[app] if message.id}


@pytest.mark.parametrize(("app", "language"), BOTH)
def test_no_translation_is_a_guess(app: str, language: str) -> None:
    assert [m.id for m in messages(app, language) if m.fuzzy] == []


@pytest.mark.parametrize(("app", "language"), BOTH)
def test_no_translation_loses_a_placeholder_or_a_tag(app: str, language: str) -> None:
    for message in messages(app, language):
        for whole in (PLACEHOLDER, TAG):
            # All forms but that of one may name the number.
            wanted = sorted(whole.findall(originals(message)[-1]))
            assert sorted(whole.findall(forms(message)[-1])) == wanted, message.id
            assert set(whole.findall(forms(message)[0])) <= set(wanted), message.id


@pytest.mark.parametrize(("app", "language"), BOTH)
def test_each_plural_has_all_its_forms(app: str, language: str) -> None:
    number = catalogues.read(app, language).num_plurals
    for message in messages(app, language):
        assert len(forms(message)) == (number if message.pluralizable else 1), message.id


@pytest.mark.parametrize(("app", "language"), BOTH)
def test_quotes_spaces_and_apostrophes_are_set_as_the_language_has_them(
    app: str, language: str
) -> None:
    for message in messages(app, language):
        for text in forms(message):
            bare = TAG.sub("", text)
            assert re.findall(LOOSE[language], bare) == [], text
            assert not {"'", '"'} & set(bare), text
            assert text.strip() == text, text


@pytest.mark.parametrize(("app", "language"), BOTH)
def test_what_django_loads_is_what_was_translated(app: str, language: str) -> None:
    """If this fails: `uv run python -m tests.translations`."""
    file = catalogues.po_file(app, language).with_suffix(".mo")
    assert said(read_mo(BytesIO(file.read_bytes()))) == said(catalogues.read(app, language))


def said(catalogue: Catalog) -> dict[str, list[str]]:
    return {originals(message)[0]: forms(message) for message in catalogue if message.id}


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_no_translation_of_the_desk_speaks_of_programs_where_the_original_does_not(
    language: str,
) -> None:
    for message in messages(DESK, language):
        said = {word.lower() for text in originals(message) for word in OURS_ALONE.findall(text)}
        said |= {word.removesuffix("s") for word in said}  # German has no -s for "workers"
        for text in forms(message):
            bare = PLACEHOLDER.sub("", TAG.sub("", text))
            assert {word.lower() for word in OURS_ALONE.findall(bare)} <= said, text


def test_each_catalogue_says_at_its_top_how_it_speaks_to_a_reader() -> None:
    for app, language in BOTH:
        first = catalogues.po_file(app, language).read_text().splitlines()[0]
        assert first.startswith("# "), (app, language)


def test_what_only_the_desk_says_stands_in_a_catalogue_of_its_own() -> None:
    words = {str(message.id) for app in APPS for message in WANTED[app]}
    assert "Publish and email" not in words
    assert "Publish and email" in {str(message.id) for message in WANTED[DESK]}
    assert not {place for app in APPS for message in WANTED[app] for place, _ in message.locations
                if "/desk/" in place}  # fmt: skip


def test_a_new_string_is_named_and_a_lost_one_dropped(tmp_path: Path, settings_base: Path) -> None:
    file = tmp_path / "posts" / "locale" / "de" / "LC_MESSAGES" / "django.po"
    file.parent.mkdir(parents=True)
    file.write_text('# Hier: du.\nmsgid ""\nmsgstr ""\n\nmsgid "Rest"\nmsgstr "Ruhe"\n\n'
                    'msgid "Gone"\nmsgstr "Fort"\n')  # fmt: skip
    template = Catalog(domain="django")
    template.add("Rest")
    template.add("Tea")
    assert catalogues.update("posts", "de", template) == ["Tea"]
    assert file.read_text().startswith("# Hier: du.\n")
    assert said(catalogues.read("posts", "de")) == {"Rest": ["Ruhe"], "Tea": [""]}


@pytest.fixture
def settings_base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "BASE_DIR", tmp_path)
    return tmp_path


def test_a_correction_is_called_one_in_every_language() -> None:
    assert set(CORRECTION) == {code for code, _name in settings.LANGUAGES}
