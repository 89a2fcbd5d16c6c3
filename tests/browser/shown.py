"""Every page and every mail that a reader may be shown, as HTML with a name.

What looks at all of them (axe, the Nu checker) begins here. Whoever adds a page adds it here.
"""

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client

from posts.content.actions import ensure_site
from posts.content.digest import DigestEntry, Frame, render_digest
from posts.content.models import HomePage, PlainPage, PostPage, SiteSettings
from posts.content.rendering import render_mail
from posts.sharing.actions import ensure_link
from subscribers import waiting
from subscribers.addresses import normalise
from subscribers.composing import compose
from subscribers.mailed_tokens import TokenPurpose, mailed_text
from subscribers.models import Newsletter, Subscriber, Subscription, TransactionalMail
from subscribers.preferences import addresses, links
from subscribers.preferences.models import AddressChange
from subscribers.queries import token_text
from tests.content.golden_post import LINKS, make_golden_post
from tests.factories import make_newsletter, make_post, make_subscriber

READER, MOVED = "marit.vale@reading.example", "marit@moved.example"
ELSEWHERE = {"HTTP_SEC_FETCH_SITE": "cross-site", "HTTP_ORIGIN": "https://elsewhere.example"}
BUSY = {"REMOTE_ADDR": "203.0.113.9"}


@dataclass
class Shown:
    """What was collected: HTML by name, and of pages also the headers they came with."""

    client: Client
    pages: dict[str, HttpResponse] = field(default_factory=dict)
    mails: dict[str, str] = field(default_factory=dict)

    def get(self, name: str, address: str, status: int = 200) -> None:
        self._keep(name, self.client.get(address), status)

    def post(
        self, name: str, address: str, said: dict[str, str], status: int = 200, **headers: str
    ) -> None:
        answer = self.client.post(address, said, **headers)  # type: ignore[arg-type]
        self._keep(name, answer, status)

    def _keep(self, name: str, answer: Any, status: int) -> None:
        assert answer.status_code == status, f"{name}: {answer.status_code}"
        assert name not in self.pages
        self.pages[name] = answer

    def mail(self, name: str, kind: str) -> None:
        """The mail of ours that would leave now."""
        message = compose(TransactionalMail.objects.filter(kind=kind).latest("pk"))
        assert isinstance(message, EmailMultiAlternatives), name
        self.mails[name] = str(message.alternatives[0][0])

    def html(self) -> dict[str, str]:
        pages = {name: page.content.decode() for name, page in self.pages.items()}
        return pages | {f"mail: {name}": html for name, html in self.mails.items()}


def everything_shown() -> Shown:
    shown = Shown(Client())
    _empty_site(shown)
    post = make_golden_post()
    _reading(shown, post)
    _passing_on(shown, post)
    _letters(shown, post)
    _signing_up(shown)
    _leaving(shown)
    _own_page(shown)
    _moving(shown)
    _trouble(shown)
    return shown


def _empty_site(shown: Shown) -> None:
    ensure_site()
    shown.get("home, empty", "/")
    shown.get("archive, empty", "/archive/")
    shown.get("subscribe, one newsletter", "/subscribe/")


def _reading(shown: Shown, post: PostPage) -> None:
    home = ensure_site().home
    home.add_child(
        instance=PlainPage(
            title="About",
            slug="about",
            show_in_menus=True,
            body=[("heading", {"text": "Who writes", "level": "2"}), ("paragraph", "<p>Ada.</p>")],
        )
    )
    SiteSettings.objects.update(tagline="Letters for slow days")
    make_post(
        title="For subscribers",
        slug="hidden",
        visibility=PostPage.Visibility.SUBSCRIBERS,
        body=[("paragraph", f"<p>{'It goes on and on. ' * 40}</p>")],
    )
    make_post(slug="taken-back").unpublish()
    for number in range(HomePage.POSTS_A_PAGE):
        make_post(title=f"Kettle {number}")
    pages = {
        "home": "/",
        "home, second page": "/?page=2",
        "archive": "/archive/",
        "about": "/about/",
        "post": f"/{post.slug}/",
        "post for subscribers": "/hidden/",
        "search": "/search/",
        "search, found": "/search/?q=kettle",
        "search, nothing found": "/search/?q=submarine",
        "privacy": "/privacy/",
        "imprint": "/imprint/",
    }
    for name, address in pages.items():
        shown.get(name, address)
    shown.get("search, too long", f"/search/?q={'word ' * 60}", 422)
    shown.get("no such page", "/nothing/", 404)
    shown.get("taken back", "/taken-back/", 410)
    shown.pages["broken"] = HttpResponse(render_to_string("500.html"))


def _passing_on(shown: Shown, post: PostPage) -> None:
    hidden = PostPage.objects.get(slug="hidden")
    code, secret = ensure_link(post=post).code, ensure_link(post=hidden).code
    shown.get("passed along", f"/s/{code}")
    shown.get("passed along, for subscribers", f"/s/{secret}")
    taken_back = PostPage.objects.get(slug="taken-back")
    shown.get("passed along, taken back", f"/s/{ensure_link(post=taken_back).code}", 410)
    shown.get("passed along, unknown", "/s/unknown", 404)
    shown.get("share page", f"/{post.slug}/share/")
    shown.get("share page, for subscribers", "/hidden/share/")
    shown.get("share page of a link", f"/s/{secret}/share/")


