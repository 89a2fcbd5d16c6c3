"""What the environment says, read and checked: each raises ImproperlyConfigured with what to write.

No secret is shown in what they say.
"""

import logging
import os
import re
import secrets
import stat
from contextlib import suppress
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()
_SITE_URL = re.compile(r"https?://([a-z0-9-]+(\.[a-z0-9-]+)*|\[[0-9a-f:.]+\])(:(?P<port>\d{1,5}))?")


def data_dir(path: Path, name: str = "DATA_DIR") -> Path:
    """The folder, for this user alone: it holds people's addresses, and the secret.

    One that was there before is closed to others here; what lies in it, by `prepare` and `up`.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & stat.S_ISVTX:
            raise ImproperlyConfigured(
                f"{name} is {path}, which belongs to everybody. Name a folder of its own in it."
            )
        if mode & 0o077:
            path.chmod(mode & 0o700)
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name} is {path}, where nothing can be kept ({error.strerror}). Name a folder that "
            "this user may write to."
        ) from None
    return path


def secret(name: str) -> str:
    """What must not be shown, from the variable or from the file that `<name>_FILE` names: it is
    in no list of processes then, and in no `docker inspect`."""
    text, file = str(env.str(name, default="")), str(env.str(f"{name}_FILE", default=""))
    if not file:
        return text
    if text:
        raise ImproperlyConfigured(f"{name} and {name}_FILE are both set. Leave one of them out.")
    try:
        text = Path(file).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise ImproperlyConfigured(
            f"{name}_FILE is {file}, which cannot be read ({why}). Name a file that the user who "
            "runs Passalong may read."
        ) from None
    if not text or not text.isprintable():
        raise ImproperlyConfigured(
            f"{name}_FILE is {file}, which holds {'more than one line' if text else 'nothing'}. "
            f"Write into it what {name} would be, and nothing else."
        )
    return text


def service(name: str, schemes: set[str], example: str) -> str:
    """The address of a service, if one is named. Never shown: it may hold a password."""
    url = secret(name)
    try:
        parts = urlsplit(url)
        # Asking for the port checks it, and with it what a password can break. One like "12/ab"
        # leaves a port and a path, and its @ behind them.
        is_one = parts.scheme in schemes and parts.port != 0
        is_one &= parts.scheme == "sqlite" or "@" not in url.partition(parts.netloc)[2]
    except ValueError:
        is_one = False
    if url and not is_one:
        raise ImproperlyConfigured(
            f"{name} cannot be read. It looks like {example}. Letters like / # ? @ [ in a password "
            "are written as %2F %23 %3F %40 %5B."
        )
    return url


def site_url(url: str) -> str:
    """The address as browsers write it, so that it can be compared with what they send."""
    match = _SITE_URL.fullmatch(url.lower().rstrip("/"))
    if match is None or int(match["port"] or 0) > 65535:
        raise ImproperlyConfigured(
            "SITE_URL must be the address readers use, without a path, like "
            "https://letters.example.org (a name with other letters in its form that begins "
            "with xn--)."
        )
    return match[0]


def trusted_proxies(number: str) -> int:
    if not number.isdecimal():
        raise ImproperlyConfigured(
            f"TRUSTED_PROXIES is {number!r}. It is how many proxies of yours stand before this "
            "server and add to X-Forwarded-For: 0 when browsers reach it directly."
        )
    return int(number)


def networks(text: str) -> list[str]:
    try:
        return [str(ip_network(part.strip())) for part in text.split(",") if part.strip()]
    except ValueError:
        raise ImproperlyConfigured(
            f"METRICS_NETWORKS is {text!r}. It is one network or several with commas between, like "
            "10.0.0.0/8, 192.0.2.7"
        ) from None


def metrics_token(token: str) -> str:
    if token and len(token) < 16:
        raise ImproperlyConfigured(
            "METRICS_TOKEN is short enough to be guessed. Make one: "
            "python -c 'import secrets; print(secrets.token_urlsafe(24))'"
        )
    return token


def sentry_dsn(dsn: str) -> str:
    parts = urlsplit(dsn)
    if dsn and not (parts.scheme in ("http", "https") and parts.hostname and parts.username):
        raise ImproperlyConfigured(
            "SENTRY_DSN cannot be read. It looks like https://key@sentry.example.org/1, and Sentry "
            "shows it as the DSN of a project."
        )
    return dsn


def generated_secret(file: Path) -> str:
    """Read the secret, making it first where there is none; two processes may race to it."""
    if not file.exists():
        draft = file.with_name(f"{file.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            os.link(draft, file)
        draft.unlink()
    return file.read_text().strip()


def time_zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (KeyError, OSError, ValueError):
        raise ImproperlyConfigured(
            f"TIME_ZONE is {name!r}, which is none. It looks like Europe/Brussels or UTC."
        ) from None


def mailbox_url() -> str:
    """The mailbox that bounces come back to, if it is to be read."""
    url = service("BOUNCE_URL", {"imap", "imaps"}, "imaps://user:password@host:993/INBOX")
    host = urlsplit(url).hostname
    if url and not host:
        raise ImproperlyConfigured(
            "BOUNCE_URL names no host. It looks like imaps://user:password@host:993/INBOX."
        )
    if urlsplit(url).scheme == "imap" and host not in ("localhost", "127.0.0.1", "::1"):
        raise ImproperlyConfigured(
            f"BOUNCE_URL would send the password unencrypted to {host}. Write imaps:// instead of "
            "imap://, which is for this machine only."
        )
    return url


def worker_threads(number: str) -> int:
    if not number.isdecimal() or int(number) < 1:
        raise ImproperlyConfigured(
            f"WORKER_THREADS is {number!r}. It is how many things a worker does at the same time: "
            "a whole number, at least 1."
        )
    return int(number)


def log_level(name: str) -> str:
    if name.upper() not in logging.getLevelNamesMapping():
        raise ImproperlyConfigured(
            f"LOG_LEVEL is {name!r}. It is DEBUG, INFO, WARNING, ERROR or CRITICAL."
        )
    return name.upper()


def log_format(name: str) -> str:
    if name not in ("human", "json"):
        raise ImproperlyConfigured(
            f"LOG_FORMAT is {name!r}. It is human, a line to read, or json, one for a program."
        )
    return name


def runs_under(name: str) -> str:
    if name not in ("", "systemd", "compose", "container"):
        raise ImproperlyConfigured(
            f"RUNS_UNDER is {name!r}. It is systemd, compose, container, or left out, and says how "
            "messages spell commands."
        )
    return name
