"""A post on paper: what one would hand to a friend."""

import re
from io import BytesIO

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from posts.content.models import PostPage
from posts.sharing.models import LETTERS
from posts.sharing.queries import share_url
from tests.content.golden_post import make_golden_post
from tests.factories import make_post

SENTENCE = "Rest is not a reward, and nobody has to earn it. "
PAPERS = {"A4": (595, 842), "Letter": (612, 792)}  # points


@pytest.fixture
def golden(page: Page) -> PostPage:
    golden = make_golden_post()
    page.goto(f"/{golden.slug}/")
    return golden


@pytest.mark.parametrize("paper", PAPERS)
def test_a_handout_fits_its_paper(page: Page, golden: PostPage, paper: str) -> None:
    file = page.pdf(format=paper)
    boxes = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", file)
    assert 1 <= len(boxes) <= 4
    for width, height in boxes:
        assert float(width) == pytest.approx(PAPERS[paper][0], abs=1)
        assert float(height) == pytest.approx(PAPERS[paper][1], abs=1)


@pytest.mark.parametrize("paper", PAPERS)
def test_what_takes_two_minutes_to_read_is_one_sheet(
    page: Page, golden: PostPage, paper: str
) -> None:
    invites = [{"kind": kind, "text": f"<p>{SENTENCE}</p>"} for kind in ("reflect", "try", "share")]
    body: list[tuple[str, object]] = [("paragraph", f"<p>{SENTENCE * 9}</p>")] * 4
    body += [("invitation", {"intro": "You could:", "invites": invites})]
    body += [("sign_off", {"text": "Until then,", "name": "Ada"})]
    short = make_post(title="Leave the kettle on", subtitle="And sit", slug="kettle", body=body)
    assert short.reading_minutes == 2
    page.goto("/kettle/")
    assert len(re.findall(rb"/MediaBox", page.pdf(format=paper))) == 1


def test_a_handout_holds_the_text_and_the_way_back_and_no_more(
    page: Page, golden: PostPage
) -> None:
    on_screen = page.locator(".handout")
    expect(on_screen).to_be_hidden()
    page.emulate_media(media="print")
    for part in ("h1", "article .prose:not(details *)", ".invitation", ".handout .qr"):
        expect(page.locator(part).last).to_be_visible()
    expect(page.locator(".handout")).to_contain_text(share_url(golden))
    for part in (".look", ".site-footer", ".subscribe", ".more", ".pass-on", ".skip", ".own"):
        for found in page.locator(part).all():
            expect(found).to_be_hidden()


def test_the_code_that_one_types_from_paper_is_not_broken(page: Page, golden: PostPage) -> None:
    page.set_viewport_size({"width": 640, "height": 900})  # as wide as A4 between its margins
    page.emulate_media(media="print")
    typed = page.locator(".typed")
    assert typed.inner_text() == share_url(golden)
    code = typed.locator("span").last
    assert code.inner_text() == share_url(golden).rpartition("/")[2]
    one_line = "e => e.clientHeight < 2 * parseFloat(getComputedStyle(e).lineHeight)"
    assert code.evaluate(one_line)
    page.goto(f"/s/{code.inner_text()}")
    expect(page.get_by_role("heading", level=1)).to_have_text(golden.title)


@pytest.mark.parametrize("paper", PAPERS)
def test_the_code_on_the_printed_sheet_opens_the_letter_when_it_is_typed(
    page: Page, golden: PostPage, paper: str
) -> None:
    printed = "\n".join(
        found.extract_text() for found in PdfReader(BytesIO(page.pdf(format=paper))).pages
    )
    # As somebody reads it: on one line, each sign by itself.
    [code] = re.findall(r"/s/\s*([^\s.]+)", printed)
    assert f"/s/{code}" == share_url(golden).removeprefix(golden.public_url.rsplit("/", 2)[0])
    assert set(code) <= set(LETTERS)
    page.goto("/")
    page.goto(f"/s/{code}")
    expect(page.get_by_role("heading", level=1)).to_have_text(golden.title)


def test_paper_is_white_whatever_the_reader_chose(page: Page, golden: PostPage) -> None:
    page.get_by_text("Text size, dark mode").click()
    page.get_by_label("Dark", exact=True).check()
    page.get_by_label("Largest", exact=True).check()
    page.emulate_media(media="print")
    style = "(s => [s.backgroundColor, s.color])(getComputedStyle(document.body))"
    assert page.evaluate(style) == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]
    size = "parseFloat(getComputedStyle(document.body).fontSize)"
    assert page.evaluate(size) == pytest.approx(10.5 * 96 / 72, abs=0.1)
