"""Plain texts of every kind: what their lines are, where no mark says it."""

from pathlib import Path
from typing import Any

import pytest

from tests.content.importing.making import headings, imported, kinds, paragraphs, values

PROSE = "Some weeks are made of wool, and on those I cook slowly and write less than I meant to."


def _post(folder: Path, text: str) -> Any:
    return imported(folder, f"Soup\n\n{PROSE}\n\n{text}\n\n{PROSE}\n")


@pytest.mark.parametrize("mark", ["→", "✅", "・", "+", "➤", "»", "§", "\uf0b7", "o", "—"])
def test_whatever_stands_before_each_line_is_a_bullet(tmp_path: Path, mark: str) -> None:
    post = _post(tmp_path, f"{mark} an onion\n{mark} a pot")
    assert values(post, "list")[0]["entries"] == ["an onion", "a pot"]


def test_pictures_that_say_something_stay_in_a_list(tmp_path: Path) -> None:
    post = _post(tmp_path, "✅ stir\n❌ boil")
    assert values(post, "list")[0]["entries"] == ["✅ stir", "❌ boil"]


@pytest.mark.parametrize(
    "lines",
    [
        "My rule is simple: whatever boils over stays where it is.\n\nAnd then this: nobody minds.",
        "Mum: Did you eat?\nMe: Soup.\nMum: Good.",
        "“Did you eat?” she asked.\n“Soup.”\n“Good,” she said.",
        "— Tu manges ?\n— De la soupe.",
        "> 50 % of all soups are too hot, says everybody.",
        "Hi all, a short one today",
        "#soup #onions/red",
        "It is hot. The onions are",
        "สัปดาห์นี้ฉันคิดเรื่องการพักมาก ร่างกายเหนื่อยก่อนหัวใจเสมอ",
    ],
)
def test_prose_and_dialogue_stay_paragraphs(tmp_path: Path, lines: str) -> None:
    assert set(kinds(_post(tmp_path, lines))) == {"paragraph"}


def test_a_dialogue_at_the_beginning_is_no_quotation(tmp_path: Path) -> None:
    said = f"“Is it hot?”\n\n“No.”\n\n{PROSE}\n\n“It was,” she said."
    assert set(kinds(imported(tmp_path, f"Soup\n\n{said}\n"))) == {"paragraph"}


@pytest.mark.parametrize(
    "lines",
    [
        "- leeks;\n- onions;\n- salt.",
        "— leeks;\n— onions;\n— salt.",
        "– leeks,\n– onions,\n– salt.",
    ],
)
def test_the_full_stop_that_ends_a_list_ends_its_last_entry(tmp_path: Path, lines: str) -> None:
    assert len(values(_post(tmp_path, lines), "list")[0]["entries"]) == 3


@pytest.mark.parametrize(
    "lines",
    ["一、葱\n二、盐", "1、葱\n2、盐", "１．葱\n２．盐", "۱. پیاز\n۲. نمک", "١) بصل\n٢) ملح"],
)
def test_lists_count_in_any_script(tmp_path: Path, lines: str) -> None:
    (found,) = values(_post(tmp_path, lines), "list")
    assert found["style"] == "numbered"
    assert not any(entry[0] in "一二12１２۱۲١٢" for entry in found["entries"])


def test_a_square_before_a_line_heads_what_has_other_marks(tmp_path: Path) -> None:
    post = _post(tmp_path, f"■ 今週のこと\n{PROSE}\n\n■ 材料\n・葱\n・塩")
    assert headings(post) == ["今週のこと", "材料"]
    assert values(_post(tmp_path, "■ 葱\n■ 塩"), "list")[0]["entries"] == ["葱", "塩"]


def test_a_picture_may_stand_before_a_heading(tmp_path: Path) -> None:
    assert headings(_post(tmp_path, f"🧅 What helps\n{PROSE}\n\n🥣 What does not\n{PROSE}")) == [
        "🧅 What helps",
        "🥣 What does not",
    ]


