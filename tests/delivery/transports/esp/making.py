"""Letters, readers and notes for tests of providers; no database, no mailing."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

from posts.delivery.letters.compile import CompiledLetter, slot
from posts.delivery.letters.message import LetterSource, Outgoing
from posts.delivery.transports.base import Messages, Outcome, ServerAnswer
from posts.delivery.transports.esp.registry import TABLE, configured
from posts.delivery.transports.esp.session import EspSession
from posts.delivery.transports.esp.transport import Esp
from tests.fake_esp import FakeEsp

KEY = "slot0123456789abcdef"
PROVIDERS = tuple(TABLE)
WITH_KEYS = ("brevo", "resend")
WITHOUT_KEYS = ("mailgun", "postmark", "sparkpost", "ses")


def named_by(url: str) -> Esp:
    """The transport that such an EMAIL_URL names."""
    found = configured(url)
    assert found is not None
    return Esp(*found)


def letter(
    *,
    subject: str = "A slow day",
    text: str = "Rest is allowed.\n",
    html: str = "<p>Rest is allowed.</p>",
    sender: str = "Ada <ada@letters.example>",
    list_name: str = "Letters",
) -> CompiledLetter:
    """A letter as `letters.headers` and the templates make it."""
    link = slot(KEY, "unsubscribe")
    headers = [
        ("From", sender),
        ("Reply-To", "reply@letters.example"),
        ("To", slot(KEY, "to")),
        ("Subject", subject),
        ("Date", slot(KEY, "date")),
        ("Message-ID", slot(KEY, "message_id")),
        ("List-Id", f"{list_name} <letters.letters.example>"),
        ("List-Unsubscribe", f"<{slot(KEY, 'one_click')}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("List-Help", "<https://letters.example/preferences/>"),
        ("List-Owner", "<mailto:reply@letters.example>"),
        ("List-Post", "NO"),
        ("List-Archive", "<https://letters.example/>"),
        ("Content-Language", "en"),
        ("X-Mailing", "7"),
        ("Feedback-ID", "7:first:letters:passalong"),
    ]
    source = LetterSource(
        key=KEY,
        subject=subject,
        headers=tuple(headers),
        text=f"{text}\nUnsubscribe: {link}\n",
        html=html and f'{html}<a href="{link}">Unsubscribe</a>',
    )
    return CompiledLetter((b"",), (), source)


def outgoing(subscriber_id: int, form: CompiledLetter, *, mailing: int = 7) -> Outgoing:
    return Outgoing(
        mailing_id=mailing,
        subscriber_id=subscriber_id,
        sender="ada@letters.example",
        address=f"reader{subscriber_id}@example.org",
        letter=form,
        identity=f"<id{subscriber_id}@letters.example>",
        one_click=f"https://letters.example/unsubscribe/click{subscriber_id}/",
        unsubscribe=f"https://letters.example/unsubscribe/body{subscriber_id}/",
    )


def readers(how_many: int, form: CompiledLetter | None = None) -> list[Outgoing]:
    form = form or letter()
    return [outgoing(subscriber_id, form) for subscriber_id in range(1, how_many + 1)]


class Notes:
    """What a transport noted, in order."""

    def __init__(self) -> None:
        self.calls: list[tuple[list[int], str]] = []
        self.outcomes: list[Outcome] = []

    def attempt(self, subscriber_id: int) -> None:
        self.calls.append(([subscriber_id], ""))

    def attempt_call(self, subscriber_ids: Sequence[int], key: str = "") -> None:
        self.calls.append((list(subscriber_ids), key))

    def answer(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)

    def flush(self) -> None:
        """Nothing is kept back."""

    def answer_call(self, outcomes: Sequence[Outcome]) -> None:
        self.outcomes.extend(outcomes)

    @property
    def answers(self) -> dict[int, ServerAnswer]:
        subscriber_ids = [outcome.subscriber_id for outcome in self.outcomes]
        assert len(subscriber_ids) == len(set(subscriber_ids)), "somebody was answered twice"
        return {outcome.subscriber_id: outcome.answer for outcome in self.outcomes}


@contextmanager
def opened(esp: FakeEsp, name: str, options: str = "") -> Iterator[EspSession]:
    with closing(named_by(esp.url(name, options)).open()) as session:
        yield session


def feed(messages: list[Outgoing], name: str = "5-1", key: str = "") -> Messages:
    return Messages(messages, name=name, key=key)


def deliver(
    esp: FakeEsp, name: str, messages: list[Outgoing], *, options: str = "", key: str = ""
) -> Notes:
    notes = Notes()
    with opened(esp, name, options) as session:
        session.deliver(feed(messages, key=key), notes)
    return notes
