"""A site with something in every corner, for programs that call it as often as they like.

`python -m tests.faults.api_site`, with DATA_DIR in the environment: prints a line of JSON with its
address and a token of an owner, and serves until it is ended.
"""

import json
import os
import socketserver
from datetime import timedelta
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 64


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    from posts.api import limits
    from subscribers.limits.throttle import Limit

    call_command("migrate", verbosity=0)
    token = _furnish()
    for name in ("PER_TOKEN", "PER_NETWORK"):
        setattr(limits, name, Limit(10**9, timedelta(minutes=1)))
    server = make_server(
        "127.0.0.1", 0, get_wsgi_application(), server_class=_Server, handler_class=_Quiet
    )
    told = {"url": f"http://127.0.0.1:{server.server_port}", "token": token}
    print(json.dumps(told), flush=True)  # noqa: T201 - it is read by whoever started us
    server.serve_forever()


def _furnish() -> str:
    from django.contrib.auth.models import User

    from posts.delivery.mailings.start import start_mailing
    from posts.desk.programs import tokens
    from posts.desk.programs.scopes import SCOPES
    from subscribers.segments.actions import create_tag
    from tests.factories import ensure_collection, make_post, make_subscriber

    ensure_collection()
    owner = User.objects.create_superuser("ada", "ada@letters.example", "rest is part of work")
    posts = [make_post(live=number > 1) for number in range(4)]
    for _ in range(5):
        make_subscriber(posts[0].newsletter)
    start_mailing(post=posts[3], by="ada")
    create_tag(name="Talks", by="ada")
    return tokens.make(name="Any", scopes=SCOPES, by=owner)[1]


if __name__ == "__main__":
    main()
