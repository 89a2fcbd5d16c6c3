"""Who gets a letter's files: who may read all of the letter at this moment, and nobody else."""

import re

import pytest
from django.db import connection
from django.http.response import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext

from posts.content.actions import create_post, ensure_site, publish_post
from posts.content.enclosures.models import Enclosure
from posts.content.models import PlainPage, PostPage
from posts.delivery.letters.compose import compose
from posts.sharing import actions
from posts.sharing.models import ShareLink
from subscribers.queries import Choice
from tests.enclosed import enclosure, file_block, pdf, sound_block

pytestmark = pytest.mark.django_db


@pytest.fixture
def worksheet() -> Enclosure:
    return enclosure("pdf", title="bladder-pain-diary-final")


@pytest.fixture
def breaths() -> Enclosure:
    return enclosure("mp3")


def post_with(*blocks: dict[str, object], hidden: bool = False) -> PostPage:
    post = create_post(title="My bladder and I", slug="bladder", body=blocks, by="tests")
    if hidden:
        post.visibility = PostPage.Visibility.SUBSCRIBERS
    post.save_revision()
    return publish_post(post=post, by="tests")


def read(client: Client, address: str) -> tuple[int, bytes]:
    answer = client.get(address)
    return answer.status_code, body_of(answer)


def body_of(answer: HttpResponseBase) -> bytes:
    # The client closes it at its end. By hand that would close the test's database connection too.
    return bytes(answer.getvalue() if answer.streaming else answer.content)  # type: ignore[attr-defined]


def codes_of(post: PostPage) -> tuple[str, str]:
    link = ShareLink.objects.get(post=post)
    return link.code, link.discreet_code


def test_a_public_letters_file_is_below_its_address_and_its_links(
    client: Client, worksheet: Enclosure
) -> None:
    post = post_with(file_block(worksheet, "A diary"))
    code, discreet = codes_of(post)
    for place in ("bladder", f"s/{code}", f"s/{discreet}"):
        assert read(client, f"/{place}/files/{worksheet.pk}.pdf") == (200, pdf())
        page = client.get(f"/{place}/" if place == "bladder" else f"/{place}").text
        assert f'href="/{place}/files/{worksheet.pk}.pdf"' in page


def test_its_name_is_what_the_letter_calls_it(client: Client, worksheet: Enclosure) -> None:
    post_with(file_block(worksheet, "Ein Tagebuch für „ruhige“ Tage"))
    answer = client.get(f"/bladder/files/{worksheet.pk}.pdf")
    assert body_of(answer)
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''Ein%20Tagebuch")


def test_a_subscribers_letters_file_is_behind_the_share_link_only(
    client: Client, worksheet: Enclosure, breaths: Enclosure
) -> None:
    post = post_with(file_block(worksheet), sound_block(breaths), hidden=True)
    code, discreet = codes_of(post)
    for name in (f"{worksheet.pk}.pdf", f"{breaths.pk}.mp3"):
        assert read(client, f"/bladder/files/{name}")[0] == 404
        assert read(client, f"/s/{code[1:]}/files/{name}")[0] == 404
        for opens in (code, discreet):
            answer = client.get(f"/s/{opens}/files/{name}")
            assert body_of(answer)
            assert answer["Cache-Control"] == "no-store"
            assert answer["Referrer-Policy"] == "no-referrer"
            assert not answer.cookies
    # The page that everybody sees has neither them nor their addresses.
    teaser = client.get("/bladder/").text
    assert "/files/" not in teaser
    assert "Slow breaths" not in teaser.partition('<div class="for-subscribers">')[2]


def test_no_address_of_the_media_folder_opens_one(client: Client, worksheet: Enclosure) -> None:
    post_with(file_block(worksheet))
    name = worksheet.file.name
    for address in (f"/media/{name}", f"/media/images/../{name}", f"/media/./{name}"):
        assert read(client, address)[0] == 404
    assert read(client, f"/admin/kept/files/{worksheet.pk}.pdf")[0] == 302


def test_another_letter_does_not_open_it(client: Client, worksheet: Enclosure) -> None:
    post_with(file_block(worksheet), hidden=True)
    other = create_post(title="Tea", slug="tea", body=[], by="tests", publish=True)
    code, _discreet = codes_of(other)
    assert read(client, f"/tea/files/{worksheet.pk}.pdf")[0] == 404
    assert read(client, f"/s/{code}/files/{worksheet.pk}.pdf")[0] == 404


def test_a_draft_gives_nothing_away(client: Client, worksheet: Enclosure) -> None:
    post = create_post(title="A", slug="a-draft", body=[file_block(worksheet)], by="tests")
    assert read(client, f"/a-draft/files/{worksheet.pk}.pdf")[0] == 404
    # Nor does what is written into a letter that is out, before it is published anew.
    publish_post(post=post, by="tests")
    later = enclosure("txt")
    post.body = [("file", {"file": later, "title": "Later", "description": ""})]
    post.save_revision()
    assert read(client, f"/a-draft/files/{later.pk}.txt")[0] == 404
    assert read(client, f"/a-draft/files/{worksheet.pk}.pdf")[0] == 200


def test_a_letter_that_was_taken_back_takes_its_files_along(
    client: Client, worksheet: Enclosure
) -> None:
    post = post_with(file_block(worksheet))
    code, discreet = codes_of(post)
    name = f"files/{worksheet.pk}.pdf"
    first = client.get(f"/bladder/{name}")
    assert body_of(first)
    post.unpublish()
    for gone in ("unpublished", "deleted"):
        # Also for who had it before, and asks whether it is still the same.
        answer = client.get(f"/bladder/{name}", headers={"if-none-match": first["ETag"]})
        assert answer.status_code == 410, gone
        assert read(client, f"/s/{code}/{name}")[0] == 410
        assert read(client, f"/s/{discreet}/{name}")[0] == 410
        if gone == "unpublished":
            post.delete()


