"""The way back: verified first, then all of it in one transaction, and nothing mails by itself."""

import json
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.utils import timezone
from wagtail.models import Site

from posts.delivery.mailings.coming_back import come_back
from posts.delivery.restored import Restoration
from posts.desk.staff import factors
from posts.management.backup import readiness, tables
from posts.management.backup.loading import Said, UnpackedFiles, build, load, mark_unfinished
from posts.management.backup.taking import verify
from posts.public.pagecache.generation import pages_changed
from subscribers import objections, replaying
from subscribers.keys import forget_cached_keys

# Objections are marked as whole every ten minutes: older than this, somebody has to say so.
FRESH = timedelta(hours=1)
ENVIRONMENT_FILE = "restored.env"


@dataclass
class Back:
    """What came back, and what is to be told of it."""

    taken_at: datetime
    restoration: Restoration
    rows: int
    files: int
    other_secret: bool = False


def restore(
    path: Path,
    *,
    passphrase: str = "",
    replace: bool = False,
    objections_in: Path | None = None,
    said: Said = lambda rows: None,
) -> Back:
    """Put a backup in place. Raises NoBackup, NotReady: nothing was changed then."""
    manifest = verify(path, passphrase)
    readiness.check(manifest, replace=replace)
    if replace:
        # The file has it already, but for what a full disk kept out of it.
        with suppress(DatabaseError, OSError):
            objections.catch_up()
    lines, unreadable = _objections(objections_in, manifest)
    is_current = build(manifest)
    draft = UnpackedFiles()
    try:
        with transaction.atomic():
            secrets = load(path, passphrase, manifest, draft, said)
            if is_current:
                back = _settle(manifest, lines, unreadable)
            else:
                mark_unfinished(manifest)
        if not is_current:
            call_command("migrate", interactive=False, verbosity=0)
            with transaction.atomic():
                back = _settle(manifest, lines, unreadable)
        draft.put_in_place()
    finally:
        draft.clear()
    if objections_in is not None:
        _take_along(objections_in, manifest)
    other_secret = _keep_secrets(secrets)
    _make_anew()
    rows = sum(manifest["rows"].values())
    return Back(back.taken_at, back, rows, draft.files, other_secret)


# --- Objections ---------------------------------------------------------------------------


def _objections(
    folder: Path | None, manifest: dict[str, Any]
) -> tuple[list[objections.NotedLine], int]:
    since = datetime.fromisoformat(manifest["taken_at"]) - objections.OVERLAP
    return objections.read(folder, since=since), objections.unreadable(folder, since=since)


def _settle(
    manifest: dict[str, Any], lines: Sequence[objections.NotedLine], unreadable: int
) -> Restoration:
    """What is in the database now is as old as the backup: who objected since, and what may have
    been mailed."""
    forget_cached_keys()
    ContentType.objects.clear_cache()
    begun = any(
        line.kind == objections.BACKUP and line.words == (manifest["name"],) for line in lines
    )
    marks = objections.marks_in(lines)
    known_until = marks[-1].at if begun and marks else None
    whole = known_until is not None and not unreadable and timezone.now() - known_until < FRESH
    # First: what is replayed adds rows, whose numbers must not be those of rows that came back.
    tables.go_on_from(manifest["numbers"])
    objectors = replaying.replay(lines)
    # Which of them were used since stands nowhere: all of them are void, and their owners are told.
    factors.forget_all_codes()
    return come_back(
        taken_at=datetime.fromisoformat(manifest["taken_at"]),
        known_until=known_until,
        whole=whole,
        objectors=objectors,
    )


def _take_along(folder: Path, manifest: dict[str, Any]) -> None:
    """So that the next return, from an older backup, finds them too."""
    ours = Path(settings.OBJECTIONS_DIR)
    if folder.resolve() == ours.resolve():
        return
    ours.mkdir(mode=0o700, parents=True, exist_ok=True)
    for file in folder.glob("*.log"):
        shutil.copy(file, ours / f"{file.stem}.{manifest['name']}.log")


# --- Secrets ------------------------------------------------------------------------------


def _keep_secrets(secrets: dict[str, str]) -> bool:
    """The key where an embedded site looks for it, and all settings in a file to look at. True: the
    processes have another key, which the environment names."""
    folder = Path(settings.DATA_DIR)
    lines = [f"{name}={json.dumps(value)}" for name, value in sorted(secrets.items())]
    _write(folder / ENVIRONMENT_FILE, "\n".join(lines) + "\n")
    if not (os.environ.get("SECRET_KEY") or os.environ.get("SECRET_KEY_FILE")):
        _write(folder / "secret_key", secrets["SECRET_KEY"])
        return False
    return bool(secrets["SECRET_KEY"] != settings.SECRET_KEY)


def _write(path: Path, text: str) -> None:
    draft = path.with_name(f"{path.name}.restoring")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.rename(path)


def _make_anew() -> None:
    """What is in no backup because the rest says it."""
    Site.clear_site_root_paths_cache()
    call_command("wagtail_update_index", verbosity=0)
    with transaction.atomic():
        pages_changed()
    objections.catch_up()
