"""Only what somebody looked at is published: known by what it says, not by its version's number.

The editor saves by itself, over what it saved last. So a number stays while the words change, and
a save that was still on its way makes a new number without changing a word.
"""

import hashlib
import json

from wagtail.models import Revision

# What saving itself changes: when, which version, and what of it readers see already.
_NOT_THE_WRITERS = frozenset(
    {
        "draft_title",
        "expired",
        "first_published_at",
        "has_unpublished_changes",
        "last_published_at",
        "latest_revision",
        "latest_revision_created_at",
        "live",
        "live_revision",
        "locked",
        "locked_at",
        "locked_by",
        "numchild",
        "path",
        "url_path",
    }
)


def seal(revision: Revision) -> str:
    """What stands for the content of a version: 32 digits, the same as long as it says the same."""
    said = {name: it for name, it in revision.content.items() if name not in _NOT_THE_WRITERS}
    written = json.dumps([revision.object_id, said], sort_keys=True, default=str)
    return hashlib.sha256(written.encode()).hexdigest()[:32]
