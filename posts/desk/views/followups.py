"""A correction: what it says, who gets it, a test, and the press."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from posts.content.models import PostPage
from posts.delivery.mailings import followups
from posts.delivery.mailings.audit import DeliveryRefused
from posts.delivery.mailings.queries import count
from posts.delivery.mailings.recipients import who_got_it, who_may_have_it
from posts.delivery.mailings.schedule import undo_seconds
from posts.delivery.mailings.test_mail import send_tests
from posts.delivery.models import Mailing
from posts.desk.forms import CorrectionForm, TestMailForm
from posts.desk.frame import screen
from posts.desk.permissions import publishers_only, signed_in
from posts.desk.telling import tell
from posts.desk.texts import people
from posts.desk.views.mailings import find, may_steer


@require_http_methods(["GET", "POST"])
@publishers_only
def correction(request: HttpRequest, mailing_id: int) -> HttpResponse:
    """`/admin/mailings/<id>/correction/`: GET shows, POST tries it or sends it."""
    first = find(mailing_id)
    if first.kind != Mailing.Kind.FIRST or first.post is None:
        raise Http404
    if not may_steer(request.user, first):
        raise PermissionDenied
    if request.method == "GET":
        return _page(request, first, first.post)
    form = CorrectionForm(request.POST)
    if request.POST.get("press") == "test":
        return _test(request, first, first.post, form)
    if not form.is_valid():
        return _page(request, first, first.post, form=form, status=422)
    return _send(request, first, first.post, form)


def _send(
    request: HttpRequest, first: Mailing, post: PostPage, form: CorrectionForm
) -> HttpResponse:
    try:
        made, created = followups.correct(
            first=first,
            note=form.cleaned_data["note"],
            subject=form.cleaned_data["subject"],
            by=signed_in(request).get_username(),
            seen=form.cleaned_data["seen"],
            hold=undo_seconds(),
        )
    except DeliveryRefused as error:
        return _page(request, first, post, form=form, problem=str(error), status=409)
    if not created:
        messages.info(
            request,
            _("A correction was made since you opened that page, so this press sent nothing."),
        )
    return redirect("desk:mailing", made.pk)


def _test(
    request: HttpRequest, first: Mailing, post: PostPage, form: CorrectionForm
) -> HttpResponse:
    """As it would be, to one address."""
    address = TestMailForm(request.POST)
    if not (form.is_valid() and address.is_valid()):
        return _page(request, first, post, form=form, test_form=address, status=422)
    try:
        sent = send_tests(
            post=post,
            addresses=address.cleaned_data["address"],
            by=signed_in(request).get_username(),
            subject=form.cleaned_data["subject"],
            note=form.cleaned_data["note"],
        )
    except DeliveryRefused as error:
        return _page(
            request, first, post, form=form, test_form=address, test_problem=str(error), status=409
        )
    tell(request, sent)  # on this very page: what she has typed is kept nowhere else
    return _page(request, first, post, form=form, test_form=address)


def _page(
    request: HttpRequest,
    first: Mailing,
    post: PostPage,
    *,
    form: CorrectionForm | None = None,
    test_form: TestMailForm | None = None,
    status: int = 200,
    **shown: str,
) -> HttpResponse:
    readers = who_got_it(first).count()
    initial = {
        "subject": followups.correction_subject(post),
        "seen": followups.last_correction(first),
    }
    mailing = reverse("desk:mailing", args=[first.pk])
    return screen(
        request,
        "desk/correction.html",
        title=_("Send a correction"),
        icon="mail",
        trail=((reverse("desk:mailings"), _("Mailings")), (mailing, post.title)),
        status=status,
        mailing=first,
        post=post,
        edit_url=reverse("wagtailadmin_pages:edit", args=[post.pk]),
        readers=readers,
        readers_text=people(readers),
        doubts=who_may_have_it(first),
        still_to_go=count(first).unsettled,
        undo_seconds=undo_seconds(),
        form=form or CorrectionForm(initial=initial),
        test_form=test_form or TestMailForm(initial={"address": signed_in(request).email}),
        **shown,
    )
