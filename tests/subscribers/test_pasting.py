"""What people write around an address is taken off; what may mean something is asked back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscribers.addresses import AddressRefused, normalise
from subscribers.forms import SignUpForm
from subscribers.models import Newsletter
from subscribers.pasting import SeveralAddresses, read


@pytest.mark.parametrize(
    ("text", "address", "name"),
    [
        ("Ada Fern <ada@example.org>", "ada@example.org", "Ada Fern"),
        ('"Fern, Ada" <ada@example.org>;', "ada@example.org", "Fern, Ada"),
        ("Ada (ada@example.org)", "ada@example.org", "Ada"),
        ("Ada <mailto:ada@example.org>", "ada@example.org", "Ada"),
        ("Ada &lt;ada@example.org&gt;", "ada@example.org", "Ada"),
        ("ada@example.org <ada@example.org>", "ada@example.org", ""),
        ("[ada@example.org](mailto:ada@example.org)", "ada@example.org", ""),
        ("<ada@example.org>", "ada@example.org", ""),
        ("MAILTO:ada@example.org?subject=Hello", "ada@example.org", ""),
        ("E-Mail: ada@example.org", "ada@example.org", ""),
        ("'ada@example.org'", "ada@example.org", ""),
        ("'ada@example.org", "ada@example.org", ""),
        ('"ada@example.org"', "ada@example.org", ""),
        ("“ada@example.org”", "ada@example.org", ""),
        ("ada@example.org;", "ada@example.org", ""),
        ("ada@example.org,", "ada@example.org", ""),
        ("ada@example.org.", "ada@example.org", ""),
        ("\u200bada@example.org\ufeff", "ada@example.org", ""),
        ("a\u00adda\u200d@exam\u200bple.org", "ada@example.org", ""),
        ("ada @ example.org", "ada@example.org", ""),
        ("ａｄａ＠ｅｘａｍｐｌｅ．ｏｒｇ", "ada@example.org", ""),
        ("o'neil@example.org", "o'neil@example.org", ""),
    ],
)
def test_what_stands_around_an_address_is_taken_off(text: str, address: str, name: str) -> None:
    found = read(text)
    assert (found.address.normalised, found.name) == (address, name)


@pytest.mark.parametrize(
    "text", ["ada@example.org ::: ben@example.org", "ada@example.org;ben@example.org", "Ada "
             "<ada@example.org>, Ben <ben@example.org>"]
)  # fmt: skip
def test_of_two_addresses_both_are_offered(text: str) -> None:
    with pytest.raises(SeveralAddresses) as refused:
        read(text)
    assert refused.value.addresses == ["ada@example.org", "ben@example.org"]
    assert "ada@example.org and ben@example.org" in refused.value.message


@pytest.mark.parametrize(
    "text", ["please take ada@example.org off", "ada@example.org (gone)", "Ada ada@example.org"]
)
def test_an_address_in_a_text_is_asked_back(text: str) -> None:
    with pytest.raises(AddressRefused, match=r"Is it ada@example\.org\?"):
        read(text)


@given(st.one_of(st.text(max_size=60), st.emails().map("<{}>,".format), st.emails()))
def test_what_is_an_address_is_read_as_it_is_and_nothing_crashes(text: str) -> None:
    try:
        found = read(text).address.normalised
    except AddressRefused:
        return
    assert normalise(found).normalised == found


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["\u200bAda@example.org", "mailto:ada@example.org", "Ada "
                                   "<ada@example.org>", "ada@example.org,"])  # fmt: skip
def test_the_sign_up_form_understands_what_is_pasted_into_it(typed: str) -> None:
    Newsletter.objects.create(name="Letters", slug="letters")
    form = SignUpForm({"email": typed})
    assert form.is_valid()
    assert form.cleaned_data["email"].normalised == "ada@example.org"


@pytest.mark.django_db
def test_the_sign_up_form_asks_which_of_two_addresses_is_meant() -> None:
    Newsletter.objects.create(name="Letters", slug="letters")
    form = SignUpForm({"email": "ada@example.org, ben@example.org"})
    assert not form.is_valid()
    assert "Please write one of them." in form.errors["email"][0]
