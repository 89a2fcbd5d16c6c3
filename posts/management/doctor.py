"""The check-up behind `manage.py doctor`: what is well, what is not, and what to do about it.

Checks of the way mail takes are delivery's own (see `posts.delivery.health`).
"""

import platform
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import wagtail
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from wagtail.models import Site

from posts.content.models import HomePage
from posts.delivery import dns_doctor
from posts.delivery.check import Check
from posts.delivery.doctor import checks
from posts.delivery.health import mail_leaves
from posts.delivery.models import Mailing
from posts.delivery.status import workers_alive
from posts.delivery.transports import current
from posts.delivery.transports.base import TransportError
from posts.delivery.transports.smtp import Smtp
from posts.desk.welcome import owner_exists
from posts.sharing.cards.fonts import library, shapes_letters
from subscribers import objections
from subscribers.models import Newsletter
from subscribers.run_here import manage
from subscribers.saying import in_words

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
LOCAL = ("localhost", "127.0.0.1", "::1")
LONGEST_SINCE_BACKUP = timedelta(days=8)
MARKED_WITHIN = timedelta(hours=1)


def check_all(nameserver: str = "") -> list[Check]:
    """Every check that makes sense: without a database, none that needs one. `nameserver`: whom to
    ask about DNS records. Raises ValueError: it is none."""
    found = [_versions(), _folder(Path(settings.DATA_DIR)), _secret()]
    database = _database()
    found.append(database)
    if database.level == "error":
        return found
    found.extend(_site())
    found.extend(_beside_the_database())
    found.extend(checks())
    found.extend(_mail_server())
    found.extend(dns_doctor.checks(nameserver))
    found.append(_address())
    found.extend(_outbox())
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
            f"Run: {manage('prepare')}",
        )
    return Check(name, "ok", f"{kind} answers and has every migration.")


def _site() -> Iterator[Check]:
    """What every site has, and whoever only ran `migrate` has not."""
    prepare = f"Run: {manage('prepare')}"
    home = HomePage.objects.first()
    if home is None or not Site.objects.filter(root_page=home.pk, is_default_site=True).exists():
        yield Check("home page", "error", "The site has no home page of ours.", prepare)
    if not Newsletter.objects.exists():
        yield Check(
            "newsletter", "error", "There is no newsletter that anybody could join.", prepare
        )
    if not owner_exists():
        yield Check(
            "owner",
            "error",
            "Nobody has an account with which to write and to change settings.",
            f"{prepare} It prints a link with which you make yours.",
        )


def _beside_the_database() -> Iterator[Check]:
    """What a lost disk would take along: the last backup, and who objected since."""
    folder = Path(settings.OBJECTIONS_DIR)
    noted = objections.read(since=timezone.now() - LONGEST_SINCE_BACKUP)
    marks = objections.marks_in(noted)
    if marks and timezone.now() - marks[-1].at > MARKED_WITHIN and workers_alive():
        yield Check(
            "objections",
            "error",
            f"Since {in_words(marks[-1].at)} nothing was noted in {folder}, which is what keeps "
            "who said no from coming back with a backup.",
            "See that the folder can be written, and that beat rings.",
        )
    backups = [line.at for line in noted if line.kind == objections.BACKUP]
    if backups:
        yield Check("backup", "ok", f"The last one was begun on {in_words(backups[-1])}.")
    elif Mailing.objects.exists():
        yield Check(
            "backup",
            "warning",
            f"None was taken within {LONGEST_SINCE_BACKUP.days} days.",
            f"Each night, to another disk: {manage('backup /mnt/disk/backups/ --keep 14')}",
        )


def _mail_server() -> Iterator[Check]:
    """Whether it lets us in: connected, and logged in where EMAIL_URL says as whom."""
    try:
        way_out = current()
        if not isinstance(way_out, Smtp):
            return
        way_out.open().close()
    except ImproperlyConfigured:
        return  # the transport's own check says so
    except TransportError as error:
        yield Check(
            "mail server",
            "error",
            f"No mail can leave: {error}",
            "Correct EMAIL_URL or the mail server; ask again with this command.",
        )
    else:
        logged_in = " and logged us in" if way_out.user else ""
        yield Check("mail server", "ok", f"{way_out.host} answered{logged_in}.")


def _outbox() -> Iterator[Check]:
    """Readers can reach the site, and no letter reaches them."""
    host = urlsplit(settings.SITE_URL).hostname or ""
    if host in LOCAL or not settings.EMAIL_URL.startswith("outbox:"):
        return
    yield Check(
        "outbox",
        "error",
        f"{settings.SITE_URL} is there for readers, and every mail stays on this machine, also "
        "those with which they confirm.",
        "Set EMAIL_URL=smtp+tls://user:password@host:587, or a provider (see the README).",
    )


def _address() -> Check:
    host = urlsplit(settings.SITE_URL).hostname or ""
    name = "address"
    if host not in LOCAL:
        return Check(name, "ok", f"Links lead to {settings.SITE_URL}.")
    todo = (
        "Say it in the desk, under Settings → Where readers find you, or set SITE_URL to the "
        "address that readers use, like https://letters.example.org"
    )
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
