"""The options of EMAIL_URL, read in one way for all who ask for one."""

from urllib.parse import unquote, urlsplit


def options_of(url: str) -> dict[str, str]:
    """What stands behind the question mark; an option without a value is empty.

    Not as a form is read: a + is a + here, since passwords and keys have some. Raises ValueError
    where the URL cannot be read.
    """
    pairs = (pair.partition("=") for pair in urlsplit(url).query.split("&") if pair)
    return {unquote(name): unquote(value) for name, _, value in pairs}
