"""The feeds keep the rules of their formats, also with the oddest of posts: RFC 4287 for Atom,
https://www.jsonfeed.org/version/1.1/ for JSON Feed."""

import datetime as dt
import json
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID
from xml.etree import ElementTree

import feedparser
import pytest
from django.test import Client

from posts.content.models import PostPage, SiteSettings
from tests.content.golden_post import make_golden_post
from tests.factories import make_post

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
ONE_OF = ("id", "title", "updated")
AT_MOST_ONE_OF = ("published", "summary", "content", "subtitle", "rights", "generator", "logo")


@pytest.fixture(autouse=True)
def _posts(site: object) -> None:
    make_golden_post()  # it dresses the site, too
    about: SiteSettings = SiteSettings.load()
    about.name, about.tagline, about.author = "Fern & <letters>", "Slow \x0b living", "Ada Fern"
    about.save()
    make_post(title="1 < 2 & “more”", excerpt="Less <b>is</b> & more")
    make_post(title="Bell\x07 and \ufffe rest", slug="bell", excerpt="\x1b[2J")
    make_post(slug="für-dich", title="Für dich", language="de")
    make_post(visibility=PostPage.Visibility.SUBSCRIBERS, excerpt="The first words.")
    make_post(title="Without words", body=[])


def moment(text: str | None) -> dt.datetime:
    assert text
    at = dt.datetime.fromisoformat(text)
    assert at.tzinfo is not None
    return at


def assert_absolute(address: str | None) -> None:
    assert address
    parts = urlsplit(address)
    assert parts.scheme in ("http", "https")
    assert parts.netloc
    assert address.isascii()


def assert_counts(element: ElementTree.Element) -> None:
    for name in ONE_OF:
        assert len(element.findall(f"{ATOM}{name}")) == 1, name
    for name in AT_MOST_ONE_OF:
        assert len(element.findall(f"{ATOM}{name}")) <= 1, name
    # An IRI (RFC 4287, 4.2.6); a UUID is one (RFC 9562) that no change of address touches.
    assert UUID(str(element.findtext(f"{ATOM}id")).removeprefix("urn:uuid:"))
    moment(element.findtext(f"{ATOM}updated"))


def test_the_atom_feed_keeps_the_rules(client: Client) -> None:
    feed = ElementTree.fromstring(client.get("/feed.xml").content)  # noqa: S314 - ours
    assert feed.tag == f"{ATOM}feed"
    assert_counts(feed)
    # An author of the feed stands for each entry that names none.
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Ada Fern"
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links["self"] == "http://localhost:8000/feed.xml"
    assert_absolute(links["alternate"])
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == 6
    for entry in entries:
        assert_counts(entry)
        alternates = [
            link
            for link in entry.findall(f"{ATOM}link")
            if link.get("rel", "alternate") == "alternate"
        ]
        assert len(alternates) == 1  # with it an entry may do without content
        assert_absolute(alternates[0].get("href"))
        for name in ("content", "summary"):
            element = entry.find(f"{ATOM}{name}")
            if element is not None:
                assert element.get("type", "text") in ("text", "html")
                assert len(element) == 0
    identities = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(identities)) == len(identities)
    newest = max(moment(entry.findtext(f"{ATOM}updated")) for entry in entries)
    assert moment(feed.findtext(f"{ATOM}updated")) == newest


def test_a_feed_reader_reads_it_as_it_was_meant(client: Client) -> None:
    read = feedparser.parse(client.get("/feed.xml").content)
    assert not read.bozo
    assert read.version == "atom10"
    assert read.feed.title == "Fern & <letters>"
    assert read.feed.subtitle == "Slow  living"
    entries = {urlsplit(entry.link).path: entry for entry in read.entries}
    titles = {entry.title for entry in read.entries}
    assert {"1 < 2 & “more”", "Bell and  rest", "Für dich"} <= titles
    assert entries["/f%C3%BCr-dich/"].content[0].language == "de"
    [odd] = [entry for entry in read.entries if entry.title.startswith("1 <")]
    assert odd.summary == "Less &lt;b&gt;is&lt;/b&gt; &amp; more"


def test_the_json_feed_keeps_the_rules(client: Client) -> None:
    feed: dict[str, Any] = json.loads(client.get("/feed.json").content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"]
    assert feed["feed_url"] == "http://localhost:8000/feed.json"
    assert_absolute(feed["home_page_url"])
    assert all(author["name"] for author in feed["authors"])
    assert len(feed["items"]) == 6
    for item in feed["items"]:
        assert isinstance(item["id"], str)
        assert_absolute(item["url"])
        assert isinstance(item.get("content_html", item.get("content_text")), str)
        assert moment(item["date_published"]) <= moment(item["date_modified"])
        assert item["language"]
        assert isinstance(item["title"], str)
    identities = [item["id"] for item in feed["items"]]
    assert len(set(identities)) == len(identities)


def test_feeds_have_pictures_in_the_form_that_everybody_knows(client: Client) -> None:
    for address in ("/feed.xml", "/feed.json"):
        text = client.get(address).text
        assert "a-kettle" in text
        assert "picture>" not in text.replace("&gt;", ">")
        assert ".avif" not in text
        assert ".webp" not in text
