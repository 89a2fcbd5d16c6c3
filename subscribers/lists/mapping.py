"""What the person who imports says of the columns of her list, and of the words in them."""

from dataclasses import dataclass, field
from typing import Any, Self

from subscribers.lists import columns, statuses

# What she may say that a column holds: the word for it here, and in the command.
ROLES = {
    "email": columns.EMAIL,
    "name": columns.NAME,
    "first": columns.FIRST,
    "last": columns.LAST,
    "tags": columns.TAGS,
    "date": columns.SINCE,
    "status": statuses.STATUS,
    "agreed": statuses.AGREED,
    "unsubscribed": statuses.UNSUBSCRIBED,
    "bounced": statuses.BOUNCED,
    "complained": statuses.COMPLAINED,
    "never": statuses.NEVER,
    "ignore": columns.IGNORED,
}
EVERYBODY = (statuses.ACTIVE, statuses.PENDING, *statuses.LEFT)


@dataclass(frozen=True)
class ColumnMapping:
    """Her answers. Columns are numbered from 1, since two may have one name and one none.

    `roles`: column to one of the values of ROLES. `values`: column to (what a cell says, as
    `normalising.key` writes it, to one of statuses.MEANINGS). `everybody`: one of EVERYBODY, where
    it is true of all in the file; empty where she did not say. `encoding`: Python's name of the one
    that the file is written in; empty where that is found out.
    """

    roles: dict[int, str] = field(default_factory=dict)
    values: dict[int, dict[str, str]] = field(default_factory=dict)
    everybody: str = ""
    encoding: str = ""

    def as_json(self) -> dict[str, Any]:
        """For a JSON field, whose keys are texts."""
        return {
            "roles": {str(number): role for number, role in self.roles.items()},
            "values": {str(number): dict(said) for number, said in self.values.items()},
            "everybody": self.everybody,
            "encoding": self.encoding,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """The inverse of `as_json`; of an empty dict, no answers."""
        return cls(
            roles={int(number): role for number, role in stored.get("roles", {}).items()},
            values={int(number): dict(said) for number, said in stored.get("values", {}).items()},
            everybody=stored.get("everybody", ""),
            encoding=stored.get("encoding", ""),
        )


NO_ANSWERS = ColumnMapping()
