"""How a mailing stands, and steering it from the command line."""

from collections.abc import Callable
from typing import Any

from django.core.management.base import CommandParser

from posts.content import here
from posts.delivery.mailings import control, followups, schedule
from posts.delivery.mailings.audit import DeliveryRefused
from posts.delivery.mailings.queries import Report, first_mailing, report
from posts.delivery.models import Mailing
from subscribers.management import base
from subscribers.run_here import manage
from subscribers.saying import in_words

BY = "mailing command"
FINISHED = Mailing.State.FINISHED


class Command(base.Command):
    help = (
        "Show how a mailing stands, and steer it.\n\n"
        "SLUG means the first mailing of that post; --id N names any mailing. The ten counts\n"
        "always add up to the candidates. “accepted” means that the next server took it.\n"
        "--correction and --catch-up make a mailing of their own and then show that one."
    )
    examples = """
  manage.py mailing permission-to-rest
  manage.py mailing permission-to-rest --pause
  manage.py mailing permission-to-rest --settle leave
  manage.py mailing permission-to-rest --correction 'The date was wrong: it is Tuesday.'
  manage.py mailing --id 7 --json"""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("slug", nargs="?", help="the last part of the post's address")
        parser.add_argument("--id", type=int, help="the number of a mailing, instead of a slug")
        verbs = parser.add_mutually_exclusive_group()
        verbs.add_argument("--pause", action="store_true", help="stop handing over for now")
        verbs.add_argument("--resume", action="store_true", help="go on")
        verbs.add_argument("--cancel", action="store_true", help="leave out whoever is left")
        verbs.add_argument(
            "--retry-failed", action="store_true", help="attempt the refused once more"
        )
        verbs.add_argument(
            "--undo", action="store_true", help="take back what is held or scheduled"
        )
        verbs.add_argument(
            "--start-now", action="store_true", help="start what is held or scheduled"
        )
        verbs.add_argument(
            "--correction",
            metavar="TEXT",
            help="send the post as it stands now, after this note, to those who got it",
        )
        verbs.add_argument(
            "--catch-up", action="store_true", help="send it to those who subscribed since"
        )
        parser.add_argument("--subject", help="with --correction: instead of “Correction: …”")
        verbs.add_argument(
            "--settle",
            choices=["resend", "leave"],
            help="decide about those in doubt: send again (some may get it twice), or leave it",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        here.adopt_saved()
        if options["subject"] and not options["correction"]:
            self.refuse("--subject is that of a correction: add --correction TEXT, or leave it.")
        mailing = self._find(options["slug"], options["id"])
        try:
            if verb := _verb(options):
                verb(mailing)
            elif follow := _follow(options):
                mailing = self._followed(*follow(mailing))
        except DeliveryRefused as error:
            self.refuse(str(error))
        self._show(report(mailing))

    def _say_what_to_do_about_doubts(self, mailing: Mailing) -> None:
        left = mailing.events.filter(action="leave doubts").exists()
        first = mailing.kind == Mailing.Kind.FIRST and mailing.post is not None
        named = mailing.post.slug if first and mailing.post else f"--id {mailing.pk}"
        command = manage(f"mailing {named} --settle")
        self.warn(
            "In doubt: handed over, or about to be, when the answer was lost. They may have it or "
            "not, and we do not guess."
            + (" Somebody left it so." if left else "")
            + f"\n  {command} resend   to send it again: some get it twice"
            + ("" if left else f"\n  {command} leave    to leave it so")
        )

    def _followed(self, mailing: Mailing, created: bool) -> Mailing:
        if not created:
            self.warn("That was asked for less than a minute ago, so nothing more is sent.")
        return mailing

    def _find(self, slug: str | None, mailing_id: int | None) -> Mailing:
        if (slug is None) == (mailing_id is None):
            self.refuse("Name a post's slug or --id N, one of the two.")
        if mailing_id is not None:
            found = Mailing.objects.filter(pk=mailing_id).first()
        else:
            found = first_mailing(str(slug))
        if found is None:
            self.refuse(
                f"There is no mailing {mailing_id}."
                if mailing_id is not None
                else f"The post /{slug}/ was never emailed, or does not exist. "
                f"To email it: {manage(f'send_post {slug}')}"
            )
        return found

    def _show(self, now: Report) -> None:
        doubts = now.deliveries["in_doubt"]
        but = f" but for {doubts:,} in doubt" if doubts and now.state == FINISHED else ""
        self.say(f"Mailing {now.mailing.pk}: {now.state}{but}, {now.candidates} candidates")
        if now.mailing.kind == Mailing.Kind.DIGEST:
            self.say(f"  {now.mailing.title}")
        if now.mailing.totals is not None:
            self.say("  who got it is no longer known; these numbers are what was kept")
        if now.state in (Mailing.State.SCHEDULED, Mailing.State.HELD) and not now.problem:
            self.say(f"  starts by itself on {in_words(now.mailing.began_at)}")
        for state, count in now.deliveries.items():
            if count:
                self.say(f"  {state:<11}{count:>9}")
        for reason, count in now.left_out.items():
            self.say(f"    left out because {reason}: {count}")
        if doubts and now.mailing.totals is None:
            self._say_what_to_do_about_doubts(now.mailing)
        if not now.accounted:
            self.warn("The counts do not add up to the candidates; please report this.")
        if now.problem:
            self.warn(now.problem)
        elif now.waits:
            self.say(now.waits)
        self.say_json(now.as_json())


def _verb(options: dict[str, Any]) -> Callable[[Mailing], object] | None:
    if options["pause"]:
        return lambda mailing: control.pause(mailing=mailing, by=BY)
    if options["resume"]:
        return lambda mailing: control.resume(mailing=mailing, by=BY)
    if options["cancel"]:
        return lambda mailing: control.cancel(mailing=mailing, by=BY)
    if options["retry_failed"]:
        return lambda mailing: control.retry_failed(mailing=mailing, by=BY)
    if options["settle"]:
        resend = options["settle"] == "resend"
        return lambda mailing: control.settle_doubts(mailing=mailing, by=BY, resend=resend)
    if options["undo"]:
        return lambda mailing: schedule.undo(mailing=mailing, by=BY)
    if options["start_now"]:
        return lambda mailing: schedule.start_now(mailing=mailing, by=BY)
    return None


def _follow(options: dict[str, Any]) -> Callable[[Mailing], tuple[Mailing, bool]] | None:
    """Both are asked for at the first mailing."""
    if (note := options["correction"]) is not None:
        subject = options["subject"] or ""
        return lambda first: followups.correct(first=first, note=note, subject=subject, by=BY)
    if options["catch_up"]:
        return lambda first: followups.catch_up(first=first, by=BY)
    return None
