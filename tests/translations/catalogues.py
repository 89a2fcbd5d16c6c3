"""The catalogues in `<app>/locale/` and `posts/desk/locale/`: read, brought up to date, compiled.

What is compiled is committed too, so that a fresh clone, an image and a server speak all languages
without a program or library for it. A test says when it is not what the .po would give.
"""

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings

from tests.translations.extracting import APPS, DESK, messages_of, messages_of_the_desk

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE)

# What Babel writes into the head where nothing is known; two branches would conflict there.
_NOBODYS = (
    *(b'"Report-Msgid', b'"POT-Creation', b'"PO-Revision', b'"Last-Translator'),
    *(b'"Language-Team', b'"Generated-By'),
)


def po_file(app: str, language: str) -> Path:
    """Where the catalogue is."""
    return Path(settings.BASE_DIR, app, "locale", language, "LC_MESSAGES", "django.po")


def read(app: str, language: str) -> Catalog:
    """The catalogue as it was committed; obsolete strings stay behind."""
    with po_file(app, language).open("rb") as file:
        return read_po(file, locale=language, domain="django", ignore_obsolete=True)


def compiled(catalogue: Catalog) -> bytes:
    """What Django loads."""
    file = BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def wanted() -> dict[str, Catalog]:
    """What each catalogue has to say. A string of two apps stands with the first, and what the
    desk says in a reader's words with the reader's."""
    found: dict[str, Catalog] = {}
    seen: set[str | tuple[str, str]] = set()
    sources = [(app, messages_of(app)) for app in APPS]
    for name, messages in [*sources, (DESK, messages_of_the_desk())]:
        found[name] = Catalog(domain="django")
        for message in messages:
            if message.id in found[name] or message.id not in seen:
                found[name].add(message.id, locations=[(message.place, 0)])
                seen.add(message.id)
    return found


def update(app: str, language: str, template: Catalog) -> list[str]:
    """Bring the catalogue up to date and compile it. Answers what has no translation yet."""
    path, catalogue = po_file(app, language), read(app, language)
    # What only resembles an old string is not its translation: nobody would look at it again.
    catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
    file = BytesIO()
    write_po(file, catalogue, width=100, sort_output=True, ignore_obsolete=True)
    lines = file.getvalue().splitlines(keepends=True)
    path.write_bytes(b"".join(line for line in lines if not line.startswith(_NOBODYS)))
    path.with_suffix(".mo").write_bytes(compiled(catalogue))
    return [str(message.id) for message in catalogue if message.id and not all_of(message.string)]


def all_of(string: str | tuple[str, ...]) -> bool:
    """Whether each form of it is there."""
    return all(string) if isinstance(string, tuple) else bool(string)
