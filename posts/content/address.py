"""The address at which readers reach the site, as its owner said it at the desk.

Where SITE_URL is set in the environment that counts. Else each process takes the saved address over
before it answers or works (`posts.content.here`): all that reads settings.SITE_URL then goes by it,
without a restart. Before an address is saved it is asked whether this very site answers there:
a letter whose links lead elsewhere cannot be called back.
"""

import http.client
import secrets
import socket
import ssl
from http import HTTPStatus
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from subscribers.saying import sentence

__all__ = ["PROOF", "adopt", "is_asked", "proof", "what_is_wrong_with"]

# Where a site proves that it is the one that asks: it answers a number with a hash that only its
# own processes can make.
PROOF = "/.well-known/passalong/"
_NONCE_BYTES = 16
_PATIENCE = 5.0  # seconds, for each step
_AWAY = (HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT)


def adopt(address: str) -> None:
    """Have this process go by that address from now on; an empty one changes nothing.

    As `config.settings` has it at the start. That browsers are to keep to https is said by
    `posts.public.policy`, which asks each time: Django's own middleware asks once.
    """
    if not address or settings.SITE_URL_IS_FIXED or address == settings.SITE_URL:
        return
    parts = urlsplit(address)
    by_https = parts.scheme == "https"
    settings.ALLOWED_HOSTS = [str(parts.hostname), *settings.ALLOWED_HOSTS[1:]]
    settings.CSRF_TRUSTED_ORIGINS = [address]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if by_https else None
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = by_https
    settings.SECURE_HSTS_SECONDS = settings.HTTPS_KEPT_SECONDS if by_https else 0
    settings.DEFAULT_FROM_EMAIL = f"Passalong <passalong@{parts.hostname}>"
    if not settings.TRUSTED_PROXIES_ARE_FIXED:
        settings.TRUSTED_PROXIES = 1 if by_https else 0
    settings.WAGTAILADMIN_BASE_URL = settings.SITE_URL = address


# --- Whether this site answers there ------------------------------------------------------


def is_asked(path: str) -> bool:
    """Whether this path asks for a proof."""
    nonce = path.removeprefix(PROOF)
    return nonce != path and len(nonce) == 2 * _NONCE_BYTES and nonce.isalnum()


def proof(path: str) -> str:
    """What only this site can answer there."""
    return salted_hmac("posts.content.address", path, algorithm="sha256").hexdigest()


def what_is_wrong_with(address: str) -> str:
    """Why readers would not reach this site there, in a sentence; empty where it answered itself.

    Asks over the network, for some seconds at most. Of what it hears it hands on nothing but where
    it was led on to: it may be any machine's answer.
    """
    path = PROOF + secrets.token_hex(_NONCE_BYTES)
    try:
        status, leads_to, said = _asked(urlsplit(address), path)
    except socket.gaierror:
        return sentence("No machine goes by that name. Was it written rightly, and is it in use?")
    except ssl.SSLCertVerificationError:
        return sentence(
            "Browsers would warn your readers: the certificate there is not for that name, or has "
            "run out."
        )
    except (OSError, http.client.HTTPException):
        return sentence("Nothing answers there. Does the address lead to this machine already?")
    if status == HTTPStatus.OK and constant_time_compare(said, proof(path)):
        return ""
    if leads_to and leads_to != address:
        return sentence("It leads on to %(address)s. Write that one.", address=leads_to)
    if status in _AWAY:
        return sentence(
            "Whatever answers there does not reach this machine yet. Try again in a moment."
        )
    return sentence("Another site answers there, not this one.")


def _asked(parts: SplitResult, path: str) -> tuple[int, str, str]:
    """The status, where it is led on to (as an address of a site), and what was said."""
    link: http.client.HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context()
        link = http.client.HTTPSConnection(parts.netloc, timeout=_PATIENCE, context=context)
    else:
        link = http.client.HTTPConnection(parts.netloc, timeout=_PATIENCE)
    try:
        link.request("GET", path)
        answer = link.getresponse()
        said = answer.read(200).decode("ascii", "replace")
        return answer.status, _site_of(answer.headers.get("Location", ""), path), said
    finally:
        link.close()


def _site_of(location: str, path: str) -> str:
    """The site to which the same path is led on, such as one with https; else empty."""
    site = location.removesuffix(path)
    if site == location or len(site) > 200 or not site.startswith(("http://", "https://")):
        return ""
    return site if site.isascii() and site.isprintable() else ""
