"""Templates: what an empty letter can begin with, kept and taken back, and nowhere but there."""

import json
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from wagtail.models import PageLogEntry

from posts.content import starters
from posts.content.actions import Foundation
from posts.content.blocks import BodyBlock
from posts.content.letter_templates import LetterTemplate, keep, take_back
from posts.content.models import PostPage, SiteSettings
from posts.content.panels import starter_names
from posts.content.rendering import render_text_body
from posts.delivery.mailings.queries import first_mailings
from posts.desk.checklist.checklist import checklist
from tests.content.golden_post import make_picture
from tests.desk.test_publishing import ADD
from tests.factories import make_post

LANGUAGES = ("de", "en", "es", "fr")
SECRET = "Zinnober on a rainy windowsill"


def kept(**fields: Any) -> LetterTemplate:
    body = fields.pop("body", [("paragraph", f"<p>{SECRET}.</p>")])
    stored = json.dumps([{"type": kind, "value": value} for kind, value in body])
    post = make_post(live=False, body=stored, **fields)
    return keep(post=post, name="A slow one", by="ada")


def offered(html: bytes) -> dict[str, str]:
    """What stands above an empty letter."""
    buttons = BeautifulSoup(html, "html.parser").select("[data-beginnings] button")
    return {str(button["value"]): button.get_text(strip=True) for button in buttons}


# --- The starting set ------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", starters.NAMES)
def test_a_beginning_is_a_letter_that_can_be_kept_as_it_is(
    site: Foundation, name: str, language: str
) -> None:
    blocks = starters.beginning_of(name, language)
    assert blocks is not None
    block = BodyBlock()
    value = block.to_python([{**one, "id": str(at)} for at, one in enumerate(blocks)])
    assert len(block.clean(value)) == len(blocks)
    post = make_post(body=[(one["type"], one["value"]) for one in blocks], language=language)
    text = render_text_body(PostPage.objects.get(pk=post.pk))
    assert text.count("[[") == text.count("]]") > 3


@pytest.mark.parametrize("name", starters.NAMES)
def test_in_each_language_it_is_the_same_letter(name: str) -> None:
    def form(language: str) -> list[tuple[str, int]]:
        blocks = starters.beginning_of(name, language) or []
        return [(one["type"], str(one["value"]).count("[[")) for one in blocks]

    assert form("en")
    assert [form(language) for language in LANGUAGES] == [form("en")] * 4


def test_each_has_a_name_for_the_writer() -> None:
    assert set(starter_names()) == set(starters.NAMES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", starters.NAMES)
@pytest.mark.django_db
def test_nothing_that_is_left_of_it_goes_out_without_a_word(
    site: Foundation, name: str, language: str
) -> None:
    """Each gap alone, with its brackets, with half of them, and without."""
    for prompt in gaps(name, language):
        for text in (f"[[{prompt}]]", f"{prompt}]]", f"[[{prompt}", prompt, f"<s>{prompt}</s>"):
            post = make_post(body=[("paragraph", f"<p>So it was. {text}</p>")], live=False)
            found = checklist(PostPage.objects.get(pk=post.pk), people=0).look
            assert any("was to be filled in" in item.said for item in found), text


def gaps(name: str, language: str) -> list[str]:
    body = starters.beginning_of(name, language)
    assert body
    return [one for one in starters.prompts() if f"[[{one}]]" in str(body)][:2]


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["title", "subtitle", "excerpt", "mail_subject", "preheader"])
def test_nor_where_an_inbox_or_a_list_shows_it(site: Foundation, field: str) -> None:
    fields: dict[str, Any] = {field: "Tea and [[something]]"}
    post = make_post(live=False, **fields)
    [item] = [
        item
        for item in checklist(PostPage.objects.get(pk=post.pk), people=0).look
        if "filled in" in item.said
    ]
    assert item.url.endswith(f"contentpath={field}")


@pytest.mark.django_db
def test_what_was_left_out_of_a_quotation_is_no_gap(site: Foundation) -> None:
    post = make_post(live=False, body=[("paragraph", "<p>“She slept […] and [so] it was.”</p>")])
    found = checklist(PostPage.objects.get(pk=post.pk), people=0).look
    assert not any("filled in" in item.said for item in found)


# --- Above an empty letter -------------------------------------------------------------------


def test_an_empty_letter_offers_them_with_those_that_were_kept(
    desk: Client, site: Foundation
) -> None:
    template = kept()
    names = {name: str(said) for name, said in starter_names().items()}
    assert offered(desk.get(ADD.format(site.home.pk)).content) == {
        **names,
        str(template.pk): "A slow one",
    }


def test_a_letter_with_a_word_in_it_is_left_alone(desk: Client, site: Foundation) -> None:
    post = make_post(live=False, body=[("paragraph", "<p>Tea.</p>")])
    assert offered(desk.get(f"/admin/pages/{post.pk}/edit/").content) == {}
    empty = make_post(live=False, body=[])
    assert offered(desk.get(f"/admin/pages/{empty.pk}/edit/").content)


def test_in_another_language_it_offers_nothing_in_english(desk: Client, site: Foundation) -> None:
    post = make_post(live=False, body=[], language="it")
    assert offered(desk.get(f"/admin/pages/{post.pk}/edit/").content) == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_comes_in_the_language_of_the_letter(desk: Client, language: str) -> None:
    found = desk.get("/admin/templates/letter/text/", {"language": language}).json()["blocks"]
    assert [one["type"] for one in found] == ["paragraph", "invitation", "sign_off"]
    words = str(json.loads(found[0]["value"]))
    assert sum(f"[[{prompt}]]" in words for prompt in starters.prompts()) == 4


