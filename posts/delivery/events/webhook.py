"""`/hooks/<esp>/`: where the provider in use reports what became of our mails.

Checked, stored, answered: a worker reads it. An answer within milliseconds keeps providers from
repeating themselves, and an error of ours while reading loses nothing.
"""

import logging

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from posts.delivery.events.inbox import store
from posts.delivery.transports.esp import registry
from posts.delivery.transports.esp.webhook import NoSecret, NotThem
from posts.delivery.way_out.queries import email_url

logger = logging.getLogger(__name__)

LARGEST_BODY = 10_000_000  # SparkPost sends its events by the thousand
_SECRET_HEADERS = {"authorization", "proxy-authorization", "cookie"}


@csrf_exempt
@require_POST
def hook(request: HttpRequest, esp: str) -> HttpResponse:
    try:
        found = registry.configured(email_url())
    except ImproperlyConfigured:
        # No refusal for good: it will report again when that is repaired.
        return _answer(503, "EMAIL_URL of this site can't be read. `manage.py doctor` says more.")
    if found is None or found[0].scheme != esp:
        return _answer(404, "This site does not send through that provider.")
    provider, options = found
    body = request.read(LARGEST_BODY + 1)
    if len(body) > LARGEST_BODY:
        return _answer(413, "That is more than a webhook of this provider can be.")
    try:
        provider.webhook.check_caller(options.webhook, dict(request.headers), body)
    except NoSecret:
        return _answer(403, "This site has no secret for webhooks. `manage.py doctor` says more.")
    except NotThem as error:
        logger.warning("Refused a webhook of %s: %s", provider.title, error)
        return _not_you(request)
    store(provider=provider.scheme, headers=_without_secrets(request), body=body)
    return _answer(200, "Stored.")


def _not_you(request: HttpRequest) -> HttpResponse:
    if "Authorization" in request.headers:
        return _answer(403, "The secret or the signature is wrong.")
    response = _answer(401, "The secret or the signature is missing or wrong.")
    # SNS sends the password of its address only after it was asked for it.
    response.headers["WWW-Authenticate"] = 'Basic realm="webhooks"'
    return response


def _without_secrets(request: HttpRequest) -> dict[str, str]:
    return {
        name: value
        for name, value in request.headers.items()
        if name.lower() not in _SECRET_HEADERS
    }


def _answer(status: int, text: str) -> HttpResponse:
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")
