"""What `manage.py up` tells once everything runs: what happened, and where to look."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.conf import settings

from posts.content.models import PostPage
from posts.delivery.mailings.queries import Report
from posts.delivery.models import Mailing
from posts.delivery.transports import current
from posts.desk.welcome import issue_one_time_address, owner_exists, owner_without_password
from posts.management.demo import Demo
from posts.sharing.queries import share_url
from subscribers.run_here import manage

IMPORT = "import_post my-text.txt --publish --email"


@dataclass(frozen=True)
class Welcome:
    """The addresses of a running site, and the way into its desk."""

    desk: str
    desk_hint: str
    post: PostPage | None = None
    mailing: Report | None = None
    here: str = ""  # where this machine reaches it, if readers have another address

    def places(self) -> dict[str, str]:
        places = {"The site": f"{settings.SITE_URL}/"}
        if self.post:
            places["The post"] = self.post.public_url
            places["Its share link"] = share_url(self.post)
        if current().name == "outbox":
            places["The outbox"] = f"{settings.SITE_URL}/admin/outbox/"
        places["The desk"] = self.desk
        if self.here:
            places["The desk, here"] = self.desk.replace(settings.SITE_URL, self.here, 1)
        return places

    def lines(self, *, logs: Path) -> Iterator[str]:
        """The whole text, line by line."""
        if self.mailing:
            yield mailing_sentence(self.mailing)
        yield ""
        yield "Everything runs. Where to look:"
        yield ""
        for title, address in self.places().items():
            yield f"  {title:<15} {address}"
        yield f"  {'':<15} ({self.desk_hint})"
        yield ""
        yield f"  {'Your own text':<15} {_manage(IMPORT)}"
        yield f"  {'Is all well?':<15} {_manage('doctor')}"
        yield f"  {'Logs':<15} {logs}"
        yield ""
        yield "Ctrl-C stops everything."

    def as_json(self) -> dict[str, Any]:
        places = self.places()
        return {
            "site": settings.SITE_URL,
            "post": places.get("The post"),
            "share_url": places.get("Its share link"),
            "outbox": places.get("The outbox"),
            "desk": self.desk,
            "mailing": self.mailing.as_json() if self.mailing else None,
            "data_dir": str(settings.DATA_DIR),
        }


def _manage(command: str) -> str:
    """A command as it has to be typed in another terminal to mean this site."""
    folder = f"DATA_DIR={settings.DATA_DIR} " if os.environ.get("DATA_DIR") else ""
    return f"{folder}{manage(command)}"


def welcome_to(sample: Demo | None, mailing: Report | None, *, here: str = "") -> Welcome:
    """The way in that fits: signed in, set up first, or with the password the owner has.

    `here`: the address on this machine, also where readers come by one that she said at the desk:
    the way to that may be closed.
    """
    chosen_there = not settings.SITE_URL_IS_FIXED and here != settings.SITE_URL
    return replace(_way_in(sample, mailing), here=here if chosen_there else "")


def _way_in(sample: Demo | None, mailing: Report | None) -> Welcome:
    if sample:
        return Welcome(
            desk=issue_one_time_address(user=sample.owner),
            desk_hint="signs you in, once; start again for another one",
            post=sample.post,
            mailing=mailing,
        )
    if not owner_exists():
        return Welcome(
            desk=issue_one_time_address(), desk_hint="there you make your account; it works once"
        )
    if (owner := owner_without_password()) is not None:
        return Welcome(
            desk=issue_one_time_address(user=owner),
            desk_hint="signs you in, once; there you make a password of your own",
        )
    return Welcome(desk=f"{settings.SITE_URL}/admin/", desk_hint="sign in with your password")


def mailing_sentence(state: Report) -> str:
    """How the sample's mailing went, and if it is not done, why."""
    transport = current()
    where = "into the outbox" if transport.name == "outbox" else f"by {transport.describe()}"
    accepted = f"{state.deliveries['accepted']} of {state.candidates} accepted {where}."
    if state.state == Mailing.State.FINISHED:
        return f"The sample post was emailed: {accepted}"
    rest = state.problem or "The worker goes on; the desk shows how far it is."
    return f"The sample post is being emailed: {accepted} {rest}"
