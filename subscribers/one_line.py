"""Text of others brought onto one line: for headers, names, cells and log lines."""


def one_line(text: str) -> str:
    """With every run of white space, line breaks among them, as one space.

    A line break in a header would begin a header of its own.
    """
    return " ".join(text.split())


def printable_line(text: str, *, most: int) -> str:
    """The same without what no database stores and no screen shows; at most so many characters."""
    if not text.isprintable():
        text = "".join(char if char.isprintable() else " " for char in text)
    return one_line(text)[:most]
