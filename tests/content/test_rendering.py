"""A post in its media: complete, constant in cost, the same for every reader."""

import datetime as dt
from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext

from posts.content.actions import create_post
from posts.content.colour import DAY_GROUNDS, LEGIBLE, NIGHT_GROUNDS, contrast
from posts.content.models import CareNote, PostPage, SiteSettings
from posts.content.rendering import (
    LARGEST_MAIL,
    LetterTooLong,
    RenderedMail,
    render_mail,
    render_text_body,
    render_web_body,
)
from posts.content.text import WIDTH
from tests.content.golden_post import LINKS, make_golden_post, make_picture
from tests.factories import make_newsletter, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def golden() -> PostPage:
    return make_golden_post()


@pytest.fixture
def mail(golden: PostPage) -> RenderedMail:
    return render_mail(golden, links=LINKS)


@pytest.fixture
def soup(mail: RenderedMail) -> BeautifulSoup:
    return BeautifulSoup(mail.html, "html.parser")


# --- The document -------------------------------------------------------------------------------


def test_the_mail_is_a_whole_document(mail: RenderedMail, soup: BeautifulSoup) -> None:
    assert mail.html.lower().startswith("<!doctype html>")
    assert soup.html is not None
    assert (soup.html["lang"], soup.html["dir"]) == ("en", "ltr")
    assert soup.title is not None
    assert soup.title.string == mail.subject
    assert [title.get_text() for title in soup.find_all("h1")] == ["A slower morning & other plans"]


def test_dark_mode_survives_the_inlining(soup: BeautifulSoup) -> None:
    style = "".join(element.get_text() for element in soup.find_all("style"))
    assert "color-scheme: light dark" in style
    assert "@media (prefers-color-scheme: dark)" in style
    assert soup.find("meta", attrs={"name": "color-scheme", "content": "light dark"})


def test_what_a_letter_needs_is_on_the_elements(soup: BeautifulSoup) -> None:
    column = soup.select_one(".column")
    assert column is not None
    assert "font-size: 18px" in column["style"]
    assert "max-width: 552px" in column["style"]  # and 24 on either side: 600
    assert all(element.get("style") for element in soup.select("p, h1, h2, h3, li, a"))


def test_the_preheader_comes_first_and_is_hidden_and_padded(
    mail: RenderedMail, soup: BeautifulSoup
) -> None:
    first = soup.select_one("body > *")
    assert first is not None
    assert "display: none" in first["style"]
    assert first.get_text().startswith(mail.preheader)
    assert len(first.get_text()) > len(mail.preheader) + 200


def test_tables_are_layout_and_say_so(mail: RenderedMail) -> None:
    assert mail.html.count("<table") == mail.html.count('role="presentation"') > 0


def test_every_picture_has_an_alt_text_a_width_and_an_absolute_address(
    soup: BeautifulSoup,
) -> None:
    seen, decorative = soup.find_all("img")
    assert (seen["alt"], decorative["alt"]) == ('A kettle, "at rest"', "")
    assert all(image["width"] == "552" for image in (seen, decorative))
    assert str(seen["src"]).startswith("http://localhost:8000/media/")


def test_a_small_picture_is_not_blown_up() -> None:
    picture = {"image": {"image": make_picture("Spoon", (120, 80)).pk, "decorative": True}}
    post = create_post(title="Spoons", body=[("image", picture)], by="tests")
    html = render_mail(post, links=LINKS).html
    assert 'width="120"' in html


def test_every_link_leads_somewhere_absolute_or_to_a_marker(soup: BeautifulSoup) -> None:
    targets = {str(link["href"]) for link in soup.find_all("a")}
    assert LINKS.unsubscribe in targets
    assert all(
        target.startswith(("https://", "http://localhost:8000/", "mailto:"))
        for target in targets - {LINKS.unsubscribe}
    )


def test_nothing_is_loaded_from_anywhere_else(mail: RenderedMail, soup: BeautifulSoup) -> None:
    assert not soup.find_all(["script", "link", "iframe", "video", "form"])
    assert "@import" not in mail.html
    assert "url(" not in mail.html


# --- What stands in it --------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["html", "text"])
def test_the_foot_keeps_its_order(mail: RenderedMail, part: str) -> None:
    body = getattr(mail, part)
    foot = [
        "Until the kettle whistles",
        "This is no substitute for care",
        "Pass this on",
        "Read online",
        "You get this because you subscribed to Slow mornings",
        "Rest, or get less, on your page",
        "Unsubscribe",
        "Ada Fern · Letters from Fern House",
        "1 Quiet Lane",
    ]
    places = [body.rindex(words) for words in foot]
    assert places == sorted(places)


