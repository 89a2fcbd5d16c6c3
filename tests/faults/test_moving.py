"""A site is taken along from SQLite to PostgreSQL and back, in processes of its own."""

import json
from pathlib import Path

from tests.faults.services import Postgres
from tests.faults.site import Site


def content_of(folder: Path) -> dict[str, bytes]:
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    manifest = json.loads(found.pop("manifest.json"))
    del manifest["taken_at"]
    return found | {"manifest.json": json.dumps(manifest).encode()}


def test_from_sqlite_to_postgresql_and_back_it_is_the_same_site(tmp_path: Path) -> None:
    first, second, third = (tmp_path / name for name in ("one", "two", "three"))
    with (
        Postgres() as server,
        Site(tmp_path / "small", DATABASE_URL="", REDIS_URL="") as small,
        Site(tmp_path / "large", DATABASE_URL=server.url, REDIS_URL="") as large,
        Site(tmp_path / "again", DATABASE_URL="", REDIS_URL="") as again,
    ):
        slug = small.prepare(30)
        small.run("erase_subscriber", "reader7@example.org")
        small.ask("export_site", str(first))
        large.ask("import_site", str(first))
        large.ask("export_site", str(second))
        again.ask("import_site", str(second))
        again.ask("export_site", str(third))
        assert content_of(first) == content_of(second) == content_of(third)
        assert (third / "site" / slug / "index.html").is_file()
        # The address that was erased there is known here, by its hash alone.
        assert "was erased before" in again.run("erase_subscriber", "reader7@example.org")
        assert "Nobody here has" in again.run("erase_subscriber", "nobody@example.org")
