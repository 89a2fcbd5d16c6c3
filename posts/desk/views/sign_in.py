"""Making a new password, by the link in a mail."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.generic import FormView
from wagtail.admin.views.account import PasswordResetConfirmView

from posts.desk.throttle import AttemptKind, wait_before

__all__ = ["NewPasswordView"]


class NewPasswordView(PasswordResetConfirmView):
    """`/admin/password_reset/confirm/<uidb64>/<token>/`

    Django moves the token into a session, so that it stands in no address while the form is open.
    There whoever reads the database finds it, and can use it. We leave it where it is: our
    referrers tell other sites nothing, and our logs name no such address.
    """

    def dispatch(self, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.user = self.get_user(kwargs["uidb64"])
        self.validlink = self.user is not None and self.token_generator.check_token(
            self.user, kwargs["token"]
        )
        if self.validlink:
            return FormView.dispatch(self, *args, **kwargs)
        request: HttpRequest = self.request
        wait_before(request, kind=AttemptKind.LINK)
        answer: HttpResponseBase = self.render_to_response(self.get_context_data())
        return answer

    def form_valid(self, form: Any) -> HttpResponseBase:
        form.save()
        return FormView.form_valid(self, form)
