"""Texts that were uploaded and wait to be looked at: each in a folder of its own, for a day.

The folder lies below that of the person who uploaded it, so nobody else can name it.
"""

import secrets
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from posts.content.importing import ENDINGS, ImportRefused, texts_among

_LIVES = 24 * 3600  # seconds
_MOST_FILES = 201
_MOST_BYTES = 200_000_000


def receive(files: Sequence[Any], *, user: User) -> str:
    """Keep a text, its pictures and its files; answers the name by which they are found again.

    Raises ImportRefused where there is no text among them, or more than one.
    """
    named = texts_among([str(file.name) for file in files], endings=ENDINGS)
    texts = [file for file in files if str(file.name) in named]
    if len(texts) != 1:
        raise ImportRefused(
            _("Choose one text, and the pictures that belong to it: these are %(count)d texts.")
            % {"count": len(texts)}
        )
    if len(files) > _MOST_FILES or sum(file.size or 0 for file in files) > _MOST_BYTES:
        raise ImportRefused(_("That is more than belongs to one letter. Leave some pictures out."))
    _forget_the_old()
    name = secrets.token_hex(16)
    folder = _of(user) / name
    folder.mkdir(parents=True, mode=0o700)
    for file in files:
        with (folder / Path(str(file.name)).name).open("wb") as kept:
            kept.writelines(file.chunks())
    return name


def find(name: str, *, user: User) -> Path | None:
    """The text of that name, with what belongs to it beside it; None once it is gone."""
    folder = _of(user) / name
    if not folder.is_dir():
        return None
    names = texts_among(sorted(file.name for file in folder.iterdir()), endings=ENDINGS)
    return folder / names[0] if names else None


def forget(text: Path) -> None:
    """Delete it, and what came with it."""
    shutil.rmtree(text.parent, ignore_errors=True)


def _of(user: User) -> Path:
    return Path(settings.SHARED_DIR) / "texts" / str(user.pk)


def _forget_the_old() -> None:
    for folder in (Path(settings.SHARED_DIR) / "texts").glob("*/*"):
        if time.time() - folder.stat().st_mtime > _LIVES:
            shutil.rmtree(folder, ignore_errors=True)
