"""One subscriber: why they are on the list, how they want to be written to, and what they got."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from posts.desk import person as pages
from posts.desk.again import asked_again
from posts.desk.frame import screen
from posts.desk.permissions import MAY_CHANGE_PEOPLE, MAY_SEE_PEOPLE, permission_needed, signed_in
from posts.desk.staff.notes import note
from subscribers import actions, by_hand, suppressions
from subscribers.addresses import Address
from subscribers.languages import name_of
from subscribers.models import Subscriber, Subscription, Suppression
from subscribers.one_line import one_line
from subscribers.preferences.actions import send_link_for
from subscribers.preferences.queries import waiting_change
from subscribers.segments.actions import SegmentRefused, create_tag, tag_people, untag
from subscribers.segments.models import Tag
from subscribers.timeline import timeline

SOURCE = "/admin/subscribers/"


@require_safe
@permission_needed(MAY_SEE_PEOPLE)
def detail(request: HttpRequest, subscriber_id: int) -> HttpResponse:
    """`/admin/subscribers/<id>/`"""
    person = get_object_or_404(Subscriber, pk=subscriber_id)
    subscriptions = list(
        person.subscriptions.select_related("newsletter").order_by("newsletter_id")
    )
    blocks = suppressions.of(person.address)
    return screen(
        request,
        "desk/subscriber.html",
        title=person.email,
        icon="user",
        trail=((reverse("desk:subscribers"), _("Subscribers")),),
        crumb=_("Subscriber"),
        person=person,
        language=name_of(person.locale),
        why=pages.why(person, subscriptions),
        subscriptions=subscriptions,
        entries=timeline(person),
        tags=Tag.objects.filter(taggings__subscriber=person),
        known_tags=Tag.objects.all(),
        got=pages.got(person, [subscription.newsletter_id for subscription in subscriptions]),
        blocks=blocks,
        can_lift=suppressions.can_be_lifted(blocks),
        moving_to=change.email if (change := waiting_change(person)) else "",
        asked=by_hand.confirmations(person, subscriptions),
        may_change=request.user.has_perm(MAY_CHANGE_PEOPLE),
    )


@require_POST
@permission_needed(MAY_CHANGE_PEOPLE)
def unsubscribe(request: HttpRequest, subscription_id: int) -> HttpResponse:
    """Take a reader off one newsletter, as they asked by mail or in person."""
    subscription = get_object_or_404(
        Subscription.objects.select_related("subscriber", "newsletter"), pk=subscription_id
    )
    ended = actions.unsubscribe(
        subscription=subscription, by=signed_in(request).get_username(), source=SOURCE
    )
    if ended:
        on = subscription.subscriber
        note("desk.person.unsubscribed", by=signed_in(request), on=on)
        messages.success(
            request,
            _("%(address)s no longer gets “%(newsletter)s”.")
            % {"address": subscription.subscriber.email, "newsletter": subscription.newsletter},
        )
    return redirect("desk:subscriber", subscription.subscriber_id)


@require_POST
@permission_needed(MAY_CHANGE_PEOPLE)
def send_link(request: HttpRequest, subscriber_id: int) -> HttpResponse:
    """Mail the link to her own page, to somebody who asked in person how to change a thing."""
    person = get_object_or_404(Subscriber, pk=subscriber_id)
    by = signed_in(request).get_username()
    if send_link_for(person=person, source=SOURCE, by=by):
        note("desk.person.link", by=signed_in(request), on=person)
        message = _("A mail with the link goes to %s now. The link opens their page for an hour.")
        messages.success(request, message % person.email)
    else:
        message = _(
            "Nothing was sent to %s: a link went there a moment ago or several did today, or the "
            "address must not be mailed. Wait ten minutes, then try again."
        )
        messages.warning(request, message % person.email)
    return redirect("desk:subscriber", person.pk)


@require_POST
@permission_needed(MAY_CHANGE_PEOPLE)
def suppress(request: HttpRequest, subscriber_id: int) -> HttpResponse:
    """Never mail this address again."""
    person = get_object_or_404(Subscriber, pk=subscriber_id)
    actions.suppress(
        address=Address(person.email, person.address),
        reason=Suppression.Reason.MANUAL,
        source=SOURCE,
        by=signed_in(request).get_username(),
    )
    note("desk.person.suppressed", by=signed_in(request), on=person)
    messages.success(request, _("%s will not be mailed again.") % person.email)
    return redirect("desk:subscriber", person.pk)


@require_POST
@permission_needed(MAY_CHANGE_PEOPLE)
def lift(request: HttpRequest, subscriber_id: int) -> HttpResponse:
    """Take a bounce or a hand-made block away, for a reason that stays on record."""
    person = get_object_or_404(Subscriber, pk=subscriber_id)
    why = one_line(request.POST.get("why", ""))
    if not why:
        messages.error(request, _("Nothing was changed: write in a few words why. It is kept."))
    elif suppressions.lift(
        person=person, why=why, source=SOURCE, by=signed_in(request).get_username()
    ):
        note("desk.person.lifted", by=signed_in(request), on=person)
        message = _("%s may be mailed again. Lists that it was taken off stay as they are.")
        messages.success(request, message % person.email)
    return redirect("desk:subscriber", person.pk)


@require_POST
@permission_needed(MAY_CHANGE_PEOPLE)
def ask_again(request: HttpRequest, subscriber_id: int) -> HttpResponse:
    """Mail the link to confirm once more, to somebody who says that none came."""
    person = get_object_or_404(Subscriber, pk=subscriber_id)
    by = signed_in(request).get_username()
    if by_hand.ask_again(person=person, source=SOURCE, by=by):
        note("desk.person.asked", by=signed_in(request), on=person)
        message = _("A mail with the link to confirm goes to %s now.")
        messages.success(request, message % person.email)
    else:
        message = _(
            "Nothing was sent to %s: one went there within the last hour, or six lie there without "
            "an answer, or the address must not be mailed. If they write to you that they want "
            "your letters, add them by hand, with that mail as the source."
        )
        messages.warning(request, message % person.email)
    return redirect("desk:subscriber", person.pk)


@require_POST
@permission_needed(MAY_CHANGE_PEOPLE)
@asked_again
def erase(request: HttpRequest, subscriber_id: int) -> HttpResponse:
    """Forget a person, once the word that was asked for is typed."""
    person = get_object_or_404(Subscriber, pk=subscriber_id)
    if request.POST.get("address", "").strip().lower() != person.email.lower():
        messages.error(
            request,
            _("Nothing was erased: what you typed is not this person’s address. Type it as shown."),
        )
        return redirect("desk:subscriber", person.pk)
    note("desk.person.erased", by=signed_in(request), on=person)
    actions.erase(
        address=Address(person.email, person.address),
        source=SOURCE,
        by=signed_in(request).get_username(),
    )
    messages.success(request, _("The person is erased. No import will mail this address again."))
    return redirect("desk:subscribers")


@require_POST
@permission_needed(MAY_CHANGE_PEOPLE)
def tag(request: HttpRequest, subscriber_id: int) -> HttpResponse:
    """Tie a tag to a person, or take one off."""
    person, by = get_object_or_404(Subscriber, pk=subscriber_id), signed_in(request).get_username()
    try:
        if off := Tag.objects.filter(name=request.POST.get("off", "")).first():
            untag(tag=off, ids=[person.pk], by=by)
        else:
            found = create_tag(name=request.POST.get("name", ""), by=by)
            tag_people(tag=found, ids=[person.pk], by=by)
        note("desk.person.tagged", by=signed_in(request), on=person)
    except SegmentRefused as error:
        messages.error(request, error.message)
    return redirect("desk:subscriber", person.pk)
