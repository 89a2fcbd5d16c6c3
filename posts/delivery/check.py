"""One line of a check-up, whoever looked: `doctor` and the desk show them alike."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warning", "error"]


@dataclass(frozen=True)
class Check:
    """One line of a check-up. `todo` is empty when all is well; `url` is where it is done."""

    name: str
    level: Level
    message: str
    todo: str = ""
    url: str = ""
