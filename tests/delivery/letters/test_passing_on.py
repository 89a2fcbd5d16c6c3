"""What a letter says to the friend to whom it is forwarded, and gives to whoever passes it on."""

import re
from collections.abc import Iterable
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from posts.content.models import PostPage, SiteSettings
from posts.delivery.letters.compose import compose
from posts.delivery.mailings.start import start_mailing
from posts.delivery.models import LetterVariant
from posts.sharing.actions import ensure_link, switch
from posts.sharing.models import CoveringNote, DailyCount
from subscribers.models import ConsentEvent, Newsletter
from subscribers.queries import Choice
from tests.factories import make_newsletter, make_post, make_subscriber

pytestmark = pytest.mark.django_db

SITE = "http://localhost:8000"
DISCREET = Choice(discreet=True)


@pytest.fixture
def newsletter(site: object) -> Newsletter:
    SiteSettings.objects.update(name="The ward")
    return make_newsletter(name="Heavy days", slug="heavy")


def make_kettle(newsletter: Newsletter, **fields: Any) -> PostPage:
    return make_post(title="The kettle", slug="kettle", newsletter=newsletter, **fields)


def letter_of(post: PostPage, choice: Choice | None = None) -> LetterVariant:
    wanted = choice or Choice()
    _, variants = compose(post, {wanted})
    found = [each for each in variants if each.discreet == wanted.discreet]
    return found[0]


def links_in(letter: LetterVariant) -> list[str]:
    return [unescape(found) for found in re.findall(r'href="([^"]+)"', letter.html)]


def write_in(links: Iterable[str]) -> tuple[str, str]:
    """Subject and body of the mail that the reader's own program is asked to write."""
    [mailto] = [link for link in links if link.startswith("mailto:?")]
    fields = parse_qs(urlsplit(mailto).query)
    return fields["subject"][0], fields["body"][0]


def test_near_the_top_it_tells_the_friend_where_to_read_and_where_to_subscribe(
    newsletter: Newsletter,
) -> None:
    post = make_kettle(newsletter)
    letter = letter_of(post)
    link = f"{SITE}/s/{ensure_link(post=post).code}"
    told = ("The kettle", "Was this passed on to you?", link, "/subscribe/?newsletter=heavy")
    for content in (letter.text, letter.html.partition("<h1")[2]):
        places = [content.index(part) for part in (*told, "Rest is not a reward.")]
        assert places == sorted(places)
        # What is true for her who subscribed must not be false for her friend.
        assert "or because a subscriber passed it on to you" in " ".join(content.split())


def test_the_link_itself_stands_there_to_be_copied(newsletter: Newsletter) -> None:
    post = make_kettle(newsletter)
    letter = letter_of(post)
    link = f"{SITE}/s/{ensure_link(post=post).code}"
    assert f">{link}</a>" in letter.html
    assert link in letter.text.splitlines()
    assert f"{SITE}/kettle/share/" in letter.text.splitlines()


def test_one_tap_writes_to_a_friend_with_the_writers_note(newsletter: Newsletter) -> None:
    CoveringNote.objects.create(text="Für dich, wann immer.", language="de")
    post = make_kettle(newsletter, language="de")
    assert write_in(links_in(letter_of(post))) == (
        "The kettle",
        f"Für dich, wann immer.\r\n\r\nThe kettle\r\n{SITE}/s/{ensure_link(post=post).code}",
    )


def test_of_a_post_for_subscribers_every_link_to_pass_on_opens_all_of_it(
    client: Client, newsletter: Newsletter
) -> None:
    post = make_kettle(newsletter, visibility=PostPage.Visibility.SUBSCRIBERS)
    letter = letter_of(post)
    link = f"{SITE}/s/{ensure_link(post=post).code}"
    assert f"{link}/share/" in letter.text
    assert f"{SITE}/kettle/" not in letter.text + letter.html
    assert write_in(links_in(letter))[1].endswith(link)
    assert "Rest is not a reward." in client.get(urlsplit(link).path).text


def new_lines(letter: LetterVariant) -> str:
    """What is said to the friend, what passes the letter on, and why it came."""
    friend = letter.html.partition("Was this passed on to you?")[2].partition("</p>")[0]
    foot = (
        letter.html.partition(">Pass this on<")[2].partition("Read online")[0].rpartition("<a")[0]
    )
    assert ">Write to a friend</a>" in foot
    why = letter.html.partition("You get this because")[2].partition("</p>")[0]
    share = [link for link in links_in(letter) if link.endswith("/share/")]
    return unescape("\n".join([friend, foot, why, *share, *write_in(links_in(letter))]))


def test_a_discreet_letter_names_neither_newsletter_nor_post_where_it_is_passed_on(
    newsletter: Newsletter,
) -> None:
    post = make_kettle(newsletter)
    code = ensure_link(post=post).discreet_code
    letter = letter_of(post, DISCREET)
    said = new_lines(letter)
    for telling in ("kettle", "heavy", "ward", ensure_link(post=post).code):
        assert telling not in said.lower(), telling
    assert f"{SITE}/s/{code}" in letter.text.splitlines()
    assert f"{SITE}/s/{code}/share/" in letter.text.splitlines()
    assert f"{SITE}/subscribe/" in letter.text.splitlines()
    assert "heavy" in new_lines(letter_of(post)).lower()  # elsewhere it does


@pytest.mark.parametrize("visibility", list(PostPage.Visibility))
@pytest.mark.parametrize("is_on", [True, False])
def test_no_address_and_no_header_of_a_discreet_letter_names_post_or_newsletter(
    newsletter: Newsletter, visibility: str, is_on: bool
) -> None:
    make_subscriber(newsletter, discreet=True)
    post = make_kettle(newsletter, visibility=visibility)
    mailing, _ = start_mailing(post=post, by="ada")
    assert mailing.letter is not None
    if not is_on:
        switch(post=post, on=False, by="ada")
        post.refresh_from_db()
    letter = mailing.letter.variants.get(discreet=True) if is_on else letter_of(post, DISCREET)
    addresses = [*links_in(letter), *re.findall(r"https?://\S+", letter.text)]
    assert len(addresses) > 6
    for shown in [*addresses, *(f"{name}: {value}" for name, value in letter.headers)]:
        for telling in ("kettle", "heavy", "ward"):
            assert telling not in shown.lower(), shown


def test_a_link_that_is_off_is_in_no_letter(newsletter: Newsletter) -> None:
    post = make_kettle(newsletter)
    switch(post=post, on=False, by="ada")
    post.refresh_from_db()
    assert "/s/" not in letter_of(post).text
    assert f"{SITE}/kettle/" in letter_of(post).text.splitlines()
    discreet = letter_of(post, DISCREET)
    assert "Was this passed on to you?" in discreet.text
    assert "The link, the same for everybody" not in discreet.text
    assert "mailto:?" not in discreet.html


def test_looking_at_any_of_its_links_changes_nothing_and_tells_nobody_who_got_it(
    client: Client, newsletter: Newsletter
) -> None:
    post = make_kettle(newsletter, short_version="<p>Tea.</p>")
    addresses = {
        link.removeprefix(SITE)
        for letter in (letter_of(post), letter_of(post, DISCREET))
        for link in links_in(letter)
        if link.startswith(SITE) and "/unsubscribe/" not in link
    }
    assert len(addresses) > 6
    before = ConsentEvent.objects.count(), DailyCount.objects.count()
    for address in addresses:
        for look in (client.get, client.head):
            answer = look(address)
            assert answer.status_code == 200, address
            assert not answer.cookies
    assert (ConsentEvent.objects.count(), DailyCount.objects.count()) == before