@pytest.mark.parametrize("line", ["「熱い」\n（料理人）", "“烫。”\n——厨师"])
def test_a_name_stands_below_a_quotation_in_other_scripts(tmp_path: Path, line: str) -> None:
    post = imported(tmp_path, f"汤\n\n{line}\n\n{PROSE}")
    assert values(post, "quote")[0]["attribution"] in ("料理人", "厨师")


@pytest.mark.parametrize("line", ["WHAT HELPS!", "**What helps?**", "What helps\n~~~~"])
def test_loud_lines_are_headings(tmp_path: Path, line: str) -> None:
    assert headings(_post(tmp_path, line))[0].startswith(("WHAT HELPS", "What helps"))


def test_short_questions_are_headings_where_there_are_several(tmp_path: Path) -> None:
    asked = f"What helps?\n\n{PROSE}\n\nWhat now?"
    assert headings(_post(tmp_path, asked)) == ["What helps?", "What now?"]
    assert headings(_post(tmp_path, "What helps?")) == []


@pytest.mark.parametrize(
    "line", ['"Hot is a feeling." - a cook', '"Hot is a feeling." (a cook)', "> Hot.\n> — a cook"]
)
def test_a_quotation_says_in_many_ways_whose_it_is(tmp_path: Path, line: str) -> None:
    assert values(_post(tmp_path, line), "quote")[0]["attribution"] == "a cook"


@pytest.mark.parametrize(
    ("ending", "text", "name"),
    [
        ("Lots of love, Kim xx", "Lots of love,", "Kim xx"),
        ("xo\nK.", "xo", "K."),
        (
            "Yours, in slowness and hope,\n\nKim Vale\n(she/her)",
            "Yours, in slowness and hope,",
            "Kim Vale",
        ),
        ("Kim x\n\nKim Vale\nCook\nkim@example.org", "", "Kim x"),
        ("*With love,*\n*Kim*\n\nPS: Hot.\nPPS: Very.", "With love,", "Kim"),
        ("مع المحبة،\nسلمى", "مع المحبة،", "سلمى"),
        ("Kim", "", "Kim"),
    ],
)
def test_signatures_of_every_form_are_seen(
    tmp_path: Path, ending: str, text: str, name: str
) -> None:
    post = imported(tmp_path, f"Soup\n\n{PROSE}\n\nIt cost nothing, and it was hot.\n\n{ending}\n")
    assert values(post, "sign_off") == [{"text": text, "name": name}]


@pytest.mark.parametrize(
    ("lead", "line"),
    [
        ("This week, try one of these:", "Send this letter to a friend"),
        ("Vielleicht magst du diese Woche:", "diesen Brief weiterzugeben"),
        ("Si te apetece, esta semana:", "Compartir esta carta con alguien"),
        ("Si le cœur vous en dit, cette semaine :", "Transmettez cette lettre"),
    ],
)
def test_only_this_letter_is_shared(tmp_path: Path, lead: str, line: str) -> None:
    text = f"Soup\n\n{PROSE}\n\n{lead}\n- show yourself some patience\n- {line}\n\nWarmly,\nKim\n"
    (invitation,) = values(imported(tmp_path, text), "invitation")
    assert [invite["kind"] for invite in invitation["invites"]] == ["try", "share"]


def test_a_long_line_does_not_hide_where_a_mail_was_cut(tmp_path: Path) -> None:
    cut = "Some weeks are made of wool, and on those I cook more slowly than\nI had meant to."
    post = imported(
        tmp_path, f"Soup\n\n{cut}\n\nhttps://example.org/{'a' * 90}\n\n{cut}\n\n{cut}\n"
    )
    assert paragraphs(post)[0] == cut.replace("\n", " ")
    assert len(paragraphs(post)) == 4


def test_what_is_no_heading_can_be_a_paragraph(tmp_path: Path) -> None:
    post = _post(tmp_path, "WHAT HELPS")
    assert [part.guessed for part in post.parts] == [False, True, False]
    assert paragraphs(post.with_paragraphs({1}))[1] == "WHAT HELPS"
