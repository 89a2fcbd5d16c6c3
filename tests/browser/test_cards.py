"""Cards with the letters of this machine: here every font is installed that config/deploy names."""

import pytest
from django.conf import LazySettings

import config.settings
from posts.management.doctor import SCRIPTS
from posts.sharing.cards import drawing
from posts.sharing.cards.drawing import CardText
from posts.sharing.cards.fonts import library, shapes_letters
from posts.sharing.cards.layout import fitted

TITLES = {
    "Greek": "Άδεια για ξεκούραση όταν δεν μπορείς άλλο",
    "Cyrillic": "Разрешение на отдых в трудные дни",
    "Hebrew": "רשות לנוח: מה למדתי ב-2025 על מנוחה",
    "Arabic": "إذن بالراحة في الأيام الصعبة، 25% من اليوم",
    "Devanagari": "आराम करने की अनुमति: कठिन दिनों के लिए",
    "Thai": "อนุญาตให้ตัวเองพักผ่อนในวันที่ยากลำบาก",
    "Chinese": "允许自己休息：在艰难的日子里",
    "Japanese": "休むことを自分に許す。「何もしない」一日",
    "Korean": "쉬어도 된다는 허락: 힘든 날을 위한 작은 편지",
    "emoji": "Slow mornings 🌿☕️ 👩‍🦽 🇧🇪 ❤️",
}


@pytest.fixture(autouse=True)
def _letters(settings: LazySettings) -> None:
    settings.FONT_FOLDERS = config.settings.FONT_FOLDERS


def test_there_are_letters_for_every_script() -> None:
    assert [name for name, letter in SCRIPTS.items() if not library().font_for(letter)] == []


@pytest.mark.parametrize("script", TITLES)
def test_a_title_is_drawn_in_its_script(script: str) -> None:
    card = drawing.draw(CardText(TITLES[script], "Slow light", "#1F5F5B"), library())
    instead = drawing.draw(CardText("", "Slow light", "#1F5F5B"), library())
    assert card != instead


def test_letters_are_joined_and_stacked_as_their_script_has_it() -> None:
    assert shapes_letters()
    for word in ("سلام", "क्षमा"):
        [[run]] = fitted(word, library(), width=1000, height=300, to_left=False).lines
        apart = sum(
            line[0].width(80)
            for letter in word
            for line in fitted(letter, library(), width=1000, height=300, to_left=False).lines
        )
        assert run.width(80) < apart
