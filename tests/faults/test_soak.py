"""A site lives for a while with all that comes at once, and is as well at the end as it was.

Letters one after another, readers who leave, a provider that tells of bounces and complaints, and
pages that are read all the time; web server, worker and beat as they are deployed, on PostgreSQL
and Redis. `SOAK_MINUTES=60 uv run pytest -s tests/faults/test_soak.py` is the whole of it: sixty
letters to ten thousand readers.
"""

import http.client
import json
import os
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest

from subscribers.queries import token_text
from tests.benchmarks import web
from tests.benchmarks.measuring import say
from tests.delivery.events import payloads
from tests.faults.books import Books, books
from tests.faults.services import Postgres, Redis
from tests.faults.site import POST, SinkLog, Site, finish, wait_until
from tests.faults.vitals import MOST_GROWTH, MOST_MORE_FILES, Vitals, errors_in
from tests.sink import free_port, listening

MINUTES = float(os.environ.get("SOAK_MINUTES", "1"))
LONG = MINUTES >= 30  # so that a line through the memory means something
READERS = 10_000 if LONG else 1_000
PERIOD = 60.0 if LONG else 10.0  # seconds from one letter to the next, or as soon as it is done
MAILINGS = round(MINUTES * 60 / PERIOD)
LOOKS_EVERY = 60.0 if LONG else 10.0
# Of each letter, other people each time:
HARD, SOFT, COMPLAINTS, GONE = 10, 10, 3, 10
EACH = HARD + SOFT + COMPLAINTS + GONE
DELIVERED = READERS // 10  # of whom the provider tells that they got it

CONNECTIONS, WAIT = 16, 78  # wrk's, each of which rests so many ms: 200 pages a second
SCRIPT = """
local paths = {%s}
local next = 0
function request()
  next = next %% #paths + 1
  return wrk.format("GET", paths[next])
end
function delay() return %d end
"""


@dataclass
class Told:
    """What one letter's readers did while the next one left, or it did itself."""

    slug: str
    expected: set[str]  # who was to get it
    leaving: set[str] = field(default_factory=set)  # who said no while it was on its way
    taken: list[str] = field(default_factory=list)  # what the mail server wrote down meanwhile


class Life:
    """The readers, and what they and the provider do."""

    def __init__(self, site: Site, port: int, taken_for: SinkLog) -> None:
        self.site, self.port, self.taken_for = site, port, taken_for
        rows = site.select(
            "SELECT p.id, p.address, s.header_token FROM subscribers_subscriber p"
            " JOIN subscribers_subscription s ON s.subscriber_id = p.id ORDER BY p.id"
        )
        self.people = [address for _, address, _ in rows]
        self.ids = {address: subscriber for subscriber, address, _ in rows}
        self.tokens = {address: token for _, address, token in rows}
        self.unsubscribed: set[str] = set()
        self.suppressed: set[str] = set()
        self.letters: list[Told] = []

    @property
    def readers(self) -> set[str]:
        return set(self.people) - self.unsubscribed - self.suppressed

    def one_letter(self, slug: str) -> None:
        """It leaves; meanwhile some unsubscribe, and the provider tells about the letter before."""
        letter = Told(slug, self.readers)
        mailed = len(self.taken_for())
        self.site.ask("send_post", slug)
        number = len(self.letters)
        some = self.people[number * EACH : (number + 1) * EACH]
        if self.letters:
            letter.leaving |= self._provider_tells(self.letters[-1])
        letter.leaving |= self._unsubscribe(some[:GONE])
        finish(self.site, slug, seconds=300)
        wait_until(lambda: self._unread() == 0, seconds=120, every=0.5)
        letter.taken = self.taken_for()[mailed:]
        self.letters.append(letter)

    def _unsubscribe(self, some: list[str]) -> set[str]:
        for address in some:
            path = f"/unsubscribe/{token_text(self.tokens[address])}/"
            assert b"You are unsubscribed" in self._post(path, b"List-Unsubscribe=One-Click")
        self.unsubscribed |= set(some)
        return set(some)

    def _provider_tells(self, letter: Told) -> set[str]:
        """Of those whom no other letter's turn has come to. Answers who gets no more letters."""
        mailing = self.site.report(letter.slug)["mailing"]
        first = (len(self.letters) - 1) * EACH + GONE
        hard = self.people[first : first + HARD]
        soft = self.people[first + HARD : first + HARD + SOFT]
        complaints = self.people[first + HARD + SOFT : first + HARD + SOFT + COMPLAINTS]
        events = [
            *(self._event("bounce", each, mailing, bounce_class="10") for each in hard),
            *(self._event("bounce", each, mailing, bounce_class="22") for each in soft),
            *(self._event("spam_complaint", each, mailing) for each in complaints),
        ]
        for event in events:
            self._hook(json.dumps([event]).encode())
        got_it = [address for address in letter.taken if address not in {*hard, *soft, *complaints}]
        told = [self._event("delivery", each, mailing) for each in got_it[:DELIVERED]]
        self._hook(json.dumps(told).encode())
        self.suppressed |= {*hard, *complaints}
        return {*hard, *complaints}

    def _event(self, kind: str, address: str, mailing: int, **more: str) -> dict[str, object]:
        metadata = {"mailing": mailing, "subscriber": self.ids[address]}
        return payloads.sparkpost_event(kind, address, metadata, **more)

    def _hook(self, body: bytes) -> None:
        headers = payloads.headers_for("sparkpost", body)
        self._post("/hooks/sparkpost/", body, {**headers, "Content-Type": "application/json"})

    def _post(self, path: str, body: bytes, headers: dict[str, str] | None = None) -> bytes:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("POST", path, body, {"Host": web.HOST, **(headers or form)})
            answer = connection.getresponse()
            said = answer.read()
            assert answer.status == 200, f"{path}: {answer.status} {said[:300]!r}"
            return said
        finally:
            connection.close()

    def _unread(self) -> int:
        return self.site.count("posts_providerevent WHERE applied_at IS NULL")


