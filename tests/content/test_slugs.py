"""Our own addresses are never given to a page."""

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from posts.content.actions import Foundation
from posts.content.models import PostAddress
from posts.content.slugs import RESERVED_SLUGS, free_slug, is_reserved
from tests.factories import make_post

pytestmark = pytest.mark.django_db


def first_segments(patterns: list[URLPattern | URLResolver], prefix: str = "") -> set[str]:
    found = set()
    for pattern in patterns:
        route = prefix + str(getattr(pattern.pattern, "_route", ""))
        if isinstance(pattern, URLResolver) and "/" not in route:
            found |= first_segments(pattern.url_patterns, route)
        else:
            found.add(route.partition("/")[0])
    return found


def test_the_first_segment_of_each_of_our_addresses_is_reserved() -> None:
    segments = first_segments(get_resolver().url_patterns)
    # What holds a parameter is the pages' own place; what holds a dot can be no slug.
    ours = {part for part in segments if part and not set("<.^").intersection(part)}
    assert "admin" in ours
    assert {part for part in ours if not is_reserved(part)} == set()


def test_a_title_becomes_a_slug(site: Foundation) -> None:
    assert free_slug("What the kettle knows") == "what-the-kettle-knows"


@pytest.mark.parametrize("slug", ["archive", "Archive", "s", "feed", "admin"])
def test_a_reserved_slug_gets_a_number(site: Foundation, slug: str) -> None:
    assert free_slug(slug) == f"{slug.lower()}-2"


def test_a_taken_slug_gets_the_next_number(site: Foundation) -> None:
    make_post(slug="tea", live=False)
    make_post(slug="tea-2")
    assert free_slug("Tea") == "tea-3"


def test_a_slug_of_the_past_is_taken_too(site: Foundation) -> None:
    PostAddress.objects.create(slug="tea", post=None)
    assert free_slug("Tea") == "tea-2"


def test_a_title_without_letters_still_gets_a_slug(site: Foundation) -> None:
    assert free_slug("…!") == "post"


def test_letters_of_every_script_stay(site: Foundation) -> None:
    assert free_slug("Été à 静か") == "été-à-静か"


def test_a_long_title_is_cut_between_words(site: Foundation) -> None:
    slug = free_slug("kettle " * 40)
    assert len(slug) <= 80
    assert slug.endswith("kettle")
    assert len(free_slug("k" * 300)) == 80


def test_the_reserved_slugs_are_in_lower_case() -> None:
    assert {slug.lower() for slug in RESERVED_SLUGS} == RESERVED_SLUGS
