"""Finds words on a page or in a mail that nobody marked for translation.

Every string that is looked up comes back in brackets. The texts of the site are in Greek letters.
So what is left in Latin letters, outside of brackets, was written into a template or into code.
"""

import re

import pytest
from bs4 import BeautifulSoup
from bs4.element import NavigableString, TemplateString
from django.utils import translation

_BRACKETS = re.compile(r"⟦[^⟦⟧]*⟧")
_ADDRESS = re.compile(r"\S*@\S*|https?://\S+")
_NAMES = {"WhatsApp", "Telegram", "Signal", "SMS"}
_SAID = ("alt", "aria-label", "aria-description", "placeholder", "title")


def mark_what_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on each string that is looked up for translation stands in brackets."""
    trans = vars(translation)["_trans"]  # what all of Django’s functions for it ask
    look_up, look_up_number = trans.gettext, trans.ngettext

    def marked(message: str) -> str:
        return f"⟦{look_up(message)}⟧" if message else message

    def marked_number(singular: str, plural: str, number: int) -> str:
        return f"⟦{look_up_number(singular, plural, number)}⟧"

    monkeypatch.setattr(trans, "gettext", marked)
    monkeypatch.setattr(trans, "ngettext", marked_number)


def words_on(page: str) -> list[str]:
    """What a page or the HTML of a mail says without having been looked up."""
    soup = BeautifulSoup(page, "html.parser")
    for element in soup.select("script, style, [translate=no]"):
        element.decompose()
    for choice in soup.select("select[name=locale] option, dd[lang]"):
        choice.decompose()  # a language's name is in that language
    # Comments and the doctype are kinds of their own.
    shown = (NavigableString, TemplateString)  # scripts show what stands in a <template>
    said = [str(text) for text in soup.find_all(string=True) if type(text) in shown]
    for element in soup.find_all(True):
        is_said = element.name == "meta" and element.get("name") == "description"
        said += [
            str(value)
            for name, value in element.attrs.items()
            if name in _SAID
            or (name == "content" and is_said)
            or (name.startswith("data-") and " " in str(value))
        ]
    return words_in("\n".join(said))


def words_in(text: str) -> list[str]:
    """The same for plain text."""
    while (less := _BRACKETS.sub("", text)) != text:
        text = less
    return sorted(set(re.findall(r"[A-Za-z]{2,}", _ADDRESS.sub("", text))) - _NAMES)
