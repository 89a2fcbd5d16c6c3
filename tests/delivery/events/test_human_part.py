"""What a person would read of a returned mail, and what it says about whom."""

import pytest

from posts.delivery.events import human_part
from posts.delivery.events.human_part import HumanPart
from posts.delivery.events.parsing import Measure, parse
from tests.delivery.events.returned_mails import plain


def read(text: str, *, kind: str = "text/plain; charset=utf-8") -> HumanPart:
    return human_part.of(parse(f"Content-Type: {kind}\n\n{text}".encode(), Measure()))


@pytest.mark.parametrize(
    "line",
    [
        "------ This is a copy of the message, including all the headers. ------",
        "--- Below this line is a copy of the message.",
        "Message headers follow.",
        "   ----- Original message -----",
        "-----Ursprüngliche Nachricht-----",
        "----- Исходное сообщение -----",
        "Return-Path: <ada@letters.example>\nReceived: from a by b",
        "DKIM-Signature: v=1; a=rsa-sha256;\n\td=letters.example",
    ],
)
def test_the_letter_behind_it_is_not_read(line: str) -> None:
    human = read(f"No such user.\n\n{line}\nSubject: spam and policy\n\nUser unknown.\n")
    assert human.text.strip() == "No such user."
    assert "spam and policy" in human.letter


def test_headers_that_a_report_tells_of_at_its_beginning_are_no_letter() -> None:
    human = read("Your message\n  Subject: A slow day\n  To: a@host.example\nwas not taken.\n")
    assert human.text.endswith("was not taken.")


def test_attached_letters_are_no_part_of_it() -> None:
    kind = "multipart/mixed; boundary=b"
    letter = "--b\nContent-Type: message/rfc822\n\nSubject: x\n\nspam\n"
    headers = "--b\nContent-Type: text/rfc822-headers\n\nSubject: spam\n"
    human = read(f"--b\n\nNo such user.\n{letter}{headers}--b--\n", kind=kind)
    assert human.text.strip() == "No such user."


def test_html_is_read_where_there_is_nothing_else() -> None:
    human = read("<p>No <b>such</b> user:<br>&lt;a@host.example&gt;</p>", kind="text/html")
    assert " ".join(human.text.split()) == "No such user: <a@host.example>"


@pytest.mark.parametrize(
    ("charset", "words"),
    [
        ("koi8-r", "пользователь не найден"),
        ("windows-1251", "адресат не найден"),
        ("iso-8859-1", "utilisateur inconnu à cette adresse"),
        ("iso-2022-jp", "宛先不明"),
        ("gb2312", "用户不存在"),
        ("euc-kr", "존재하지 않는 사용자"),
    ],
)
def test_it_is_read_in_its_own_charset(charset: str, words: str) -> None:
    human = human_part.of(parse(plain(words, charset=charset), Measure()))
    assert words in human.text


def test_a_charset_that_takes_forever_or_does_not_exist_is_read_as_utf_8() -> None:
    for charset in ("punycode", "x-unknown", "iso-8859-99"):
        assert read("No such user.", kind=f"text/plain; charset={charset}").text == "No such user."


ONE = "ada@one.example"
TWO = "bob@two.example"


@pytest.mark.parametrize(
    "text",
    [
        f"<{ONE}>:\nno such user\n<{TWO}>:\nmailbox full\n",
        f"{ONE}: no such user\n{TWO}: mailbox full\n",
        f"  {ONE}\n    no such user\n  {TWO}\n    mailbox full\n",
        f"550 <{ONE}>... no such user\n552 <{TWO}>... mailbox full\n",
        f"Your mail to <{ONE}>: no such user\nYour mail to <{TWO}>: mailbox full\n",
        f">>> RCPT TO:<{ONE}>\n<<< 550 no such user\n>>> RCPT TO:<{TWO}>\n<<< 552 mailbox full\n",
        f" * {ONE}\nno such user\n * {TWO}\nmailbox full\n",
    ],
)
def test_each_of_several_has_her_own_words(text: str) -> None:
    about = read(f"It did not reach:\n\n{text}").about(())
    assert list(about) == [ONE, TWO]
    assert "no such user" in about[ONE]
    assert "mailbox full" in about[TWO]
    assert "mailbox full" not in about[ONE]


@pytest.mark.parametrize(
    "text",
    [
        "Questions? Write to our people: help@mx.example.",
        "For further assistance, send mail to <postmaster@mx.example>.",
        "From: ada@letters.example",
    ],
)
def test_other_addresses_are_nobodys(text: str) -> None:
    assert read(text).about(()) == {}


def test_whom_the_mail_itself_is_for_is_not_meant() -> None:
    text = f"{ONE}\n{TWO} no such user\n"
    assert list(read(text).about((), others=[ONE])) == [TWO]
    assert list(read(text).about([ONE], others=[ONE])) == [ONE, TWO]


def test_who_is_known_already_is_found_wherever_she_stands() -> None:
    text = "We tried hard with postmaster@two.example today."
    assert list(read(text).about(["Postmaster@two.example"])) == ["postmaster@two.example"]


def test_only_its_beginning_is_read() -> None:
    human = read("word " * 100_000 + "\nuser unknown\n")
    assert len(human.text) <= human_part.MOST_TEXT
