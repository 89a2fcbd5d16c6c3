"""Whom a dry run saw already: it writes nothing into the database, so it remembers by itself."""

import json
import sqlite3
from collections.abc import Iterable
from types import TracebackType
from typing import Self

CACHE_KB = 8_192


class Seen:
    """A set of addresses of any size: a hash each, in a file that SQLite makes for itself and
    that is gone with us. Memory stays at the size of its cache.

    Hashes, so that no address lies in a temporary file; of 64 bits, so that in a million of them
    hardly ever two are the same.
    """

    def __enter__(self) -> Self:
        self._file = sqlite3.connect("", isolation_level=None)  # "": a temporary file
        self._file.execute("PRAGMA journal_mode = OFF")
        self._file.execute(f"PRAGMA cache_size = -{CACHE_KB}")
        self._file.execute("CREATE TABLE seen (digest INTEGER PRIMARY KEY)")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def add(self, addresses: Iterable[str]) -> None:
        # In order, so that each page of the file is looked for once.
        digests = sorted(map(hash, addresses))
        self._file.execute("BEGIN")
        self._file.executemany("INSERT OR IGNORE INTO seen VALUES (?)", ((one,) for one in digests))
        self._file.execute("COMMIT")

    def among(self, addresses: Iterable[str]) -> set[str]:
        """Those of the addresses that were seen before."""
        by_digest = {hash(address): address for address in addresses}
        found = self._file.execute(
            "SELECT digest FROM seen WHERE digest IN (SELECT value FROM json_each(?))",
            [json.dumps(list(by_digest))],
        )
        return {by_digest[digest] for (digest,) in found}
