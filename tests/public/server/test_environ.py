from io import BytesIO

from django.core.handlers.wsgi import WSGIRequest

from posts.public.server.environ import environ_of, head_of
from tests.rsgi import HOST, Headers, Scope, request


def as_django(scope: Scope, body: bytes = b"") -> WSGIRequest:
    return WSGIRequest(environ_of(scope, body=BytesIO(body), length=len(body)))


def test_a_form_arrives_as_it_was_sent() -> None:
    scope = request("/subscribe/", method="POST", content_type="application/x-www-form-urlencoded")
    asked = as_django(scope, b"email=ada%40example.org")
    assert asked.POST["email"] == "ada@example.org"
    assert asked.method == "POST"
    assert asked.META["CONTENT_LENGTH"] == "23"


def test_a_path_and_a_query_keep_their_letters() -> None:
    asked = as_django(request("/schöner-schlaf/", query="q=caf%C3%A9&r=é"))
    assert asked.path == "/schöner-schlaf/"
    assert asked.GET["q"] == "café"
    assert asked.GET["r"] == "é"


def test_who_asks_is_known_by_address_in_both_families() -> None:
    assert as_django(Scope(client="192.0.2.7:40000")).META["REMOTE_ADDR"] == "192.0.2.7"
    assert as_django(Scope(client="[2001:db8::7]:40000")).META["REMOTE_ADDR"] == "2001:db8::7"


def test_the_host_is_the_one_that_was_asked_for() -> None:
    assert as_django(request("/")).get_host() == HOST


def test_repeated_headers_are_joined_as_their_kind_wants() -> None:
    headers = Headers(
        ("cookie", "a=1"), ("cookie", "b=2"), ("accept", "text/html"), ("accept", "*/*")
    )
    asked = as_django(Scope(headers=headers))
    assert asked.COOKIES == {"a": "1", "b": "2"}
    assert asked.headers["Accept"] == "text/html,*/*"


def test_a_header_cannot_pass_for_a_proxy_s_by_an_underscore() -> None:
    headers = Headers(("x-forwarded-for", "192.0.2.1"), ("x_forwarded_for", "203.0.113.9"))
    assert as_django(Scope(headers=headers)).META["HTTP_X_FORWARDED_FOR"] == "192.0.2.1"


def test_the_length_is_that_of_what_was_read_whatever_the_request_says() -> None:
    scope = request("/subscribe/", method="POST", content_length="9999")
    assert as_django(scope, b"abc").META["CONTENT_LENGTH"] == "3"


def test_the_head_says_of_kept_pages_and_readers_what_the_whole_says() -> None:
    scope = request("/kettle/", accept_encoding="br", user_agent="Mozilla/5.0", x_moz="prefetch")
    head, whole = head_of(scope), environ_of(scope)
    assert head.items() <= whole.items()
    assert {"HTTP_HOST", "HTTP_ACCEPT_ENCODING", "HTTP_USER_AGENT", "HTTP_X_MOZ"} <= head.keys()
