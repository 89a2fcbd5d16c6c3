"""The page on which a reader passes a post on."""

import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from posts.content.models import PostPage
from posts.sharing.actions import ensure_link, switch
from posts.sharing.models import CoveringNote, ShareLink
from posts.sharing.queries import share_url
from tests.factories import make_post

pytestmark = pytest.mark.django_db


def link_to(app: str, text: str) -> str:
    found = re.search(rf'href="({app}[^"]*)"', text)
    assert found is not None
    return unescape(found[1])


def test_the_link_is_there_to_be_selected(client: Client) -> None:
    post = make_post(slug="kettle")
    text = client.get("/kettle/share/").text
    field = re.search(r'<textarea id="share-link"[^>]* readonly[^>]*>([^<]+)</textarea>', text)
    assert field is not None
    assert field[1] == share_url(post)
    assert '<label for="share-link">' in text


def test_the_readers_own_mail_program_is_prefilled(client: Client) -> None:
    post = make_post(slug="kettle", title="Tea & time, 100% slow?")
    mailto = urlsplit(link_to("mailto:", client.get("/kettle/share/").text))
    fields = parse_qs(mailto.query)
    assert mailto.path == ""  # the reader says to whom; we never learn it
    assert fields["subject"] == ["Tea & time, 100% slow?"]
    assert fields["body"] == [
        "I thought of you when I read this. No need to reply.\r\n\r\n"
        f"Tea & time, 100% slow?\r\n{share_url(post)}"
    ]
    assert "+" not in mailto.query  # mail programs show a plus as it is


def test_telegram_gets_the_link_and_the_words_apart(client: Client) -> None:
    post = make_post(slug="kettle", title="The kettle")
    fields = parse_qs(urlsplit(link_to("https://t.me/", client.get("/kettle/share/").text)).query)
    assert fields["url"] == [share_url(post)]
    assert fields["text"] == ["I thought of you when I read this. No need to reply.\n\nThe kettle"]


def test_the_readers_own_messages_are_prefilled(client: Client) -> None:
    post = make_post(slug="kettle")
    text = client.get("/kettle/share/").text
    for app in ("sms:", "https://wa.me/"):
        (words,) = next(iter(parse_qs(urlsplit(link_to(app, text)).query).values()))
        assert words.endswith(share_url(post))


def test_the_square_for_phones_names_itself(client: Client) -> None:
    make_post(slug="kettle")
    text = client.get("/kettle/share/").text
    svg = text[text.index("<svg") : text.index("</svg>")]
    assert 'role="img"' in svg
    assert "<title>QR code with the link</title>" in svg
    assert "<desc>" in svg
    assert "viewBox" in svg
    assert " width=" not in svg


def test_what_needs_a_script_waits_for_it(client: Client) -> None:
    make_post(slug="kettle")
    text = client.get("/kettle/share/").text
    waiting = re.findall(r"<p [^>]*data-scripted hidden>.*?</p>", text, re.DOTALL)
    assert "".join(waiting).count("<button ") == text.count("<button ") == 4
    # A way that is there without one, too: it leads to the words, to be copied by hand.
    assert '<a class="button button-quiet" href="#share-text"' in text


def test_its_address_stays_out_of_search_engines(client: Client) -> None:
    make_post(slug="kettle")
    answer = client.get("/kettle/share/")
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer["Referrer-Policy"] == "no-referrer"


def test_it_speaks_the_language_of_the_post(client: Client) -> None:
    make_post(slug="bouilloire", language="fr")
    assert '<html lang="fr"' in client.get("/bouilloire/share/").text


def test_it_leads_back_to_the_post(client: Client) -> None:
    make_post(slug="kettle")
    assert 'href="/kettle/">Back to the post' in client.get("/kettle/share/").text


def test_who_was_sent_its_own_address_by_mistake_is_led_to_the_letter(client: Client) -> None:
    post = make_post(slug="kettle", title="The kettle")
    code = ensure_link(post=post).code
    for address, back in (("/kettle/share/", "/kettle/"), (f"/s/{code}/share/", f"/s/{code}")):
        head, _, body = client.get(address).text.partition("<body")
        assert body.index(f'<a href="{back}">Read the letter</a>') < body.index("<h1>")
        assert f'<a href="{back}">The kettle</a>' in body
        for told in (
            '<meta property="og:title" content="The kettle">',
            f'<meta property="og:url" content="{share_url(post)}">',
            f'<link rel="canonical" href="{share_url(post)}">',
        ):
            assert told in head
        assert f"/s/{code}/card.png" in head


