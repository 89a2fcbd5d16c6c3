"""The first hour as five steps, in the order in which they are easiest; each can be left and gone
back to, and each knows by itself whether it is done."""

from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from posts.content import starters
from posts.content.models import PostPage, SiteSettings
from posts.content.panels import starter_names
from posts.delivery.mailings.queries import first_mailings
from posts.delivery.mailings.start import reached_by_nobody
from posts.delivery.transports import current
from posts.delivery.way_out.queries import by_environment, chosen
from posts.desk.names import names_given
from posts.desk.permissions import is_owner, may_change_settings
from posts.desk.queries import write_url
from posts.desk.texts import people
from subscribers.languages import of_the_site
from subscribers.models import Subscription


@dataclass(frozen=True, slots=True)
class FirstStep:
    """One line. Without a `url` somebody else has to do it. `beginnings`: other ways to begin, each
    with what it is called and where it leads."""

    title: str
    told: str  # how it stands, or what it is for
    done: bool
    url: str | None
    beginnings: tuple[tuple[str, str], ...] = ()


def to_show(request: HttpRequest) -> list[FirstStep]:
    """The steps, for whoever may take them; none when all are done or they were put away."""
    site = SiteSettings.load(request_or_site=request)
    if site.first_steps_over or not may_change_settings(request.user):
        return []
    found = steps(request)
    return [] if all(step.done for step in found) else found


def onward(request: HttpRequest, otherwise: str) -> HttpResponse:
    """Back to the steps while some are left; else to the address of that name."""
    return redirect("wagtailadmin_home" if to_show(request) else otherwise)


def steps(request: HttpRequest) -> list[FirstStep]:
    return [_names(), _way_out(request), _people(), _look(), _letter(request)]


def _names() -> FirstStep:
    done = names_given()
    told = (
        _("Name, sender, address and time zone are there.")
        if done
        else _("What your letter is called, who sends it, and where you can be reached.")
    )
    return FirstStep(_("Give it your names"), told, done, reverse("desk:names"))


def _way_out(request: HttpRequest) -> FirstStep:
    title = _("Say how mail leaves")
    try:
        transport = current()
    except ImproperlyConfigured as error:
        return FirstStep(title, str(error), False, _for_owners(request))
    if not by_environment() and chosen() is None:
        told = _("Your mail account’s server or a mail provider. Until then nothing leaves.")
        return FirstStep(title, told, False, _for_owners(request))
    if not transport.stays_here and reached_by_nobody():
        told = _("By %(way_out)s. What is left to say is where readers find you.")
        told %= {"way_out": transport.describe()}
        return FirstStep(title, told, False, _for_owners(request, "desk:address"))
    told = (
        _("Letters stay on this machine.")
        if transport.name == "outbox"
        else _("By %(way_out)s.") % {"way_out": transport.describe()}
    )
    return FirstStep(title, told, True, _for_owners(request))


def _for_owners(request: HttpRequest, screen: str = "desk:way_out") -> str | None:
    return reverse(screen) if is_owner(request.user) else None


def _people() -> FirstStep:
    count = Subscription.objects.filter(status=Subscription.Status.ACTIVE).count()
    told = (
        _("%(people)s get your letters.") % {"people": people(count)}
        if count
        else _("Paste their addresses, add one person, or bring a list.")
    )
    return FirstStep(_("Bring your readers"), told, bool(count), reverse("desk:bring"))


def _look() -> FirstStep:
    done = bool(SiteSettings.load().look_chosen)
    told = (
        _("You have chosen how it looks.") if done else _("A colour, and the line under the name.")
    )
    return FirstStep(_("Choose how it looks"), told, done, reverse("desk:look"))


def _letter(request: HttpRequest) -> FirstStep:
    title = _("Write your first letter")
    mailing = first_mailings().order_by("pk").first()
    if mailing is not None:
        return FirstStep(
            title, _("It is on its way."), True, reverse("desk:mailing", args=[mailing.pk])
        )
    post = PostPage.objects.order_by("-latest_revision_created_at").first()
    if post is not None:
        url = reverse("wagtailadmin_pages:edit", args=[post.pk])
        return FirstStep(title, _("“%(title)s” waits for you.") % {"title": post.title}, False, url)
    told = _("A few sentences are enough. Nobody is mailed before you say so.")
    write = write_url(request)
    if write is None or not starters.is_spoken(of_the_site()):
        return FirstStep(title, told, False, write)
    named = tuple((str(said), f"{write}?start={name}") for name, said in starter_names().items())
    return FirstStep(title, told, False, write, named)