# --- The site -----------------------------------------------------------------------------


@dataclass
class Lived:
    """What is left when it is over."""

    site: Site
    life: Life
    vitals: Vitals
    load: web.Load


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    with ExitStack() as stack:
        services = {}
        if "DATABASE_URL" not in os.environ:
            services["DATABASE_URL"] = stack.enter_context(Postgres()).url
        if "REDIS_URL" not in os.environ:
            services["REDIS_URL"] = stack.enter_context(Redis()).url
        mail = free_port()
        folder = tmp_path_factory.mktemp("soak")
        services["EMAIL_URL"] = f"smtp://127.0.0.1:{mail}"
        site = stack.enter_context(Site(folder, **services))
        taken_for = start_sink(site, mail)
        first = site.prepare(READERS + MAILINGS * EACH)
        port, names = start(site)
        life = Life(site, port, taken_for)
        with Vitals(site, names, every=LOOKS_EVERY) as vitals:
            load = live(life, first)
        yield Lived(site, life, vitals, load)


def start_sink(site: Site, port: int) -> SinkLog:
    """One that costs little: what is looked at is the site."""
    log = SinkLog(site.folder / "sink.log")
    command = (sys.executable, "-m", "tests.benchmarks.fast_sink", str(port), str(log.file))
    site.start(*command, log="sink.out")
    wait_until(lambda: listening(port), seconds=60)
    return log


def start(site: Site) -> tuple[int, dict[str, int]]:
    """Web server, worker and beat by the lines of the image and of compose.yaml; the web server's
    port, and each one's process. The provider whose calls the web server takes is not the one that
    takes mail, since a sink takes it; nothing else differs."""
    port = free_port()
    celery = (sys.executable, "-m", "celery", "-A", "config")
    web_server = site.start(
        *(sys.executable, "-m", "granian", "--interface", "rsgi", "--http", "1", "--no-ws"),
        *("--host", "127.0.0.1", "--port", str(port), "--workers", "2"),
        *("--backpressure", "4096", "--http1-buffer-size", "65536"),
        *("--workers-kill-timeout", "5", "config.rsgi:application"),
        log="web.log",
        more={"EMAIL_URL": payloads.URLS["sparkpost"]},
    )
    worker = site.start(*celery, "worker", "--loglevel", "INFO", log="worker.log")
    beat = site.start(*celery, "beat", "--loglevel", "INFO", log="beat.log")
    wait_until(lambda: listening(port), seconds=120)
    name = f"{socket.gethostname()}:{worker.pid}"
    wait_until(lambda: bool(site.count(f"posts_heartbeat WHERE worker = '{name}'")), seconds=120)
    return port, {"web": web_server.pid, "worker": worker.pid, "beat": beat.pid}