def test_the_plain_address_of_what_is_for_subscribers_leads_to_its_first_words(
    client: Client,
) -> None:
    post = make_post(slug="hidden", visibility=PostPage.Visibility.SUBSCRIBERS)
    head, _, body = client.get("/hidden/share/").text.partition("<body")
    assert '<a href="/hidden/">Read its first words</a>' in body
    assert f'<link rel="canonical" href="{post.public_url}">' in head
    assert "/hidden/card.png" in head
    assert "/s/" not in head + body


def test_where_it_hands_out_the_discreet_link_no_line_of_its_head_names_the_post(
    client: Client,
) -> None:
    post = make_post(slug="kettle", title="The kettle")
    address = f"http://localhost:8000/s/{ensure_link(post=post).discreet_code}"
    for asked in ("/kettle/share/?link=discreet", f"{address}/share/"):
        head = client.get(asked).text.partition("<body")[0]
        assert f'<link rel="canonical" href="{address}">' in head
        assert '<meta property="og:title" content="Something to read">' in head
        assert "ettle" not in head


def test_an_old_slug_leads_on(client: Client) -> None:
    post = make_post(slug="before")
    post.slug = "after"
    post.save_revision().publish()
    answer = client.get("/before/share/")
    assert answer.status_code == 301
    assert answer["Location"] == "/after/share/"


def test_it_goes_when_the_post_goes(client: Client) -> None:
    post = make_post(slug="kettle")
    post.unpublish()
    assert client.get("/kettle/share/").status_code == 410
    post.delete()
    assert client.get("/kettle/share/").status_code == 410


def test_a_draft_and_a_page_that_never_was_have_none(client: Client) -> None:
    make_post(slug="draft", live=False)
    assert client.get("/draft/share/").status_code == 404
    assert client.get("/nothing/share/").status_code == 404


def test_without_a_share_link_the_post_s_own_address_is_passed_on(client: Client) -> None:
    post = make_post(slug="kettle")
    ShareLink.objects.all().delete()
    answer = client.get("/kettle/share/")
    assert f"{post.public_url}</textarea>" in answer.text
    assert "opens the whole post" in answer.text


def test_the_plain_address_does_not_give_away_what_is_for_subscribers(client: Client) -> None:
    post = make_post(slug="hidden", visibility=PostPage.Visibility.SUBSCRIBERS)
    answer = client.get("/hidden/share/")
    assert ensure_link(post=post).code not in answer.text
    assert f"{post.public_url}</textarea>" in answer.text
    assert "use “Pass this on” in that mail" in answer.text


# --- Which words --------------------------------------------------------------------------------


def message(client: Client, address: str) -> str:
    found = re.search(r'id="share-text"[^>]*>([^<]*)<', client.get(address).text)
    assert found is not None
    return unescape(found[1])


def test_the_writers_notes_come_before_ours_in_their_order(client: Client) -> None:
    make_post(slug="kettle")
    second = CoveringNote.objects.create(text="Read it slowly.", sort_order=2)
    CoveringNote.objects.create(text="For you, whenever.", sort_order=1)
    CoveringNote.objects.create(text="Pour toi.", language="fr")
    text = client.get("/kettle/share/").text
    assert "For you, whenever." in message(client, "/kettle/share/")
    assert f'href="?note={second.pk}#send"' in text
    assert "Pour toi." not in text
    assert "I thought of you" not in text
    assert message(client, f"/kettle/share/?note={second.pk}").startswith("Read it slowly.\n\n")


def test_every_way_takes_the_chosen_words(client: Client) -> None:
    make_post(slug="kettle")
    note = CoveringNote.objects.create(text="Read it slowly.", sort_order=2)
    text = client.get(f"/kettle/share/?note={note.pk}").text
    for app in ("mailto:", "sms:", "https://wa.me/", "https://t.me/"):
        assert "Read%20it%20slowly." in link_to(app, text), app
    assert 'data-text="Read it slowly.' in text


def test_one_may_send_no_words_at_all(client: Client) -> None:
    post = make_post(slug="kettle", title="The kettle")
    assert message(client, "/kettle/share/?note=none") == f"The kettle\n{share_url(post)}"


def test_in_a_language_without_notes_of_the_writers_ours_are_there(client: Client) -> None:
    make_post(slug="kessel", language="de")
    CoveringNote.objects.create(text="Only in English.", language="en")
    text = client.get("/kessel/share/?note=b").text
    assert "Only in English." not in text
    assert text.count('#send"') == 4


