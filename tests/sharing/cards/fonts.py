"""Small fonts made for a test, so that no test depends on what a machine has installed."""

from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

LATIN = "".join(map(chr, range(0x20, 0x7F))) + "…äöüéèß“”’–"
HEBREW = "".join(map(chr, range(0x5D0, 0x5EB)))


def make_font(file: Path, letters: str) -> Path:
    """A font whose letters are boxes, each half as wide as it is high."""
    names = {ord(letter): f"sign{ord(letter)}" for letter in letters}
    glyphs = [".notdef", *names.values()]
    pen = TTGlyphPen(None)
    for at, point in enumerate(((60, 0), (60, 700), (440, 700), (440, 0))):
        (pen.lineTo if at else pen.moveTo)(point)
    pen.closePath()
    box, nothing = pen.glyph(), TTGlyphPen(None).glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(glyphs)
    builder.setupCharacterMap(names)
    builder.setupGlyf({name: nothing if name == "sign32" else box for name in glyphs})
    builder.setupHorizontalMetrics(dict.fromkeys(glyphs, (500, 60)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": file.stem, "styleName": "Bold"})
    builder.setupOS2()
    builder.setupPost()
    file.parent.mkdir(parents=True, exist_ok=True)
    builder.save(file)
    return file
