"""What paper, mails and other programs did to the lines of a text is undone, and said."""

from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override

from tests.content.importing.making import headings, imported, kinds, paragraphs, values

PROSE = "Some weeks are made of wool, and on those I cook slowly and write less than I meant to."
SCANNED = (
    "Soup\n\n"
    "Some weeks are made of wool, and on those I remem-\n"
    "ber each onion that I ever cut, and the well-\n"
    "being of everybody who ate it with me, in sum-\n"
    "mer and in winter, for the well-being of a cook is\n"
    "{page}hers alone and cannot be learned in any res-\n"
    "taurant, however long she stays.\n"
)


def _post(folder: Path, text: str) -> Any:
    return imported(folder, f"Soup\n\n{PROSE}\n\n{text}\n\n{PROSE}\n")


def test_words_that_paper_cut_are_whole_again_and_named(tmp_path: Path) -> None:
    post = imported(tmp_path, SCANNED.format(page=""))
    (words,) = paragraphs(post)
    assert all(whole in words for whole in ("remember", "well-being of ev", "summer", "restaurant"))
    assert "remember, summer, restaurant" in str(post.guesses)
    assert "well" not in str(post.guesses)


def test_one_hyphen_at_the_end_of_a_line_stays(tmp_path: Path) -> None:
    cut = "Some weeks are made of wool, and on those I think of the well-\nbeing of my soup."
    post = imported(tmp_path, f"Soup\n\n{cut}\n\n{cut.replace('my', 'our')}\n")
    assert "well-being of my soup" in paragraphs(post)[0]


def test_a_soft_hyphen_at_the_end_of_a_line_is_none(tmp_path: Path) -> None:
    cut = "Some weeks are made of wool, and on those I remem\u00ad\nber each onion I ever cut."
    post = imported(tmp_path, f"Soup\n\n{cut}\n\n{cut}\n")
    assert "remember each onion" in paragraphs(post)[0]


def test_the_numbers_of_pages_go_and_are_named(tmp_path: Path) -> None:
    post = imported(tmp_path, SCANNED.format(page="\n12\n\n\f"))
    assert len(paragraphs(post)) == 1
    assert "“12”" in str(post.losses)
    post = _post(tmp_path, f"Page 1 of 2\n\n{PROSE}\n\nPage 2 of 2")
    assert kinds(post) == ["paragraph"] * 3
    assert "“Page 2 of 2”" in str(post.losses)


def test_what_a_program_added_is_quoted_as_its_reader_quotes(tmp_path: Path) -> None:
    [note] = imported(tmp_path, SCANNED.format(page="\n12\n\n\f")).losses
    with override("de"):
        assert "„12“" in str(note)


@pytest.mark.parametrize("text", [f"1\n\n{PROSE}\n\n2", "Page 4", f"Page 2\n\n{PROSE}\n\nPage 1"])
def test_numbers_that_may_mean_something_stay(tmp_path: Path, text: str) -> None:
    assert text.split("\n", maxsplit=1)[0] in paragraphs(_post(tmp_path, text)) + headings(
        _post(tmp_path, text)
    )


def test_a_blank_line_after_each_line_means_nothing(tmp_path: Path) -> None:
    cut = [
        "Some weeks are made of wool, and on those I cook",
        "slowly and write less than I meant to, for I",
        "remember each onion that I ever cut.",
    ]
    again = ["In summer it is better, as it is for everybody who", "can sit outside to peel."]
    text = "\n\n".join(cut) + "\n\n\n" + "\n\n".join(again)
    post = imported(tmp_path, f"Soup\n\n\n{text}\n")
    assert paragraphs(post) == [" ".join(cut), " ".join(again)]


@pytest.mark.parametrize(
    "rows", ["Day\tSoup\nMonday\tonion\nTuesday\tleek", "| Day | Soup |\n| Monday | onion |"]
)
def test_rows_of_cells_keep_them_apart(tmp_path: Path, rows: str) -> None:
    assert "Day · Soup<br/>Monday · onion" in str(paragraphs(_post(tmp_path, rows)))


def test_a_bullet_before_a_tab_is_a_bullet(tmp_path: Path) -> None:
    post = _post(tmp_path, "•\tan onion\n•\ta pot")
    assert values(post, "list")[0]["entries"] == ["an onion", "a pot"]


def test_headings_of_a_wiki_and_of_mailchimp_are_headings(tmp_path: Path) -> None:
    text = f"== What helps ==\n\n{PROSE}\n\n** What does not\n----------\n{PROSE}"
    assert headings(_post(tmp_path, text)) == ["What helps", "What does not"]


def test_places_for_a_name_go_and_are_named(tmp_path: Path) -> None:
    post = _post(tmp_path, "Hi *|FNAME|*,")
    assert "Hi," in paragraphs(post)
    assert "*|FNAME|*" in str(post.losses)


@pytest.mark.parametrize(
    "head",
    [
        "---------- Forwarded message ---------\nFrom: Kim <k@x.example>\nSubject: Soup\n",
        "-------- Original Message --------\nSubject: Soup\nFrom: Kim <k@x.example>\n",
        "Begin forwarded message:\n\nFrom: Kim <k@x.example>\nSubject: Soup\n",
        "Von: Kim\nGesendet: Montag\nAn: alle\nBetreff: Soup\n",
        "De : Kim\nEnvoyé : lundi\nÀ : toutes\nObjet : Soup\n",
    ],
)
def test_the_head_of_a_forwarded_mail_is_none_of_its_text(tmp_path: Path, head: str) -> None:
    post = imported(tmp_path, f"{head}\n{PROSE}\n\n{PROSE}\n")
    assert (post.title, kinds(post)) == ("Soup", ["paragraph"] * 2)


@pytest.mark.parametrize("day", ["Bergen, 4 March 2026", "March 4, 2026", "Köln, den 4. März 2026"])
def test_the_day_of_a_letter_is_not_its_title(tmp_path: Path, day: str) -> None:
    post = imported(tmp_path, f"{day}\n\nDear Kim,\n\n{PROSE}\n", name="about-soup.txt")
    assert (post.title, paragraphs(post)[0]) == ("About soup", day)


def test_lines_that_end_in_an_address_are_not_one_that_was_cut(tmp_path: Path) -> None:
    links = "How to cook soup well — https://example.org/soup\nOn onions: https://example.org/on"
    assert "</a><br/>On onions" in paragraphs(imported(tmp_path, f"Soup\n\n{links}\n\n{PROSE}"))[0]
