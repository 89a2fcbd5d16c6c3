"""Mailchimp exports a zip: an audience has a CSV file each for who subscribed, left, was cleaned,
and never asked for letters; an account has its campaigns as HTML and as text besides.

The files are called `subscribed_…`, `unsubscribed_…`, `cleaned_…` and `nonsubscribed_…` or
`transactional_…`, and the texts lie in `campaigns_content/` (https://mailchimp.com/help/
export-and-back-up-account-data/). Nothing beside a text says when it went out, or to whom, so it
comes as a draft.
"""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from posts.content.importing import ImportRefused
from posts.moving_in.archive import Archive
from posts.moving_in.shape import (
    Found,
    MoveOptions,
    NotBrought,
    OldList,
    OldPost,
    OldSystem,
    TextForm,
    described,
)
from posts.moving_in.tables import lists_in
from subscribers import saying
from subscribers.lists.statuses import BOUNCED, UNSUBSCRIBED
from subscribers.saying import sentence

_CAMPAIGNS = re.compile(r"(?:^|/)campaigns[^/]{0,40}/[^/]{1,200}$", re.IGNORECASE)
_REPORTS = re.compile(r"(?:^|/)(?:reports?|granular|aggregate|geo)[^/]{0,40}/", re.IGNORECASE)
_MERGED = re.compile(r"\*\|[^|*\n]{1,200}\|\*")  # what was put in for each reader
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{1,500})</title>", re.IGNORECASE)
_PUT_IN = sentence("What was put in for each reader, such as a name, is left out.")
_NUMBER = re.compile(r"^\d{1,12}[_-]+")
# By the beginning of a file's name, the more telling ones first.
_LISTS = (
    ("unsub", UNSUBSCRIBED),
    ("cleaned", BOUNCED),
    ("bounced", BOUNCED),
)
_NEVER_ASKED = ("nonsubscribed", "non_subscribed", "non-subscribed", "transactional")


def _read(archive: Archive, options: MoveOptions) -> Iterator[Found]:
    html = archive.names(".html", ".htm")
    stems = {name.rpartition(".")[0] for name in html}
    texts = [one for one in archive.names(".txt") if one.rpartition(".")[0] not in stems]
    for name in (*html, *texts):
        if _CAMPAIGNS.search(name):
            yield _post(archive, name)
        else:
            yield NotBrought(name, sentence("It is a template or a report, and no letter."))
    beside = tuple(name for name in archive.names(".csv") if _is_beside(name))
    for found in lists_in(archive, but=beside):
        yield _of_whom(found) if isinstance(found, OldList) else found


def _is_beside(name: str) -> bool:
    return bool(_REPORTS.search(name)) or PurePosixPath(name).name == "campaigns.csv"


def _of_whom(found: OldList) -> OldList | NotBrought:
    name = PurePosixPath(found.where).name.lower()
    if name.startswith(_NEVER_ASKED):
        return NotBrought(
            found.where,
            sentence("These people bought something there, and never asked for letters."),
        )
    return OldList(found.where, next((all_ for part, all_ in _LISTS if part in name), ""))


def _post(archive: Archive, name: str) -> Found:
    try:
        text = archive.text_of(name)
    except ImportRefused as refusal:
        return NotBrought(name, saying.of(refusal), True)
    form: TextForm = "plain" if name.endswith(".txt") else "html"
    merged = len(_MERGED.findall(text))
    titled = _TITLE.search(text)
    stem = _NUMBER.sub("", PurePosixPath(name).stem).replace("_", " ").replace("-", " ").strip()
    title = _MERGED.sub("", titled.group(1)).strip() if titled else ""
    return OldPost(
        key=name,
        where=name,
        text=_MERGED.sub("", text),
        form=form,
        said=described(title=title or stem.capitalize() or name, draft="draft"),
        unkept=(_PUT_IN,) if merged else (),
    )


SYSTEM = OldSystem(
    "mailchimp",
    "Mailchimp",
    sentence("The zip file of its export: of an audience or of the whole account."),
    _read,
)
