import re
from pathlib import Path

import pytest
from django.conf import LazySettings, settings

from posts.public.pagecache import addresses
from posts.public.pagecache.addresses import KNOWN, NEVER, place_of, query_of

META = {"REQUEST_METHOD": "GET", "HTTP_HOST": "localhost:8000", "QUERY_STRING": ""}


def place(path: str, query: str = "", **meta: str) -> str | None:
    return place_of({**META, "PATH_INFO": path, "QUERY_STRING": query, **meta})


@pytest.mark.parametrize("path", ["/", "/kettle/", "/s/abc", "/feed.xml", "/kettle/share/"])
def test_public_pages_have_a_place(path: str) -> None:
    assert place(path) == path
    assert place(path, REQUEST_METHOD="HEAD") == path


@pytest.mark.parametrize("room", sorted(NEVER))
def test_the_desk_and_what_belongs_to_one_person_have_none(room: str) -> None:
    assert place(f"/{room}/") is None
    assert place(f"/{room}") is None


def test_what_somebody_added_to_a_link_makes_no_other_page() -> None:
    for query in ("utm_source=mail", "fbclid=1&gclid=2", "page=1", "x", "%3Cscript%3E", "="):
        assert place("/kettle/", query) == "/kettle/"
    assert place("/", "utm_source=mail&page=2&fbclid=1") == "/?page=2"
    assert query_of("/?page=2") == "page=2"
    assert query_of("/kettle/") == ""


def test_a_page_has_a_place_for_each_language_that_we_speak() -> None:
    assert place("/archive/", "language=de&page=2") == "/archive/?page=2&language=de"
    assert place("/privacy/", "utm_source=mail&language=fr") == "/privacy/?language=fr"
    for nothing in ("language=xx", "language=", "language=de%00"):
        assert place("/archive/", nothing) == "/archive/"
    assert place("/kettle/", "language=de") == "/kettle/"  # a post speaks its own
    assert place("/subscribe/", "language=de&newsletter=letters") is None


def test_what_is_too_various_is_not_kept() -> None:
    for query in ("page=x", "page=0", "page=02", "page=99999", "page=-1", "page=²", "page=1 "):
        assert place("/", query) is None
    assert place("/subscribe/", "newsletter=letters") is None


def test_a_loop_through_numbers_of_pages_fills_no_cache() -> None:
    kept = {place("/archive/", f"page={number}") for number in range(1, 10_000)} - {None}
    assert len(kept) < 100


def test_a_path_longer_than_any_page_has_is_no_key_of_anything() -> None:
    assert place("/" + "kettle" * 80 + "/") is not None
    assert place("/" + "kettle" * 10_000 + "/") is None


def test_a_question_mark_within_a_path_is_not_taken_for_a_query() -> None:
    assert place("/?page=2") is None


@pytest.mark.parametrize(
    "meta",
    [
        {"REQUEST_METHOD": "POST"},
        {"HTTP_HOST": "127.0.0.1:8000"},
        {"HTTP_HOST": "evil.example"},
        {"HTTP_AUTHORIZATION": "Basic eDp5"},
        {"HTTP_COOKIE": f"other=1; {settings.SESSION_COOKIE_NAME}=abc"},
    ],
)
def test_who_is_signed_in_or_asks_otherwise_goes_past(meta: dict[str, str]) -> None:
    assert place("/", **meta) is None


def test_a_cookie_of_somebody_elses_changes_nothing() -> None:
    assert place("/", HTTP_COOKIE="__cf_bm=abc") == "/"


def test_browsers_leave_out_the_port_that_goes_without_saying(settings: LazySettings) -> None:
    settings.SITE_URL = "https://letters.example:443"
    assert place("/", HTTP_HOST="letters.example") == "/"


def test_a_share_page_on_which_something_was_chosen_is_not_kept() -> None:
    assert place("/kettle/share/", QUERY_STRING="utm_source=x") == "/kettle/share/"
    assert place("/kettle/share/", QUERY_STRING="link=discreet") is None
    assert place("/s/abc/share/", QUERY_STRING="fbclid=1&note=a") is None


def test_every_parameter_that_a_public_page_reads_is_known() -> None:
    rooms = [Path(settings.BASE_DIR, room) for room in ("posts", "subscribers")]
    files = [file for room in rooms for file in room.rglob("*.py") if "desk" not in file.parts]
    reads = re.compile(r"\.GET(?:\.get(?:list)?\(|\[)\"(\w+)\"")
    read = {name for file in files for name in reads.findall(file.read_text())}
    elsewhere = {"q", "v"}  # the search and the cards, which have no place
    assert read - elsewhere == set().union(*KNOWN.values())


def test_long_addresses_are_understood_and_not_remembered() -> None:
    known = addresses._place_remembered.cache_info().currsize
    assert place("/kettle/", "a" * 60_000) == "/kettle/"
    assert place("/", "page=2&" + "a" * 60_000) == "/?page=2"
    assert addresses._place_remembered.cache_info().currsize == known


def test_a_number_of_wordpress_at_the_first_address_is_not_the_home_page() -> None:
    for query in ("p=12", "page_id=7", "utm_source=x&p=12"):
        assert place("/", query) is None
        assert place("/archive/", query) == "/archive/"
    assert place("/", "p=x") == place("/", "p=") == "/"
