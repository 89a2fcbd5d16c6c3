"""The mail to the owners when an endpoint was switched off because nothing arrived there."""

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from posts.content.models import SiteSettings
from posts.delivery.webhooks.models import WebhookEndpoint
from subscribers.mailer import NotHandedOver

__all__ = ["mail_owners"]


def mail_owners() -> None:
    due = WebhookEndpoint.objects.filter(notice_due=True).order_by("pk")
    for endpoint in list(due):
        _mail_of(endpoint)


def _mail_of(endpoint: WebhookEndpoint) -> None:
    # Of two workers one mails. Should it die in between, the notice is missed rather than doubled;
    # the desk says it anyway.
    row = WebhookEndpoint.objects.filter(pk=endpoint.pk, notice_due=True)
    if not row.update(notice_due=False):
        return
    owners = User.objects.filter(is_superuser=True, is_active=True).exclude(email="")
    try:
        with translation.override(settings.LANGUAGE_CODE):
            for address in owners.order_by("pk").values_list("email", flat=True):
                _letter(endpoint, address).send()
    except NotHandedOver as refusal:
        if not refusal.permanent:
            WebhookEndpoint.objects.filter(pk=endpoint.pk).update(notice_due=True)
        raise


def _letter(endpoint: WebhookEndpoint, address: str) -> EmailMessage:
    site = SiteSettings.load().name
    text = _(
        "Your site “%(site)s” tells another program what happens, at\n\n%(url)s\n\n"
        "Nothing arrived there for days, or it asked for no more, so it is told nothing from now "
        "on. Your letters are not concerned. When it works again, switch it on here, and have "
        "sent again what it missed:\n%(address)s"
    ) % {
        "site": site,
        "url": endpoint.url,
        "address": settings.SITE_URL + reverse("desk:webhooks"),
    }
    subject = _("“%(site)s” no longer reaches another program") % {"site": site}
    return EmailMessage(" ".join(subject.split()), text, None, [address])