def test_a_link_that_is_off_or_was_changed_opens_no_file(
    client: Client, worksheet: Enclosure
) -> None:
    post = post_with(file_block(worksheet), hidden=True)
    code, discreet = codes_of(post)
    actions.switch(post=post, on=False, by="tests")
    for closed in ("off", "changed"):
        answer = client.get(f"/s/{code}/files/{worksheet.pk}.pdf")
        assert (answer.status_code, answer["Location"]) == (302, "/bladder/"), closed
        # Where a discreet one led must not show in an address.
        assert client.get(f"/s/{discreet}/files/{worksheet.pk}.pdf").status_code == 410
        actions.switch(post=post, on=True, by="tests")
        actions.rotate(post=post, seen=code, by="tests")


def test_behind_a_discreet_link_nothing_names_what_it_is(
    client: Client, worksheet: Enclosure, breaths: Enclosure
) -> None:
    post = post_with(file_block(worksheet, "My bladder diary"), sound_block(breaths, "My bladder"))
    _code, discreet = codes_of(post)
    for name in (f"{worksheet.pk}.pdf", f"{breaths.pk}.mp3"):
        answer = client.get(f"/s/{discreet}/files/{name}")
        body_of(answer)
        assert "bladder" not in str(answer.headers).lower()
    assert "Something to hear.mp3" in answer["Content-Disposition"]


@pytest.mark.parametrize("hidden", [False, True])
def test_every_mail_leads_to_them_and_tells_nothing_of_its_reader(
    client: Client, worksheet: Enclosure, breaths: Enclosure, hidden: bool
) -> None:
    words = "<p>Breathe.</p>"
    post = post_with(file_block(worksheet), sound_block(breaths, transcript=words), hidden=hidden)
    code, discreet = codes_of(post)
    _letter, variants = compose(post, {Choice(), Choice(discreet=True), Choice(format="text")})
    for variant in variants:
        place = f"s/{discreet}" if variant.discreet else f"s/{code}" if hidden else "bladder"
        names = [f"{place}/files/{worksheet.pk}.pdf", f"{place}/files/{breaths.pk}.mp3"]
        for part in filter(None, (variant.html, variant.text)):
            found = re.findall(r"http://localhost:8000/(\S*?files/\d+\.\w+)", part)
            assert sorted(set(found)) == sorted(names)
            assert f"{place}/#transcript-{breaths.pk}" in part
            assert "Breathe." not in part
        assert [read(client, f"/{name}")[0] for name in names] == [200, 200]
    # The same for every reader: addresses of files hold no slot that is filled for each.
    assert all("slot" not in name for name in names)


def test_a_plain_page_has_files_too(client: Client, worksheet: Enclosure) -> None:
    home = ensure_site().home
    about = PlainPage(title="About", slug="about", body=[])
    home.add_child(instance=about)
    about.body = [("file", {"file": worksheet, "title": "A sheet", "description": ""})]
    about.save_revision().publish()
    assert f"/about/files/{worksheet.pk}.pdf" in client.get("/about/").text
    assert read(client, f"/about/files/{worksheet.pk}.pdf") == (200, pdf())
    about.unpublish()
    assert read(client, f"/about/files/{worksheet.pk}.pdf")[0] == 404


def test_another_slug_leads_on(client: Client, worksheet: Enclosure) -> None:
    post = post_with(file_block(worksheet))
    post.slug = "another"
    post.save_revision().publish()
    answer = client.get(f"/bladder/files/{worksheet.pk}.pdf")
    assert (answer.status_code, answer["Location"]) == (301, f"/another/files/{worksheet.pk}.pdf")


def test_an_address_with_the_ending_of_what_was_there_before_still_leads_there(
    client: Client, worksheet: Enclosure
) -> None:
    post_with(file_block(worksheet))
    answer = client.get(f"/bladder/files/{worksheet.pk}.docx")
    assert body_of(answer) == pdf()
    assert answer["Content-Type"] == "application/pdf"


@pytest.mark.parametrize(
    "name", ["0.pdf", "1/", "1.PDF", "01.pdf", "1.p", "../1.pdf", "9" * 30 + ".pdf"]
)
def test_what_is_no_files_address_is_not_found(client: Client, name: str) -> None:
    post_with()
    assert read(client, f"/bladder/files/{name}")[0] == 404


def test_nothing_is_written_to_it(client: Client, worksheet: Enclosure) -> None:
    post_with(file_block(worksheet))
    assert client.post(f"/bladder/files/{worksheet.pk}.pdf").status_code == 405
    head = client.head(f"/bladder/files/{worksheet.pk}.pdf")
    head.close()
    assert head["Content-Length"] == str(len(pdf()))


def test_it_costs_few_questions(client: Client, worksheet: Enclosure) -> None:
    post_with(file_block(worksheet))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        read(client, f"/bladder/files/{worksheet.pk}.pdf")
    assert len(asked) <= 5, [one["sql"][:90] for one in asked]


def test_who_tries_codes_is_slowed_down_here_too(client: Client) -> None:
    post_with()
    answers = [
        client.get(f"/s/{n:020d}/files/1.pdf".replace("0", "a")).status_code for n in range(32)
    ]
    assert answers[0] == 404
    assert answers[-1] == 429
