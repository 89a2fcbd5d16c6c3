"""Accent colours that can be read: contrast as WCAG computes it, and what to do when it is low."""

import colorsys
import re
from dataclasses import dataclass

HOUSE_ACCENT = "#1F5F5B"
_HOUSE_ACCENT_AT_NIGHT = "#8CCBC4"  # chosen by eye; the computed partner would be less calm

LEGIBLE = 4.5  # WCAG AA for text
COMFORTABLE = 7.0  # a dark page gets a lighter accent than AA asks: it glows less when it is pale

# The page and the soft panels on it. A link stands on either, so it must be legible on both.
DAY_GROUNDS = ("#FBF8F3", "#F3EEE5")
NIGHT_GROUNDS = ("#1B1917", "#262320")

_HEX = re.compile(r"#(?:[0-9a-f]{6}|[0-9a-f]{3})", re.IGNORECASE)


@dataclass(frozen=True)
class Accent:
    """One accent as chosen, and as it is shown by day and by night."""

    chosen: str
    day: str
    night: str

    @property
    def adjusted(self) -> bool:
        """Whether the chosen colour was too pale for the light page, and so is shown darker."""
        return self.day != self.chosen

    @property
    def day_contrast(self) -> float:
        """The lowest contrast that the accent has on the light page."""
        return round(_lowest(self.day, DAY_GROUNDS), 1)

    @property
    def night_contrast(self) -> float:
        """The lowest contrast that the accent has on the dark page."""
        return round(_lowest(self.night, NIGHT_GROUNDS), 1)


def normalised(colour: str) -> str:
    """`#abc` and `#aabbcc` become `#AABBCC`; anything else is a ValueError."""
    colour = colour.strip()
    if not _HEX.fullmatch(colour):
        raise ValueError(f"{colour!r} is not a colour like #1F5F5B")
    digits = colour[1:]
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    return f"#{digits.upper()}"


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 (the same) to 21 (black on white)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def accent(chosen: str) -> Accent:
    """The accent for light and dark pages: as chosen where legible, moved until it is where not."""
    chosen = normalised(chosen)
    if chosen == HOUSE_ACCENT:
        return Accent(chosen, day=chosen, night=_HOUSE_ACCENT_AT_NIGHT)
    return Accent(
        chosen,
        day=_moved(chosen, DAY_GROUNDS, LEGIBLE, step=-0.01),
        night=_moved(chosen, NIGHT_GROUNDS, COMFORTABLE, step=0.01),
    )


def _moved(colour: str, grounds: tuple[str, ...], least: float, *, step: float) -> str:
    """The colour itself or its nearest darker (lighter) relative that is legible on the grounds."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(colour))
    while _lowest(colour, grounds) < least and 0 < lightness + step < 1:
        lightness += step
        colour = _hex(colorsys.hls_to_rgb(hue, lightness, saturation))
    return colour


def _lowest(colour: str, grounds: tuple[str, ...]) -> float:
    return min(contrast(colour, ground) for ground in grounds)


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _hex(channels: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(channel * 255):02X}" for channel in channels)


def _luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2 defines it."""
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in _channels(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
