"""One class name, one thing: who searches for it finds it."""

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parent.parent
# What a framework, or a contract that several modules keep, calls the same in each of them.
SAME_IN_EACH = {"Command", "Migration", "Meta", "Backend", "Payload", "Reader"}


def test_no_two_classes_have_the_same_public_name() -> None:
    places: dict[str, set[str]] = defaultdict(set)
    for room in ("posts", "subscribers", "config"):
        for file in (ROOT / room).rglob("*.py"):
            for node in ast.parse(file.read_text()).body:  # not those that stand within another
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    places[node.name].add(str(file.relative_to(ROOT)))
    places.pop("Transport")  # a way out for mails, and Celery's word for a way to the broker
    several = {name: found for name, found in places.items() if len(found) > 1}
    assert several.keys() - SAME_IN_EACH == set(), several
