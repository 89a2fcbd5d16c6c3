"""Every reader of what strangers write, and what each is given. The one table.

A module that takes such text apart and is not here fails `test_complete`, which see.
"""

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.exceptions import ValidationError
from django.test import RequestFactory

from config.logs import discreet
from posts.content import richtext, text
from posts.content.enclosures import answers
from posts.content.enclosures.checking import check
from posts.content.importing import ImportRefused
from posts.content.importing.posts import read_post
from posts.content.richtext import PageLinks, page_links
from posts.content.words import first_words
from posts.delivery.events import apply, mailbox
from posts.delivery.events.models import ProviderEvent
from posts.delivery.reporting.sql import status_code
from posts.delivery.transports.esp import errors, registry
from posts.delivery.transports.esp.options import SIGNING_KEY
from posts.delivery.transports.esp.registry import provider_of
from posts.delivery.transports.esp.svix import svix_is_valid
from posts.delivery.transports.esp.webhook import NotThem
from posts.delivery.transports.smtp import line, replies, verp
from posts.delivery.worker import refusals
from posts.desk.plain import is_technical
from posts.management.supervisor import matters
from posts.public.pagecache import compression
from posts.public.pagecache.addresses import place_of
from posts.sharing.cards.text import cleaned, units
from posts.sharing.readers import is_person
from subscribers import address_faults, languages, pasting, queries
from subscribers.addresses import AddressRefused, normalise
from subscribers.forms import SignUpForm
from subscribers.guards import sent_from_our_pages
from subscribers.limits import proof
from subscribers.limits.network import network_of, truncated
from subscribers.lists.csv_file import open_file
from subscribers.lists.records import ListRefused
from subscribers.lists.rejects import RejectsFile
from tests import sounds
from tests.delivery.events import payloads
from tests.enclosed import archive, office, pdf
from tests.growth import documents, exports, mails
from tests.growth.measuring import Read
from tests.growth.shapes import Shape, around, each, many, numbered

ENVELOPES = "smtp://127.0.0.1?verp=bounces@letters.example"  # as settings.EMAIL_URL has to be


@dataclass(frozen=True)
class Reader:
    """`modules`: whose work it is. `largest`: as many bytes or characters as it ever gets, or as
    it takes to tell how its costs grow."""

    modules: tuple[str, ...]
    read: Read
    shapes: Mapping[str, Shape]
    first: int = 125
    largest: int = 200_000
    expects: tuple[type[Exception], ...] = field(default=())

    def __call__(self, given: Any) -> None:
        with suppress(*self.expects):
            self.read(given)


# --- Mails and webhooks ----------------------------------------------------------------------


def _mail(body: bytes) -> None:
    read = apply._read(ProviderEvent(provider="mailbox", body=body))
    # Anything may be kept for a person, but by one of these, not because of a fault.
    expected = ("Set aside", "Not understood", "Recursion")
    assert not read.problem or any(one in read.problem for one in expected)


def _webhook(given: tuple[str, bytes]) -> None:
    provider, body = given
    headers = {"Content-Type": "application/json", "X-Amz-Sns-Message-Type": "Notification"}
    apply._read(ProviderEvent(provider=provider, headers=headers, body=body))


def _sender(given: tuple[str, bytes]) -> None:
    provider, body = given
    secrets = {SIGNING_KEY: "a key"}
    provider_of(provider).webhook.check_caller(secrets, {"Content-Type": "application/json"}, body)


_IDS = {"mailing": 5, "subscriber": 7}
_ADDRESS = "reader@example.org"
_REPORTS: dict[str, Callable[[str], bytes]] = {
    "mailgun": lambda words: payloads.mailgun("failed", _ADDRESS, _IDS, reason=words),
    "postmark": lambda words: payloads.postmark("Bounce", _ADDRESS, _IDS, Details=words),
    "brevo": lambda words: payloads.brevo("soft_bounce", _ADDRESS, _IDS, reason=words),
    "resend": lambda words: payloads.resend(
        "email.bounced", _ADDRESS, _IDS, bounce={"message": words, "type": words}
    ),
    "ses": lambda words: payloads.ses(
        "Bounce",
        _ADDRESS,
        _IDS,
        bounce={"bouncedRecipients": [{"emailAddress": words, "diagnosticCode": words}]},
    ),
    "sparkpost": lambda words: json.dumps(
        [payloads.sparkpost_event("bounce", _ADDRESS, _IDS, raw_reason=words)]
    ).encode(),
}


