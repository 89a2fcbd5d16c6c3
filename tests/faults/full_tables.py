"""Every table of a site filled with what is hard to carry, and told again.

python -m tests.faults.full_tables fill
python -m tests.faults.full_tables tell            each table, and a sum over what is in it
python -m tests.faults.full_tables load FILE       rows only: nothing is paused or cleared
"""

import hashlib
import json
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import django
from wagtail.blocks import StreamValue
from wagtail.fields import StreamField

ROWS = 2
FIRST = 1_001
HARD = "a\tb\nc\rd\\e \\N \\. \\n “q” 'é' 🌿 \x0b\x0c\x08\x85\u2028 end"


def plain(told: Any) -> Any:
    """As it goes into JSON, alike whichever database told it."""
    if isinstance(told, bytes | memoryview):
        return bytes(told).hex()
    return list(told.raw_data) if isinstance(told, StreamValue) else told


def value(field: Any, number: int) -> Any:
    """Different in each row; what the column can bear."""
    target = field
    while target.is_relation:
        target = target.target_field
    kind = target.get_internal_type()
    if isinstance(field, StreamField):
        text = f"<p>{number} &amp; {HARD}</p>"
        return json.dumps([{"type": "paragraph", "value": text, "id": str(UUID(int=number))}])
    if field.is_relation or field.primary_key:
        return number if kind != "CharField" else f"key {number}"
    moment = datetime(2026, 10, 25, 1, 30, tzinfo=UTC) + timedelta(days=number)
    return {
        "BooleanField": bool(number % 2),
        "FloatField": number / 7,
        "DateTimeField": moment.replace(microsecond=120_000 if number % 2 else 0),
        "DateField": date(2026, 2, 28) + timedelta(days=number),
        "BinaryField": (bytes([number % 256]) + bytes(range(256)))[: field.max_length],
        "JSONField": {"b": [1, None, HARD], "a": {"ü": number}},
        "UUIDField": UUID(int=(0xFF << 120) + number),
        **dict.fromkeys(
            ("CharField", "TextField", "SlugField", "FileField"),
            f"{number} {HARD}"[: field.max_length],
        ),
    }.get(kind, number)


def models() -> list[Any]:
    from django.apps import apps

    from posts.management.backup.tables import LEFT_OUT

    found = apps.get_models(include_auto_created=True)
    return sorted(
        (m for m in found if not m._meta.proxy and m._meta.db_table not in LEFT_OUT),
        key=lambda model: str(model._meta.db_table),
    )


def fill() -> None:
    """Past the models, some of which open files that they name."""
    from django.db import connection, transaction

    from subscribers.objections import make_keys

    make_keys()  # as whoever takes a backup does
    quote = connection.ops.quote_name
    with transaction.atomic(), connection.cursor() as cursor:
        for model in models():
            fields = model._meta.local_concrete_fields
            names = ", ".join(quote(field.column) for field in fields)
            slots = ", ".join(["%s"] * len(fields))
            table = quote(model._meta.db_table)
            for number in range(FIRST, FIRST + ROWS):
                row = [field.get_db_prep_save(value(field, number), connection) for field in fields]
                cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({slots})", row)


def tell() -> dict[str, Any]:
    return {model._meta.db_table: _told(model) for model in models()}


def _told(model: Any) -> tuple[int, str]:
    names = [field.attname for field in model._meta.local_concrete_fields]
    rows = [
        json.dumps(
            [plain(told) for told in row],
            sort_keys=True,
            default=str,
        )
        for row in model._base_manager.values_list(*names)
    ]
    return len(rows), hashlib.sha256("\n".join(sorted(rows)).encode()).hexdigest()


def load(path: Path) -> None:
    from django.db import transaction

    from posts.management.backup.loading import UnpackedFiles, build, load
    from posts.management.backup.tables import go_on_from
    from posts.management.backup.taking import verify

    manifest = verify(path)
    build(manifest)
    with transaction.atomic():
        load(path, "", manifest, UnpackedFiles(), lambda rows: None)
        go_on_from(manifest["numbers"])


if __name__ == "__main__":
    django.setup()
    match sys.argv[1:]:
        case ["fill"]:
            fill()
        case ["load", path]:
            load(Path(path))
    print(json.dumps(tell()))  # noqa: T201
