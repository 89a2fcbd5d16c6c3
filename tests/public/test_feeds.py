"""What a feed reader gets: posts as a whole, and nothing that is not for everybody."""

import json
from typing import Any
from xml.etree import ElementTree

import feedparser
import pytest
from django.conf import LazySettings, settings
from django.test import Client

from posts.content.actions import create_post
from posts.content.models import PostPage, SiteSettings
from tests.content.golden_post import make_golden_post
from tests.enclosed import enclosure, file_block, pdf, sound_block
from tests.factories import make_post
from tests.sounds import mp3

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
SECRET = "Only those who hold the link read this sentence."


def atom(client: Client) -> ElementTree.Element:
    answer = client.get("/feed.xml")
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(answer.content)  # noqa: S314 - ours


def json_feed(client: Client) -> dict[str, Any]:
    answer = client.get("/feed.json")
    assert answer["Content-Type"] == "application/feed+json"
    feed: dict[str, Any] = json.loads(answer.content)
    return feed


def test_both_hold_the_latest_post_first_and_whole(client: Client) -> None:
    post = make_golden_post()  # of an earlier day
    make_post(title="The newer one")
    newer, entry = atom(client).findall(f"{ATOM}entry")
    assert newer.findtext(f"{ATOM}title") == "The newer one"
    assert entry.findtext(f"{ATOM}title") == post.title
    content = entry.find(f"{ATOM}content")
    assert content is not None
    [_, item] = json_feed(client)["items"]
    assert content.text == item["content_html"]
    assert content.get("type") == "html"
    assert item["url"] == post.public_url
    assert item["date_published"] == post.first_published_at.isoformat()


def test_no_address_in_a_feed_leads_to_the_feed_readers_own_site(client: Client) -> None:
    make_golden_post()
    for text in (client.get("/feed.xml").text, client.get("/feed.json").text):
        for relative in ('href="/', 'src="/', 'srcset="/', "href=&quot;/", ", /media/"):
            assert relative not in text.replace("\\", "")
        assert f"{settings.SITE_URL}/" in text


def test_of_a_post_for_subscribers_a_feed_has_the_first_words_only(client: Client) -> None:
    make_post(
        visibility=PostPage.Visibility.SUBSCRIBERS,
        excerpt="The first words, for everybody.",
        body=[("paragraph", f"<p>{SECRET}</p>")],
        short_version=f"<p>{SECRET}</p>",
    )
    for address in ("/feed.xml", "/feed.json"):
        text = client.get(address).text
        assert "The first words, for everybody." in text
        assert SECRET not in text
        assert "/s/" not in text


def test_a_post_keeps_its_identity_when_its_address_changes(client: Client) -> None:
    post = make_post()
    before = atom(client).findtext(f"{ATOM}entry/{ATOM}id")
    post.slug = "quite-another-address"
    post.save_revision().publish()
    assert atom(client).findtext(f"{ATOM}entry/{ATOM}id") == before
    assert "quite-another-address" in client.get("/feed.xml").text


def test_what_is_not_published_is_in_no_feed(client: Client) -> None:
    make_post(title="Still a draft", live=False)
    assert "Still a draft" not in client.get("/feed.xml").text
    assert json_feed(client)["items"] == []


def test_a_feed_says_whose_it_is(client: Client) -> None:
    site: SiteSettings = SiteSettings.load()
    site.name, site.tagline, site.author = "Fern & letters", "On living slowly", "Ada Fern"
    site.save()
    feed = atom(client)
    assert feed.findtext(f"{ATOM}title") == "Fern & letters"
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Ada Fern"
    assert json_feed(client)["description"] == "On living slowly"


def test_a_feed_reader_that_has_the_newest_is_told_so(client: Client) -> None:
    make_post()
    for address in ("/feed.xml", "/feed.json", "/archive/", "/sitemap.xml"):
        tag = client.get(address)["ETag"]
        answer = client.get(address, headers={"If-None-Match": tag})
        assert (answer.status_code, answer.content) == (304, b"")
        make_post()
        assert client.get(address, headers={"If-None-Match": tag}).status_code == 200


def test_pages_name_their_feeds(client: Client) -> None:
    post = make_post()
    for address in ("/", f"/{post.slug}/", "/subscribe/"):
        text = client.get(address).text
        assert 'href="/feed.xml" type="application/atom+xml"' in text
        assert 'href="/feed.json" type="application/feed+json"' in text


def identities(client: Client) -> list[str | None]:
    feed = atom(client)
    ids = [feed.findtext(f"{ATOM}id"), feed.findtext(f"{ATOM}entry/{ATOM}id")]
    assert json_feed(client)["items"][0]["id"] == ids[1]
    return ids


def test_a_feed_and_its_posts_keep_their_ids_on_a_new_domain_and_under_a_new_slug(
    client: Client, settings: LazySettings
) -> None:
    post = make_post()
    before = identities(client)
    assert all(str(identity).startswith("urn:uuid:") for identity in before)
    settings.SITE_URL = "https://new.example"
    post.slug = "another"
    post.save_revision().publish()
    assert identities(client) == before


def test_what_readers_knew_before_ids_were_made_so_they_know_still(
    client: Client, settings: LazySettings
) -> None:
    """As the migration leaves a site that has posts: nobody sees all of them anew."""
    post = make_post()
    SiteSettings.load()
    SiteSettings.objects.update(feed_ids_at="https://old.example", feed_ids_to=post.pk)
    settings.SITE_URL = "https://new.example"
    assert identities(client) == ["https://old.example/", f"https://old.example/#post-{post.pk}"]
    make_post()
    assert str(identities(client)[1]).startswith("urn:uuid:")


def test_what_a_letter_encloses_is_told_with_address_length_and_type(client: Client) -> None:
    file, sound = enclosure("pdf"), enclosure("mp3", content=mp3(90))
    body = [file_block(file, "A worksheet"), sound_block(sound, "Slow breaths")]
    create_post(title="Tea", slug="tea", body=body, by="tests", publish=True)
    base = f"{settings.SITE_URL}/tea/files"
    [entry] = feedparser.parse(client.get("/feed.xml").content).entries
    assert [(one.href, one.length, one.type) for one in entry.enclosures] == [
        (f"{base}/{file.pk}.pdf", str(file.size), "application/pdf"),
        (f"{base}/{sound.pk}.mp3", str(sound.size), "audio/mpeg"),
    ]
    [item] = client.get("/feed.json").json()["items"]
    assert item["attachments"] == [
        {
            "url": f"{base}/{file.pk}.pdf",
            "mime_type": "application/pdf",
            "title": "A worksheet",
            "size_in_bytes": file.size,
        },
        {
            "url": f"{base}/{sound.pk}.mp3",
            "mime_type": "audio/mpeg",
            "title": "Slow breaths",
            "size_in_bytes": sound.size,
            "duration_in_seconds": 90,
        },
    ]
    assert f'src="{base}/{sound.pk}.mp3"' in item["content_html"]
    assert client.get(item["attachments"][0]["url"]).getvalue() == pdf()


def test_what_a_letter_for_subscribers_encloses_is_in_no_feed(client: Client) -> None:
    post = create_post(title="Tea", body=[file_block(enclosure("pdf"))], by="tests")
    post.visibility = PostPage.Visibility.SUBSCRIBERS
    post.save_revision().publish()
    for address in ("/feed.xml", "/feed.json"):
        text = client.get(address).text
        assert "Tea" in text
        assert "/files/" not in text
        assert "enclosure" not in text
