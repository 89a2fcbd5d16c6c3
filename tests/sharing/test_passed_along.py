"""What a friend sees who got a share link."""

import datetime as dt
import re
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from posts.content.models import PostPage
from posts.content.tasks import publish_what_is_due
from posts.sharing.actions import ensure_link
from posts.sharing.models import ShareLink
from tests.factories import make_post

pytestmark = pytest.mark.django_db

SECRET = "Only those who hold the link read this sentence."


def path_of(post: PostPage) -> str:
    return f"/s/{ensure_link(post=post).code}"


def ways_on(text: str) -> set[str]:
    """The paths of all share pages to which this page leads."""
    return {urlsplit(found).path for found in re.findall(r'href="([^"]*/share/[^"]*)"', text)}


def make_hidden_post() -> PostPage:
    return make_post(
        slug="hidden",
        visibility=PostPage.Visibility.SUBSCRIBERS,
        excerpt="The first words.",
        body=[("paragraph", f"<p>{SECRET}</p>"), ("invitation", SHARE_INVITATION)],
    )


SHARE_INVITATION = {
    "intro": "",
    "invites": [{"kind": "share", "text": "<p>Hand it to a neighbour.</p>"}],
}


def test_first_a_welcome_then_the_post_then_a_quiet_invitation(client: Client) -> None:
    text = client.get(path_of(make_post(title="The kettle"))).text.partition("<body>")[2]
    parts = [
        "Someone thought this might help you.",
        "<h1>The kettle</h1>",
        "Rest is not a reward.",
        '<form action="/subscribe/"',
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_a_post_for_subscribers_is_shown_whole(client: Client) -> None:
    assert SECRET in client.get(path_of(make_hidden_post())).text


def test_a_post_for_subscribers_is_kept_by_no_cache(client: Client) -> None:
    assert client.get(path_of(make_hidden_post()))["Cache-Control"] == "no-store"


def test_a_public_post_may_be_kept_by_caches(client: Client) -> None:
    assert "Cache-Control" not in client.get(path_of(make_post()))


def test_neither_search_engines_nor_other_sites_learn_the_address(client: Client) -> None:
    answer = client.get(path_of(make_post()))
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer["Referrer-Policy"] == "same-origin"
    assert '<meta name="robots" content="noindex">' in answer.text
    assert 'name="referrer"' not in answer.text


def test_a_secret_address_is_told_to_nobody_and_so_the_page_has_no_form(client: Client) -> None:
    answer = client.get(path_of(make_hidden_post()))
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert '<meta name="referrer" content="no-referrer">' in answer.text
    # Without a referrer old browsers send `Origin: null` alone, which our forms must refuse: the
    # only one here is that which nobody misses.
    assert answer.text.count("<form") == 1
    assert 'href="/subscribe/?newsletter=letters"' in answer.text


def test_the_canonical_address_is_one_that_opens_all_of_it(client: Client) -> None:
    """A browser's own command to share passes it on."""
    post, hidden = make_post(), make_hidden_post()
    for address, right in (
        (path_of(post), post.public_url),
        (f"/{post.slug}/", post.public_url),
        (path_of(hidden), f"http://localhost:8000{path_of(hidden)}"),
        ("/hidden/", hidden.public_url),
    ):
        assert f'<link rel="canonical" href="{right}">' in client.get(address).text, address


def test_no_cookie_is_set_and_no_session_asked(client: Client) -> None:
    answer = client.get(path_of(make_hidden_post()))
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")


def test_previewers_do_not_use_the_link_up(client: Client) -> None:
    path = path_of(make_hidden_post())
    assert client.head(path).status_code == 200
    assert {client.get(path).status_code for _ in range(3)} == {200}


def test_nothing_can_be_posted_to_it(client: Client) -> None:
    assert client.post(path_of(make_post())).status_code == 405


def test_a_slash_behind_the_code_does_no_harm(client: Client) -> None:
    assert client.get(f"{path_of(make_post())}/").status_code == 200


@pytest.mark.parametrize("behind", [".", ",", ")", "%29.", "_", "*", "%E2%80%9D", "%20", ">"])
@pytest.mark.parametrize("old", [True, False])
def test_what_a_chat_adds_behind_it_does_no_harm(client: Client, behind: str, old: bool) -> None:
    path = path_of(make_post())
    if old:  # as codes were once
        path = "/s/Ab-_IlO0cd-_efgh"
        ShareLink.objects.update(code=path.removeprefix("/s/"))
    answer = client.get(path + behind)
    assert answer["Location"] == path
    assert answer["Cache-Control"] == "no-store"
    assert client.get(path + behind, follow=True).status_code == 200


def test_it_survives_a_change_of_the_slug(client: Client) -> None:
    post = make_post(slug="before")
    path = path_of(post)
    post.slug = "after"
    post.save_revision().publish()
    assert client.get(path).status_code == 200


def test_the_language_is_that_of_the_post(client: Client) -> None:
    assert '<html lang="fr"' in client.get(path_of(make_post(language="fr"))).text


def test_changes_that_were_not_published_are_not_shown(client: Client) -> None:
    post = make_post(title="As published")
    post.title = "Half a thought"
    post.save_revision()
    text = client.get(path_of(post)).text
    assert "As published" in text
    assert "Half a thought" not in text


def test_an_unpublished_post_is_gone(client: Client) -> None:
    post = make_post(title="Taken back")
    path = path_of(post)
    post.unpublish()
    answer = client.get(path)
    assert answer.status_code == 410
    assert "This post is no longer here" in answer.text
    assert "Taken back" not in answer.text
    assert answer["Cache-Control"] == "no-store"


def test_a_deleted_post_is_gone(client: Client) -> None:
    post = make_post()
    path = path_of(post)
    post.delete()
    assert client.get(path).status_code == 410
    assert client.get(f"{path}/share/").status_code == 410


def test_a_draft_is_not_shown(client: Client) -> None:
    path = path_of(make_post(live=False))
    assert client.get(path).status_code == 404
    assert client.get(f"{path}/share/").status_code == 404


def test_a_post_whose_time_is_over_is_gone_and_comes_back_when_published_again(
    client: Client,
) -> None:
    post = make_hidden_post()
    path = path_of(post)
    PostPage.objects.update(expire_at=timezone.now() - dt.timedelta(minutes=1))
    publish_what_is_due()
    assert client.get(path).status_code == 410
    post.refresh_from_db()
    post.expire_at = None
    post.save_revision().publish()
    assert SECRET in client.get(path).text


def test_a_post_taken_back_and_scheduled_anew_waits_for_its_time(client: Client) -> None:
    post = make_hidden_post()
    path = path_of(post)
    post.unpublish()
    post.go_live_at = timezone.now() + dt.timedelta(days=1)
    post.save_revision().publish()
    for address in (path, f"{path}/share/"):
        answer = client.get(address)
        assert answer.status_code == 410
        assert SECRET not in answer.text


def test_a_post_scheduled_for_tomorrow_is_not_shown(client: Client) -> None:
    post = make_post(live=False)
    post.go_live_at = timezone.now() + dt.timedelta(days=1)
    post.save_revision().publish()
    assert client.get(path_of(post)).status_code == 404


@pytest.mark.parametrize("code", ["nobody-has-this", "x" * 300, "%00"])
def test_a_code_we_never_gave_out_gets_a_kind_page(client: Client, code: str) -> None:
    make_post()
    answer = client.get(f"/s/{code}")
    assert answer.status_code == 404
    assert "There is nothing at this address" in answer.text


def test_of_a_public_post_too_the_same_link_is_handed_on(client: Client) -> None:
    path = path_of(make_post(body=[("invitation", SHARE_INVITATION)]))
    assert ways_on(client.get(path).text) == {f"{path}/share/"}


def test_who_holds_the_link_is_helped_to_pass_it_on(client: Client) -> None:
    path = path_of(make_hidden_post())
    text = client.get(path).text
    assert ways_on(text) == {f"{path}/share/"}
    # By its title, at its end with all other ways, and in the invitation of its body.
    assert text.count(f'{path}/share/"') == 5
    page = client.get(f"{path}/share/")
    assert f"http://localhost:8000{path}</textarea>" in page.text
    assert page["Cache-Control"] == "no-store"


def test_no_log_holds_an_address_that_opens_something(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    post = make_post()
    path = path_of(post)
    post.unpublish()
    caplog.clear()
    assert client.get(path).status_code == 410
    assert client.get("/s/AAAAbbbbCCCCdddd").status_code == 404
    assert caplog.text == ""
