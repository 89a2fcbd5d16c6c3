"""No page and no mail says a word to a reader that cannot be translated."""

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client, RequestFactory
from django.views.csrf import csrf_failure
from django.views.defaults import permission_denied

from posts.content.actions import Foundation
from posts.content.digest import DigestEntry, Frame, render_digest
from posts.content.models import PostPage, SiteSettings, Topic
from posts.content.rendering import render_mail
from posts.sharing.actions import ensure_link
from posts.sharing.guessing import MISSES
from posts.sharing.models import new_code
from posts.sharing.queries import share_url
from subscribers import mailer, tasks
from subscribers.limits import sign_up_mode
from subscribers.models import Newsletter, Subscriber
from tests.content.golden_post import LINKS
from tests.factories import make_newsletter, make_post
from tests.subscribers.making import body_token, subscription
from tests.subscribers.preferences.making import own_page
from tests.translations.unmarked import mark_what_is_looked_up, words_in, words_on

pytestmark = pytest.mark.django_db
ADA = "a@b.example"
GREEK = "Ησυχία"


@pytest.fixture
def newsletter(site: Foundation) -> Newsletter:
    settings: SiteSettings = SiteSettings.load()
    settings.name, settings.tagline, settings.author = "Γράμματα", "Αργά", "Άδα"
    settings.care_note = "Κάλεσε."
    settings.save()
    Newsletter.objects.update(
        name=GREEK, from_name="Άδα", postal_address="Οδός", description="Αργά"
    )
    return site.newsletter


@pytest.fixture
def post(newsletter: Newsletter) -> PostPage:
    invitation = {
        "intro": GREEK,
        "invites": [{"kind": kind, "text": "<p>α</p>"} for kind in ("reflect", "try", "share")],
    }
    make_post(title=f"{GREEK} α", slug="before", newsletter=newsletter, body=[])
    Topic.objects.create(name="Κενό", slug="empty")
    post = make_post(
        title=GREEK,
        slug="kettle",
        newsletter=newsletter,
        subtitle="Αργά",
        short_version="<p>Λίγο.</p>",
        small_step="Ένα.",
        body=[("paragraph", "<p>Αλήθεια.</p>"), ("invitation", invitation)],
    )
    post.topics = [Topic.objects.create(name=GREEK, slug="rest", description="Αργά.")]
    post.save_revision().publish()
    return post


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch) -> None:
    mark_what_is_looked_up(monkeypatch)


def test_the_search_finds_an_unmarked_word() -> None:
    assert words_on('<p>⟦Rest ⟦now⟧⟧ Tea</p><img alt="Cup"><a href="x">α</a>') == ["Cup", "Tea"]
    assert words_in("⟦Rest⟧ a@b.example https://tea.example\nTea") == ["Tea"]


@pytest.mark.parametrize(
    "address",
    [
        *("/", "/archive/", "/search/", "/search/?q=α", "/search/?q=ζζζ", "/kettle/"),
        *("/topics/", "/topics/rest/", "/topics/empty/", "/topics/nowhere/", "/kettle/helped/"),
        *("/kettle/share/", "/kettle/share/?link=discreet", "/s/nowhere"),
        *("/nowhere/", "/privacy/", "/imprint/", "/subscribe/"),
        *("/preferences/", "/confirm/xx/", "/preferences/xx/", "/preferences/address/xx/"),
    ],
)
def test_no_page_does(client: Client, post: PostPage, marked: None, address: str) -> None:
    assert words_on(client.get(address).text) == []


def test_nor_a_post_that_was_passed_along_hidden_or_taken_back(
    client: Client, post: PostPage, marked: None
) -> None:
    link = share_url(post)
    assert words_on(client.get(link).text) == []
    post.visibility = PostPage.Visibility.SUBSCRIBERS
    post.save_revision().publish()
    assert words_on(client.get("/kettle/").text) == []
    assert words_on(client.get("/kettle/share/").text) == []
    post.unpublish()
    assert words_on(client.get("/kettle/").text) == []
    assert words_on(client.get(link).text) == []


def test_nor_a_discreet_link_open_or_closed(client: Client, post: PostPage, marked: None) -> None:
    link = f"/s/{ensure_link(post=post).discreet_code}"
    for address in (link, f"{link}/share/", f"{link}/helped/"):
        answer = client.get(address)
        assert (answer.status_code, words_on(answer.text)) == (200, [])
    post.unpublish()
    closed = client.get(link)
    assert (closed.status_code, words_on(closed.text)) == (410, [])


def test_nor_the_page_for_whoever_tries_out_codes(
    client: Client, post: PostPage, marked: None
) -> None:
    for _ in range(MISSES[0].most):
        client.get(f"/s/{new_code()}")
    refused = client.get(f"/s/{new_code()}")
    assert (refused.status_code, words_on(refused.text)) == (429, [])


