"""Email a published post to its subscribers."""

import time
from typing import Any

from django.core.management.base import CommandParser
from tqdm import tqdm

from posts.content import here
from posts.content.models import PostPage
from posts.delivery import check, doctor
from posts.delivery.mailings.audit import DeliveryRefused
from posts.delivery.mailings.queries import Report, report
from posts.delivery.mailings.schedule import schedule_mailing
from posts.delivery.mailings.spread import spread_seconds
from posts.delivery.mailings.start import start_mailing
from posts.delivery.mailings.times import read
from posts.delivery.models import Mailing
from subscribers.management import base
from subscribers.run_here import manage
from subscribers.saying import in_words
from subscribers.segments.models import Segment

BY = "send_post"
NOT_GOING_ON = (Mailing.State.FINISHED, Mailing.State.PAUSED, Mailing.State.SCHEDULED)
LOOK_EVERY = 0.5  # seconds
SAY_EVERY = 15.0  # seconds between two lines about trouble


class Command(base.Command):
    help = (
        "Email a published post to everybody who is subscribed to its newsletter now.\n\n"
        "A post has one first mailing: calling this again changes nothing and is not an error.\n"
        "Workers do the sending (manage.py up brings its own); --wait stays until it is finished.\n"
        "With --at it starts by itself at that time, to whoever is subscribed then."
    )
    examples = """
  manage.py send_post permission-to-rest
  manage.py send_post permission-to-rest --wait --json
  manage.py send_post permission-to-rest --at '2026-12-01 09:00' --spread 4
  manage.py send_post permission-to-rest --segment 'Early readers'"""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("slug", help="the last part of the post's address")
        parser.add_argument("--wait", action="store_true", help="return when it is finished")
        parser.add_argument(
            "--at",
            metavar="TIME",
            help="when to start, in the time zone of the site: 2026-12-01 09:00",
        )
        parser.add_argument(
            "--spread",
            metavar="HOURS",
            type=float,
            default=0.0,
            help="mail evenly over so many hours, instead of as fast as it goes",
        )

        parser.add_argument(
            "--segment",
            metavar="NAME",
            help="only to this segment; nobody else gets a first mailing of the post then",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        here.adopt_saved()
        post = PostPage.objects.filter(slug=options["slug"]).first()
        if post is None:
            self.refuse(
                f"There is no post at /{options['slug']}/. The slug is the last part of the post's "
                "address, like permission-to-rest."
            )
        if options["at"] and options["wait"]:
            self.refuse("--wait is for a mailing that starts now: leave it, or leave --at.")
        segment = self._segment(post, options["segment"])
        try:
            mailing, created = _start(
                post, options["at"], spread_seconds(options["spread"]), segment
            )
        except DeliveryRefused as error:
            self.refuse(str(error))
        self._tell(post, mailing, created=created)
        if options["wait"]:
            self._wait(mailing)
        mailing.refresh_from_db()
        self.say_json(
            {
                "mailing": mailing.pk,
                "state": mailing.state,
                "created": created,
                "starts_at": mailing.starts_at and mailing.starts_at.isoformat(),
            }
        )
        if options["wait"] and mailing.state != Mailing.State.FINISHED:
            self.trouble(
                f"It is {mailing.get_state_display().lower()}. {mailing.problem} "
                f"See {manage(f'mailing {post.slug}')}"
            )

    def _segment(self, post: PostPage, name: str | None) -> Segment | None:
        if name is None:
            return None
        segments: dict[str, Segment] = {s.name: s for s in post.newsletter.segments.all()}
        if name not in segments:
            known = ", ".join(segments) or "none yet; make one in the desk"
            self.refuse(f"“{post.newsletter}” has no segment {name!r}. Its segments: {known}.")
        return segments[name]

    def _tell(self, post: PostPage, mailing: Mailing, *, created: bool) -> None:
        if not created:
            self.say(f"“{post.title}” already has its first mailing ({mailing.pk}).")
        if mailing.state == Mailing.State.SCHEDULED:
            self.say(
                f"Mailing {mailing.pk} starts by itself on {in_words(mailing.began_at)}. "
                f"To start it now: {manage(f'mailing {post.slug} --start-now')}"
            )
        elif created:
            people = f"{mailing.candidates:,} people"
            self.say(f"Mailing {mailing.pk}: {people} will get “{post.title}”.")

    def _wait(self, mailing: Mailing) -> None:
        """Until it is finished, or stopped in a way that only a person can change."""
        said, next_word = "", time.monotonic() + SAY_EVERY
        with tqdm(total=mailing.candidates, unit=" people", disable=None) as bar:
            while True:
                now = report(mailing)
                bar.update(now.candidates - now.unsettled - bar.n)
                if now.state in NOT_GOING_ON:
                    return
                if now.state == Mailing.State.CANCELLED and not now.unsettled:
                    return
                if time.monotonic() > next_word:
                    said = self._say_trouble(now, said)
                    next_word = time.monotonic() + SAY_EVERY
                time.sleep(LOOK_EVERY)

    def _say_trouble(self, now: Report, said: str) -> str:
        """Say once what holds it up; it goes on by itself when that is repaired."""
        wrong = [
            f"{check.message} {check.todo} {check.url}".rstrip()
            for check in doctor.checks()
            if _stops(check)
        ]
        message = now.problem or " ".join(wrong) or now.waits
        if message and message != said:
            self.warn(message)
        return message or said


def _start(
    post: PostPage, at: str | None, spread: int, segment: Segment | None
) -> tuple[Mailing, bool]:
    if at is None:
        return start_mailing(post=post, by=BY, spread=spread, segment=segment)
    return schedule_mailing(post=post, at=read(at), by=BY, spread=spread, segment=segment)


def _stops(check: check.Check) -> bool:
    return check.level == "error"