def _letters(shown: Shown, post: PostPage) -> None:
    def letter(name: str, **choices: object) -> None:
        shown.mails[name] = render_mail(post, links=LINKS, **choices).html  # type: ignore[arg-type]

    letter("letter")
    letter("letter, short", edition="short")
    letter("letter, one small step", edition="step")
    letter("letter, larger", large_text=True)
    letter("letter, discreet", discreet=True)
    letter("correction", subject="Correction", note="It is Tuesday: https://example.org/day\n\nA.")
    frame = Frame(
        newsletter=post.newsletter,
        language="en",
        subject="Your week",
        intro="What was written this week.",
        links=LINKS,
    )
    other = PostPage.objects.exclude(pk=post.pk).live().earliest("pk")
    entries = [DigestEntry(each, LINKS) for each in (post, other)]
    shown.mails["digest"] = render_digest(entries, frame).html
    shown.mails["digest, short and larger"] = render_digest(
        entries, frame, edition="short", large_text=True
    ).html


def _signing_up(shown: Shown) -> None:
    ours = Newsletter.objects.get()
    make_newsletter(name="Slower evenings", slug="evenings", description="Once a month.")
    asked = {"email": READER, "newsletter": ours.slug}
    shown.get("subscribe", "/subscribe/")
    shown.post("subscribe, with errors", "/subscribe/", {"email": "marit"}, 422)
    throw_away = {"email": "marit@mailinator.com", "newsletter": ours.slug}
    shown.post("subscribe, doubtful", "/subscribe/", throw_away)
    shown.post("form on another site", "/subscribe/", asked, 200, **ELSEWHERE)
    shown.post("look in your mailbox", "/subscribe/", asked)
    waiting.take_all_up()
    shown.mail("confirm", "confirm")
    row = TransactionalMail.objects.get(kind="confirm")
    assert row.token is not None
    address = f"/confirm/{mailed_text(row.token, purpose=TokenPurpose.CONFIRM)}/"
    shown.get("confirm", address)
    shown.post("confirmed", address, {})
    shown.get("confirmed before", address)
    shown.get(
        "unknown link", f"/confirm/{mailed_text(uuid.uuid4(), purpose=TokenPurpose.CONFIRM)}/", 404
    )
    shown.mail("welcome", "welcome")
    shown.client.post("/subscribe/", asked)
    waiting.take_all_up()
    shown.mail("subscribed already", "already")


def _leaving(shown: Shown) -> None:
    tie = Subscription.objects.get(subscriber__address=READER)
    address = f"/unsubscribe/{token_text(tie.body_token)}/"
    shown.get("unsubscribe", address)
    shown.post("unsubscribed", address, {"do": "unsubscribe"})
    shown.mail("goodbye", "goodbye")
    shown.post("unsubscribe undone", address, {"do": "undo"})
    ended = make_subscriber(tie.newsletter, status="unsubscribed").subscriptions.get()
    shown.get("not on the list", f"/unsubscribe/{token_text(ended.body_token)}/")


def _own_page(shown: Shown) -> None:
    shown.get("preferences", "/preferences/")
    shown.post("preferences, with errors", "/preferences/", {"email": "marit"}, 422)
    shown.post("form from elsewhere", "/preferences/", {"email": READER}, 403, **ELSEWHERE)
    shown.post("link sent", "/preferences/", {"email": READER})
    waiting.take_all_up()
    shown.mail("link", "preferences")
    shown.get("link that is over", "/preferences/1.old/", 410)
    person = Subscriber.objects.get(address=READER)
    own = f"/preferences/{links.token(person)}/"
    shown.get("your page", own)
    moving = {"do": "save", "part": "address"}
    shown.post("your page, with errors", own, {**moving, "new_email": "x"}, 422)
    shown.post("your page, a day missing", own, {"do": "rest", "rest": "until"}, 422)
    shown.post("your page, resting", own, {"do": "rest", "rest": "14"})
    shown.post("your page, moving", own, {**moving, "new_email": MOVED})
    shown.mail("change of address, old mailbox", "old_address")
    shown.mail("change of address, new mailbox", "new_address")
    taken = make_subscriber(Newsletter.objects.earliest("pk"), address=MOVED)
    shown.mail("change of address, taken", "new_address")
    taken.delete()
    shown.post("erase", own, {"do": "erase"})
    other = make_subscriber(Newsletter.objects.earliest("pk"))
    shown.post("erased", f"/preferences/{links.token(other)}/", {"do": "erase for good"})


def _moving(shown: Shown) -> None:
    change = AddressChange.objects.get(address=MOVED)
    old, new = (
        f"/preferences/address/{mailed_text(token, purpose=TokenPurpose.CHANGE_ADDRESS)}/"
        for token in (change.old_token, change.new_token)
    )
    shown.get("change of address", old)
    shown.post("change of address, half done", old, {})
    shown.post("change of address, done", new, {})
    shown.get("change of address, over", new, 410)
    addresses.ask(
        person=Subscriber.objects.get(address=MOVED),
        address=normalise("marit@again.example"),
        source="desk",
        by="ada",
        correction=True,
    )
    shown.mail("corrected address", TransactionalMail.Kind.OLD_ADDRESS)


def _trouble(shown: Shown) -> None:
    """Many ask at once, from one network."""
    newsletter = Newsletter.objects.earliest("pk").slug
    for name, address in (("subscribe", "/subscribe/"), ("preferences", "/preferences/")):
        said = {"email": "many@example.org", "newsletter": newsletter}
        for _ in range(70):
            if shown.client.post(address, said, **BUSY).status_code == 429:  # type: ignore[arg-type]
                break
        shown.post(f"{name}, too many", address, said, 429, **BUSY)
