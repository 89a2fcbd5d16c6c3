"""“Publish and email…”: a page that says what will happen, then the press that makes it so."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.models import Revision

from posts.content.models import PostPage, SiteSettings
from posts.delivery import restored
from posts.delivery.mailings.audit import DeliveryRefused
from posts.delivery.mailings.queries import expected_audience
from posts.delivery.mailings.schedule import undo_seconds
from posts.delivery.mailings.start import check_way_out
from posts.delivery.mailings.test_mail import send_tests
from posts.delivery.models import Mailing
from posts.delivery.transports import current
from posts.delivery.transports.outbox import Outbox
from posts.desk import actions
from posts.desk.checklist.checklist import checklist
from posts.desk.forms import LaterForm, SpreadForm, TestMailForm
from posts.desk.frame import screen
from posts.desk.looked_at import seal
from posts.desk.permissions import signed_in
from posts.desk.queries import first_mailing_of
from posts.desk.telling import tell
from posts.desk.texts import people
from subscribers.ring import ring
from subscribers.saying import in_words

LATER_ID = "later_%s"  # beside the other form, whose fields have the same names


@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, post_id: int) -> HttpResponse:
    """`/admin/posts/<id>/email/`: GET shows, POST publishes and emails."""
    post, revision = _publishable(request, post_id)
    if request.method == "GET":
        return _page(request, post, revision)

    form = SpreadForm(request.POST)
    form.offer_segments(post.newsletter_id)
    if not form.is_valid():
        return _page(request, post, revision, spread_form=form, status=422)

    def work(user: User) -> HttpResponse:
        mailing, created = actions.publish_and_email(
            revision=revision,
            user=user,
            spread=form.cleaned_data["spread"],
            segment=form.cleaned_data["segment"],
        )
        return _to_mailing(request, mailing, created=created)

    return _try(request, post, revision, work)


@require_POST
def later(request: HttpRequest, post_id: int) -> HttpResponse:
    """Have it go live and be emailed at a time."""
    post, revision = _publishable(request, post_id)
    if mailing := first_mailing_of(post):
        # A second press: the first one saved the post anew, with its date.
        return _to_mailing(request, mailing, created=False)
    form = LaterForm(request.POST, auto_id=LATER_ID)
    form.offer_segments(post.newsletter_id)
    if not form.is_valid():
        return _page(request, post, revision, later_form=form, status=422)

    def work(user: User) -> HttpResponse:
        mailing, created = actions.publish_and_email_later(
            revision=revision,
            user=user,
            at=form.cleaned_data["at"],
            spread=form.cleaned_data["spread"],
            segment=form.cleaned_data["segment"],
        )
        return _to_mailing(request, mailing, created=created)

    return _try(request, post, revision, work, later_form=form)


def _to_mailing(request: HttpRequest, mailing: Mailing, *, created: bool) -> HttpResponse:
    if not created:
        messages.info(request, _("This post has its mailing already; a post goes out once."))
    return redirect("desk:mailing", mailing.pk)


@require_POST
def publish_only(request: HttpRequest, post_id: int) -> HttpResponse:
    """Publish what is on the confirm page, and mail nobody."""
    post, revision = _publishable(request, post_id)

    def work(user: User) -> HttpResponse:
        actions.publish_only(revision=revision, user=user)
        messages.success(request, _("“%(title)s” is published.") % {"title": post.title})
        return redirect("post_listing:index")

    return _try(request, post, revision, work, mails=False)


@require_POST
def test_mail(request: HttpRequest, post_id: int) -> HttpResponse:
    """Send the letter as it would be to some addresses, and say what the mail server said."""
    post, revision = _publishable(request, post_id)
    form = TestMailForm(request.POST)
    if not form.is_valid():
        return _page(request, post, revision, form=form, status=422)
    addresses, by = form.cleaned_data["address"], signed_in(request).get_username()
    try:
        tell(request, send_tests(post=post, addresses=addresses, by=by))
    except DeliveryRefused as error:
        return _page(request, post, revision, form=form, test_problem=str(error), status=409)
    # So that reloading the page, or going back to it, sends nothing again.
    return redirect("desk:confirm", post.pk)


@require_POST
def check_links(request: HttpRequest, post_id: int) -> HttpResponse:
    """Have a worker look whether the links of the post answer."""
    post, _revision = _publishable(request, post_id)
    if ring("posts.desk.tasks.check_links", post.pk):
        messages.info(
            request, _("The links are being looked at. Look again in about half a minute.")
        )
    else:
        messages.error(request, _("The links can’t be looked at now. Try again later."))
    return redirect("desk:confirm", post.pk)


def _publishable(request: HttpRequest, post_id: int) -> tuple[PostPage, Revision]:
    """The post as its latest revision has it, for whoever may publish it."""
    stored = get_object_or_404(PostPage, pk=post_id)
    if not stored.permissions_for_user(request.user).can_publish():
        raise PermissionDenied
    revision = stored.get_latest_revision()
    if revision is None:
        raise Http404(_("This post has no saved version. Open it in the editor and save it once."))
    return revision.as_object(), revision


def _try(
    request: HttpRequest,
    post: PostPage,
    revision: Revision,
    work: Callable[[User], HttpResponse],
    *,
    mails: bool = True,
    **shown: Any,
) -> HttpResponse:
    """Do it only to what was looked at; whatever is refused is said on the same page."""
    if request.POST.get("revision") != seal(revision):
        problem = _(
            "The post was changed since this page was shown, so nothing was published and nobody "
            "was mailed. Look at it below, and press again."
        )
        return _page(request, post, revision, problem=problem, status=409, **shown)
    if mails and (faults := _to_mend(post)):
        return _page(request, post, revision, problem=faults, status=409, **shown)
    try:
        return work(signed_in(request))
    except DeliveryRefused as error:
        return _page(request, post, revision, problem=str(error), status=409, **shown)


def _to_mend(post: PostPage) -> str:
    """What must not leave as it is, in sentences."""
    return " ".join(item.said for item in checklist(post, people=0).mend)


def _page(
    request: HttpRequest,
    post: PostPage,
    revision: Revision,
    *,
    form: TestMailForm | None = None,
    spread_form: SpreadForm | None = None,
    later_form: LaterForm | None = None,
    status: int = 200,
    **shown: Any,
) -> HttpResponse:
    expected = expected_audience(post)
    audience = expected.at_once
    spread_form, later_form = spread_form or SpreadForm(), later_form or _later_form(post)
    for offer in (spread_form, later_form):
        offer.offer_segments(post.newsletter_id)
    mailing = first_mailing_of(post)
    edit = reverse("wagtailadmin_pages:edit", args=[post.pk])
    stays = actions.is_published_as_it_stands(post)
    return screen(
        request,
        "desk/confirm.html",
        title=_("Publish and email"),
        icon="mail",
        trail=((reverse("post_listing:index"), _("Posts")), (edit, post.title)),
        status=status,
        post=post,
        seal=seal(revision),
        edit_url=edit,
        audience=audience,
        in_digests=expected.in_digests,
        audience_text=people(audience),
        mailing=mailing,
        checks=None if mailing else checklist(post, people=audience),
        uncertain=_maybe_mailed(post),
        incomplete=[] if stays else actions.unpublishable(post),
        not_now=[] if stays else actions.set_for_later(post),
        undo_seconds=undo_seconds(),
        spread_form=spread_form,
        later_form=later_form,
        segments=spread_form.has_segments,
        nothing_to_publish=stays,
        no_care_note=SiteSettings.load().lacks_care_note_in(post.language),
        **_way_out(post),
        test_form=form or TestMailForm(initial={"address": signed_in(request).email}),
        **shown,
    )


def _maybe_mailed(post: PostPage) -> str:
    """Since when nobody knows whether anything of it was emailed; empty for what never came back
    from a backup."""
    back = restored.latest()
    if back is None or not restored.is_uncertain(post.pk):
        return ""
    return in_words(back.taken_at)


def _later_form(post: PostPage) -> LaterForm:
    """With the time at which the post is to go live, where it has one."""
    initial = {}
    if post.go_live_at and post.go_live_at > timezone.now():
        local = timezone.localtime(post.go_live_at)
        initial = {"date": local.date(), "time": local.time()}
    return LaterForm(initial=initial, auto_id=LATER_ID)


def _way_out(post: PostPage) -> dict[str, Any]:
    """Where mail would go from here, and what stands in its way."""
    try:
        transport = current()
    except ImproperlyConfigured as error:
        return {"unreadable_way_out": str(error)}
    found = {
        "way_out": transport.describe(),
        "stays_here": transport.stays_here,
        "in_outbox": transport.name == Outbox.name,
    }
    try:
        check_way_out(post.newsletter)
    except DeliveryRefused as error:
        found["no_way_out"] = str(error)
    return found
