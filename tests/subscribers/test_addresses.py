"""Addresses: the one form in which each is unique, and clear words for what is none."""

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from subscribers.addresses import (
    Address,
    AddressRefused,
    mask,
    normalise,
    ordinary,
    with_care,
)

TYPED = st.one_of(
    st.text(max_size=80),
    st.emails(),
    st.builds(
        "{}@{}".format,
        st.text(max_size=70),
        st.sampled_from(["example.org", "straße.de", "例え.jp", "a..b", "-x.org", "x.test", ""]),
    ),
)


@pytest.mark.parametrize(
    ("typed", "normalised"),
    [
        ("ada@example.org", "ada@example.org"),
        ("  Ada.Fern+posts@Example.ORG ", "ada.fern+posts@example.org"),
        ("ada@straße.de", "ada@xn--strae-oqa.de"),
        ("ada@xn--strae-oqa.de", "ada@xn--strae-oqa.de"),
        ("ada@BÜCHER.example", "ada@xn--bcher-kva.example"),
        ("o'neil@example.org", "o'neil@example.org"),
        ("ada@example。org", "ada@example.org"),
    ],
)
def test_an_address_has_one_normal_form(typed: str, normalised: str) -> None:
    assert normalise(typed).normalised == normalised
    assert normalise(typed).typed == typed.strip()


@given(TYPED)
@example("Ada.Fern+posts@Example.ORG ")
@example(" " * 1_000 + "ada@example.org")
@example("a" * 65 + "@example.org")
@example("ada@" + "a." * 120 + "example.org")
@example("ada@example.org\x0b")
def test_the_quick_way_knows_no_address_otherwise(typed: str) -> None:
    def carefully() -> Address | None:
        try:
            return with_care(typed)
        except AddressRefused:
            return None

    quickly = ordinary(typed)
    assert quickly is None or quickly == carefully()


def test_nearly_everybody_goes_the_quick_way() -> None:
    for typed in ("Ada.Fern+posts@Example.ORG", " o'neil@mail.example.org", "a_b-c@x-y.de"):
        assert ordinary(typed) == with_care(typed)


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("", "Enter an email address"),
        ("   ", "Enter an email address"),
        ("ada.example.org", "has an @ in it"),
        ("ada@", "after the @"),
        ("@example.org", "before the @"),
        ("ädä@example.org", "outside a–z"),
        ("ada@example.org\r\nBcc: everyone@example.org", "line break"),
        ("ada\x00@example.org", "control character"),
        ("ada@exa\u2028mple.org", "line break"),
        ("\ud800@example.org", "control character"),
        ("Ada <ada@example.org>", "angle brackets"),
        ("ada@localhost", "the ending is missing"),
        ("ada@[127.0.0.1]", "a number in brackets"),
        ('"ada fern"@example.org', "quotation marks"),
        ("ada fern@example.org", "a space in it"),
        ("ada@fern@example.org", "more than one @"),
        (".ada@example.org", "a dot where none can be"),
        ("ada..fern@example.org", "a dot where none can be"),
        ("ada@example..org", "a dot too many"),
        ("ada@example.org.", "a dot too many"),
        ("ada(home)@example.org", "can’t have: ("),
        ("ada@-example.org", "not a place that mail can go to"),
        ("a" * 65 + "@example.org", "too long"),
        ("ada@" + "example." * 40 + "org", "too long"),
        ("a" * 65536 + "@example.org", "too long"),
    ],
)
def test_what_is_no_address_is_refused_in_plain_words(typed: str, hint: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        normalise(typed)
    assert hint in refused.value.message
    assert len(refused.value.message) < 300


@given(TYPED)
@example("a@b.c.")
@example("A@ẞ.de")
def test_we_take_exactly_what_the_library_takes_and_never_crash(typed: str) -> None:
    try:
        ours = normalise(typed).normalised
    except AddressRefused:
        ours = None
    try:
        found = validate_email(
            typed.strip(), check_deliverability=False, allow_smtputf8=False, strict=True
        )
    except EmailNotValidError:
        theirs = None
    else:
        local = found.local_part.lower()
        theirs = f"{local}@{found.ascii_domain}"
    assert ours == theirs


@given(TYPED)
def test_the_normal_form_is_stable_and_safe_in_a_header(typed: str) -> None:
    try:
        address = normalise(typed).normalised
    except AddressRefused:
        return
    assert normalise(address).normalised == address
    assert address.isascii()
    assert address.isprintable()
    assert address.count("@") == 1
    assert not set(address) & set(' <>",;:()[]\\')


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("ada@example.org", "a…@e…e.org"),
        ("a@example.org", "…@e…e.org"),
        ("ada@mail.example.org", "a…@m…e.org"),
        ("ada@ab.org", "a…@….org"),
        ("ada@xn--strae-oqa.de", "a…@s…e.de"),
    ],
)
def test_a_masked_address_is_recognised_by_its_owner_only(address: str, masked: str) -> None:
    assert mask(address) == masked


@given(st.emails())
def test_a_mask_never_shows_the_address(typed: str) -> None:
    try:
        address = normalise(typed).normalised
    except AddressRefused:
        return
    local, _, domain = address.partition("@")
    assert local not in mask(address).partition("@")[0]
    assert domain not in mask(address)