def test_a_marker_comes_out_as_it_went_in(mail: RenderedMail) -> None:
    assert f'href="{LINKS.unsubscribe}"' in mail.html
    assert LINKS.unsubscribe in mail.text.splitlines()
    assert mail.html.count(LINKS.unsubscribe) == mail.text.count(LINKS.unsubscribe) == 1


def test_the_small_print_is_large_enough_and_dark_enough(soup: BeautifulSoup) -> None:
    sizes = [
        int(rule.removeprefix("font-size: ").removesuffix("px"))
        for element in soup.select("[style]")
        for rule in str(element["style"]).split(";")
        if rule.startswith("font-size") and rule.endswith("px")
    ]
    assert min(sizes) >= 14
    assert all("color: #5B544B" in str(element["style"]) for element in soup.select(".muted"))
    assert ".muted { color: #B8AFA2 !important; }" in str(soup.style)
    assert all(contrast("#5B544B", ground) >= LEGIBLE for ground in DAY_GROUNDS)
    assert all(contrast("#B8AFA2", ground) >= LEGIBLE for ground in NIGHT_GROUNDS)


@pytest.mark.parametrize(
    ("language", "kind", "text", "label"),
    [
        ("en", "reflect", "Reflect on one belief.", None),
        ("en", "reflect", "<b>“Reflect</b> on one belief”", None),
        ("de", "try", "Versuchen: nichts", "Ausprobieren"),
        ("de", "try", "Ausprobieren, was geht.", None),
        ("en", "try", "Trying is enough.", "Try"),
        ("en", "share", "Share it with a friend.", None),
        ("en", "share", 'Share <a href="https://a.example">this</a>.', "Share"),
    ],
)
def test_an_item_that_begins_with_its_own_label_does_not_say_it_twice(
    language: str, kind: str, text: str, label: str | None
) -> None:
    invites = [{"kind": kind, "text": f"<p>{text}</p>"}]
    body = [("invitation", {"intro": "", "invites": invites})]
    post = make_post(language=language, body=body)
    found = BeautifulSoup(render_web_body(post), "html.parser").select_one(".invite-kind")
    assert (found and found.get_text()) == label
    mail = render_mail(post, links=LINKS)
    labels = {"Reflect", "Try", "Share", "Ausprobieren"}
    assert labels.intersection(mail.text.splitlines()) == {label} - {None}
    marked = BeautifulSoup(mail.html, "html.parser").select(".invite strong")
    assert labels.intersection(strong.get_text() for strong in marked) == {label} - {None}


@pytest.mark.parametrize("kind", ["Reflect", "Try", "Share"])
def test_each_kind_of_invitation_is_named_in_words(golden: PostPage, kind: str) -> None:
    mail = render_mail(golden, links=LINKS)
    assert f">{kind}</" in render_web_body(golden)
    assert f">{kind}</strong>" in mail.html
    assert kind in mail.text.splitlines()


def test_the_share_item_leads_to_the_share_page(golden: PostPage) -> None:
    mail = render_mail(golden, links=LINKS)
    assert '<a class="invite-text" href="/a-slower-morning/share/">' in render_web_body(golden)
    assert mail.html.count(f'href="{LINKS.share}"') == 3  # two items and the button
    assert f"    {LINKS.share}" in mail.text.splitlines()
    assert f"    {golden.share_page_url}" in render_text_body(golden).splitlines()


def test_no_link_stands_inside_another(golden: PostPage) -> None:
    for html in (render_mail(golden, links=LINKS).html, render_web_body(golden)):
        assert not BeautifulSoup(html, "html.parser").select("a a")


def test_the_text_keeps_to_the_width_but_for_words_that_are_longer(mail: RenderedMail) -> None:
    too_long = [line for line in mail.text.splitlines() if len(line) > WIDTH]
    assert too_long
    assert all(" " not in line.strip() for line in too_long)


def test_the_text_holds_no_html_and_nothing_escaped(mail: RenderedMail) -> None:
    assert "&amp;" not in mail.text
    assert "<p>" not in mail.text
    assert "<a" not in mail.text
    assert "What hurry <costs> & what it buys" in mail.text


def test_a_subscribers_only_post_is_mailed_whole() -> None:
    post = make_post(visibility="subscribers", excerpt="Just this.")
    mail = render_mail(post, links=LINKS)
    assert "Rest is not a reward." in mail.html
    assert "Rest is not a reward." in mail.text


# --- Variants -----------------------------------------------------------------------------------


def test_the_short_edition_has_the_short_version_and_a_way_to_the_rest(golden: PostPage) -> None:
    mail = render_mail(golden, links=LINKS, edition="short")
    assert "Boil water." in mail.html
    assert "http://localhost:8000/an-earlier-letter/" in mail.html
    assert "Some mornings <b>" not in mail.html
    assert "Read the whole post" in mail.html
    assert f"The whole post:\n{LINKS.online}" in mail.text
    assert "Boil water. Look out. More of that [1]." in mail.text
    assert "minute to read" not in mail.text


