from pathlib import Path

import pytest
from django.conf import LazySettings

from posts.sharing.cards.fonts import Library, library
from tests.sharing.cards.fonts import LATIN, make_font


@pytest.fixture
def folder(settings: LazySettings, tmp_path: Path) -> Path:
    """Where fonts are looked for: a folder with one font, of Latin letters."""
    settings.DATA_DIR = tmp_path / "data"
    settings.DATA_DIR.mkdir()
    settings.FONT_FOLDERS = [tmp_path / "fonts"]
    make_font(tmp_path / "fonts" / "NotoSerif-Bold.ttf", LATIN)
    return tmp_path / "fonts"


@pytest.fixture
def fonts(folder: Path) -> Library:
    return library()
