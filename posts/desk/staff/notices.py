"""A mail to whoever signed in from a device from which she never came before."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from posts.content.models import SiteSettings
from posts.desk.models import DeskSession
from posts.desk.staff.sittings import told
from subscribers.mailer import NotHandedOver

__all__ = ["mail_all", "mail_new_device"]


def mail_new_device(sitting_id: int) -> bool:
    """Mail of one session. False when it was done already, or nobody's address is known."""
    row = DeskSession.objects.select_related("user").filter(pk=sitting_id).first()
    # Of two workers one mails. Should it die in between, the notice is missed rather than doubled.
    claimed = DeskSession.objects.filter(pk=sitting_id, notice_due=True).update(notice_due=False)
    if row is None or not claimed or not row.user.email:
        return False
    try:
        with translation.override(settings.LANGUAGE_CODE):
            _letter(row).send()
    except NotHandedOver as refusal:
        if not refusal.permanent:
            DeskSession.objects.filter(pk=sitting_id).update(notice_due=True)
        raise
    return True


def mail_all() -> None:
    """What no ring announced."""
    due = DeskSession.objects.filter(notice_due=True).order_by("pk")
    for sitting_id in list(due.values_list("pk", flat=True)):
        mail_new_device(sitting_id)


def _letter(row: DeskSession) -> EmailMessage:
    site = SiteSettings.load().name
    text = _(
        "Somebody signed in to the desk of “%(site)s” with your account, from a device that was "
        "not there before: %(device)s, on %(at)s.\n\n"
        "If that was you, there is nothing to do.\n\n"
        "If not, end that session and choose another password:\n%(address)s"
    ) % {
        "site": site,
        "device": told(row),
        "at": f"{timezone.localtime(row.began_at):%Y-%m-%d %H:%M %Z}",
        "address": settings.SITE_URL + reverse("desk:my_sign_in"),
    }
    subject = _("A new device at the desk of “%(site)s”") % {"site": site}
    return EmailMessage(" ".join(subject.split()), text, None, [row.user.email])
