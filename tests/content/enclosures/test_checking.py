"""What is kept of what a writer uploads: by what stands in it, whatever it is called."""

import struct
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from posts.content.enclosures import checking, office
from posts.content.enclosures.checking import Checked, check
from posts.content.enclosures.kinds import KINDS
from tests import sounds
from tests.enclosed import archive, content_of, pdf
from tests.enclosed import office as document


def looked_at(content: bytes) -> Checked:
    return check(BytesIO(content), size=len(content))


def refused(content: bytes) -> str:
    with pytest.raises(ValidationError) as error:
        looked_at(content)
    return " ".join(error.value.messages)


@pytest.mark.parametrize("ending", KINDS)
def test_every_kind_is_known_by_its_content(ending: str) -> None:
    found = looked_at(content_of(ending))
    assert found.kind.ending == ending
    assert (found.seconds is not None) == KINDS[ending].is_sound
    assert found.size == len(content_of(ending))


@pytest.mark.parametrize("ending", ["mp3", "m4a", "ogg"])
def test_a_sound_tells_how_long_it_is(ending: str) -> None:
    makers: dict[str, Callable[[int], bytes]] = {
        "mp3": sounds.mp3,
        "m4a": sounds.m4a,
        "ogg": sounds.opus,
    }
    assert looked_at(makers[ending](12)).seconds == 12


@pytest.mark.parametrize(
    "page",
    [
        b"<!DOCTYPE html><p>Tea",
        b"\xef\xbb\xbf\n <html><script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        b"<?xml version='1.0'?><svg/>",
    ],
)
def test_a_web_page_is_none_of_them_and_it_is_said_what_to_do(page: bytes) -> None:
    assert "print it as a PDF" in refused(page)


@pytest.mark.parametrize("program", [b"#!/bin/sh\nrm -rf /\n", b"MZ\x90\x00", b"\x7fELF\x02\x01"])
def test_a_program_is_not_kept(program: bytes) -> None:
    assert "a program" in refused(program)


def test_what_office_programs_wrote_long_ago_is_to_be_saved_anew() -> None:
    assert ".docx" in refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))


@pytest.mark.parametrize(
    "with_programs",
    [
        document("docx", word__vbaProject__bin="").replace(b"vbaProject/bin", b"vbaProject.bin"),
        archive(
            types="application/vnd.ms-word.document.macroEnabled.main+xml", word__document="<w/>"
        ),
        document("odt", Basic__Standard__Module1="Sub Main"),
        document("ods", Scripts__python__x="import os"),
    ],
)
def test_little_programs_in_a_document_are_named_and_refused(with_programs: bytes) -> None:
    assert "macros" in refused(with_programs)


def test_a_template_that_would_be_fetched_from_elsewhere_is_refused() -> None:
    out = BytesIO(document("docx"))
    with ZipFile(out, "a") as zipped:
        zipped.writestr("word/_rels/settings.xml.rels", 'Type=".../attachedTemplate"')
    assert "template" in refused(out.getvalue())


def test_an_archive_that_is_no_document_is_refused() -> None:
    assert "archive" in refused(archive(secret="words"))
    assert "archive" in refused(archive(mime="application/java-archive"))


def test_a_locked_archive_is_refused() -> None:
    locked = bytearray(document("odt"))
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = -1
        while (place := locked.find(sign, place + 1)) != -1:
            locked[place + at] |= 1
    assert "password" in refused(bytes(locked))


