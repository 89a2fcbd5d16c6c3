"""Whose are the copies of unfinished letters that a browser keeps (`desk/keep.js`).

Several people may write on one device. Each copy is named after its writer's account, by a key that
is no secret and tells nobody's name or address; it is the same on every visit.
"""

from typing import Any

from django.utils.crypto import salted_hmac

__all__ = ["HEADER", "writer_of"]

HEADER = "Letters-Of"  # in the answer to an editor that asks who is signed in
_SALT = "posts.desk.copies"


def writer_of(user: Any) -> str:
    """The key of an account."""
    return salted_hmac(_SALT, str(user.pk)).hexdigest()[:16]
