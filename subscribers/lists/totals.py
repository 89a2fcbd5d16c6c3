"""How an import went, in numbers that add up."""

from dataclasses import asdict, dataclass


@dataclass
class Totals:
    """What became of the rows; all but `read` sum to `read`."""

    read: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    suppressed: int = 0
    rejected: int = 0

    def as_json(self) -> dict[str, int]:
        return asdict(self)


@dataclass
class Asides:
    """What is told beside the totals, of which these are parts."""

    left_before: int = 0  # of the unchanged: people who had unsubscribed, bounced or complained
    left_there: int = 0  # of the suppressed: people who had left where the list comes from
    role_addresses: int = 0  # of the added: mailboxes that several people read
    disposable_addresses: int = 0  # of the added: mailboxes that are thrown away after a while

    def as_json(self) -> dict[str, int]:
        return asdict(self)

    @property
    def doubtful(self) -> dict[str, int]:
        """How many look like something else than a reader's own mailbox."""
        names = ("role_addresses", "disposable_addresses")
        return {name: getattr(self, name) for name in names}
