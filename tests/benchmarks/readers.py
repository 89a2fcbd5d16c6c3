"""As many readers as one likes, made by the database itself: an import would only take time."""

from collections.abc import Callable

NUMBERS = {
    "postgresql": "generate_series(1, {number}) AS series(at)",
    "sqlite": "(WITH RECURSIVE series(at) AS (SELECT 1 UNION ALL SELECT at + 1 FROM series"
    " WHERE at < {number}) SELECT at FROM series)",
}
TOKEN = {"postgresql": "gen_random_uuid()", "sqlite": "lower(hex(randomblob(16)))"}
PEOPLE = """
INSERT INTO subscribers_subscriber (email, address, name, locale, edition, format, pace,
    large_text, discreet, created_at)
SELECT 'r{newsletter}x' || at || '@example.org', 'r{newsletter}x' || at || '@example.org', '',
    'en', 'full', 'html', 'each', {no}, {no}, CURRENT_TIMESTAMP
FROM {numbers}
"""
TIES = """
INSERT INTO subscribers_subscription (subscriber_id, newsletter_id, status, header_token,
    body_token, created_at)
SELECT id, {newsletter}, 'active', {token}, {token}, CURRENT_TIMESTAMP
FROM subscribers_subscriber WHERE address LIKE 'r{newsletter}x%' ORDER BY id
"""


def make_readers(
    execute: Callable[[str], object], *, vendor: str, newsletter: int, number: int
) -> None:
    """So many active subscribers of this newsletter, and statistics as a site has that runs."""
    words = {
        "newsletter": newsletter,
        "numbers": NUMBERS[vendor].format(number=number),
        "token": TOKEN[vendor],
        "no": "false" if vendor == "postgresql" else "0",
    }
    execute(PEOPLE.format(**words))
    execute(TIES.format(**words))
    execute("ANALYZE")
