"""What is said of a file that cannot become a post."""


class ImportRefused(Exception):
    """The file cannot become a post; the message says why and what to do about it."""


class NothingBelowTitle(ImportRefused):
    """There is a title, and no text."""
