"""“Publish and email…”: a page that says what will happen, then the press that makes it so."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.models import Revision

from posts.content.models import PostPage
from posts.delivery.queries import expected_audience
from posts.delivery.starting import check_way_out
from posts.delivery.transports import current
from posts.delivery.transports.outbox import Outbox
from posts.delivery.trying import send_test
from posts.delivery.verbs import DeliveryRefused
from posts.desk import actions
from posts.desk.forms import TestMailForm
from posts.desk.queries import first_mailing_of
from posts.desk.screens import screen
from posts.desk.words import people


@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, post_id: int) -> HttpResponse:
    """`/admin/posts/<id>/email/`: GET shows, POST publishes and emails."""
    post, revision = _publishable(request, post_id)
    if request.method == "GET":
        return _page(request, post, revision)

    def work(user: User) -> HttpResponse:
        mailing, created = actions.publish_and_email(revision=revision, user=user)
        if not created:
            messages.info(request, _("This post was emailed already; a post goes out once."))
        return redirect("desk:mailing", mailing.pk)

    return _try(request, post, revision, work)


@require_POST
def publish_only(request: HttpRequest, post_id: int) -> HttpResponse:
    """Publish what is on the confirm page, and mail nobody."""
    post, revision = _publishable(request, post_id)

    def work(user: User) -> HttpResponse:
        actions.publish_only(revision=revision, user=user)
        messages.success(request, _("“%(title)s” is published.") % {"title": post.title})
        return redirect("post_listing:index")

    return _try(request, post, revision, work)


@require_POST
def test_mail(request: HttpRequest, post_id: int) -> HttpResponse:
    """Send the letter as it would be to one address, and say what the mail server said."""
    post, revision = _publishable(request, post_id)
    form = TestMailForm(request.POST)
    if not form.is_valid():
        return _page(request, post, revision, form=form, status=422)
    address = form.cleaned_data["address"]
    try:
        words = send_test(post=post, address=address, by=_user(request).get_username())
    except DeliveryRefused as error:
        return _page(request, post, revision, form=form, test_problem=str(error), status=409)
    return _page(request, post, revision, form=form, test_result=words)


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
) -> HttpResponse:
    """Do it only to what was looked at; whatever is refused is said on the same page."""
    if request.POST.get("revision") != str(revision.pk):
        problem = _(
            "The post was changed since this page was shown, so nothing was published and nobody "
            "was mailed. Look at it below, and press again."
        )
        return _page(request, post, revision, problem=problem, status=409)
    try:
        return work(_user(request))
    except DeliveryRefused as error:
        return _page(request, post, revision, problem=str(error), status=409)


def _page(
    request: HttpRequest,
    post: PostPage,
    revision: Revision,
    *,
    form: TestMailForm | None = None,
    status: int = 200,
    **shown: Any,
) -> HttpResponse:
    audience = expected_audience(post)
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
        revision=revision,
        edit_url=edit,
        audience=audience,
        audience_words=people(audience),
        mailing=first_mailing_of(post),
        incomplete=[] if stays else actions.unpublishable(post),
        nothing_to_publish=stays,
        **_way_out(post),
        test_form=form or TestMailForm(initial={"address": _user(request).email}),
        **shown,
    )


def _way_out(post: PostPage) -> dict[str, Any]:
    """Where mail would go from here, and what stands in its way."""
    try:
        transport = current()
    except ImproperlyConfigured as error:
        return {"no_way_out": str(error)}
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


def _user(request: HttpRequest) -> User:
    """Wagtail let nobody in who is not signed in."""
    assert isinstance(request.user, User)  # noqa: S101 for the type checker
    return request.user
