"""How texts end: invitations and signatures."""

from pathlib import Path
from typing import Any

import pytest

from tests.content.importing.making import imported, kinds, paragraphs, values

BODY = (
    "A Word\nSome weeks are made of wool, and on those I write slowly, a sentence before lunch "
    "and another after the walk, until the page is full.\n"
)


def _sign_off(folder: Path, ending: str) -> list[dict[str, Any]]:
    return values(imported(folder, BODY + ending), "sign_off")


@pytest.mark.parametrize(
    ("ending", "text", "name"),
    [
        ("-Kim", "", "Kim"),
        ("— Kim", "", "Kim"),
        ("~ Kim Vale, RN", "", "Kim Vale, RN"),
        ("- Kim", "", "Kim"),
        ("Glad you came.\n-Kim", "Glad you came.", "Kim"),
        ("Warmly,\nKim", "Warmly,", "Kim"),
        ("Warmly\nKim", "Warmly", "Kim"),
        ("Glad you came.\nWith love,\n- Kim", "With love,", "Kim"),
        ("From my kitchen,\nKim Vale", "From my kitchen,", "Kim Vale"),
        ("Love, Kim", "Love,", "Kim"),
        ("Glad you came. -Kim", "Glad you came.", "Kim"),
        ("Liebe Grüße\nKim", "Liebe Grüße", "Kim"),
        ("Un abrazo,\nKim", "Un abrazo,", "Kim"),
        ("À bientôt,\nKim", "À bientôt,", "Kim"),
        ("Un abrazo enorme,\nKim\n\nP. D.: Sal.", "Un abrazo enorme,", "Kim"),
        (
            "With you in all of this,\nKim and the pot",
            "With you in all of this,",
            "Kim and the pot",
        ),
        ("Warmly,\nKim\n\nP.S. Salt.\n\nKim cooks in Bergen. She salts.", "Warmly,", "Kim"),
        ("באהבה,\nקים\n\nנ.ב. מלח.", "באהבה,", "קים"),
        ("祝好，\n小雨\n\n附：盐。", "祝好，", "小雨"),
        ("愛をこめて\n美咲\n\n追伸：塩。", "愛をこめて", "美咲"),
        ("با مهر،\nسارا", "با مهر،", "سارا"),
    ],
)
def test_a_signature_is_a_sign_off(tmp_path: Path, ending: str, text: str, name: str) -> None:
    assert _sign_off(tmp_path, ending) == [{"text": text, "name": name}]


@pytest.mark.parametrize(
    "ending",
    [
        "— and that was all.",
        "- tea\n- Toast",
        "I went on:\nrest,\nwalk",
        "I looked for:\nGratitude\nHope",
        "The end\nKim",
        "Then I said, Kim.",
    ],
)
def test_a_last_line_that_is_no_signature_is_left_alone(tmp_path: Path, ending: str) -> None:
    assert _sign_off(tmp_path, ending) == []


def test_an_afterword_and_a_profession_may_follow_the_name(tmp_path: Path) -> None:
    post = imported(tmp_path, BODY + "Warmly,\nKim\nNurse, Leeds\nP.S. Bring tea.\nPS: And milk.")
    assert kinds(post) == ["paragraph", "sign_off", "paragraph", "paragraph", "paragraph"]
    assert paragraphs(post)[1:] == ["Nurse, Leeds", "P.S. Bring tea.", "PS: And milk."]


def test_a_long_line_above_the_name_stays_a_paragraph(tmp_path: Path) -> None:
    post = imported(tmp_path, BODY + "It is late. The tea is cold. I am going to bed.\n-Kim")
    assert kinds(post) == ["paragraph", "paragraph", "sign_off"]


def test_the_closing_invitation_is_recognised(tmp_path: Path) -> None:
    post = imported(
        tmp_path,
        BODY + "If this resonates, I invite you to:\nReflect on a nap\nTry one\nShare it\nBye.\n-K",
    )
    assert kinds(post) == ["paragraph", "invitation", "sign_off"]
    assert values(post, "invitation") == [
        {
            "intro": "If this resonates, I invite you to:",
            "invites": [
                {"kind": "reflect", "text": "Reflect on a nap"},
                {"kind": "try", "text": "Try one"},
                {"kind": "share", "text": "Share it"},
            ],
        }
    ]


@pytest.mark.parametrize(
    ("entry", "kind"),
    [
        ("Notice the light", "reflect"),
        ("Consider what you carry", "reflect"),
        ("Consider one small change", "try"),
        ("What would be enough?", "reflect"),
        ("Drink a glass of water", "try"),
        ("Ask a friend for soup", "try"),
        ("Ask yourself who calls", "reflect"),
        ("Pass this along", "share"),
        ("Forward it to a friend", "share"),
        ("Passing by the lake, slow down", "try"),
        ("Denk an gestern", "reflect"),
        ("Schick es weiter", "share"),
        ("Pregúntate qué pesa", "reflect"),
        ("Comparte esta carta", "share"),
        ("Réfléchissez à hier", "reflect"),
        ("Faites suivre", "share"),
    ],
)
def test_an_invitation_says_what_each_item_is(tmp_path: Path, entry: str, kind: str) -> None:
    post = imported(tmp_path, f"{BODY}I invite you to:\n- {entry}\n- Sit down")
    assert values(post, "invitation")[0]["invites"][0] == {"kind": kind, "text": entry}


def test_items_that_are_sentences_are_invitations_too(tmp_path: Path) -> None:
    post = imported(tmp_path, BODY + "I invite you to:\nNotice one thing.\nTell a friend.\n-Kim")
    assert len(values(post, "invitation")[0]["invites"]) == 2


def test_the_sentence_after_the_items_is_not_one_of_them(tmp_path: Path) -> None:
    ending = "I invite you to:\nNotice one thing\nTell a friend\nLet me know how it went.\n"
    post = imported(tmp_path, BODY + ending)
    assert kinds(post) == ["paragraph", "invitation", "paragraph"]


def test_only_the_last_sentence_before_the_items_introduces_them(tmp_path: Path) -> None:
    post = imported(tmp_path, BODY + "That is it & all. I invite you to:\n- Sit\n- Share this")
    assert paragraphs(post)[1] == "That is it &amp; all."
    assert values(post, "invitation")[0]["intro"] == "I invite you to:"


def test_items_that_share_and_try_need_no_word_of_invitation(tmp_path: Path) -> None:
    post = imported(tmp_path, BODY + "Before you go:\n- Try a nap\n- Share this letter")
    assert kinds(post) == ["paragraph", "invitation"]


def test_a_list_in_the_middle_is_no_closing_invitation(tmp_path: Path) -> None:
    post = imported(tmp_path, f"{BODY}I invite you to:\n- Sit\n- Share\nWhat Came Then\n{BODY}")
    assert "invitation" not in kinds(post)
    assert "list" in kinds(post)


def test_a_list_at_the_end_that_invites_to_nothing_stays_a_list(tmp_path: Path) -> None:
    assert kinds(imported(tmp_path, BODY + "I bought:\n- tea\n- toast"))[-1] == "list"


def test_the_last_line_of_a_verse_stays_in_it_below_a_name(tmp_path: Path) -> None:
    verse = "The pot sings\n  for whoever\nstands near it."
    post = imported(tmp_path, f"Steam\n\nIt rises.\n\n{verse}\n\n     – K. Holt\n")
    assert paragraphs(post) == ["It rises.", verse.replace("\n  ", "\n").replace("\n", "<br/>")]
    assert values(post, "sign_off") == [{"text": "", "name": "K. Holt"}]
