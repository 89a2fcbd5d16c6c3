"""Finds in source code whatever writes the state of a mailing or a delivery, by its form."""

import ast
import re
from collections.abc import Iterator

WRITES = {"update", "create", "get_or_create", "update_or_create", "Mailing", "Delivery"}
_SQL = re.compile(r'\b(?:UPDATE|INSERT INTO)\s+"?posts_(?:mailing|delivery)\b', re.IGNORECASE)


def writers(source: str) -> list[str]:
    """Each as `line: code`. A batch has states too, and is written as `Batch.State.…`."""
    return [f"{node.lineno}: {ast.unparse(node)[:100]}" for node in _found(ast.parse(source))]


def _found(tree: ast.AST) -> Iterator[ast.expr | ast.stmt]:
    for node in ast.walk(tree):
        match node:
            case ast.Call() if _writes(node):
                yield node
            case ast.Assign(targets=targets, value=value) if any(map(_is_state, targets)):
                if not _of_a_batch(value):
                    yield node
            case ast.AugAssign(target=target) | ast.AnnAssign(target=target) if _is_state(target):
                yield node
            case ast.Constant(value=str(text)) if _SQL.search(text):
                yield node


def _is_state(target: ast.expr) -> bool:
    return isinstance(target, ast.Attribute) and target.attr == "state"


def _of_a_batch(value: ast.expr) -> bool:
    return ast.unparse(value).startswith("Batch.State.")


def _writes(call: ast.Call) -> bool:
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            given = {keyword.arg: keyword.value for keyword in call.keywords}
        case _:
            return False
    if name in WRITES:
        return "state" in given and not _of_a_batch(given["state"])
    if name == "insert":  # `subscribers.fastsql`
        return bool(call.args) and ast.unparse(call.args[0]) in ("Mailing", "Delivery")
    if name in ("save", "bulk_update"):
        lists = [given.get("update_fields"), given.get("fields"), *call.args]
        return any("'state'" in ast.unparse(one) for one in lists if one is not None)
    return name == "setattr" and "'state'" in ast.unparse(call)
