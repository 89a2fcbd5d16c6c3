"""The check-up behind `manage.py doctor`: what is well, what is not, and what to do about it.

Checks of the way mail takes are delivery's own (see `posts.delivery.health`).
"""

import platform
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import wagtail
from django.conf import settings
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from posts.delivery.check import Check
from posts.delivery.doctor import checks
from posts.delivery.health import mail_leaves
from posts.sharing.cards.fonts import library, shapes_letters

# A letter of each script that titles are written in, which a font has or has not.
SCRIPTS = {
    "Latin": "g",
    "Greek": "λ",
    "Cyrillic": "ж",
    "Hebrew": "ש",
    "Arabic": "ض",
    "Devanagari": "क",
    "Bengali": "ক",
    "Tamil": "க",
    "Thai": "ก",
    "Georgian": "ქ",
    "Armenian": "ք",
    "Chinese": "字",
    "Japanese": "の",
    "Korean": "글",
    "emoji": "🌿",
}
LEAST_FREE_MB, LITTLE_FREE_MB = 200, 2_000
MB = 1_000_000


def check_all() -> list[Check]:
    """Every check that makes sense: without a database, none that needs one."""
    found = [_versions(), _folder(Path(settings.DATA_DIR)), _secret()]
    database = _database()
    found.append(database)
    if database.level == "error":
        return found
    found.extend(checks())
    found.append(_address())
    found.append(_letters())
    return found


def _versions() -> Check:
    return Check(
        "versions",
        "ok",
        f"Python {platform.python_version()}, Wagtail {wagtail.__version__}.",
    )


def _folder(folder: Path) -> Check:
    name = "data folder"
    probe = folder / "doctor.probe"
    try:
        probe.write_bytes(b"x" * 4096)
        probe.unlink()
        free = shutil.disk_usage(folder).free // MB
    except OSError as error:
        return Check(
            name,
            "error",
            f"{folder} cannot be written: {error.strerror}.",
            "Free some space, or give the user who runs Passalong the right to write there; "
            "or name another folder: DATA_DIR=/another/folder",
        )
    if free < LITTLE_FREE_MB:
        return Check(
            name,
            "error" if free < LEAST_FREE_MB else "warning",
            f"{folder} has {free:,} MB left.",
            "Make room: database, journals and outbox grow with every mailing.",
        )
    return Check(name, "ok", f"{folder} can be written; {free / 1000:,.0f} GB left.")


def _secret() -> Check:
    if len(settings.SECRET_KEY) < 32:
        return Check(
            "secret key",
            "warning",
            "SECRET_KEY is short enough to be guessed.",
            "Make another one: python -c 'import secrets; print(secrets.token_urlsafe(48))' "
            "(it signs everybody out, and unsubscribes keep working).",
        )
    return Check("secret key", "ok", "Long enough that nobody guesses it.")


def _database() -> Check:
    name = "database"
    kind = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor]
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except OperationalError as error:
        return Check(
            name,
            "error",
            f"{kind} does not answer: {' '.join(str(error).split())}",
            "Check DATABASE_URL, and that the server runs.",
        )
    if missing:
        return Check(
            name,
            "error",
            f"{kind} answers, but lacks {len(missing)} migrations.",
            "Run: uv run manage.py migrate (or manage.py up, which does it).",
        )
    return Check(name, "ok", f"{kind} answers and has every migration.")


def _address() -> Check:
    host = urlsplit(settings.SITE_URL).hostname or ""
    name = "address"
    if host not in ("localhost", "127.0.0.1", "::1"):
        return Check(name, "ok", f"Links lead to {settings.SITE_URL}.")
    todo = "Set SITE_URL to the address that readers use, like https://letters.example.org"
    if mail_leaves():
        return Check(
            name,
            "error",
            f"Links in mails would lead to {settings.SITE_URL}, which is everybody's own machine; "
            "mailings are refused.",
            todo,
        )
    return Check(name, "ok", f"Links lead to {settings.SITE_URL}: for trying out, on this machine.")


def _letters() -> Check:
    """Whether cards of shared links can show a title in each script."""
    name = "letters of cards"
    missing = [script for script, letter in SCRIPTS.items() if not library().font_for(letter)]
    if not missing:
        return Check(name, "ok", "There are fonts for every script we know of.")
    fonts = "fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji"
    if not shapes_letters():
        fonts = f"libfribidi0 {fonts}"
    return Check(
        name,
        "warning",
        f"No font here draws {', '.join(missing)}. The picture beside a shared link shows the "
        "site’s name in place of such a title.",
        f"If you write in one of them, install fonts (on Debian: apt install {fonts}) or lay some "
        f"into {Path(settings.DATA_DIR) / 'fonts'}, then restart.",
    )
