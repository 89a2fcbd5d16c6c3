"""Subjects and names of many scripts, as they are read by two who did not write them, and what a
letter's headers cost: once for all of its readers.

    BENCHMARK_SIZE=full uv run pytest -n0 -s tests/benchmarks/test_headers.py
"""

import time
from collections.abc import Callable

import pytest

from posts.delivery.letters.compile import CompiledLetter, compile_variant, slot
from posts.delivery.letters.headers import field, mailbox
from posts.delivery.letters.message import Outgoing
from posts.delivery.models import LetterVariant
from tests.benchmarks.measuring import MICRO, Figures, median, say, sized
from tests.delivery.letters.headers_read import (
    SCRIPTS,
    by_python,
    name_by_python,
    sentences,
    strictly,
)

SENTENCES = sized(small=300, full=10_000)
KEY = "slot0123456789abcdef"
LINK = "https://letters.example/unsubscribe/AAAAAAAAAAAAAAAAAAAAAA/"


@pytest.mark.parametrize("script", SCRIPTS)
def test_two_readers_find_all_subjects_and_names_as_they_were_written(script: str) -> None:
    lost = []
    for sentence in sentences(script, SENTENCES, seed=2):
        subject, name = field("Subject", sentence), field("From", f'"{sentence}" <a@b.example>')
        strictly(name)
        if {strictly(subject), by_python(subject)} != {sentence}:
            lost.append(sentence)
        if mailbox(f"{name_by_python(name)} <a@b.example>")[0] != sentence:
            lost.append(sentence)
    say(f"  {script}: {SENTENCES:,} sentences, {len(lost)} read otherwise")
    assert not lost


def micros(work: Callable[[], object], times: int) -> float:
    def once() -> float:
        began = time.process_time()
        for _ in range(times):
            work()
        return (time.process_time() - began) / times * MICRO

    return median(once() for _ in range(5))


def test_headers_cost_nothing_for_each_reader() -> None:
    """Filling in a letter with long headers in two scripts, and one with hardly any."""

    def letter(headers: list[tuple[str, str]]) -> CompiledLetter:
        named = [*headers, ("Date", slot(KEY, "date"))]
        return compile_variant(LetterVariant(subject="", headers=named, text="x"), KEY)

    words = [*sentences("Russian", 1), *sentences("Spanish", 1)]
    long = [("Subject", " ".join(words * 4)), ("From", f'"{words[0]}" <a@b.example>')]
    short = [("Subject", "x")]

    def filling(headers: list[tuple[str, str]]) -> float:
        compiled = letter(headers)
        message = Outgoing(1, 1, "a@b.example", "c@d.example", compiled, "<x@b>", LINK, LINK)
        return micros(message.content, sized(small=2_000, full=50_000))

    fill = [filling(long), filling(short)]
    say(f"  compiling: {micros(lambda: letter(long), 100):,.0f} µs, once")
    say(f"  filling in: {fill[0]:.2f} µs with long headers, {fill[1]:.2f} µs with short ones")
    with Figures() as figures:
        figures.at_most("long to short", fill[0] / fill[1], sized(small=2.0, full=1.2))