def _of(provider: str, make: Callable[[int], str]) -> Shape:
    return lambda size: (provider, make(size).encode())


def _words(provider: str, unit: str) -> Shape:
    return lambda size: (provider, _REPORTS[provider](unit * (size // len(unit))))


def _many_recipients(size: int) -> tuple[str, bytes]:
    people = [{"emailAddress": f"a{n}@h{n}.example"} for n in range(size // 40)]
    return "ses", payloads.ses("Bounce", _ADDRESS, _IDS, bounce={"bouncedRecipients": people})


def _many_events(size: int) -> tuple[str, bytes]:
    events = [
        payloads.sparkpost_event("bounce", f"a{n}@h{n}.example", _IDS) for n in range(size // 400)
    ]
    return "sparkpost", json.dumps(events).encode()


_JSON: dict[str, Callable[[int], str]] = {
    "lists in lists": many("["),
    "closed lists in lists": around("[", "]"),
    "objects in objects": many('{"a":'),
    "a list": many("[],", head="[", tail="[]]"),
    "keys": numbered('"k{n}":1,', head="{", tail='"k":1}'),
    "digits": many("9"),
    "a time": many("9", head='{"ts_event":', tail="}"),
    "quotes": many('\\"', head='"', tail='"'),
    "spaces": many(" "),
}
WEBHOOKS: dict[str, Shape] = {
    **{f"{p}: words": _words(p, "user unknown ") for p in _REPORTS},
    **{f"{p}: signs": _words(p, "<@,") for p in _REPORTS},
    **{name: _of("brevo", make) for name, make in _JSON.items()},
    **{f"{p}: a list": _of(p, _JSON["a list"]) for p in _REPORTS},
    "recipients": _many_recipients,
    "events": _many_events,
}


# --- Files -----------------------------------------------------------------------------------


@contextmanager
def _file(given: str | bytes, suffix: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="growth-") as folder:
        path = Path(folder) / f"given{suffix}"
        path.write_bytes(given if isinstance(given, bytes) else given.encode())
        yield path


def _post(suffix: str) -> Read:
    def read(given: str) -> None:
        with _file(given, suffix) as path:
            read_post(path)

    return read


def _packed(given: str) -> None:
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", documents.word(given))
    with _file(packed.getvalue(), ".docx") as path:
        read_post(path)


def _enclosed(given: bytes) -> None:
    check(BytesIO(given), size=len(given))


ENCLOSED: dict[str, Shape] = {
    "members of an archive": lambda size: office(
        "odt", **{f"m{number}": "" for number in range(size // 100)}
    ),
    "what an archive says of itself": lambda size: archive(types="<a" * (size // 2)),
    "frames of sound": lambda size: sounds.mp3(1) * max(1, size // len(sounds.mp3(1))),
    "what is nearly a frame": lambda size: b"\xff\xfb" + b"\xff" * size,
    "a long tag": lambda size: sounds.mp3(2, tag=bytes(size)),
    "small boxes": lambda size: sounds.m4a(2) + b"\0\0\0\x08free" * (size // 8),
    "boxes of sound": lambda size: sounds.m4a(2) + b"\0\0\0\x08moov" * (size // 8),
    "pages of sound": lambda size: sounds.opus(1) * max(1, size // len(sounds.opus(1))),
    "a PDF": lambda size: pdf("a" * size),
    "words": lambda size: b"a" * size,
    "RTF": lambda size: b"{\\rtf" + b"\\ob" * (size // 3),
}


def _list(given: str | bytes) -> None:
    with _file(given, ".csv") as path:
        file = open_file(path)
        with RejectsFile(file) as rejects:
            for row in file.rows():
                if row.problem:
                    rejects.add(row)


CSV: dict[str, Shape] = {
    **each(
        *(
            "a@b.example\n",
            '"',
            '"\n',
            '"a\n',
            '"a\nb\n',
            '""\n',
            '"""\n',
            '""',
            ",",
            "\n",
            "\r",
            " ",
        ),
        *("a", "a@", "'=", "\0", "\0\n", '"a"b\n', "a,b\n", ";"),
        head="email,name\n",
    ),
    "a quotation that never ends": many("b\n", head='email\n"a'),
    "quotations of a hundred lines": many('"a\n' + "b\n" * 120, head="email\n"),
    "columns": numbered("c{n},", head="email,", tail="d\na@b.example\n"),
    "columns without a name": many(",", head="email", tail="\na@b.example\n"),
    "columns of rows that are refused": lambda size: (
        "email" + "," * (size // 2) + "\n" + "x\n" * (size // 4)
    ),
    "a header without an end": many("email", tail="\nx"),
    "tags": numbered("t{n},", head='email,tags\na@b.example,"', tail='"\n'),
    "tags in quotes": many('""', head='email,tags\na@b.example,"', tail='"\n'),
    "tags in braces": many("{", head='email,tags\na@b.example,"', tail='}"\n'),
    "a status": many("a", head="email,status\na@b.example,"),
    "a time": many("1", head="email,created_at\na@b.example,"),
    "times": many("a@b.example,12/31/2026 10:00\n", head="email,created_at\n"),
    "a name": many("a ", head="email,name\na@b.example,"),
    "domains": numbered("a@d{n}.example\n", head="email\n"),
    "addresses in other letters": numbered("a@\u00fc{n}.example\n", head="email\n"),
    "separators": many("sep=", tail="\nemail\n"),
    "lines above the names": many("\n", tail="email\na@b.example\n"),
    "titles above the names": many('a "b\n', tail="email\na@b.example\n"),
    "names over many lines": many("a\n", head='"', tail='",email\na@b.example\n'),
    "backslashes": many('\\"', head='email\n"', tail='"\n'),
    "addresses in one cell": numbered("a{n}@b.example ", head="email\n"),
    "angle brackets": many("<", head="email\na@b.example"),
    "semicolons between tags": many("t;", head="email,tags\na@b.example,"),
}


def _bytes(unit: bytes) -> Shape:
    return lambda size: b"email,name\na@b.example," + unit * (size // len(unit)) + b"\n"


# Of the bytes of other encodings.
BYTES: dict[str, Shape] = {
    "letters of Windows": _bytes(b"\xe9"),
    "words of Windows": _bytes(b"Ren\xe9 "),
    "halves of characters": _bytes(b"\x83"),
    "bad bytes in UTF-8": _bytes("ë".encode() + b"\xff "),
    "nulls": _bytes(b"a\0"),
    "lines": _bytes(b"\xe9\n"),
}


# --- Forms, addresses and headers ------------------------------------------------------------


def _sign_up(given: str) -> None:
    SignUpForm({"email": given, "newsletter": [given]}).is_valid()


def _typed(given: str) -> None:
    address_faults.said(f"{given}@{given}")


def _place(given: str) -> None:
    host = {"REQUEST_METHOD": "GET", "HTTP_HOST": "localhost:8000"}
    place_of({**host, "PATH_INFO": f"/{given}", "QUERY_STRING": given})
    place_of({**host, "PATH_INFO": "/x/share/", "QUERY_STRING": given})
    place_of({**host, "PATH_INFO": "/", "QUERY_STRING": f"page=1&{given}"})


def _headers(given: str) -> None:
    compression.best(given)
    compression.accepted(given)
    is_person({"HTTP_USER_AGENT": given})
    is_person({"HTTP_USER_AGENT": f"Mozilla/{given}"})
    request = RequestFactory().post("/", headers={"Origin": given, "X-Forwarded-For": given})
    sent_from_our_pages(request)
    network_of(request)
    truncated(given)
    answers.span_of(f"bytes={given}", 1_000)


def _names_and_tokens(given: str) -> None:
    languages.of_posts(given)
    languages.spoken(given)
    queries.parse_token(given)
    proof.accepted(given)
    svix_is_valid(payloads.RESEND_KEY, identity="a", timestamp=given, signatures="", body=b"")
    svix_is_valid(
        payloads.RESEND_KEY, identity="a", timestamp="1", now=1, signatures=given, body=b""
    )


def _envelope(given: str) -> None:
    verp.Verp("bounces", "letters.example").read(given)
    verp.Verp("bounces", "letters.example").read(f"bounces{given}@letters.example")


def _servers_words(given: str) -> None:
    line._USUAL.fullmatch(given.encode())
    replies.said(550, given.encode())
    replies.about_us(550, given.encode(), sender="ada@letters.example", size=1)
    refusals.reason_of(f"550 {given}")
    discreet(given)
    errors.one_line(given)
    errors.retry_after(given)
    errors.code_and_message({"message": given, "code": given})
    status_code(given)
    mailbox._reply(Exception(f"b'{given}'"))
    matters(given)
    is_technical(given)


# --- What is stored, by whatever way it came -------------------------------------------------


def _stored(given: str) -> None:
    links = page_links([given])
    html = PageLinks({"1": "/a/"}, "https://letters.example").expand(given)
    richtext.inline(html)
    richtext.dressed(html, "web")
    first_words([{"type": "paragraph", "value": given}])
    page = text.TextPage("https://letters.example/", links)
    text.rich(given, page)
    text.paragraphs(given)


def _card(given: str) -> None:
    units(cleaned(given))


SIGNS = each(
    *("a", "9", " ", "\n", "@", ".", "-", ",", ";", ":", "/", "%", "&", "=", "q=0,", "a.", "a,"),
    *("[", "(", "<", '"', "\\", "\u00e9", "\u0301", "a@", "xn--", "+1-", "5.1.", "WARNING ", "::"),
    *("page=1&", "v1,a ", "b'", "ERROR ", "django.request ", "gzip;"),
)
STORED: dict[str, Shape] = {
    **each(
        *('<a linktype="page" id="1">a</a>', '<a linktype="page"', "<a ", "<a", "<p>a</p>", "<p "),
        *("</p> <p>", "<b>a</b>", "a ", "a", " ", "\n", "\n\n", "<br>", "&", "<a>", "<li>a</li>"),
        *("- ", "http://x.example ", '<a href="/a">b</a>', "*", "<ul><li>a</li></ul>"),
        *("<blockquote>a</blockquote>", "<blockquote>a<br></blockquote>", "<h2 ", "<h2>a</h2>"),
        *("<s>a</s>", "<sup>1</sup>"),
        head='<p>a <a linktype="page" id="1">b</a> ',
    ),
    "a name of an attribute": many("a", head='<a linktype="page" '),
}

READERS: dict[str, Reader] = {
    "a returned mail": Reader(
        (
            *("posts.delivery.events.bounce_mails", "posts.delivery.events.returned"),
            *("posts.delivery.events.human_part", "posts.delivery.events.parsing"),
            *("posts.delivery.events.proof", "posts.delivery.events.unusual"),
            "posts.delivery.transports.bounce_class",
        ),
        _mail,
        mails.SHAPES,
        first=2_000,
        largest=500_000,
    ),
    "a webhook": Reader(
        (
            "posts.delivery.events.webhook_calls",
            *(f"posts.delivery.transports.esp.{name}" for name in registry.TABLE),
        ),
        _webhook,
        WEBHOOKS,
        first=2_000,
        largest=500_000,
    ),
    "who sends a webhook": Reader(
        ("posts.delivery.transports.esp.webhook",),
        _sender,
        {name: _of("mailgun", make) for name, make in _JSON.items()},
        first=2_000,
        largest=500_000,
        expects=(NotThem,),
    ),
    "HTML": Reader(
        tuple(
            f"posts.content.importing.{name}"
            for name in (
                *("decoding", "files", "footers", "footnotes", "html", "html_quotes"),
                *("html_tables", "inline", "nesting", "page_parts", "pages", "pictures", "pieces"),
                "posts",
                "styles",
            )
        ),
        _post(".html"),
        documents.HTML,
        expects=(ImportRefused,),
    ),
    "Markdown": Reader(
        tuple(f"posts.content.importing.{name}" for name in ("about", "leftovers", "markdown")),
        _post(".md"),
        documents.MARKDOWN,
        expects=(ImportRefused,),
    ),
    "fields above a text": Reader(
        ("posts.content.importing.front_matter",),
        _post(".md"),
        documents.FIELDS,
        largest=18_000,  # in longer ones nothing is taken for fields
        expects=(ImportRefused,),
    ),
    "an archive": Reader(
        ("posts.content.importing.archives",),
        _packed,
        documents.WORD,
        expects=(ImportRefused,),
    ),
    "a file that a letter encloses": Reader(
        tuple(f"posts.content.enclosures.{name}" for name in ("checking", "office", "sounds")),
        _enclosed,
        ENCLOSED,
        first=5_000,
        largest=500_000,
        expects=(ValidationError,),
    ),
    "plain text": Reader(
        tuple(
            f"posts.content.importing.{name}"
            for name in (
                *("emphasis", "invitation", "language", "line_checks", "lines", "list_rules"),
                "marks",
                *("plain", "plain_rules", "rules", "signature", "spaces"),
            )
        ),
        _post(".txt"),
        documents.PLAIN,
        expects=(ImportRefused,),
    ),
    "CSV": Reader(
        (
            *("subscribers.lists.csv_file", "subscribers.lists.cells", "subscribers.lists.columns"),
            *("subscribers.lists.consent", "subscribers.lists.normalising"),
            *(
                "subscribers.lists.records",
                "subscribers.lists.statuses",
                "subscribers.lists.survey",
            ),
            *("subscribers.lists.rejects", "subscribers.lists.headers"),
            "subscribers.lists.encodings",
        ),
        _list,
        CSV | BYTES,
        first=500,
        largest=500_000,
        expects=(ListRefused,),
    ),
    "what another system exported": Reader(
        tuple(
            f"posts.moving_in.{name}"
            for name in (
                *("archive", "json_files", "people", "report", "tables"),
                *(
                    f"sources.{name}"
                    for name in (
                        *("buttondown", "ghost_texts", "mailchimp", "markdown", "medium"),
                        *("substack", "wordpress", "wxr"),
                    )
                ),
            )
        ),
        exports.read,
        exports.SHAPES,
        first=2_000,
        largest=500_000,
        expects=(ImportRefused,),
    ),
    "an address": Reader(
        ("subscribers.addresses",), normalise, SIGNS, largest=100_000, expects=(AddressRefused,)
    ),
    "an address as it is pasted": Reader(
        ("subscribers.pasting",), pasting.read, SIGNS, largest=100_000, expects=(AddressRefused,)
    ),
    "a form": Reader(("subscribers.forms",), _sign_up, SIGNS, largest=100_000),
    "what is typed into a form": Reader(
        ("subscribers.address_faults",),
        _typed,
        SIGNS,
        largest=100_000,
    ),
    "the address of a page": Reader(("posts.public.pagecache.addresses",), _place, SIGNS),
    "a request's headers": Reader(
        (
            *("posts.public.pagecache.compression", "subscribers.limits.network"),
            *("posts.sharing.readers", "subscribers.guards", "posts.content.enclosures.answers"),
        ),
        _headers,
        {name: make for name, make in SIGNS.items() if "\\n" not in name},
    ),
    "names and tokens": Reader(
        (
            *("subscribers.queries", "subscribers.limits.proof", "subscribers.languages"),
            "posts.delivery.transports.esp.svix",
        ),
        _names_and_tokens,
        SIGNS,
    ),
    "an envelope": Reader(("posts.delivery.transports.smtp.verp",), _envelope, SIGNS),
    "a server's words": Reader(
        (
            *("posts.delivery.transports.smtp.line", "posts.delivery.transports.smtp.replies"),
            "posts.delivery.transports.esp.errors",
            *("posts.delivery.events.mailbox", "posts.delivery.reporting.sql"),
            *("posts.delivery.worker.refusals", "posts.management.supervisor", "config.logs"),
            "posts.desk.plain",
        ),
        _servers_words,
        SIGNS,
    ),
    "stored rich text": Reader(
        ("posts.content.richtext", "posts.content.text", "posts.content.words"),
        _stored,
        STORED,
        largest=100_000,
    ),
    "a title on a card": Reader(
        ("posts.sharing.cards.text",), _card, each("a", "a ", "\u0301", "\u4e00", "\u05d0", "-")
    ),
}
