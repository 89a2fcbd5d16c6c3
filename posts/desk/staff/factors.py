"""Second factors, as `allauth.mfa` keeps them: an app's codes, passkeys, recovery codes.

From allauth come the table, the codes (RFC 6238, RFC 4226) and the talk with passkeys (WebAuthn,
by `fido2`). Its views, addresses and sign-in are not used: `halfway` says who is in.
"""

import json
import struct
from typing import Any
from urllib.parse import urlsplit

from allauth.core import context
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.internal import auth as webauthn
from cryptography.exceptions import InvalidSignature
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from posts.content.models import SiteSettings
from posts.delivery.way_out.sealing import seal, unseal

Type = Authenticator.Type
# Recovery codes are none: they stand in for one that is lost.
SECOND_STEPS = Q(type__in=(Type.TOTP, Type.WEBAUTHN))
_PURPOSE = b"passalong: second steps"
# What a browser says of a passkey is far shorter; a nested one must not go deep either.
_LONGEST = 20_000
# With these `fido2` answers what is no credential, or is none of hers.
_NOT_ONE = (
    InvalidSignature,
    ValidationError,
    AttributeError,
    IndexError,
    KeyError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
)


class FactorAdapter(DefaultMFAAdapter):
    """allauth's questions, answered for this site (`MFA_ADAPTER`)."""

    def encrypt(self, text: str) -> str:
        return seal(text, purpose=_PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        """Raises Unsealable."""
        return unseal(encrypted_text, purpose=_PURPOSE)

    def _get_site_name(self) -> str:
        return str(SiteSettings.load().name)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """A passkey is for the site's own host, by whatever name a request reached it."""
        return {"id": _host(), "name": self._get_site_name()}


def _host() -> str:
    return str(urlsplit(settings.SITE_URL).hostname)


def passkeys_work_here() -> bool:
    """Browsers make them for https alone, and for the machine itself by its name."""
    return settings.SITE_URL.startswith("https://") or _host() == "localhost"


def anybody_has_passkeys() -> bool:
    """They are for the name that the site has now."""
    return bool(Authenticator.objects.filter(type=Type.WEBAUTHN).exists())


def steps_of(user: User) -> "QuerySet[Authenticator]":
    """Her second steps, oldest first."""
    rows: QuerySet[Authenticator] = Authenticator.objects.filter(SECOND_STEPS, user=user)
    return rows.order_by("pk")


def has_passkey(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user, type=Type.WEBAUTHN).exists())


def people_with_step() -> set[int]:
    """The accounts that have one."""
    rows = Authenticator.objects.filter(SECOND_STEPS)
    return set(rows.values_list("user", flat=True))


# --- An app that shows codes --------------------------------------------------------------


def new_app_secret() -> str:
    return str(totp.generate_totp_secret())


def app_url(user: User, secret: str) -> str:
    """`otpauth://…`, which the app reads from a QR code."""
    return str(FactorAdapter().build_totp_url(user, secret))


@transaction.atomic
def add_app(*, user: User, secret: str, code: str) -> bool:
    """Take the app as hers if it shows the right code now. It takes the place of another."""
    if not totp.validate_totp_code(secret, code):
        return False
    Authenticator.objects.filter(user=user, type=Type.TOTP).delete()
    _app_code_fits(totp.TOTP.activate(user, secret).instance.pk, code)
    return True


@transaction.atomic
def _app_code_fits(pk: int, code: str) -> bool:
    """Each code counts once. That is noted in the database rather than, as allauth does, in the
    cache, which may be away or emptied."""
    row = Authenticator.objects.select_for_update().get(pk=pk)
    secret = FactorAdapter().decrypt(row.data["secret"])
    for counter in totp.yield_hotp_counters_from_time():
        shown = totp.format_hotp_value(totp.hotp_value(secret, counter))
        is_it = compare_user_code(actual=code, expected=shown)
        if is_it and counter > row.data.get("last_counter", 0):
            row.data["last_counter"] = counter
            row.last_used_at = timezone.now()
            row.save()
            return True
    return False


def code_fits(*, user: User, code: str) -> bool:
    """Whether this is what her app shows, or a recovery code that was not used yet; then it is
    spent. Raises Unsealable after another SECRET_KEY."""
    code = code.strip()[:40]
    app = Authenticator.objects.filter(user=user, type=Type.TOTP).first()
    if app is not None and _app_code_fits(app.pk, code):
        return True
    spare = Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).first()
    return spare is not None and RecoveryCodes(spare).validate_code(code)


# --- Recovery codes -----------------------------------------------------------------------


def codes_left(user: User) -> list[str]:
    """Those she has not used. Raises Unsealable after another SECRET_KEY."""
    spare = Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).first()
    return RecoveryCodes(spare).get_unused_codes() if spare else []


@transaction.atomic
def new_codes(user: User) -> list[str]:
    """Ten others in the place of those she had."""
    Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).delete()
    return list(RecoveryCodes.activate(user).get_unused_codes())


def forget_all_codes() -> int:
    """After a return from a backup, in which codes that were used since are unused: none counts any
    more, of anybody. Her app or passkey does; who has lost that is let in from the machine.
    Answers how many people had some."""
    return int(Authenticator.objects.filter(type=Type.RECOVERY_CODES).delete()[0])


def has_lost_codes(user: User) -> bool:
    """Whether hers were forgotten: whoever has a second step got codes with it."""
    codes = Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES)
    return steps_of(user).exists() and not codes.exists()


def ensure_codes(user: User) -> None:
    RecoveryCodes.activate(user)


# --- Passkeys -----------------------------------------------------------------------------


def options_to_make(request: HttpRequest, user: User) -> dict[str, Any]:
    """What the browser wants to make one; the challenge waits in her session."""
    with context.request_context(request):
        return dict(webauthn.begin_registration(user, passwordless=False))


def add_passkey(request: HttpRequest, *, user: User, name: str, answer: str) -> bool:
    """Take what the browser made, if it answers the challenge."""
    try:
        credential = _read(answer)
        with context.request_context(request):
            webauthn.parse_registration_response(credential)
            webauthn.complete_registration(credential)
    except _NOT_ONE:
        return False
    webauthn.WebAuthn.add(user, name, credential)
    return True


def options_to_use(request: HttpRequest, user: User) -> dict[str, Any]:
    with context.request_context(request):
        return dict(webauthn.begin_authentication(user))


def passkey_fits(request: HttpRequest, *, user: User, answer: str) -> bool:
    """Whether one of her passkeys answered the challenge, which is spent either way."""
    try:
        credential = _read(answer)
        with context.request_context(request):
            passkey = webauthn.complete_authentication(user, credential)
    except _NOT_ONE:
        return False
    finally:
        request.session.pop(webauthn.STATE_SESSION_KEY, None)
    passkey.record_usage()
    return True


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > _LONGEST:
        raise ValueError("longer than any browser writes it")
    found = json.loads(answer)
    if not isinstance(found, dict):
        raise TypeError("not what a browser writes")
    return found


# --- Taking them away ---------------------------------------------------------------------


@transaction.atomic
def take_away(step: Authenticator) -> None:
    """One of her second steps; with the last one go the recovery codes."""
    user = step.user
    step.delete()
    if not steps_of(user).exists():
        Authenticator.objects.filter(user=user).delete()


def take_all_away(user: User) -> bool:
    """For whoever lost them all. False: she had none."""
    return bool(Authenticator.objects.filter(user=user).delete()[0])