@pytest.mark.parametrize("mode", [sign_up_mode.Mode.CLOSED, sign_up_mode.Mode.PROVEN])
def test_nor_a_form_while_sign_ups_are_paused(
    client: Client, newsletter: Newsletter, marked: None, mode: sign_up_mode.Mode
) -> None:
    sign_up_mode.set_mode(mode=mode, by="ada")
    asked = {"email": ADA, "newsletter": newsletter.slug}
    answer = client.post("/subscribe/", asked)
    assert (answer.status_code, words_on(answer.text)) == (503, [])
    assert words_on(client.get("/subscribe/").text) == []


def test_nor_a_refusal(newsletter: Newsletter, marked: None, rf: RequestFactory) -> None:
    request = rf.get("/closed/")
    for answer in (permission_denied(request, PermissionError()), csrf_failure(request)):
        assert (answer.status_code, words_on(answer.text)) == (403, [])


@pytest.mark.parametrize("typed", ["", "tea", "tea@", "é@b.example", f"{'a' * 300}@b.example"])
def test_nor_a_form_that_asks_again(
    client: Client, newsletter: Newsletter, marked: None, typed: str
) -> None:
    for language in ("en", "de"):
        SiteSettings.objects.update(language=language)
        for page in ("/subscribe/", "/preferences/"):
            answer = client.post(page, {"email": typed})
            assert answer.status_code == 422
            found = words_on(answer.text)
            # In English the library that knows addresses says what is wrong with this one.
            assert found == [] or (language == "en" and typed == "tea@")


def test_nor_a_form_from_elsewhere(client: Client, newsletter: Newsletter, marked: None) -> None:
    answer = client.post("/subscribe/", headers={"origin": "https://elsewhere.example"})
    assert words_on(answer.text) == []


def test_nor_any_page_or_mail_on_a_readers_way_from_signing_up_to_leaving(
    client: Client, newsletter: Newsletter, marked: None
) -> None:
    make_newsletter(name="Δύο", from_name="Άδα", postal_address="")
    one = {"email": ADA, "newsletter": newsletter.slug}
    pages = [client.get("/subscribe/"), client.post("/subscribe/", one)]
    pages.append(client.post("/subscribe/", {**one, "email": "info@b.example"}))
    tasks.mail_what_is_due()
    link = _link(r"/confirm/")
    pages += [client.get(link), client.post(link), client.get(link)]
    person = Subscriber.objects.get(address=ADA)
    page = own_page(person)
    everything = {
        "newsletters": [newsletter.slug], "pace": "weekly", "edition": "full", "rest": "open",
        "locale": "en", "new_email": "c@d.example",
    }  # fmt: skip
    pages += [client.get(page), client.post(page, {"newsletters": "x", "rest": "until"})]
    pages += [client.post(page, everything), client.post(page, {"do": "return"})]
    pages += [client.post(page, {"do": "erase"}), client.post("/preferences/", {"email": ADA})]
    tasks.mail_what_is_due()
    leave = f"/unsubscribe/{body_token(subscription(newsletter, ADA))}/"
    pages += [client.get(leave), client.post(leave, {"do": "unsubscribe"})]
    mailer.mail_due()
    pages += [client.get(leave), client.post(leave, {"do": "undo"})]
    pages.append(client.post(page, {"do": "erase for good"}))
    assert [(page.request["PATH_INFO"], words_on(page.text)) for page in pages
            if words_on(page.text)] == []  # fmt: skip
    assert len(mail.outbox) >= 5
    assert _unmarked_in_mails() == {}


def test_nor_a_letter_in_any_of_its_editions(post: PostPage, marked: None) -> None:
    for edition in ("full", "short", "step"):
        letter = render_mail(post, links=LINKS, edition=edition)
        assert words_on(letter.html) == []
        assert words_in(letter.text.replace(LINKS.unsubscribe, "")) == []
    discreet = render_mail(post, links=LINKS, discreet=True)
    assert words_in(f"{discreet.subject} {discreet.preheader}") == []


def test_nor_a_digest(post: PostPage, marked: None) -> None:
    frame = Frame(post.newsletter, "en", GREEK, GREEK, LINKS)
    digest = render_digest([DigestEntry(post, LINKS.online, LINKS.share)], frame)
    assert words_on(digest.html) == []
    assert words_in(digest.text.replace(LINKS.unsubscribe, "")) == []


def _link(path: str) -> str:
    text = str(mail.outbox[-1].body)
    return next(line for line in text.split() if path in line).removeprefix("http://localhost:8000")


def _unmarked_in_mails() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for message in mail.outbox:
        assert isinstance(message, EmailMultiAlternatives)
        html = str(message.alternatives[0][0])
        words = [*words_on(html), *words_in(f"{message.subject}\n{message.body}")]
        if words:
            found[str(message.subject)] = words
    return found
