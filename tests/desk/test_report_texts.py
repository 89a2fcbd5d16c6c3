"""The report's words: codes of mail servers, and lengths of time."""

from datetime import timedelta

import pytest

from posts.delivery.reporting.tally import Refusals
from posts.desk.report_texts import MOST_CODES, code_text, interval, refusals


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("5.1.1", "the address does not exist"),
        ("4.2.2", "the mailbox is full"),
        ("5.7.515", "our domain could not be proven (SPF, DKIM, DMARC)"),
        ("5.7.999", "refused by rules of security or trust"),
        ("5.1.999", "something about the address"),
        ("5.9.9", "a reason that the code does not tell"),
        ("550", "there is no such mailbox, or it may not be used"),
        ("599", "a reason that the code does not tell"),
        ("", "in words without a code"),
    ],
)
def test_a_code_is_told_in_words(code: str, text: str) -> None:
    assert code_text(code) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(10, "10 seconds"), (60, "minute"), (600, "10 minutes"), (3600, "hour"), (86400, "day")],
)
def test_a_length_of_time_is_told_in_words(seconds: int, text: str) -> None:
    assert interval(timedelta(seconds=seconds)) == text


def test_rare_codes_share_a_line_and_nobody_is_dropped() -> None:
    groups = [Refusals(f"5.1.{n}", 100 - n, f"550 5.1.{n} no") for n in range(MOST_CODES + 3)]
    parts = refusals(groups)
    assert len(parts) == MOST_CODES + 1
    assert parts[-1].text == "3 other codes"
    assert sum(part.count for part in parts) == sum(group.people for group in groups)
