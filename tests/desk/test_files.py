"""Files and sounds at the desk: given, found again, replaced, and put into letters."""

from typing import Any

import pytest
from django.test import Client

from posts.content.actions import create_post, publish_post
from posts.content.blocks import BodyBlock
from posts.content.enclosures.models import Enclosure
from posts.content.models import PostPage
from posts.desk.checklist.checklist import checklist
from posts.desk.checklist.items import ItemLevel
from tests import sounds
from tests.enclosed import content_of, enclosure, file_block, pdf, sound_block, upload

pytestmark = pytest.mark.django_db


def test_a_file_is_given_by_its_form_and_named_after_itself(desk: Client) -> None:
    answer = desk.post("/admin/files/new/", {"file": upload(pdf(), "Mein Übungsblatt.PDF")})
    assert answer.status_code == 302
    kept = Enclosure.objects.get()
    assert (kept.title, kept.ending, kept.size) == ("Mein Übungsblatt", "pdf", len(pdf()))
    assert "Übungsblatt" not in str(kept.file.name)
    assert "Mein Übungsblatt" in desk.get("/admin/files/").text


def test_what_is_refused_is_said_beside_the_field(desk: Client) -> None:
    page = b"<!doctype html><script>alert(1)</script>"
    answer = desk.post("/admin/files/new/", {"file": upload(page, "worksheet.pdf")})
    assert answer.status_code == 200
    assert "This is a web page, whatever its name says." in answer.text
    assert not Enclosure.objects.exists()


