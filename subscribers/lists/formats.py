"""Files that people take for a list: told by their first bytes, with what to do instead."""

from subscribers.saying import sentence

_SIGNS = (
    (b"%PDF", sentence("a PDF. A PDF holds pages, no rows: export your list as CSV.")),
    (
        b"\xd0\xcf\x11\xe0",
        sentence("an old Excel workbook (XLS). Open it and save it as CSV (UTF-8)."),
    ),
    (b"\x1f\x8b", sentence("compressed (GZIP). Unpack it, and import the CSV file in it.")),
    (b"Rar!", sentence("an archive (RAR). Unpack it, and import the CSV file in it.")),
    (b"7z\xbc\xaf", sentence("an archive (7Z). Unpack it, and import the CSV file in it.")),
    (b"\x89PNG", sentence("a picture, not a text file. Save your list as CSV (UTF-8).")),
    (b"\xff\xd8\xff", sentence("a picture, not a text file. Save your list as CSV (UTF-8).")),
    (b"SQLite format 3", sentence("a database (SQLite). Export your list from it as CSV.")),
)


def what_it_is(start: bytes) -> str:
    """What a file is that begins so, and what to do; nothing if it may be a list."""
    if start.startswith(b"PK\x03\x04"):
        if b"xl/" in start or b"[Content_Types].xml" in start:
            return sentence(
                "a spreadsheet or archive (an Excel workbook). Open it and save it as CSV (UTF-8)."
            )
        if b"opendocument" in start:
            return sentence(
                "a spreadsheet or archive (OpenDocument). Open it and save it as CSV (UTF-8)."
            )
        return sentence(
            "a spreadsheet or archive (ZIP). Unpack it and import the CSV file in "
            "it; if it is a spreadsheet, open it and save it as CSV (UTF-8)."
        )
    return next((words for sign, words in _SIGNS if start.startswith(sign)), "")
