"""What the environment says, and what is said back where it makes no sense."""

import runpy
import stat
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

import config

SETTINGS = Path(config.__file__).with_name("settings.py")
SERVICES = {"DATABASE_URL": "postgres://ada:s3cret@db.example/letters", "SECRET_KEY": "for tests"}


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bare = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "BOUNCE_URL", "SITE_URL", "SECRET_KEY")
    files = (f"{name}_FILE" for name in bare)
    for name in (*bare, *files, "DEBUG", "SHARED_DIR", "OBJECTIONS_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "var"))


def read(monkeypatch: pytest.MonkeyPatch, **environment: str) -> dict[str, Any]:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(SETTINGS))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SITE_URL", "letters.example.org"),
        ("SITE_URL", "ftp://letters.example.org"),
        ("SITE_URL", "https://letters.example.org/blog"),
        ("SITE_URL", "https://letters.example.org?from=mail"),
        ("SITE_URL", "https://letters.example.org#top"),
        ("SITE_URL", "https://ada:s3cret@letters.example.org"),
        ("SITE_URL", "https://letters.example.org:99999"),
        ("SITE_URL", "https://bücher.example"),
        ("SITE_URL", "https://letters example.org"),
        ("SITE_URL", "https://[letters"),
        ("DATABASE_URL", "letters"),
        ("DATABASE_URL", "mysql://ada:s3cret@db.example/letters"),
        ("DATABASE_URL", "postgres://ada:s3cret/x@db.example/letters"),
        ("DATABASE_URL", "postgres://ada:s3cret@db.example:port/letters"),
        ("DATABASE_URL", "postgres://ada:12/s3cret@db.example/letters"),
        ("REDIS_URL", "localhost:6379"),
        ("REDIS_URL", "redis://:s3cret@[broker"),
        ("REDIS_URL", "redis://:s3cret@broker:port"),
        ("REDIS_URL", "redis://:12#s3cret@broker:6379/0"),
        ("BOUNCE_URL", "bounces@letters.example"),
        ("BOUNCE_URL", "pop3://bounces:s3cret@mail.example"),
        ("BOUNCE_URL", "imaps://bounces:s3cret@"),
        ("BOUNCE_URL", "imaps://bounces:s3cret@mail.example:port/INBOX"),
        ("BOUNCE_URL", "imap://bounces:s3cret@mail.example/INBOX"),
        ("BOUNCE_URL", "IMAP://bounces:s3cret@mail.example/INBOX"),
        ("TIME_ZONE", "Europe/Gent"),
        ("TIME_ZONE", "/etc/passwd"),
        ("WORKER_THREADS", "many"),
        ("WORKER_THREADS", "0"),
        ("TRUSTED_PROXIES", "all"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence_that_says_what_would(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    services = SERVICES if name == "REDIS_URL" else {}
    with pytest.raises(ImproperlyConfigured) as refusal:
        read(monkeypatch, **{**services, name: value})
    message = str(refusal.value)
    assert message.startswith(name)
    assert "s3cret" not in message
    # Web servers and workers print what an error came from, too.
    assert refusal.value.__cause__ is None
    assert refusal.value.__context__ is None or refusal.value.__suppress_context__


def test_services_that_are_named_well_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    redis = "rediss://:s3cret@broker.example:6380/1"
    settings = read(monkeypatch, **SERVICES, REDIS_URL=redis, TIME_ZONE="Europe/Brussels")
    assert settings["DATABASES"]["default"]["HOST"] == "db.example"
    assert settings["CELERY_BROKER_URL"] == redis


def test_a_mailbox_for_bounces_is_looked_into_and_without_one_nothing_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "fetch bounces" not in read(monkeypatch)["CELERY_BEAT_SCHEDULE"]
    for url in ("imaps://bounces:p%40ss@mail.example/INBOX", "imap://bounces:s3cret@127.0.0.1"):
        settings = read(monkeypatch, BOUNCE_URL=url)
        assert settings["BOUNCE_URL"] == url
        assert "fetch bounces" in settings["CELERY_BEAT_SCHEDULE"]


def test_the_address_of_the_site_is_written_as_browsers_write_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = read(monkeypatch, SITE_URL="HTTPS://Letters.Example.org/")
    assert settings["SITE_URL"] == "https://letters.example.org"
    assert settings["SESSION_COOKIE_SECURE"]


def test_services_need_a_secret_that_all_processes_share(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^SECRET_KEY is not set"):
        read(monkeypatch, DATABASE_URL=SERVICES["DATABASE_URL"])


def test_the_made_secret_stays_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = read(monkeypatch)["SECRET_KEY"]
    assert len(secret) > 40
    assert read(monkeypatch)["SECRET_KEY"] == secret


def test_nobody_else_on_the_machine_reads_what_is_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    read(monkeypatch)
    folder = tmp_path / "var"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "secret_key").stat().st_mode) == 0o600
    written = folder / "written later"
    written.touch()
    assert stat.S_IMODE(written.stat().st_mode) == 0o600


def test_a_folder_that_was_open_is_closed_to_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "var"
    folder.mkdir()
    folder.chmod(0o755)
    read(monkeypatch)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_that_belongs_to_everybody_is_not_taken_away_from_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shared = tmp_path / "tmp"
    shared.mkdir()
    shared.chmod(0o1777)
    with pytest.raises(ImproperlyConfigured, match="a folder of its own"):
        read(monkeypatch, DATA_DIR=str(shared))
    assert stat.S_IMODE(shared.stat().st_mode) == 0o1777


def test_a_data_folder_that_cannot_be_made_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(ImproperlyConfigured, match=r"^DATA_DIR is .*file"):
        read(monkeypatch, DATA_DIR=str(tmp_path / "file"))


def test_what_is_empty_counts_as_not_said(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SITE_URL", "TIME_ZONE", "WORKER_THREADS")
    settings = read(monkeypatch, **dict.fromkeys((*names, "BOUNCE_URL", "LOG_LEVEL"), ""))
    assert settings["EMAIL_URL"] == ""
    assert settings["TIME_ZONE"] == "UTC"
    assert settings["CELERY_WORKER_CONCURRENCY"] == 4


@pytest.mark.parametrize("debug", ["", "0", "perhaps"])
def test_details_of_errors_are_shown_only_on_a_clear_word(
    monkeypatch: pytest.MonkeyPatch, debug: str
) -> None:
    assert read(monkeypatch, DEBUG=debug)["DEBUG"] is False


@pytest.mark.parametrize(
    ("said", "proxies"),
    [
        ({}, 0),
        ({"SITE_URL": "https://letters.example.org"}, 1),
        ({"SITE_URL": "https://letters.example.org", "TRUSTED_PROXIES": "2"}, 2),
        ({"SITE_URL": "https://letters.example.org", "TRUSTED_PROXIES": "0"}, 0),
    ],
)
def test_with_https_there_is_one_proxy_before_us_unless_we_are_told_otherwise(
    monkeypatch: pytest.MonkeyPatch, said: dict[str, str], proxies: int
) -> None:
    assert read(monkeypatch, **said)["TRUSTED_PROXIES"] == proxies


# --- Secrets in files ---------------------------------------------------------------------

SECRETS = {
    "SECRET_KEY": "a secret that is long enough for all of us",
    "DATABASE_URL": "postgres://ada:s3cret@db.example/letters",
    "REDIS_URL": "redis://:s3cret@broker.example:6379/0",
    "EMAIL_URL": "smtp+tls://ada:s3cret@smtp.example:587",
    "BOUNCE_URL": "imaps://ada:s3cret@imap.example/INBOX",
}


def test_what_is_secret_may_stand_in_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, text in SECRETS.items():
        (tmp_path / name).write_text(f"{text}\n")
        monkeypatch.setenv(f"{name}_FILE", str(tmp_path / name))
    settings = read(monkeypatch)
    assert {name: settings[name] for name in SECRETS} == SECRETS


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "No such file"),
        (b"", "holds nothing"),
        (b" \n", "holds nothing"),
        (b"s3cret one\ns3cret two\n", "more than one line"),
        (b"\xff\xfes3cret", "it is no text"),
    ],
)
def test_a_file_that_tells_no_secret_is_refused_and_nothing_of_it_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, content: bytes | None, why: str
) -> None:
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    services = {} if name == "DATABASE_URL" else {"DATABASE_URL": SECRETS["DATABASE_URL"]}
    key = {} if name == "SECRET_KEY" else {"SECRET_KEY": SECRETS["SECRET_KEY"]}
    with pytest.raises(ImproperlyConfigured, match=why) as refusal:
        read(monkeypatch, **services, **key, **{f"{name}_FILE": str(file)})
    assert str(refusal.value).startswith(f"{name}_FILE is {file}")
    assert "s3cret" not in str(refusal.value)
    assert refusal.value.__cause__ is None


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_that_is_said_twice_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    (tmp_path / "secret").write_text("another")
    both = {**SECRETS, f"{name}_FILE": str(tmp_path / "secret")}
    with pytest.raises(ImproperlyConfigured, match=f"^{name} and {name}_FILE are both set"):
        read(monkeypatch, **both)


# --- What machines share ------------------------------------------------------------------


def test_of_several_machines_each_has_a_folder_and_all_have_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    alone = read(monkeypatch)
    assert alone["SHARED_DIR"] == alone["DATA_DIR"]
    shared = tmp_path / "shared"
    together = read(monkeypatch, SHARED_DIR=str(shared))
    assert together["MEDIA_ROOT"] == shared / "media"
    assert together["OBJECTIONS_DIR"] == shared / "objections"
    assert together["DATA_DIR"] == alone["DATA_DIR"]
    assert stat.S_IMODE(shared.stat().st_mode) == 0o700


def test_a_shared_folder_that_cannot_be_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ImproperlyConfigured, match=r"^SHARED_DIR is "):
        read(monkeypatch, SHARED_DIR=str(tmp_path / "file" / "shared"))
