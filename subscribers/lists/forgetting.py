"""What imports still hold of a person who is erased: a preview, rejected rows, a waiting upload."""

import csv
import hashlib
import re
from collections.abc import Collection
from functools import partial
from pathlib import Path
from typing import Any

from django.db import transaction

from subscribers import saying
from subscribers.lists.jobs import folder, path_of
from subscribers.lists.models import ImportJob

State = ImportJob.State

_IN_UTF16 = ("utf-16-le", "utf-16-be")
# Letters, digits and what makes an address of them; separators, quotes and line ends stay.
_TELLING = re.compile(rb"[0-9A-Za-z@.+_\x80-\xff]")


def forget_of(subscriber_id: int, addresses: Collection[str]) -> None:
    """As `forget`, once the erasure is committed: files know no rollback."""
    transaction.on_commit(lambda: forget(addresses))


def forget(addresses: Collection[str]) -> None:
    """Drop her rows from previews, rejects, and uploads that wait for a word.

    An import at work is left to end: she is suppressed, and its file goes with it.
    """
    named = [address.lower() for address in addresses]
    for job in ImportJob.objects.order_by("pk"):
        _forget_in_row(job, named)
        if job.state in (State.ASKED, State.CHECKED):
            _shorten_upload(job, named)
    if folder().exists():
        for path in folder().glob("*.rejects.csv"):
            drop_rows(path, named)


def _forget_in_row(job: ImportJob, named: list[str]) -> None:
    cleaned = {name: without(getattr(job, name), named) for name in ("preview", "mapping")}
    if cleaned["preview"] != job.preview:
        # The first cells of each column are those of a few people, her name among them.
        for column in cleaned["preview"].get("columns", ()):
            column["first"] = []
    for name in ("file_name", "source", "problem"):
        cleaned[name] = ellipsed(getattr(job, name), named)
    changed = [name for name, value in cleaned.items() if value != getattr(job, name)]
    if changed:
        ImportJob.objects.filter(pk=job.pk).update(**{name: cleaned[name] for name in changed})


def without(value: Any, named: list[str]) -> Any:
    """The same JSON without the rows that name her; a text that does is emptied."""
    if isinstance(value, str):
        return "" if _names(value, named) else value
    if isinstance(value, dict):
        return {key: without(one, named) for key, one in value.items() if not _names(key, named)}
    if isinstance(value, list):
        return [without(one, named) for one in value if not _is_hers(one, named)]
    return value


def _is_hers(value: Any, named: list[str]) -> bool:
    """A text that names her, or a row with such a cell."""
    if isinstance(value, list):
        return any(isinstance(cell, str) and _names(cell, named) for cell in value)
    return isinstance(value, str) and _names(value, named)


def ellipsed(text: str, named: list[str]) -> str:
    """A sentence of ours stays one."""
    for address in named:
        name = re.compile(re.escape(address), re.IGNORECASE)
        text = saying.changed(text, partial(name.sub, "…"))
    return text


def _names(text: str, named: list[str]) -> bool:
    lowered = text.lower()
    return any(address in lowered for address in named)


def drop_rows(path: Path, named: list[str]) -> None:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    kept = [row for row in rows if not _is_hers(row, named)]
    if len(kept) == len(rows):
        return
    if len(kept) < 2:  # nothing but the header
        path.unlink()
        return
    draft = path.with_name(f"{path.name}.part")
    draft.touch(mode=0o600)
    with draft.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(kept)
    draft.replace(path)


def _shorten_upload(job: ImportJob, named: list[str]) -> None:
    """Without her lines. Nothing of it was taken yet, so that no row is counted twice."""
    path = path_of(job)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return
    shortened = _shortened(content, named)
    if shortened == content:
        return
    draft = path.with_name(f"{path.name}.part")
    draft.touch(mode=0o600)
    draft.write_bytes(shortened)
    with transaction.atomic():
        waiting = ImportJob.objects.filter(pk=job.pk, state__in=(State.ASKED, State.CHECKED))
        if waiting.update(sha256=hashlib.sha256(shortened).hexdigest(), size=len(shortened)):
            draft.replace(path)
        else:  # begun or cancelled at this very moment
            draft.unlink()


def _shortened(content: bytes, named: list[str]) -> bytes:
    lowered = content.lower()
    for encoding in _IN_UTF16:
        if any(address.encode(encoding) in lowered for address in named):
            text = content.decode(encoding, "surrogatepass")
            inner = _shortened(text.encode(errors="surrogatepass"), named)
            return inner.decode(errors="replace").encode(encoding)
    if not any(address.encode() in lowered for address in named):
        return content
    hers = [address.encode() for address in named]
    return b"".join(
        _crossed_out(line) if any(address in line.lower() for address in hers) else line
        for line in content.splitlines(keepends=True)
    )


def _crossed_out(line: bytes) -> bytes:
    """Nothing; but of a row that goes on in another line, crosses in its place, or the quotes
    around it would hold the rows that follow."""
    return _TELLING.sub(b"x", line) if line.count(b'"') % 2 else b""
