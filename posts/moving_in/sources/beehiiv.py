"""beehiiv exports posts as CSV (or a zip with it) and subscribers as CSV.

A post has id, web_title, status (draft, confirmed, archived), audience (free, premium, both),
content_tags (parted by `;`), url, web_subtitle, email_subject_line, email_preview_text,
content_html, thumbnail_url, created_at. It stood at `/p/<slug>`.
"""

from collections.abc import Iterator

from posts.moving_in.archive import Archive
from posts.moving_in.shape import (
    Found,
    MoveOptions,
    NotBrought,
    OldPost,
    OldSystem,
    described,
    line_of,
    text_of,
)
from posts.moving_in.tables import Row, header_of, lists_in, rows_of
from subscribers.saying import sentence

_FILES = "https://media.beehiiv.com/cdn-cgi/image/quality=100/"  # before addresses of its own
_PAYING = ("premium", "paid")
_ARCHIVED = sentence("It was archived there, and comes as a draft.")


def _read(archive: Archive, options: MoveOptions) -> Iterator[Found]:
    tables = [n for n in archive.names(".csv") if "content_html" in header_of(archive, n)]
    for table in tables:
        for found in rows_of(archive, table):
            if isinstance(found, NotBrought):
                yield found
            else:
                yield _post(found[1], line_of(table, found[0]))
    yield from lists_in(archive, but=tuple(tables))


def _post(row: Row, where: str) -> OldPost:
    address = text_of(row, "url")
    audience = (text_of(row, "audience") or text_of(row, "web_audiences")).lower()
    status = text_of(row, "status").lower()
    return OldPost(
        key=text_of(row, "id") or address,
        where=where,
        text=row.get("content_html", ""),
        said=described(
            title=text_of(row, "web_title") or text_of(row, "email_subject_line"),
            subtitle=text_of(row, "web_subtitle"),
            excerpt=text_of(row, "email_preview_text"),
            date=text_of(row, "published_at") or text_of(row, "created_at"),
            slug=address,
            tags=text_of(row, "content_tags"),
            image=_picture(text_of(row, "thumbnail_url")),
            draft="" if status in ("confirmed", "published") else "draft",
        ),
        old_paths=(address,) if address else (),
        members_only=any(word in audience for word in _PAYING),
        unkept=(_ARCHIVED,) if status == "archived" else (),
    )


def _picture(address: str) -> str:
    own = address.lstrip("/")
    return f"{_FILES}{own}" if own.startswith("uploads/") else address


SYSTEM = OldSystem(
    "beehiiv",
    "beehiiv",
    sentence("The table of its posts, its list of subscribers, or a zip of both."),
    _read,
)
