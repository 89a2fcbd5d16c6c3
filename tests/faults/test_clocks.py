"""Clocks that are wrong, and are set right, or wrong, in the middle of a mailing."""

from pathlib import Path

from tests.faults.books import agree, books
from tests.faults.clocks import Clock
from tests.faults.site import Site, finish, wait_until
from tests.sink import free_port

READERS = 3_000


def test_clocks_hours_wrong_that_jump_in_the_middle_harm_nobody(tmp_path: Path) -> None:
    """Two workers and beat, each on a host with a clock of its own. Some readers are refused for
    now, so that the mailing needs the sweep to get to its end after the clocks jumped."""
    port = free_port()
    one, two, beat = (
        Clock(tmp_path, name, hours) for name, hours in (("one", 1), ("two", 2), ("beat", 0))
    )
    with Site(tmp_path, EMAIL_URL=f"smtp://127.0.0.1:{port}") as site:
        log = site.start_sink(port, rate=200, options=("--451", "2"))
        slug = site.prepare(READERS)
        site.start_beat(more=beat.environment)
        for name, clock in (("one", one), ("two", two)):
            site.start_worker("-n", f"{name}@localhost", beat=False, more=clock.environment)
        site.ask("send_post", slug)
        wait_until(lambda: len(log()) > 200, seconds=60)
        one.set(-1)
        two.set(1)
        beat.set(1)
        wait_until(lambda: len(log()) > READERS // 2, seconds=60)
        beat.set(-1)
        assert len(log()) < READERS, "the jumps came too late to mean anything"
        finish(site, slug, seconds=150)
        found = books(site, slug)
        agree(found, log())
        assert found["accepted"] == READERS
        assert log.of("451"), "nobody had to wait for the sweep"
