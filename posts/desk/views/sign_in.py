"""Signing in again over an open letter, and making a new password by the link in a mail."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe
from django.views.generic import FormView
from wagtail.admin.views.account import LoginView, PasswordResetConfirmView

from posts.desk import copies
from posts.desk.models import DeskSession
from posts.desk.resets import TOKENS
from posts.desk.staff import halfway, sittings
from posts.desk.staff.notes import note
from posts.desk.throttle import AttemptKind, wait_before

__all__ = ["NewPasswordView", "SignInView", "signed_in"]


@ensure_csrf_cookie
@require_safe
def signed_in(request: HttpRequest) -> HttpResponse:
    """`/admin/signed-in/`: where the ordinary sign-in leads that was opened over a letter. An open
    editor asks it, too, whether the session still lasts: then, and only then, it answers 200, and
    says whose it is."""
    response = render(request, "desk/signed_in.html")
    response[copies.HEADER] = copies.writer_of(request.user)
    return response


class SignInView(LoginView):
    """`/admin/login/`: the password; whoever has a second step, or needs one, goes on to that."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if halfway.person_halfway(request) is not None:
            return self._to_second_step()
        answer: HttpResponseBase = super().get(request, *args, **kwargs)
        return answer

    def form_valid(self, form: Any) -> HttpResponseBase:
        answer: HttpResponseBase = super().form_valid(form)
        return self._to_second_step() if halfway.person_halfway(self.request) else answer

    def _to_second_step(self) -> HttpResponseBase:
        query = urlencode({"next": self.get_success_url()})
        return redirect(f"{reverse('second_step')}?{query}")


class NewPasswordView(PasswordResetConfirmView):
    """`/admin/password_reset/confirm/<uidb64>/<token>/`

    Django moves the token into a session, so that it stands in no address while the form is open.
    There whoever reads the database finds it, and can use it. We leave it where it is: our
    referrers tell other sites nothing, and our logs name no such address.
    """

    def dispatch(self, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.user = self.get_user(kwargs["uidb64"])
        self.validlink = self._opens(self.user)
        if self.validlink:
            return FormView.dispatch(self, *args, **kwargs)
        request: HttpRequest = self.request
        wait_before(request, kind=AttemptKind.LINK)
        return self._spent()

    def _opens(self, person: User | None) -> bool:
        """Nothing for an account that is closed: else it would open again with his password who
        reads its mails."""
        token: str = self.kwargs["token"]
        return person is not None and person.is_active and TOKENS.check_token(person, token)

    def _spent(self) -> HttpResponseBase:
        self.validlink = False
        answer: HttpResponseBase = self.render_to_response(self.get_context_data())
        return answer

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponseBase:
        # As she is now, and nobody else meanwhile: of two who press with one link the second finds
        # it spent, and a role that was taken a moment ago is not saved back.
        form.user = User.objects.select_for_update().filter(pk=form.user.pk).first()
        if not self._opens(form.user):
            return self._spent()
        person = form.save()
        # Whoever is in with the old one, wherever, is out.
        sittings.end(DeskSession.objects.filter(user=person))
        note("desk.password", by=person, on=person)
        return FormView.form_valid(self, form)