def live(life: Life, first: str) -> web.Load:
    """Letter after letter, while pages are read. Answers what their readers found."""
    [(code,)] = life.site.select("SELECT code FROM posts_sharelink ORDER BY id LIMIT 1")
    pages = ("/", "/archive/", f"/{first}/", f"/s/{code}/", "/feed.xml", "/subscribe/", "/search/")
    script = life.site.folder / "readers.lua"
    script.write_text(SCRIPT % (", ".join(f'"{page}"' for page in pages), WAIT))
    for page in pages:
        assert web.get(life.port, page).status == 200, page
    # Late is no error: the machine may be busy with others.
    options = ("--timeout", "30s", "-s", str(script))
    seconds = MINUTES * 60
    wrk = web.begin(life.port, "/", connections=CONNECTIONS, seconds=seconds, options=options)
    began = time.monotonic()
    for number in range(MAILINGS):
        time.sleep(max(0.0, began + number * PERIOD - time.monotonic()))
        life.one_letter(first if number == 0 else _post(life.site, number))
        late = time.monotonic() - began - (number + 1) * PERIOD
        if late > 0:
            say(f"  letter {number + 1} was done {late:.0f} s after the next one's time")
    return web.end(wrk)


def _post(site: Site, number: int) -> str:
    file = site.folder / "post.txt"
    file.write_text(POST)
    arguments = (str(file), "--slug", f"rest-{number}", "--publish")
    return str(site.ask("import_post", *arguments)["slug"])


# --- At the end ---------------------------------------------------------------------------


def test_no_log_tells_of_an_error_and_every_page_was_answered(lived: Lived) -> None:
    say(f"\n  {MINUTES:g} minutes, {len(lived.life.letters)} letters; pages: {lived.load}")
    assert errors_in(lived.site) == []
    assert lived.load.failed == 0


def test_whoever_was_to_get_a_letter_got_it_once_and_the_ledger_says_so(lived: Lived) -> None:
    life, mailed = lived.life, 0
    assert len(life.taken_for()) == sum(len(letter.taken) for letter in life.letters)
    for letter in life.letters:
        found = books(lived.site, letter.slug)
        times = Counter(letter.taken)
        assert not [address for address, number in times.items() if number > 1], "mailed twice"
        assert set(found.states) == letter.expected, "the audience is another one"
        assert _handed_over(found) == set(times), "the ledger and the mail server differ"
        lost = letter.expected - set(times)
        assert lost <= letter.leaving, f"lost: {sorted(lost - letter.leaving)[:5]}"
        assert found.those("left_out") == lost
        mailed += len(times)
    say(f"  {mailed:,} mails: each one once, nobody lost, nobody who had said no")


def _handed_over(found: Books) -> set[str]:
    return set().union(
        *(found.those(s) for s in ("accepted", "delivered", "bounced", "complained"))
    )


def test_what_readers_and_the_provider_said_is_known_of_each(lived: Lived) -> None:
    site, life = lived.site, lived.life
    told = len(life.letters) - 1
    states = dict(site.select("SELECT state, count(*) FROM posts_delivery GROUP BY state"))
    reports = [site.report(letter.slug)["deliveries"] for letter in life.letters]
    assert sum(states.values()) == sum(sum(report.values()) for report in reports)
    assert sum(report["bounced"] for report in reports) == told * (HARD + SOFT)
    assert sum(report["complained"] for report in reports) == told * COMPLAINTS
    assert site.count("subscribers_suppression") == len(life.suppressed)
    active = site.count("subscribers_subscription WHERE status = 'active'")
    assert len(life.people) - active == len(life.unsubscribed | life.suppressed)


def test_no_process_grows(lived: Lived) -> None:
    vitals, grown = lived.vitals, []
    for name, looks in vitals.looks.items():
        growth, files = vitals.growth(name), vitals.more_files(name)
        say(
            f"  {name}: {looks[0].memory:.0f} MB at first, {looks[-1].memory:.0f} at last, "
            f"{growth:+.1f} an hour; {looks[-1].files} files"
        )
        if files > MOST_MORE_FILES or (LONG and growth > MOST_GROWTH):
            grown.append(f"{name}: {growth:+.1f} MB an hour, {files:+} files")
    assert not grown