def test_a_very_long_or_strange_name_is_no_trouble(desk: Client) -> None:
    for name in ("x" * 300 + ".pdf", "a\u202eb\n.pdf", "a; rm -rf $(x).pdf", ".pdf"):
        assert desk.post("/admin/files/new/", {"file": upload(pdf(), name)}).status_code == 302
    assert Enclosure.objects.count() == 4
    assert desk.get("/admin/files/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_another_file_takes_the_place_of_one_and_its_content_is_gone(desk: Client) -> None:
    kept = enclosure("pdf", title="A sheet")
    storage, before = kept.file.storage, str(kept.file.name)
    new = upload(content_of("docx"), "sheet.docx")
    desk.post(f"/admin/files/edit/{kept.pk}/", {"file": new, "title": "A sheet"})
    kept.refresh_from_db()
    assert kept.ending == "docx"
    assert storage.exists(str(kept.file.name))
    assert not storage.exists(before)


@pytest.mark.django_db(transaction=True)
def test_a_new_name_alone_leaves_the_file(desk: Client) -> None:
    kept = enclosure("pdf", title="A sheet")
    desk.post(f"/admin/files/edit/{kept.pk}/", {"title": "Another name"})
    kept.refresh_from_db()
    assert (kept.title, kept.ending) == ("Another name", "pdf")
    assert kept.file.storage.exists(str(kept.file.name))


def test_a_sound_does_not_take_the_place_of_a_file(desk: Client) -> None:
    kept = enclosure("pdf")
    answer = desk.post(f"/admin/files/edit/{kept.pk}/", {"file": upload(sounds.mp3(), "a.mp3")})
    assert "A sound takes the place of a sound only" in answer.text
    kept.refresh_from_db()
    assert kept.ending == "pdf"


@pytest.mark.django_db(transaction=True)
def test_what_stands_in_a_letter_stays_and_what_does_not_is_deleted_whole(desk: Client) -> None:
    used, unused = enclosure("pdf", title="In use"), enclosure("txt")
    create_post(title="A", body=[file_block(used)], by="tests", publish=True)
    said = desk.post(f"/admin/files/delete/{used.pk}/", follow=True)
    assert "“In use” stands in a letter" in said.text
    assert Enclosure.objects.filter(pk=used.pk).exists()
    desk.post(f"/admin/files/delete/{unused.pk}/")
    assert not Enclosure.objects.filter(pk=unused.pk).exists()
    assert not unused.file.storage.exists(str(unused.file.name))


def test_the_edit_screen_leads_to_the_file_itself(desk: Client) -> None:
    kept = enclosure("mp3", title="Slow")
    page = desk.get(f"/admin/files/edit/{kept.pk}/").text
    address = f"/admin/kept/files/{kept.pk}.mp3"
    assert f'href="{address}"' in page
    assert "/media/" not in page.partition("<main")[2]
    answer = desk.get(address, headers={"range": "bytes=0-1"})
    assert answer.status_code == 206
    assert len(answer.getvalue()) == 2


def test_who_only_writes_may_add_and_not_change_what_may_be_out(editor: Client) -> None:
    assert editor.post("/admin/files/new/", {"file": upload(pdf(), "a.pdf")}).status_code == 302
    kept = Enclosure.objects.get()
    assert editor.get("/admin/files/").status_code == 200
    assert editor.get(f"/admin/files/edit/{kept.pk}/").status_code == 302
    assert editor.post(f"/admin/files/delete/{kept.pk}/").status_code == 302
    assert Enclosure.objects.filter(pk=kept.pk).exists()
    assert editor.get(f"/admin/kept/files/{kept.pk}.pdf").getvalue() == pdf()


def test_settings_lead_to_them(desk: Client) -> None:
    enclosure("pdf")
    page = desk.get("/admin/setup/").text
    assert "Files and sounds" in page
    assert 'href="/admin/files/"' in page


class TestChoosers:
    def test_each_offers_and_takes_its_own(self, desk: Client) -> None:
        enclosure("pdf", title="A sheet")
        enclosure("mp3", title="A breath")
        files, heard = (
            desk.get(f"/admin/{place}/choose/").json()["html"] for place in ("files", "sounds")
        )
        assert "A sheet" in files
        assert "A breath" not in files
        assert "A breath" in heard
        assert "A sheet" not in heard

    def test_what_is_uploaded_there_is_chosen(self, desk: Client) -> None:
        new = {"file": upload(sounds.mp3(), "breath.mp3"), "title": ""}
        answer = desk.post("/admin/sounds/choose/create/", new).json()
        assert answer["step"] == "chosen"
        assert answer["result"]["title"] == "breath"
        assert answer["result"]["id"] == str(Enclosure.objects.get().pk)

    @pytest.mark.parametrize(
        ("place", "ending", "said"),
        [("files", "mp3", "as a Sound"), ("sounds", "pdf", "as a File")],
    )
    def test_the_other_is_refused_with_the_way(
        self, desk: Client, place: str, ending: str, said: str
    ) -> None:
        new = {"file": upload(content_of(ending), f"a.{ending}"), "title": ""}
        answer = desk.post(f"/admin/{place}/choose/create/", new).json()
        assert answer["step"] == "reshow_creation_form"
        assert said in answer["htmlFragment"]
        assert not Enclosure.objects.exists()

    def test_a_stranger_gets_nothing(self, client: Client, site: object) -> None:
        for place in ("files", "sounds"):
            assert client.get(f"/admin/{place}/choose/").status_code in (302, 403)
            assert client.post(f"/admin/{place}/choose/create/", {}).status_code in (302, 403)

    def test_a_letter_takes_no_sound_as_a_file(self) -> None:
        from django.core.exceptions import ValidationError

        body = BodyBlock()
        for block in (file_block(enclosure("mp3")), sound_block(enclosure("pdf"))):
            value = body.to_python([block])
            with pytest.raises(ValidationError):
                body.clean(value)


def lines(post: PostPage) -> dict[ItemLevel, list[str]]:
    found = checklist(post, people=1)
    return {
        ItemLevel.MEND: [item.said for item in found.mend],
        ItemLevel.LOOK: [item.said for item in found.look],
        ItemLevel.FINE: [item.said for item in found.fine],
    }


class TestChecklist:
    def post(self, *body: dict[str, Any]) -> PostPage:
        return create_post(title="A letter", body=body, by="tests", publish=True)

    def test_a_sound_without_words_is_to_be_looked_at(self) -> None:
        silent = self.post(sound_block(enclosure("mp3"), "Slow breaths"))
        assert any(
            "“Slow breaths” has no words to read" in s for s in lines(silent)[ItemLevel.LOOK]
        )
        told = self.post(sound_block(enclosure("mp3"), transcript="<p>Breathe.</p>"))
        assert "What you enclose is here." in lines(told)[ItemLevel.FINE]

    @pytest.mark.parametrize("gone", ["row", "file"])
    def test_one_that_is_gone_is_to_be_mended(self, gone: str) -> None:
        kept = enclosure("pdf")
        post = self.post(file_block(kept, "A diary"))
        if gone == "row":
            Enclosure.objects.all().delete()
        else:
            kept.file.storage.delete(str(kept.file.name))
        post = PostPage.objects.get(pk=post.pk)
        assert any("“A diary” is not here any more" in s for s in lines(post)[ItemLevel.MEND])

    def test_a_letter_without_any_says_nothing(self) -> None:
        assert "What you enclose is here." not in lines(self.post())[ItemLevel.FINE]


def test_a_preview_has_its_files_from_the_desk(desk: Client) -> None:
    kept = enclosure("mp3")
    post = create_post(title="A draft", body=[sound_block(kept)], by="tests")
    page = desk.get(f"/admin/pages/{post.pk}/view_draft/").text
    assert f'src="/admin/kept/files/{kept.pk}.mp3"' in page
    publish_post(post=post, by="tests")
    assert "/admin/kept/" not in Client().get(f"/{post.slug}/").text