def test_what_is_not_there_says_so(desk: Client) -> None:
    for beginning in ("letter", "unknown", "7", "9" * 30):
        assert desk.get(f"/admin/templates/{beginning}/text/?language=it").status_code == 404


def test_the_first_run_offers_them_too(desk: Client, site: Foundation) -> None:
    page = BeautifulSoup(desk.get("/admin/").content, "html.parser")
    links = [str(link["href"]) for link in page.select(".desk-beginnings a")]
    add = ADD.format(site.home.pk)
    assert links == [f"{add}?start={name}" for name in starters.NAMES]
    SiteSettings.objects.update(language="de")
    assert desk.get(links[0]).status_code == 200
    assert not PostPage.objects.exists()


# --- Kept, and taken back --------------------------------------------------------------------


def test_any_post_of_ones_own_is_kept_as_it_is_saved_last(desk: Client) -> None:
    post = make_post(body=[("paragraph", "<p>Tea.</p>")], title="Slow tea")
    draft = post.get_latest_revision_as_object()
    draft.body = [("paragraph", "<p>Tea, and a window.</p>")]
    draft.save_revision()
    address = f"/admin/posts/{post.pk}/template/"
    assert address in desk.get(f"/admin/pages/{post.pk}/edit/").content.decode()
    assert 'value="Slow tea"' in desk.get(address).content.decode()
    assert not LetterTemplate.objects.exists()
    assert desk.post(address, {"name": "Windows"})["Location"] == "/admin/templates/"
    template = LetterTemplate.objects.get()
    assert (template.name, template.post_id) == ("Windows", post.pk)
    assert "and a window" in str(template.body)
    assert PageLogEntry.objects.filter(page=post.pk, action="posts.template.kept").exists()

    post.refresh_from_db()
    assert "window" not in str(post.body)
    found = desk.get(f"/admin/templates/{template.pk}/text/").json()["blocks"]
    assert [one["type"] for one in found] == ["paragraph"]
    assert "id" not in found[0]


def test_kept_again_it_takes_its_own_place(desk: Client) -> None:
    template = kept()
    desk.post(f"/admin/posts/{template.post_id}/template/", {"name": "Another name"})
    assert LetterTemplate.objects.get().name == "Another name"


def test_without_a_name_or_a_text_nothing_is_kept(desk: Client) -> None:
    post = make_post(live=False, body=[("paragraph", "<p>Tea.</p>")])
    answer = desk.post(f"/admin/posts/{post.pk}/template/", {"name": " "})
    assert answer.status_code == 422
    empty = make_post(live=False, body=[])
    answer = desk.post(f"/admin/posts/{empty.pk}/template/", {"name": "Nothing"})
    assert answer.status_code == 422
    assert "no text yet" in answer.content.decode()
    assert not LetterTemplate.objects.exists()


def test_it_is_taken_back_and_no_post_changes(desk: Client) -> None:
    template = kept()
    address = f"/admin/templates/{template.pk}/drop/"
    assert address in desk.get("/admin/templates/").content.decode()
    assert desk.get(address).status_code == 405
    for _ in range(2):
        assert desk.post(address)["Location"] == "/admin/templates/"
    assert not LetterTemplate.objects.exists()
    assert SECRET in str(PostPage.objects.get().body)


def test_it_stays_when_its_post_goes(desk: Client) -> None:
    template = kept()
    PostPage.objects.get().delete()
    assert LetterTemplate.objects.get().post is None
    assert "Its post is gone." in desk.get("/admin/templates/").content.decode()
    assert desk.get(f"/admin/templates/{template.pk}/text/").json()["blocks"]
    take_back(template=LetterTemplate.objects.get(), by="ada")
    assert not LetterTemplate.objects.exists()


def test_a_picture_that_was_deleted_since_is_left_out(desk: Client) -> None:
    picture = make_picture()
    image = {"image": picture.pk, "alt_text": "A kettle", "decorative": False}
    body = [("image", {"image": image, "caption": ""}), ("paragraph", "<p>Tea.</p>")]
    template = kept(body=body)
    address = f"/admin/templates/{template.pk}/text/"
    assert [one["type"] for one in desk.get(address).json()["blocks"]] == ["image", "paragraph"]
    picture.delete()
    assert [one["type"] for one in desk.get(address).json()["blocks"]] == ["paragraph"]


def test_whoever_may_only_write_keeps_her_own(editor: Client, site: Foundation) -> None:
    own = make_post(live=False, body=[("paragraph", "<p>Tea.</p>")])
    own.owner = User.objects.get(username="ben")
    own.save()
    assert editor.post(f"/admin/posts/{own.pk}/template/", {"name": "Tea"}).status_code == 302
    assert LetterTemplate.objects.count() == 1


def test_readers_never_see_a_template(desk: Client, client: Client, site: Foundation) -> None:
    template = kept()
    places = ["/", "/archive/", "/feed.xml", "/feed.json", "/sitemap.xml", "/search/?q=Zinnober"]
    for place in places:
        said = client.get(place).content.decode()
        assert "rainy windowsill" not in said, place
        assert "A slow one" not in said, place
    for name, numbers in (("templates", []), ("drop_template", [1]), ("template_text", ["letter"])):
        address = reverse(f"desk:{name}", args=[template.pk] if numbers == [1] else numbers)
        assert client.get(address)["Location"].startswith("/admin/login/")
    assert not first_mailings().exists()
