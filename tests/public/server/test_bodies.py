import asyncio
from http import HTTPStatus

import pytest

from posts.public.server import bodies
from posts.public.server.bodies import Bodies, BodyRefused
from tests.rsgi import Protocol

EMPTY = b""


def read(
    *pieces: bytes | float, length: int, path: str = "/subscribe/", reader: Bodies | None = None
) -> bytes:
    async def received() -> bytes:
        async with (reader or Bodies()).received(
            Protocol(*pieces), length=length, path=path
        ) as body:
            return body.read()

    return asyncio.run(received())


def refusal(
    *pieces: bytes | float, length: int, path: str = "/subscribe/", reader: Bodies | None = None
) -> HTTPStatus:
    with pytest.raises(BodyRefused) as refused:
        read(*pieces, length=length, path=path, reader=reader)
    assert refused.value.message.endswith(".")
    return refused.value.status


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Patience in hundredths of a second."""
    monkeypatch.setattr(bodies, "GRACE", 0.05)
    monkeypatch.setattr(bodies, "LEAST_RATE", 1_000_000.0)
    monkeypatch.setattr(bodies, "LONGEST_PAUSE", 5.0)


def test_a_body_arrives_whole_however_it_was_cut() -> None:
    assert read(b"ema", EMPTY, b"il=ada%40", b"example.org", length=23) == (
        b"email=ada%40example.org"
    )


def test_no_body_is_not_waited_for() -> None:
    silent = Protocol(60.0)

    async def received() -> bytes:
        async with Bodies().received(silent, length=0, path="/") as body:
            return body.read()

    assert asyncio.run(received()) == b""
    assert not silent.asked


def test_a_long_body_waits_on_disk_and_arrives_whole() -> None:
    long = bytes(range(256)) * 4_000
    pieces = [long[start : start + 50_000] for start in range(0, len(long), 50_000)]
    assert read(*pieces, length=len(long), path="/subscribe/") == long


@pytest.mark.usefixtures("hurry")
def test_who_sends_one_byte_and_waits_is_told_so() -> None:
    assert refusal(b"e", 60.0, length=1_000) == HTTPStatus.REQUEST_TIMEOUT


@pytest.mark.usefixtures("hurry")
def test_a_drop_now_and_then_does_not_win_time() -> None:
    drops = [part for _ in range(1_000) for part in (b"e", 0.01)]
    assert refusal(*drops, length=1_000) == HTTPStatus.REQUEST_TIMEOUT


@pytest.mark.usefixtures("hurry")
def test_who_keeps_up_the_least_rate_may_take_long(monkeypatch: pytest.MonkeyPatch) -> None:
    # Each piece buys five seconds more than the grace, of which the sender takes a hundredth.
    monkeypatch.setattr(bodies, "LEAST_RATE", 1_000.0)
    pieces = [part for _ in range(4) for part in (bytes(5_000), 0.05)]
    assert len(read(*pieces, length=20_000)) == 20_000


@pytest.mark.usefixtures("hurry")
def test_what_came_fast_buys_no_endless_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "LONGEST_PAUSE", 0.05)
    monkeypatch.setattr(bodies, "LEAST_RATE", 1.0)
    assert refusal(bytes(9_000), 60.0, length=10_000) == HTTPStatus.REQUEST_TIMEOUT


def test_a_body_that_was_cut_off_is_not_taken_for_a_whole_one() -> None:
    assert refusal(b"email=ada%40exam", length=23) == HTTPStatus.BAD_REQUEST


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/subscribe/", 2_621_440),
        ("/hooks/mailgun/", 10_000_001),
        ("/admin/imports/new/", 524_288_000),
        ("/api/v1/posts/import", 67_108_864),
    ],
)
def test_what_is_longer_than_anything_sent_there_is_refused_before_a_byte_is_read(
    path: str, most: int
) -> None:
    sender = Protocol(b"x")

    async def received(length: int) -> None:
        async with Bodies().received(sender, length=length, path=path):
            pytest.fail("was taken")

    with pytest.raises(BodyRefused, match=r"MB at most\.") as refused:
        asyncio.run(received(most + 1))
    assert refused.value.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert not sender.asked
    assert bodies.largest(path) == most


def test_all_bodies_together_have_a_bound_on_disk() -> None:
    reader = Bodies(disk=150_000)

    async def one_beside_another() -> HTTPStatus:
        async with reader.received(Protocol(bytes(100_000)), length=100_000, path="/subscribe/"):
            with pytest.raises(BodyRefused) as refused:
                async with reader.received(Protocol(), length=100_000, path="/subscribe/"):
                    pytest.fail("was taken")
            return refused.value.status

    assert asyncio.run(one_beside_another()) == HTTPStatus.SERVICE_UNAVAILABLE
    # And what was freed can be used again, also after one that failed.
    assert refusal(b"x", length=100_000, reader=reader) == HTTPStatus.BAD_REQUEST
    assert len(read(bytes(100_000), length=100_000, reader=reader)) == 100_000
