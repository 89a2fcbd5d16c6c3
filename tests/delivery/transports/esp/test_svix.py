import pytest

from posts.delivery.transports.esp.svix import svix_is_valid

# Made with the `svix` package, so that we agree with its own idea of a signature.
KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
GOOD = {
    "identity": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "timestamp": "1614265330",
    "signatures": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}
BODY = b'{"test": 2432232314}'
THEN = 1614265330.0


def test_a_signature_of_svix_is_known() -> None:
    assert svix_is_valid(KEY, **GOOD, body=BODY, now=THEN)


def test_one_of_several_signatures_is_enough() -> None:
    several = {**GOOD, "signatures": f"v1,bm90IG91cnM= v2,other {GOOD['signatures']}"}
    assert svix_is_valid(KEY, **several, body=BODY, now=THEN)


@pytest.mark.parametrize(
    "change",
    [
        {"identity": "msg_another"},
        {"identity": ""},
        {"timestamp": "1614265331"},
        {"timestamp": "yesterday"},
        {"timestamp": "9" * 400},
        {"timestamp": "9" * 5_000},
        {"signatures": ""},
        {"signatures": "v1,"},
        {"signatures": "v1,ü"},
        {"signatures": GOOD["signatures"].replace("v1", "v2")},
    ],
)
def test_whatever_is_changed_is_noticed(change: dict[str, str]) -> None:
    assert not svix_is_valid(KEY, **{**GOOD, **change}, body=BODY, now=THEN)


def test_another_body_another_key_or_another_hour_is_noticed() -> None:
    assert not svix_is_valid(KEY, **GOOD, body=BODY + b" ", now=THEN)
    assert not svix_is_valid("whsec_AAAA", **GOOD, body=BODY, now=THEN)
    assert not svix_is_valid("whsec_not base64!", **GOOD, body=BODY, now=THEN)
    assert not svix_is_valid(KEY, **GOOD, body=BODY, now=THEN + 301)
