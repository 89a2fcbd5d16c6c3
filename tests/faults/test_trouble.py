"""What is away is named in plain words, and when it is back the mailing goes on by itself."""

import shutil
import sys
from pathlib import Path

from tests.faults.site import Site, kill, wait_until
from tests.sink import Sink, free_port, listening


def finished(site: Site, slug: str) -> bool:
    return bool(site.report(slug)["state"] == "finished")


def test_two_processes_asking_at_once_make_one_mailing_and_one_mail_each(tmp_path: Path) -> None:
    with Site(tmp_path) as site:
        slug = site.prepare(200)
        command = [sys.executable, "manage.py", "send_post", slug, "--json"]
        both = [site.start(*command, log=f"send{number}.out") for number in (1, 2)]
        assert [process.wait(timeout=60) for process in both] == [0, 0]
        said = "".join((tmp_path / f"send{number}.out").read_text() for number in (1, 2))
        assert said.count('"created": true') == 1
        assert said.count('"created": false') == 1
        site.start_worker()
        wait_until(lambda: finished(site, slug), seconds=60, every=1.0)
        assert len(site.outbox()) == 200
        assert site.ask("send_post", slug)["created"] is False


def test_a_mail_server_that_comes_back_is_used_again(tmp_path: Path) -> None:
    port = free_port()
    with Site(tmp_path, EMAIL_URL=f"smtp://127.0.0.1:{port}") as site:
        slug = site.prepare(20)
        site.ask("send_post", slug)
        site.start_worker()
        wait_until(
            lambda: "mail server" in str(site.report(slug)["problem"]), seconds=60, every=1.0
        )
        report = site.report(slug)
        assert "couldn't reach the mail server" in report["problem"]
        assert (report["state"], report["deliveries"]["waiting"]) == ("sending", 20)
        doctor = site.manage("doctor", ok=False)
        assert doctor.returncode == 1
        assert "couldn't reach the mail server" in doctor.stdout
        with Sink(port=port) as sink:
            wait_until(lambda: finished(site, slug), seconds=120, every=1.0)
            assert len(set(sink.addresses)) == len(sink.addresses) == 20


def test_a_refused_login_pauses_until_a_person_resumes(tmp_path: Path) -> None:
    with (
        Sink(user="ada", password="right") as sink,
        Site(tmp_path, EMAIL_URL=f"smtp://ada:wrong@127.0.0.1:{sink.port}") as site,
    ):
        slug = site.prepare(20)
        site.ask("send_post", slug)
        worker = site.start_worker()
        wait_until(lambda: site.report(slug)["state"] == "paused", seconds=60, every=1.0)
        assert "refused the login" in site.report(slug)["problem"]
        worker.terminate()
        worker.wait(timeout=15)
        site.environment["EMAIL_URL"] = f"smtp://ada:right@127.0.0.1:{sink.port}"
        site.start_worker()
        site.run("mailing", slug, "--resume")
        wait_until(lambda: finished(site, slug), seconds=60, every=1.0)
        assert len(sink.addresses) == 20


def test_without_a_worker_the_doctor_says_so(tmp_path: Path) -> None:
    with Site(tmp_path) as site:
        slug = site.prepare(5)
        site.ask("send_post", slug)
        doctor = site.manage("doctor", ok=False)
        assert doctor.returncode == 1
        assert "celery -A config worker" in doctor.stdout
        assert "celery -A config worker" in site.report(slug)["problem"]
        site.start_worker()
        wait_until(lambda: finished(site, slug), seconds=60, every=1.0)


def test_a_broker_that_comes_back_is_used_again(tmp_path: Path) -> None:
    server = shutil.which("redis-server")
    assert server, "this test starts a Redis of its own: install redis-server"
    port = free_port()
    with Site(tmp_path, REDIS_URL=f"redis://127.0.0.1:{port}/0") as site:
        slug = site.prepare(20)
        assert site.ask("send_post", slug)["created"]
        doctor = site.manage("doctor", ok=False)
        assert doctor.returncode == 1
        assert "broker can't be reached" in doctor.stdout
        assert "Start Redis" in site.report(slug)["problem"]
        site.start_worker()
        redis = site.start(
            *(server, "--port", str(port), "--save", "", "--dir", str(tmp_path)), log="redis.log"
        )
        wait_until(lambda: listening(port), seconds=10)
        wait_until(lambda: finished(site, slug), seconds=120, every=1.0)
        assert len(site.outbox()) == 20
        redis.terminate()
        redis.wait(timeout=10)


def test_that_everything_is_dead_is_said_at_once(tmp_path: Path) -> None:
    """Whether it was killed or asked to end, and however fresh its last sign of life is."""
    port = free_port()
    with Site(tmp_path, EMAIL_URL=f"smtp://127.0.0.1:{port}?connections=1") as site:
        site.start_sink(port, rate=5)
        slug = site.prepare(1_000)
        site.ask("send_post", slug)
        for end in (kill, lambda worker: (worker.terminate(), worker.wait(timeout=30))):
            worker = site.start_worker(beat=False)
            wait_until(lambda: site.report(slug)["problem"] is None, seconds=60, every=0.5)
            end(worker)
            assert "No worker is there" in str(site.report(slug)["problem"])