def test_the_step_edition_has_just_the_step(golden: PostPage) -> None:
    mail = render_mail(golden, links=LINKS, edition="step")
    assert mail.text.count("Drink one cup of something warm.\n\nSit down for it.") == 1
    assert "Sit down for it.</p>" in mail.html
    assert "Boil water." not in mail.html


@pytest.mark.parametrize("edition", ["short", "step"])
def test_a_post_without_that_edition_comes_whole(edition: str) -> None:
    post = make_post(short_version="<p> </p>", small_step=" ")
    mail = render_mail(post, links=LINKS, edition=edition)
    assert mail == render_mail(post, links=LINKS)


def test_large_text_is_larger_everywhere(golden: PostPage) -> None:
    html = render_mail(golden, links=LINKS, large_text=True).html
    assert "font-size: 24px" in html
    assert "font-size: 15px" not in html


def test_a_discreet_mail_says_nothing_of_the_post_in_the_inbox() -> None:
    newsletter = make_newsletter(name="Slow mornings")
    post = make_post(title="Living with lupus", newsletter=newsletter, preheader="On lupus")
    mail = render_mail(post, links=LINKS, discreet=True)
    assert mail.subject == "A note for you"
    assert "lupus" not in mail.preheader
    assert f"<title>{mail.subject}</title>" in mail.html
    assert mail.text.startswith(mail.preheader)


def test_the_mail_speaks_the_language_of_the_post() -> None:
    mail = render_mail(
        make_post(language="fr", first_published_at=dt.datetime(2026, 3, 12, tzinfo=dt.UTC)),
        links=LINKS,
    )
    assert '<html lang="fr"' in mail.html
    assert "12 mars 2026" in mail.html
    assert "12 mars 2026" in mail.text


def test_the_accent_of_the_site_colours_the_links_legibly() -> None:
    site = SiteSettings.load()
    site.accent = "#FFD400"
    site.save()
    html = render_mail(make_post(), links=LINKS).html
    assert "color: #FFD400;" not in html
    assert f"color: {site.accents.day}" in html
    assert f"color: {site.accents.night} !important" in html


def test_words_of_the_writer_cannot_become_html() -> None:
    newsletter = make_newsletter(name="<b>N</b>", postal_address="<i>A</i>", from_name="<u>F</u>")
    site = SiteSettings.load()
    site.name = "<s>S</s>"
    site.care_notes = [CareNote(language="en", text="<em>C</em>")]
    site.save()
    post = make_post(
        newsletter=newsletter, title="<q>T</q>", subtitle="<q>U</q>", preheader="<q>P</q>"
    )
    soup = BeautifulSoup(render_mail(post, links=LINKS).html, "html.parser")
    assert soup.find_all(["b", "i", "u", "s", "em", "q"]) == []
    assert "<em>C</em>" in soup.get_text()


# --- Limits and cost ----------------------------------------------------------------------------


def test_a_mail_that_would_be_cut_is_refused_with_a_way_out() -> None:
    post = make_post(body=[("paragraph", f"<p>{'kettle ' * 20_000}</p>")])
    with pytest.raises(LetterTooLong, match=r"14\d KB.*90 KB.*about 3\d percent") as refusal:
        render_mail(post, links=LINKS)
    assert refusal.value.size > LARGEST_MAIL


def _queries(post: PostPage) -> dict[str, int]:
    counts = {}
    renderings: dict[str, Callable[[PostPage], object]] = {
        "mail": lambda fresh: render_mail(fresh, links=LINKS),
        "web": render_web_body,
        "text": render_text_body,
    }
    for name, render in renderings.items():
        render(PostPage.objects.get(pk=post.pk))  # makes renditions where there are none yet
        fresh = PostPage.objects.get(pk=post.pk)
        with CaptureQueriesContext(connection) as captured:
            render(fresh)
        counts[name] = len(captured)
    return counts


def test_the_number_of_queries_does_not_grow_with_the_post() -> None:
    def post_of(times: int) -> PostPage:
        body: list[tuple[str, object]] = []
        for _ in range(times):
            linked = make_post(live=False).pk
            picture = {"image": make_picture().pk, "alt_text": "A kettle", "decorative": False}
            link = f'<p><a linktype="page" id="{linked}">tea</a></p>'
            body += [("image", {"image": picture}), ("paragraph", link)]
            body += [("list", {"style": "bulleted", "entries": [link]})]
        return create_post(title="Tea", body=body, by="tests")

    one, four = _queries(post_of(1)), _queries(post_of(4))
    assert one == four
    assert max(one.values()) <= 6
