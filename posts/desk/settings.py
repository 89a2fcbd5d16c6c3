"""All settings on one screen, in sections, each with how it stands; and what only administrators
look for."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from posts.content.enclosures.models import Enclosure
from posts.content.models import SiteSettings, Topic
from posts.delivery.mailings.start import reached_by_nobody
from posts.delivery.rate.queries import sending_settings
from posts.delivery.transports import current
from posts.delivery.transports.outbox import Outbox
from posts.desk.permissions import MAY_CHANGE_PEOPLE, is_owner, may_change_settings, may_publish
from posts.desk.texts import people
from subscribers.limits import sign_up_mode
from subscribers.models import Newsletter, Subscriber


@dataclass(frozen=True, slots=True)
class SettingsLine:
    """One thing that can be set, and how it stands. `part`: its key in `desk.together`, if its form
    stands on the settings screen."""

    title: str
    url: str
    told: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    lines: list[SettingsLine]


def sections(request: HttpRequest) -> list[Section]:
    """Those in which this person may change something: how she signs in, at least."""
    found = [
        Section(_("Your letter"), list(_letter(request))),
        Section(_("Sending letters"), list(_sending(request))),
        Section(_("Readers"), list(_readers(request))),
        Section(_("People at the desk"), list(_staff(request))),
        Section(_("Other programs"), list(_programs(request))),
    ]
    return [section for section in found if section.lines]


def sets_something(user: Any) -> bool:
    """Whether there is more in them for this person than how she signs in. Counts nothing: the
    menu of every page wants to know."""
    permissions = (
        "posts.change_topic",
        "posts.change_coveringnote",
        "subscribers.change_newsletter",
        "subscribers.change_blockeddomain",
        MAY_CHANGE_PEOPLE,
    )
    return may_change_settings(user) or may_publish(user) or any(map(user.has_perm, permissions))


def _letter(request: HttpRequest) -> Iterator[SettingsLine]:
    if may_change_settings(request.user):
        site, letter = SiteSettings.load(request_or_site=request), Newsletter.objects.first()
        sender = f"{letter.from_name} <{letter.from_email}>" if letter else ""
        yield SettingsLine(
            _("Names"),
            reverse("desk:names"),
            _("“%(name)s”, by %(sender)s. Times are those of %(zone)s.")
            % {"name": site.name, "sender": sender, "zone": settings.TIME_ZONE},
            part="names",
        )
        yield SettingsLine(
            _("Look"),
            reverse("desk:look"),
            site.tagline or _("Colour, and tagline."),
            part="look",
        )
        yield SettingsLine(
            _("Words on every page"),
            reverse("wagtailsettings:edit", args=["posts", "sitesettings"]),
            _("The care note, the privacy notice and the imprint."),
        )
        yield SettingsLine(
            _("Templates"), reverse("desk:templates"), _("Texts to begin a letter with.")
        )
    if request.user.has_perm("posts.change_topic"):
        names = list(Topic.objects.values_list("name", flat=True)[:5])
        yield SettingsLine(_("Topics"), reverse("topics:index"), ", ".join(names) or _("None yet."))
    if request.user.has_perm("posts.change_coveringnote"):
        yield SettingsLine(
            _("Covering notes"),
            reverse("covering-notes:index"),
            _("Words a reader may send along with a post."),
        )
    if may_publish(request.user):
        kept = Enclosure.objects.count()
        told = (
            ngettext("%(number)d of them is kept.", "%(number)d of them are kept.", kept)
            % {"number": kept}
            if kept
            else _("Worksheets and exercises; a letter takes them in by itself.")
        )
        yield SettingsLine(_("Files and sounds"), reverse("files:index"), told)
    if is_owner(request.user):
        yield SettingsLine(
            _("Letters from elsewhere"),
            reverse("desk:move_in"),
            _("Substack, Ghost, WordPress, Mailchimp and others, with their readers."),
        )
    if request.user.has_perm("subscribers.change_newsletter"):
        count = Newsletter.objects.count()
        told = _("One.") if count == 1 else _("%(number)d of them.") % {"number": count}
        yield SettingsLine(_("Newsletters"), reverse("newsletters:index"), told)


def _sending(request: HttpRequest) -> Iterator[SettingsLine]:
    if is_owner(request.user):
        try:
            transport = current()
            told = (
                _("Letters stay on this machine.")
                if transport.name == Outbox.name
                else _("By %(way_out)s.") % {"way_out": transport.describe()}
            )
        except ImproperlyConfigured as error:
            told = str(error)
        yield SettingsLine(_("How mail leaves"), reverse("desk:way_out"), told, part="way-out")
        told = (
            _("No reader elsewhere reaches this site.")
            if reached_by_nobody()
            else _("At %(address)s.") % {"address": settings.SITE_URL}
        )
        yield SettingsLine(
            _("Where readers find you"), reverse("desk:address"), told, part="address"
        )
    if may_change_settings(request.user):
        rows = sending_settings()
        yield SettingsLine(
            _("Pace, undo and what is forgotten"),
            reverse("desk:sending"),
            _("%(undo)d seconds to change your mind; who got what is known for %(days)d days.")
            % {"undo": rows.undo_seconds, "days": rows.keep_days},
            part="pace",
        )


def _readers(request: HttpRequest) -> Iterator[SettingsLine]:
    if request.user.has_perm(MAY_CHANGE_PEOPLE):
        count = Subscriber.objects.all()[:100_000].count()
        yield SettingsLine(_("Bring readers"), reverse("desk:bring"), people(count) + ".")
        yield SettingsLine(
            _("Import and export"), reverse("desk:imports"), _("Lists in, and everybody out again.")
        )
    if is_owner(request.user):
        yield SettingsLine(
            _("Take everything with you"),
            reverse("desk:take_along"),
            _("Letters, pictures, readers and all, as one archive."),
        )
    if may_change_settings(request.user):
        narrowed = sign_up_mode.narrowed()
        told = _("Everybody may sign up.") if narrowed is None else narrowed.get_mode_display()
        yield SettingsLine(_("Sign-ups"), reverse("desk:sign_ups"), told, part="sign-ups")
        yield SettingsLine(
            _("A form for your other sites"),
            reverse("desk:embedded_form"),
            _("To copy, for wherever else you have a page."),
        )
    if request.user.has_perm("subscribers.change_blockeddomain"):
        yield SettingsLine(
            _("Blocked domains"), reverse("blocked-domains:index"), _("Whose addresses may not.")
        )


def _staff(request: HttpRequest) -> Iterator[SettingsLine]:
    if is_owner(request.user):
        yield SettingsLine(
            _("People at the desk"), reverse("desk:team"), _("Who may do what; invitations.")
        )
        yield SettingsLine(
            _("Who did what"), reverse("desk:log"), _("To readers, letters and settings.")
        )
    yield SettingsLine(
        _("How you sign in"),
        reverse("desk:my_sign_in"),
        _("Your second step, and where you are signed in."),
    )


def _programs(request: HttpRequest) -> Iterator[SettingsLine]:
    if is_owner(request.user):
        yield SettingsLine(
            _("Programs that may call"),
            reverse("desk:programs"),
            _("Your own website, a shop or a script: what each may do here."),
        )
        yield SettingsLine(
            _("Programs that are told"),
            reverse("desk:webhooks"),
            _("Which of them learn what happens here."),
        )


def more() -> list[Section]:
    """What an administrator looks for now and then."""
    return [
        Section(
            _("Mail"),
            [
                SettingsLine(
                    _("Outbox"), reverse("desk:outbox"), _("Letters that stayed on this machine.")
                ),
            ],
        ),
        Section(
            _("Who did what"),
            [
                SettingsLine(
                    _("Site history"),
                    reverse("wagtailadmin_reports:site_history"),
                    _("Every change to a page or a setting, and by whom."),
                ),
                SettingsLine(
                    _("Locked pages"),
                    reverse("wagtailadmin_reports:locked_pages"),
                    _("Pages that somebody keeps from being changed."),
                ),
                SettingsLine(
                    _("Ageing pages"),
                    reverse("wagtailadmin_reports:aging_pages"),
                    _("What was not touched for longest."),
                ),
            ],
        ),
    ]
