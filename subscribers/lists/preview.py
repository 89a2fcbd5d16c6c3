"""Some rows of each outcome, to be shown before anybody is imported."""

from collections import Counter
from dataclasses import dataclass, field

from subscribers.lists import statuses
from subscribers.lists.csv_file import ListRow

MOST = 3  # good rows of each outcome
MOST_REJECTED = 10


@dataclass
class PreviewRow:
    """A row as it would be taken. `status`: what the file says of her, or statuses.NOTHING."""

    line: int
    address: str
    name: str
    status: str
    tags: tuple[str, ...]
    outcome: str


@dataclass
class Sample:
    """The first rows of each outcome, while all rows go by."""

    rejected: list[ListRow] = field(default_factory=list)
    _by_address: dict[str, PreviewRow] = field(default_factory=dict)
    _counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def good(self) -> list[PreviewRow]:
        """In the order of the file."""
        return sorted(self._by_address.values(), key=lambda shown: shown.line)

    def reject(self, row: ListRow) -> None:
        """Note a row that would not be taken."""
        if len(self.rejected) < MOST_REJECTED:
            self.rejected.append(row)

    def note(self, row: ListRow, outcome: str) -> None:
        """Note what would become of a good row."""
        status = row.more.said if row.more else statuses.NOTHING
        shown = self._by_address.get(row.address)
        if shown is None and self._counts[outcome, status] < MOST:
            self._counts[outcome, status] += 1
            tags = row.more.tags if row.more else ()
            self._by_address[row.address] = PreviewRow(
                row.line, row.address, row.name, status, tags, outcome
            )
        elif shown is not None and statuses.gravest([shown.status, status]) != shown.status:
            # A later row says that she left: then no row shows her as somebody who is mailed.
            shown.status, shown.outcome = status, outcome
