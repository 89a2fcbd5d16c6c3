"""`manage.py import_from SYSTEM FILE`: letters and people of another system come here."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from tqdm import tqdm

from posts.content.importing import ImportRefused, fetch, forget_language
from posts.moving_in import people
from posts.moving_in.archive import Archive, opened
from posts.moving_in.bringing import Bringing, MoveCounts, Survey, survey
from posts.moving_in.people import ListTaken
from posts.moving_in.report import MoveReport
from posts.moving_in.shape import MoveOptions
from posts.moving_in.sources.registry import SYSTEMS
from subscribers.lists.csv_file import ListRow
from subscribers.lists.importer import Import
from subscribers.lists.records import ListRefused
from subscribers.management import base
from subscribers.queries import NewsletterUnknown, find_newsletter

BY = "import_from"
_SHOWN = 20  # lines of what could not be carried over, in a terminal


class Command(base.Command):
    help = (
        "Bring the letters and the people that another system exported.\n\n"
        + "\n".join(f"{one.name:<11} {one.files}" for one in SYSTEMS.values())
        + "\n\nWhat was published there is published here, with its day, its topics and its\n"
        "pictures, and its old address leads to it; a draft stays a draft, and what only members\n"
        "could read is for subscribers. A page, such as About, becomes a page.\n"
        "Nothing is emailed. People come as import_subscribers takes them: whoever left, bounced\n"
        "or complained there is never mailed, and who agreed to what is asked by mail unless you\n"
        "say --confirmed and, with --source, where and when.\n\n"
        "Running it again adds nothing twice, and finishes a run that was interrupted. Whatever\n"
        "cannot be carried over is named, with its place, in a file beside yours."
    )
    examples = """
  manage.py import_from ghost letters.ghost.2026-05-01.json --dry-run
  manage.py import_from substack export.zip --confirmed --source 'Substack export, May 2026'
  manage.py import_from wordpress site.xml --fetch-pictures
  manage.py import_from markdown ~/my-hugo-site"""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("system", metavar="SYSTEM", choices=SYSTEMS, help=", ".join(SYSTEMS))
        parser.add_argument("file", metavar="FILE", type=Path, help="what it exported")
        parser.add_argument("--newsletter", metavar="N", help="slug; needed if there are several")
        parser.add_argument(
            "--language",
            choices=dict(settings.POST_LANGUAGES),
            default="",
            help="of all letters; otherwise what each says, or its words tell",
        )
        parser.add_argument(
            "--old-address",
            metavar="URL",
            default="",
            help="of the site there, where the export does not say it (Ghost)",
        )
        parser.add_argument(
            "--fetch-pictures", action="store_true", help="also those that are elsewhere on the web"
        )
        parser.add_argument(
            "--confirmed", action="store_true", help="these people agreed before; needs --source"
        )
        parser.add_argument(
            "--source", metavar="TEXT", default="", help="where and when they agreed"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would happen and change nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        system, path = SYSTEMS[options["system"]], options["file"]
        said = MoveOptions(old_address=options["old_address"].rstrip("/"))
        try:
            newsletter = find_newsletter(options["newsletter"])
            consent = _consent(options)
            with opened(path) as archive, _report(path) as report:
                seen, left_unread = survey(system, archive, said), len(archive.left)
                report.add_all(seen.left)
                bringing = Bringing(
                    system,
                    report,
                    newsletter,
                    by=BY,
                    bylines=len(seen.authors) > 1,
                    language=options["language"],
                    fetch=fetch if options["fetch_pictures"] else None,
                    dry_run=options["dry_run"],
                )
                self._letters(bringing, archive, seen, said)
                made = self._lists(archive, seen, bringing, consent=consent, options=options)
                taken = list(made)
        except (ImportRefused, ListRefused, NewsletterUnknown) as refusal:
            self.refuse(str(refusal))
        except OSError as error:
            self.trouble(f"{path} cannot be read, or nothing be written beside it: {error}")
        finally:
            forget_language()
        self._tell(bringing.counts, taken, report, dry_run=options["dry_run"])
        failed = bringing.counts.refused + len(seen.lists) - len(taken)
        failed += left_unread
        self.say_json(_as_json(bringing.counts, taken, report, failed))
        if failed:
            self.trouble("Not all of it could be brought; see above.")

    def _letters(
        self, bringing: Bringing, archive: Archive, seen: Survey, said: MoveOptions
    ) -> None:
        done = bringing.run(archive, bringing.system.read(archive, said))
        for _post in tqdm(done, total=seen.posts, unit=" letters", disable=None, leave=False):
            pass

    def _lists(
        self,
        archive: Archive,
        seen: Survey,
        bringing: Bringing,
        *,
        consent: str,
        options: dict[str, Any],
    ) -> Iterator[ListTaken]:
        for old in seen.lists:
            job = Import(
                newsletter=bringing.newsletter,
                confirmed=options["confirmed"],
                source=consent or f"{options['system']}: {people.file_name(old)}"[:200],
                by=BY,
                dry_run=options["dry_run"],
            )
            path: Path = options["file"]
            rejects = path.with_name(f"{path.name}.{people.file_name(old)}.rejects.csv")
            try:
                yield people.take(archive, old, job, rejects_at=rejects, seen=_with_progress)
            except (ImportRefused, ListRefused) as refusal:
                why = f"{refusal}\nBring this list by itself, with import_subscribers."
                self.warn(f"{old.where}: {why}")
                bringing.report.add(old.where, why)

    def _tell(
        self, counts: MoveCounts, taken: list[ListTaken], report: MoveReport, *, dry_run: bool
    ) -> None:
        if dry_run:
            self.say("Dry run: nothing was changed. This is what would happen:")
        self.say(
            f"{counts.read:,} letters and pages, with {counts.pictures:,} pictures "
            f"({counts.pages:,} of those that come are pages):"
        )
        self.say(f"  {counts.published:>9,} published, none of them emailed")
        self.say(f"  {counts.drafts:>9,} drafts")
        self.say(f"  {counts.there_already:>9,} here already")
        self.say(f"  {counts.refused:>9,} not brought")
        for one in taken:
            self._tell_list(one)
        if report.lines:
            self.say(f"{report.lines:,} things could not be carried over as they were:")
            for where, why in report.first[:_SHOWN]:
                self.say(f"  {where}: {why}")
            self.say(f"All of them: {report.path}")

    def _tell_list(self, one: ListTaken) -> None:
        totals = one.job.totals
        self.say(f"{totals.read:,} people in {one.where}:")
        self.say(f"  {totals.added:>9,} added to {one.job.newsletter.name}")
        self.say(f"  {totals.updated + totals.unchanged:>9,} here already")
        self.say(f"  {totals.suppressed:>9,} kept out: they left, bounced or complained")
        self.say(f"  {totals.rejected:>9,} rejected{f': {one.rejects}' if one.rejects else ''}")
        if totals.added and not one.job.confirmed:
            would = "would get" if one.job.dry_run else "gets"
            self.say(f"  Each person added {would} a mail that asks to confirm.")


def _consent(options: dict[str, Any]) -> str:
    said: str = options["source"].strip()
    if options["confirmed"] and not said:
        raise ListRefused(
            "--confirmed needs --source: say where and when these people agreed, for example "
            "--source 'Substack export, May 2026'."
        )
    return said[:200]


def _report(path: Path) -> MoveReport:
    return MoveReport(path.with_name(f"{path.resolve().name}.not-carried-over.csv"))


def _with_progress(rows: Iterator[ListRow]) -> Iterator[ListRow]:
    return iter(tqdm(rows, unit=" people", disable=None, leave=False))


def _as_json(
    counts: MoveCounts, taken: list[ListTaken], report: MoveReport, failed: int
) -> dict[str, Any]:
    return {
        **counts.as_json(),
        "lists": [{"file": one.where, **one.job.totals.as_json()} for one in taken],
        "failed": failed,
        "report": str(report.path) if report.lines else None,
    }
