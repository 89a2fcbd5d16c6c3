"""Mails with which somebody makes a new password: written by a worker, so that the form answers at
once, and to an address that has an account no later than to one that has none."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.models import User
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone, translation

from posts.delivery import restored
from posts.desk import language
from posts.desk.models import WaitingReset
from subscribers.mailer import NotHandedOver
from subscribers.ring import ring_on_commit

__all__ = ["TOKENS", "ask", "mail", "mail_all"]

# She is waiting for it; one that comes later than that is a riddle.
WAITS = timedelta(hours=1)
_TEMPLATES = "wagtailadmin/account/password_reset"


def ask(email: str) -> None:
    """Keep the wish. The same insert whoever has this address, or nobody."""
    row = WaitingReset.objects.create(email=email[:254])
    ring_on_commit("posts.desk.tasks.mail_password_reset", row.pk)


def mail(reset_id: int) -> bool:
    """Mail to whoever has an account under that address. False when it was done already."""
    row = WaitingReset.objects.filter(pk=reset_id).first()
    # Taken away first: of two workers one mails. Should that one die, she asks again.
    if row is None or not WaitingReset.objects.filter(pk=reset_id).delete()[0]:
        return False
    if row.asked_at < timezone.now() - WAITS:
        return False
    try:
        _mail(row.email)
    except NotHandedOver as refusal:
        if not refusal.permanent:
            row.save(force_insert=True)  # the next sweep tries again
        raise
    return True


def mail_all() -> None:
    """What no ring announced, because the broker or the mail server was away."""
    WaitingReset.objects.filter(asked_at__lt=timezone.now() - WAITS).delete()
    for reset_id in list(WaitingReset.objects.order_by("pk").values_list("pk", flat=True)):
        mail(reset_id)


def _mail(email: str) -> None:
    form = _Form({"email": email})
    if form.is_valid():
        form.save(
            domain_override=urlsplit(settings.SITE_URL).netloc,
            subject_template_name=f"{_TEMPLATES}/email_subject.txt",
            email_template_name=f"{_TEMPLATES}/email.txt",
            token_generator=TOKENS,
        )


class _Tokens(PasswordResetTokenGenerator):
    """Django's, whose links open until she signs in or has another password. After a return from a
    backup both are as they were, so that a link which was used since would open again: those from
    before are of another site."""

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        back = restored.latest()
        return super()._make_hash_value(user, timestamp) + (str(back.restored_at) if back else "")


TOKENS = _Tokens()


class _Form(PasswordResetForm):
    """Knows to whom, and makes the link. Django's own hides what goes wrong with the mail."""

    def send_mail(  # noqa: PLR0917 - Django calls it so
        self,
        subject_template_name: str,
        email_template_name: str,
        context: dict[str, Any],
        from_email: str | None,
        to_email: str,
        html_email_template_name: str | None = None,
    ) -> None:
        with translation.override(language.of_account(context["user"])):
            subject = " ".join(render_to_string(subject_template_name, context).split())
            text = render_to_string(email_template_name, context)
        EmailMessage(subject, text, from_email, [to_email]).send()
