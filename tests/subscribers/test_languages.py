"""Our words beside a text or for a person are in a language that we speak."""

import pytest
from django.template import Context, Template

from posts.content.models import SiteSettings
from subscribers import languages


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [("es", "es"), ("de-AT", "de"), ("FR", "fr"), ("ar", "de"), ("pt-BR", "de"), ("xx", "de")],
)
@pytest.mark.django_db
def test_we_speak_the_language_asked_for_or_else_that_of_the_site(asked: str, spoken: str) -> None:
    SiteSettings.objects.create(language="de")
    assert languages.spoken(asked) == spoken


@pytest.mark.parametrize(
    ("tag", "code"),
    [("de-AT", "de"), ("AR", "ar"), ("zh_Hant", "zh-hant"), ("tlh", None), ("", None)],
)
def test_a_tag_means_a_language_of_posts(tag: str, code: str | None) -> None:
    assert languages.of_posts(tag) == code


@pytest.mark.parametrize(("tag", "name"), [("de-AT", "Deutsch"), ("tlh", "tlh"), ("", "")])
def test_a_language_is_called_by_its_name_where_there_is_one(tag: str, name: str) -> None:
    assert languages.name_of(tag) == name


@pytest.mark.parametrize("language", ["ar", "he", "fa", "ur", "ar-EG"])
def test_four_languages_of_posts_run_from_right_to_left(language: str) -> None:
    assert languages.direction(language) == "rtl"
    assert languages.direction("de") == "ltr"


def rendered(template: str, **context: str) -> str:
    return Template("{% load languages %}" + template).render(Context(context))


@pytest.mark.parametrize(
    ("language", "around", "attributes"),
    [
        ("ar", "en", ' lang="ar" dir="rtl"'),
        ("en", "ar", ' lang="en" dir="ltr"'),
        ("ur", "ar", ' lang="ur"'),
        ("de", "en", ' lang="de"'),
        ("en", "en", ""),
    ],
)
def test_what_is_in_another_language_says_so(language: str, around: str, attributes: str) -> None:
    assert rendered("{{ a|set_off:b }}", a=language, b=around) == attributes


def test_a_name_keeps_its_direction_to_itself() -> None:
    assert rendered("{{ name|isolated }}", name="רגע <3") == "<bdi>רגע &lt;3</bdi>"
    assert rendered("{{ name|isolated }}", name="Tea & rest") == "Tea &amp; rest"