@pytest.mark.parametrize("asked", ["Buy%20now", "999999999", "%00", "'--", "x" * 500, "²"])
def test_what_stands_in_the_address_is_never_shown(client: Client, asked: str) -> None:
    make_post(slug="kettle")
    asked_for = client.get(f"/kettle/share/?note={asked}&link={asked}&part={asked}&text={asked}")
    assert asked_for.status_code == 200
    assert asked_for.text == client.get("/kettle/share/").text


# --- Which link ---------------------------------------------------------------------------------


def test_the_discreet_link_can_be_chosen_without_scripts(client: Client) -> None:
    post = make_post(slug="kettle", title="The kettle")
    link = ensure_link(post=post)
    assert 'href="?link=discreet"' in client.get("/kettle/share/").text
    text = client.get("/kettle/share/?link=discreet").text
    assert f"/s/{link.discreet_code}</textarea>" in text
    assert link.code not in text
    assert message(client, "/kettle/share/?link=discreet") == (
        "I thought of you when I read this. No need to reply.\n\n"
        f"http://localhost:8000/s/{link.discreet_code}"
    )
    for app in ("mailto:", "sms:", "https://wa.me/", "https://t.me/"):
        assert "kettle" not in link_to(app, text), app
    assert "<title>Pass this on</title>" in text


def test_whoever_came_by_a_discreet_link_passes_on_that_one(client: Client) -> None:
    link = ensure_link(post=make_post())
    text = client.get(f"/s/{link.discreet_code}/share/").text
    assert f"/s/{link.discreet_code}</textarea>" in text
    assert 'href="?link=plain"' in text
    assert f'href="/s/{link.discreet_code}">Back' in text
    other = client.get(f"/s/{link.discreet_code}/share/?link=plain").text
    assert f"/s/{link.code}</textarea>" in other


def test_words_and_link_are_chosen_together(client: Client) -> None:
    make_post(slug="kettle")
    text = client.get("/kettle/share/?link=discreet&note=b").text
    assert 'href="?note=b"' in text  # the usual link, with the same words
    assert 'href="?link=discreet&amp;note=c#send"' in text
    assert text.count("aria-current") == 2


def test_the_plain_address_offers_no_second_link_to_what_is_for_subscribers(client: Client) -> None:
    post = make_post(slug="hidden", visibility=PostPage.Visibility.SUBSCRIBERS)
    text = client.get("/hidden/share/?link=discreet").text
    assert ensure_link(post=post).discreet_code not in text
    assert "discreet link" not in text
    assert f"{post.public_url}</textarea>" in text


def test_links_that_are_off_are_not_offered(client: Client) -> None:
    post = make_post(slug="kettle")
    switch(post=post, on=False, by="ada")
    text = client.get("/kettle/share/").text
    assert f"{post.public_url}</textarea>" in text
    assert "/s/" not in text


# --- How much of it -----------------------------------------------------------------------------


def test_what_the_link_opens_first_can_be_chosen_without_scripts(client: Client) -> None:
    post = make_post(slug="kettle", short_version="<p>Tea.</p>", small_step="Sit.")
    text = client.get("/kettle/share/?part=short&note=b").text
    assert f"{share_url(post)}#short-version</textarea>" in text
    assert 'href="?note=b"' in text  # all of it, with the same words
    assert 'href="?link=discreet&amp;part=short&amp;note=b"' in text
    assert f"{share_url(post)}#small-step" in message(client, "/kettle/share/?part=step")
    assert message(client, "/kettle/share/?part=step&link=discreet").endswith("#small-step")


def test_a_post_of_one_length_offers_no_other(client: Client) -> None:
    post = make_post(slug="kettle", small_step="Sit.")
    assert "part=short" not in client.get("/kettle/share/").text
    assert f"{share_url(post)}</textarea>" in client.get("/kettle/share/?part=short").text
    switch(post=post, on=False, by="ada")
    assert f"{post.public_url}</textarea>" in client.get("/kettle/share/?part=step").text


def test_it_is_small(client: Client) -> None:
    make_post(slug="kettle")
    assert len(client.get("/kettle/share/").content) < 30_000
    assert len(Path("posts/static/sharing/share.js").read_bytes()) < 10_000


def test_it_costs_few_queries(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_post(slug="kettle")
    with django_assert_max_num_queries(6):
        answer = client.get("/kettle/share/")
    assert answer.status_code == 200
