"""Forms about people: whom a list shows, what is done to them, tags and segments."""

import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from posts.desk.models import BulkWork
from posts.desk.search import Filters
from subscribers.addresses import Address, AddressRefused, normalise
from subscribers.lists.models import ImportJob
from subscribers.models import Newsletter, Subscriber, Subscription
from subscribers.one_line import one_line
from subscribers.pasting import Pasted, read
from subscribers.saying import quoted
from subscribers.segments.models import Tag
from subscribers.segments.queries import find_tag

ANY = [("", _("All"))]
TICKED, PAGE, EVERYBODY = "ticked", "page", "everybody"
EXPORT = "export"
LISTS = 20


class FiltersForm(forms.Form):
    """Whom a list of people shows."""

    q = forms.CharField(label=_("Address begins with"), required=False, max_length=254)
    newsletter = forms.TypedChoiceField(
        label=_("Newsletter"), required=False, coerce=int, empty_value=None
    )
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[*ANY, *Subscription.Status.choices]
    )
    tag = forms.TypedChoiceField(label=_("Tag"), required=False, coerce=int, empty_value=None)
    pace = forms.ChoiceField(
        label=_("How often"), required=False, choices=[*ANY, *Subscriber.Pace.choices]
    )
    edition = forms.ChoiceField(
        label=_("Edition"), required=False, choices=[*ANY, *Subscriber.Edition.choices]
    )
    since = forms.DateField(
        label=_("Known since"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    brought_by = forms.TypedChoiceField(
        label=_("Came with the list"), required=False, coerce=int, empty_value=None
    )
    resting = forms.BooleanField(label=_("Resting only"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        newsletters = Newsletter.objects.values_list("pk", "name")
        self.fields["newsletter"].choices = [*ANY, *newsletters]  # type: ignore[attr-defined]
        tags = Tag.objects.values_list("pk", "name")
        self.fields["tag"].choices = [*ANY, *tags]  # type: ignore[attr-defined]
        lists = list(self._lists())
        self.fields["brought_by"].choices = [*ANY, *lists]  # type: ignore[attr-defined]
        if not lists and not self.data.get("brought_by"):
            del self.fields["brought_by"]

    def _lists(self) -> Iterator[tuple[int, str]]:
        """The newest imports, and the one that is asked for."""
        asked = str(self.data.get("brought_by", ""))
        newest = ImportJob.objects.exclude(done_rows=0).exclude(counts={}).order_by("-pk")
        shown = Q(pk__in=list(newest.values_list("pk", flat=True)[:LISTS]))
        if asked.isascii() and asked.isdecimal() and len(asked) < 19:
            shown |= Q(pk=int(asked))
        rows = ImportJob.objects.filter(shown).order_by("-pk")
        for pk, name, at in rows.values_list("pk", "file_name", "created_at"):
            yield pk, f"{name} · {date_format(localtime(at), 'SHORT_DATE_FORMAT')}"

    def filters(self) -> Filters:
        """What was asked for; a field with something wrong in it asks for nothing."""
        self.is_valid()
        found = self.cleaned_data
        since = found.get("since")
        return Filters(
            q=found.get("q", "").replace("\x00", ""),
            newsletter=found.get("newsletter"),
            status=found.get("status", ""),
            tag=found.get("tag"),
            pace=found.get("pace", ""),
            edition=found.get("edition", ""),
            resting=found.get("resting", False),
            since=since.isoformat() if since else "",
            brought_by=found.get("brought_by"),
        )


class _ConsentForm(forms.Form):
    """What people are to get, and how it is known that they want it."""

    ASK, CONSENT = "ask", "consent"

    newsletters = forms.ModelMultipleChoiceField(
        label=_("What they get"),
        queryset=Newsletter.objects.order_by("pk"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one newsletter.")},
    )
    how = forms.ChoiceField(
        label=_("How do you know that they want it?"),
        choices=[
            (ASK, _("I don’t: a mail asks them, and letters come once they press its button")),
            (CONSENT, _("They told me, and I can say where")),
        ],
        widget=forms.RadioSelect,
    )
    consent = forms.CharField(
        label=_("Where and when they said so"),
        help_text=_(
            "Such as: by mail on 3 May, or the list on the table at the reading. It stays "
            "on record as their consent."
        ),
        required=False,
        max_length=200,
    )

    def clean(self) -> None:
        told = self.cleaned_data.get("how") == self.CONSENT
        if told and not self.cleaned_data.get("consent"):
            self.add_error("consent", _("Say where and when they said so, or let a mail ask them."))

    def consent_said(self) -> str:
        """Empty: a mail is to ask."""
        given = self.cleaned_data["how"] == self.CONSENT
        return one_line(self.cleaned_data["consent"]) if given else ""


class AddForm(_ConsentForm):
    """One person who asked for letters in another way than by the form."""

    field_order = ["email", "name"]

    email = forms.CharField(
        label=_("Email address"),
        error_messages={"required": _("Enter their email address, like name@example.org.")},
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(label=_("Name, if you know it"), required=False, max_length=120)

    def clean_email(self) -> Address:
        try:
            return normalise(self.cleaned_data["email"])
        except AddressRefused as refusal:
            raise forms.ValidationError(refusal.message) from refusal


class CorrectPersonForm(forms.Form):
    """What she is called, and where she is written to."""

    name = forms.CharField(label=_("Name"), required=False, max_length=120)
    email = forms.CharField(
        label=_("Email address"),
        help_text=_("Another one is asked by mail before letters go there; the old one is told."),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_name(self) -> str:
        return one_line(self.cleaned_data["name"])

    def clean_email(self) -> Address:
        try:
            return normalise(self.cleaned_data["email"])
        except AddressRefused as refusal:
            raise forms.ValidationError(refusal.message) from refusal


class PasteForm(_ConsentForm):
    """Several people, pasted as one has them: an address a line, or a row of them."""

    field_order = ["people"]
    MOST = 500
    LONGEST = 100_000  # characters

    people = forms.CharField(
        label=_("Their addresses"),
        max_length=LONGEST,
        help_text=_(
            "One a line, or with commas between. A name may stand before each: "
            "Rosa Lind <rosa@example.org>."
        ),
        widget=forms.Textarea(
            attrs={
                "rows": 6,
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        ),
        error_messages={"required": _("Paste at least one address.")},
    )

    def clean_people(self) -> list[Pasted]:
        """Each once. Nothing is taken of a list in which something cannot be read."""
        found: dict[str, Pasted] = {}
        wrong = []
        for text in _one_by_one(self.cleaned_data["people"]):
            try:
                pasted = read(text)
            except AddressRefused as refusal:
                wrong.append(f"{quoted(text[:80])}: {refusal.message}")
            else:
                found.setdefault(pasted.address.normalised, pasted)
        if wrong:
            more = (
                [_("And %(number)d more.") % {"number": len(wrong) - 5}] if len(wrong) > 5 else []
            )
            raise forms.ValidationError([*wrong[:5], *more])
        if len(found) > self.MOST:
            raise forms.ValidationError(
                _("That is more than %(most)d. Bring a list that long as a file.")
                % {"most": self.MOST}
            )
        return list(found.values())


def _one_by_one(text: str) -> Iterator[str]:
    """The pieces with an address each. A line of one alone may have commas in its name."""
    for line in text.splitlines():
        pieces = [line] if line.count("@") < 2 else re.split(r"[,;\t]|(?<=>)\s", line)
        yield from (piece.strip() for piece in pieces if piece.strip())


class BulkForm(forms.Form):
    """What is done, and to whom of a list."""

    verb = forms.ChoiceField(
        label=_("Do"), choices=[*BulkWork.Verb.choices, (EXPORT, _("Download as CSV"))]
    )
    who = forms.ChoiceField(
        choices=[
            (TICKED, _("Those ticked above")),
            (PAGE, _("Everybody on this page")),
            (EVERYBODY, _("Everybody who matches, also on other pages")),
        ]
    )
    ids = forms.TypedMultipleChoiceField(required=False, coerce=int)
    shown = forms.TypedMultipleChoiceField(required=False, coerce=int)
    tag = forms.CharField(label=_("Tag"), required=False, max_length=60)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        for name in ("ids", "shown"):
            ids = [n for n in data.getlist(name) if n.isascii() and n.isdecimal()]
            short = [(n, n) for n in ids if len(n) < 19]
            self.fields[name].choices = short  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("who") == TICKED and not found.get("ids"):
            raise forms.ValidationError(
                _("Nobody is ticked. Tick the people you mean, or choose everybody on this page.")
            )
        if found.get("verb") in ("tag", "untag") and not found.get("tag", "").strip():
            raise forms.ValidationError(_("Write which tag you mean."))
        if found.get("verb") == "untag" and self._tag(found) is None:
            raise forms.ValidationError(_("There is no such tag. Choose one that somebody has."))
        return found

    def chosen(self) -> list[int] | None:
        """Their numbers; None: everybody who matches."""
        who = self.cleaned_data["who"]
        if who == EVERYBODY:
            return None
        ids: list[int] = self.cleaned_data["ids" if who == TICKED else "shown"]
        return ids

    def _tag(self, found: dict[str, Any]) -> Tag | None:
        return find_tag(found["tag"])
