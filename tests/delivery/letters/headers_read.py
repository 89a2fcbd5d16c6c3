"""Readers of header fields, none of which knows how ours were written, and much to read.

One is Python's (`email` with its newest policy; of names its older one, since the newest of 3.11
doubles the spaces in them); one is a strict one of our own, which follows RFC 5322 and 2047 to the
letter and fails for whatever they forbid.
"""

import base64
import quopri
import random
import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.header import decode_header, make_header

WORD = re.compile(r"=\?utf-8\?([QB])\?([!->@-~]+)\?=")  # neither a space nor a ? within


def by_python(line: str) -> str:
    """The value of a field as Python's reader has it; raises for what it takes for a defect."""
    name, _, _ = line.partition(":")
    message = message_from_bytes(f"{line}\r\nx".encode("ascii"), policy=policy.default)
    value = message[name]
    assert not value.defects, value.defects
    return str(value)


def name_by_python(line: str) -> str:
    """What stands before the address."""
    name, _, _ = line.partition(":")
    message = message_from_bytes(f"{line}\r\nx".encode("ascii"), policy=policy.compat32)
    phrase, _, _ = "".join(str(message[name]).splitlines()).rpartition(" ")
    return str(make_header(decode_header(phrase)))


def strictly(line: str) -> str:
    """The text of a field without structure, or a name; as RFC 2047 6 says."""
    assert line.endswith("\r\n")
    lines = line[:-2].split("\r\n")
    for each in lines:
        assert each.isascii()
        assert "\r" not in each
        assert "\n" not in each
        assert each.strip(), "a line of blanks alone (RFC 5322 3.2.2)"
        assert len(each) <= (76 if "=?" in each else 78), each
    assert all(each.startswith(" ") for each in lines[1:])
    _, _, value = "".join(lines).partition(": ")
    return decoded(value)


def decoded(value: str) -> str:
    """Encoded words read; only the space between two of them counts for nothing."""
    text, after_word = "", False
    for at, token in enumerate(value.split(" ")):
        match = WORD.fullmatch(token)
        if match is None:
            assert "=?" not in token, f"neither a word nor plain: {token!r}"
            text += (" " if at else "") + token
        else:
            assert len(token) <= 75, token
            text += (" " if at and not after_word else "") + _inner(match[1], match[2])
        after_word = match is not None
    return text


def _inner(kind: str, content: str) -> str:
    if kind == "B":
        return base64.b64decode(content, validate=True).decode()  # whole characters
    assert re.fullmatch(r"(?:[A-Za-z0-9!*+/_-]|=[0-9A-F]{2})+", content), content
    return quopri.decodestring(content.encode(), header=True).decode()


def words_of(line: str) -> list[str]:
    """What each encoded word of a field holds."""
    return [_inner(kind, content) for kind, content in WORD.findall(line)]


# --- Much to read -------------------------------------------------------------------------

_LETTERS = {
    "English": "abcdefghijklmnopqrstuvwxyz",
    "Spanish": "aábcdeéfghiíjlmnñoóqrstuúüvxyz",
    "German": "abcdefghiklmnoprstuvwzäöüß",
    "Vietnamese": "aăâbcdđeêghiklmnoôơpqrstuưvxyạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữự",
    "Russian": "абвгдежзийклмнопрстуфхцчшщъыьэюя",
    "Greek": "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώ",
    "Arabic": "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "Hebrew": "אבגדהוזחטיכלמנסעפצקרשת",
    "Hindi": "कखगघचछजझटठडढणतथदधनपफबभमयरलवशषसह",
    "Thai": "กขคงจฉชซญดตถทธนบปผพมยรลวสหอ",
    "Chinese": "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主",
    "Japanese": "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむ日本語手紙",
    "Korean": "가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허고노도로모보소오조초",
    "Emoji": "😀🎉🌍🐈🍋✨❤🚀",
}
_MARKS = {"Hindi": "ािीुूेैोौ्ं", "Thai": "ัิีึืุู่้๊๋", "Hebrew": "ְִֵֶַָֹּ", "Arabic": "ًٌٍَُِّْ"}
_TOGETHER = ["👩‍👩‍👧‍👦", "🇪🇺", "👍🏽", "é", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1️⃣"]
_UNSPACED = {"Chinese", "Japanese", "Thai"}
_BESIDES = ["–", "…", "“", "”", "?", "!", "=?", "?=", "_", "=", "100%", "(", ")", ",", ":", "a@b.c"]
SCRIPTS = tuple(_LETTERS)


def sentences(script: str, count: int, *, seed: int = 0) -> Iterator[str]:
    """As people write: words, signs between them, now and then one of another script. The same
    ones each time."""
    chance = random.Random(f"{script}-{seed}")
    for _ in range(count):
        words = [_word(script, chance) for _ in range(chance.choice([1, 2, 4, 7, 12, 25]))]
        for _ in range(chance.choice([0, 0, 1, 3])):
            words.insert(chance.randrange(len(words) + 1), chance.choice(_BESIDES))
        if chance.random() < 0.2:
            words.insert(chance.randrange(len(words) + 1), chance.choice(_TOGETHER) * 3)
        if chance.random() < 0.3:
            words.insert(chance.randrange(len(words) + 1), _word("English", chance))
        yield " ".join(words)


def _word(script: str, chance: random.Random) -> str:
    longest = 60 if script in _UNSPACED else 14
    letters = chance.choices(_LETTERS[script], k=chance.randint(1, longest))
    marks = _MARKS.get(script, "")
    with_marks = (
        letter + (chance.choice(marks) if marks and chance.random() < 0.4 else "")
        for letter in letters
    )
    word = "".join(with_marks)
    return word.capitalize() if chance.random() < 0.3 else word
