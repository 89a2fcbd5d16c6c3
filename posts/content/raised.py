"""Raised letters and digits where there is no way to raise them: 10³ must not become 103."""

_LOW = "0123456789+-−=()n"
_HIGH = str.maketrans(_LOW, "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")


def raised(text: str) -> str:
    """The words of a superscript for plain text. Letters alone, as in “1st”, read well as they
    are; what mixes them with digits gets a caret."""
    bare = text.strip()
    if set(bare) <= set(_LOW):
        return text.translate(_HIGH)
    return text.replace(bare, f"^({bare})", 1) if any(map(str.isdigit, bare)) else text
