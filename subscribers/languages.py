"""Which language our own words are in, whatever a text is written in, and which way it runs.

A post can be in any of settings.POST_LANGUAGES; we speak those of settings.LANGUAGES.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation.trans_real import parse_accept_lang_header

# Those of settings.POST_LANGUAGES, and what an import or an old record may name.
_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
_registered: list[Callable[[], str]] = []


def register_site(language: Callable[[], str]) -> None:
    """Called once by whoever knows what the writer chose for the site."""
    _registered[:] = [language]


def of_the_site() -> str:
    """What the site speaks where nothing says otherwise; one of settings.LANGUAGES."""
    return _registered[0]() if _registered else settings.LANGUAGE_CODE


def spoken(language: str) -> str:
    """The language of our words beside a text or for a person: the same one, or the site's."""
    # Django knows some of our shorter strings in many more languages: activated, it would mix them.
    main = language.lower().partition("-")[0]
    return main if main in dict(settings.LANGUAGES) else of_the_site()


def stay(language: str, site: str = "", *, query: str = "") -> str:
    """What an address of ours ends with whose page shall go on in this language.

    A page that anybody may read is kept once for all, so it cannot ask who reads. The link says
    it: whoever came in by a German letter stays in German, without a cookie. Empty where the page
    speaks it anyway. `site`: what the site speaks, where that is known already; `query`: what else
    the address asks for.
    """
    language = spoken(language)
    asked = "" if language == (site or of_the_site()) else f"language={language}"
    whole = "&".join(filter(None, (query, asked)))
    return f"?{whole}" if whole else ""


def of_the_link(request: HttpRequest) -> str | None:
    """The language that the address asks for; None where it asks for none of ours."""
    asked = request.GET.get("language", "")
    return asked if asked in dict(settings.LANGUAGES) else None


def of_the_reader(request: HttpRequest, site: str = "") -> str:
    """For a page that is kept for nobody and does not know whom it talks to, such as an error.

    What the link says, else the first of ours that her browser asks for (RFC 9110, 12.5.4), else
    the site's (`site`, where that is known already).
    """
    if asked := of_the_link(request):
        return asked
    wanted = parse_accept_lang_header(request.headers.get("Accept-Language", "").lower())
    mains = (tag.partition("-")[0] for tag, _weight in wanted)
    found = next((main for main in mains if main in dict(settings.LANGUAGES)), "")
    return found or site or of_the_site()


def of_posts(tag: str) -> str | None:
    """The language of posts that a tag such as `de-AT` means; None where no post can have it."""
    known = dict(settings.POST_LANGUAGES)
    tag = tag.lower().replace("_", "-")
    return next((code for code in (tag, tag.partition("-")[0]) if code in known), None)


def name_of(tag: str) -> str:
    """What a person calls the language of a tag; the tag itself where we know no name for it."""
    return str(dict(settings.POST_LANGUAGES).get(of_posts(tag) or "", tag))


def inside(label: object) -> str:
    """A label as it stands within a sentence: small at its beginning, but for German, whose nouns
    are capital wherever they stand."""
    text = str(label)
    return text if get_language() == "de" else text[:1].lower() + text[1:]


def direction(language: str) -> str:
    """`rtl` or `ltr`, as HTML wants it."""
    return "rtl" if language.lower().partition("-")[0] in _RIGHT_TO_LEFT else "ltr"