def test_an_archive_that_would_fill_a_disk_is_refused_and_never_unpacked() -> None:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as zipped:
        zipped.writestr("mimetype", KINDS["odt"].mime)
        with zipped.open("content.xml", "w", force_zip64=True) as member:
            for _ in range(office.MOST_UNPACKED // 10_000_000 + 1):
                member.write(bytes(10_000_000))
    content = out.getvalue()
    assert len(content) < 1_000_000
    assert "too large for a phone" in refused(content)


def test_an_archive_that_lies_about_a_member_is_read_at_its_beginning_only() -> None:
    """What tells the kind says that it is short, and unpacks to a hundred million bytes."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as zipped:
        zipped.writestr("mimetype", bytes(100_000_000))
    lying = bytearray(out.getvalue())
    for sign, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", lying, lying.find(sign) + at, 20)
    assert refused(bytes(lying))


def test_of_very_many_members_none_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "MOST_MEMBERS", 3)
    assert "too large for a phone" in refused(document("odt", a="", b=""))


def test_an_archive_cut_off_in_the_middle_is_broken() -> None:
    assert "broken" in refused(document("docx")[:-30])


def test_a_pdf_whose_end_is_missing_is_refused() -> None:
    assert "end of this PDF" in refused(pdf()[:-20])


def test_a_pdf_that_is_an_archive_too_is_a_pdf() -> None:
    """It is handed out as that, and as nothing else."""
    assert looked_at(pdf() + archive(a="b") + b"%%EOF").kind.ending == "pdf"


def test_rtf_with_a_file_in_it_is_refused() -> None:
    assert "another file" in refused(rb"{\rtf1{\object\objdata 0105}}")


@pytest.mark.parametrize(
    "content", [b"\x00\x01\x02 binary", "Übung".encode("latin-1"), b"\x89PNG\r\n\x1a\n", b"%!PS"]
)
def test_what_nobody_knows_is_told_what_is_good(content: bytes) -> None:
    if content == b"%!PS":
        assert looked_at(content).kind.ending == "txt"  # harmless as what it is handed out as
    else:
        assert "PDF, Word" in refused(content)


def test_an_empty_file_is_refused() -> None:
    assert "empty" in refused(b"")


@pytest.mark.parametrize(
    "no_sound",
    [
        b"ID3\x04\x00\x00\x00\x00\x00\x1a<script>alert(1)</script>" * 40,
        b"\xff\xfb<script>alert(1)</script>",
        b"ID3",
        sounds.mp3(0)[:144],
        sounds.m4a(5, codec=b"avc1"),
        sounds.m4a(5, codec=b"alac"),
        sounds.opus(2)[:60],
        sounds.opus(2).replace(b"OpusHead", b"Speex   "),
        b"RIFF\x24\x00\x00\x00WAVEfmt ",
        b"fLaC" + bytes(100),
        b"\x00\x00\x00\x18ftypmp42" + bytes(20),
    ],
)
def test_a_sound_that_cannot_be_heard_everywhere_is_refused(no_sound: bytes) -> None:
    said = refused(no_sound)
    assert "MP3" in said


def test_a_sound_with_something_odd_in_its_tag_is_a_sound() -> None:
    content = sounds.mp3(3, tag=b"TIT2\x00\x00\x00\x1b\x00\x00\x03<script>alert(1)</script>\x00")
    assert looked_at(content).kind.ending == "mp3"
    assert looked_at(sounds.mp3(3, tag=b"\xff" * 2_000)).kind.ending == "mp3"


@pytest.mark.parametrize(("head", "most"), [(b"%PDF-1.7", 25), (b"", 100)])
def test_what_is_too_large_is_said_with_the_limit(head: bytes, most: int) -> None:
    """By its announced size: not a byte more is read than it takes to tell a sound."""
    content = pdf() if head else sounds.mp3()
    with pytest.raises(ValidationError) as error:
        check(BytesIO(content), size=most * 1_000_000 + 1)
    [said] = error.value.messages
    assert f"{most} MB" in said


def test_a_sound_may_be_larger_than_a_file() -> None:
    content = sounds.mp3()
    found = check(BytesIO(content), size=checking.LARGEST_FILE * 2_000_000)
    assert found.kind.ending == "mp3"


@given(content=st.binary(max_size=400), begins=st.sampled_from(sorted(KINDS)))
@settings(max_examples=300, deadline=None)
def test_whatever_follows_a_good_beginning_is_kept_or_refused(content: bytes, begins: str) -> None:
    good = content_of(begins)
    for mixed in (good[:40] + content, good[: len(good) // 2] + content, content):
        with suppress(ValidationError):
            assert looked_at(mixed).kind.ending in KINDS


@given(
    place=st.integers(0, 10_000), byte=st.integers(0, 255), begins=st.sampled_from(sorted(KINDS))
)
@settings(max_examples=300, deadline=None)
def test_one_wrong_byte_is_no_fault_of_ours(place: int, byte: int, begins: str) -> None:
    content = bytearray(content_of(begins))
    content[place % len(content)] = byte
    with suppress(ValidationError):
        assert looked_at(bytes(content)).kind.ending in KINDS
