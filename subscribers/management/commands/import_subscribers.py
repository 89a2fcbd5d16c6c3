"""`manage.py import_subscribers FILE.csv`: a list of addresses becomes subscribers."""

import os
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from tqdm import tqdm

from subscribers.lists import columns, statuses
from subscribers.lists.csv_file import ListRow, SubscriberFile, look_over
from subscribers.lists.encodings import ENCODINGS, LABELS, EncodingUnknown, named
from subscribers.lists.headers import read_header
from subscribers.lists.importer import Import
from subscribers.lists.mapping import EVERYBODY, ROLES, ColumnMapping
from subscribers.lists.options import OptionRefused, column_roles, column_values
from subscribers.lists.preview import PreviewRow, Sample
from subscribers.lists.questions import in_short
from subscribers.lists.records import ListRefused
from subscribers.lists.rejects import RejectsFile
from subscribers.management import base
from subscribers.models import Newsletter
from subscribers.queries import NewsletterUnknown, find_newsletter

MOST_VALUES = 12  # of a column, in one line
_OUTCOMES = {
    "added": "added",
    "updated": "updated",
    "unchanged": "unchanged",
    "suppressed": "left out",
}
_DELIMITER_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


class Command(base.Command):
    help = (
        "Add the people in a CSV file to a newsletter. The first line names the columns; one is\n"
        "named email, and one may be named name. Encoding and delimiter are found out.\n\n"
        "Without --confirmed each new person gets a mail that asks her to confirm, and no post\n"
        "until she does. Say --confirmed only for people who agreed before; --source says where\n"
        "and when, and is kept as the proof. Whoever unsubscribed here, bounced or complained is\n"
        "never brought back. Exports of Mailchimp, Substack, Ghost, Buttondown, listmonk and Kit\n"
        "are known by their columns; whoever left there stays out. Running it again is harmless.\n"
        "\n"
        "Nobody is mailed on a guess: where columns or words may say that somebody left, bounced\n"
        "or never agreed, and it is not clear what they mean, nothing is imported and you are\n"
        "asked. The answers are --column and --value, as often as you need them, and --everybody."
    )
    examples = """
  manage.py import_subscribers readers.csv --dry-run
  manage.py import_subscribers readers.csv
  manage.py import_subscribers readers.csv --confirmed --source 'Ghost export, May 2026'
  manage.py import_subscribers readers.csv --column 'Opted in=agreed' --column '#7=ignore'
  manage.py import_subscribers readers.csv --value 'Stage:Gone=unsubscribed'
  manage.py import_subscribers those-who-left.csv --everybody unsubscribed
"""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv", help="the list to import")
        parser.add_argument(
            "--newsletter", metavar="N", help="slug of the newsletter; needed if there are several"
        )
        parser.add_argument(
            "--confirmed", action="store_true", help="these people agreed before; needs --source"
        )
        parser.add_argument(
            "--source", metavar="TEXT", default="", help="where and when they agreed"
        )
        parser.add_argument(
            "--column",
            metavar="NAME=ROLE",
            action="append",
            default=[],
            help=f"what a column holds, by its name or as #3 for the third: {', '.join(ROLES)}",
        )
        parser.add_argument(
            "--value",
            metavar="NAME:VALUE=MEANING",
            action="append",
            default=[],
            help="what a value of a column says of whoever has it (an empty VALUE: of whoever has "
            f"nothing there): {', '.join(statuses.MEANINGS)}",
        )
        parser.add_argument(
            "--everybody",
            metavar="STATUS",
            choices=EVERYBODY,
            default="",
            help=f"what is true of all people in the file: {', '.join(EVERYBODY)}",
        )
        parser.add_argument(
            "--encoding",
            metavar="NAME",
            default="",
            help="in which the file is written, if the names look wrong: utf-8, windows-1250, "
            "mac_roman, shift_jis …",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would happen and change nothing"
        )
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        sample = Sample()
        try:
            job = _job(options)
            file = _file(options)
            file.refuse_if_asked()
            if job.dry_run:
                job.show = sample.note
            with RejectsFile(file) as rejects:
                job.run(_with_progress(file), reject=lambda row: _reject(row, rejects, sample))
        except (ListRefused, NewsletterUnknown, OptionRefused) as refusal:
            self.refuse(refusal.message)
        for line in _told(job, file, rejects):
            self.say(line)
        if job.dry_run:
            for number, line in sorted(_shown(sample)):
                self.say(f"  line {number:,}: {line}")
        self.say_json({**job.totals.as_json(), **job.asides.doubtful})


def _file(options: dict[str, Any]) -> SubscriberFile:
    """The file, with what the person said of it. Raises ListRefused and OptionRefused."""
    header = read_header(options["file"], encoding=_encoding(options["encoding"]))
    file = look_over(header, ColumnMapping(everybody=options["everybody"]))
    roles = column_roles(options["column"], [one.name for one in file.fields])
    if roles:  # into which columns one has to look depends on what they hold
        file = look_over(header, ColumnMapping(roles=roles, everybody=options["everybody"]))
    values = column_values(options["value"], file.fields)
    return file.answered(ColumnMapping(roles, values, options["everybody"]))


def _encoding(said: str) -> str:
    try:
        return named(said) if said else ""
    except EncodingUnknown as error:
        known = ", ".join(one.codec for one in ENCODINGS[1:])
        raise ListRefused(
            f"--encoding {said}: no such encoding is known. There are utf-8, utf-16, {known}."
        ) from error


def _reject(row: ListRow, rejects: RejectsFile, sample: Sample) -> None:
    rejects.add(row)
    sample.reject(row)


def _job(options: dict[str, Any]) -> Import:
    source = options["source"].strip()
    if options["confirmed"] and not source:
        raise ListRefused(
            "--confirmed needs --source: say where and when these people agreed, "
            "for example --source 'sign-up sheet, reading of 3 May'."
        )
    if len(source) > 200:
        raise ListRefused("--source is longer than 200 characters. Say it in fewer.")
    return Import(
        newsletter=find_newsletter(options["newsletter"]),
        confirmed=options["confirmed"],
        source=source or f"file {options['file'].name}"[:200],
        by="import_subscribers",
        dry_run=options["dry_run"],
    )


def _with_progress(file: SubscriberFile) -> Iterator[ListRow]:
    """The rows, with a bar over the bytes read where a person is watching."""
    size = os.path.getsize(file.path)
    with (
        file.path.open("rb") as raw,
        TextIOWrapper(
            raw, encoding=file.encoding, errors=file.header.written.errors, newline=""
        ) as opened,
        tqdm(total=size, unit="B", unit_scale=True, disable=None, leave=False) as bar,
    ):
        for number, row in enumerate(file.rows_of(opened)):
            if number % 1000 == 0:
                bar.update(raw.tell() - bar.n)
            yield row


def _shown(sample: Sample) -> Iterator[tuple[int, str]]:
    """Some rows of each outcome, by line."""
    for row in sample.rejected:
        yield row.line, f"rejected. {row.problem}"
    for shown in sample.good:
        yield shown.line, _in_words(shown)


def _in_words(shown: PreviewRow) -> str:
    status = f", {shown.status}" if shown.status != statuses.NOTHING else ""
    tags = f", tagged {', '.join(shown.tags)}" if shown.tags else ""
    name = f", {shown.name}" if shown.name else ""
    return f"{shown.address}{name}{status}{tags}: {_OUTCOMES[shown.outcome]}"


def _told(job: Import, file: SubscriberFile, rejects: RejectsFile) -> Iterator[str]:
    """What happened, in words."""
    totals, newsletter = job.totals, job.newsletter
    if job.dry_run:
        yield "Dry run: nothing was changed. This is what would happen:"
    encoding = LABELS[file.encoding]
    delimiter = _DELIMITER_NAMES.get(file.delimiter, f"{file.delimiter!r}")
    rows = "1 row" if totals.read == 1 else f"{totals.read:,} rows"
    written_by = f"an export of {file.kind}, " if file.kind else ""
    yield f"Read {rows} from {file.path.name} ({written_by}{encoding}, columns by {delimiter})."
    yield from _columns(file)
    yield f"  {totals.added:>9,} added to {newsletter.name}"
    yield f"  {totals.updated:>9,} updated"
    yield f"  {totals.unchanged:>9,} unchanged: on the list already, or twice in the file"
    yield f"  {totals.suppressed:>9,} left out: never to be mailed again"
    yield f"  {totals.rejected:>9,} rejected"
    yield from _explained(job, newsletter, rejects)


def _columns(file: SubscriberFile) -> Iterator[str]:
    """What was taken of the file, and how it was understood."""
    used = [one for one in file.fields if one.role and one.role != columns.IGNORED]
    unused = [one.name for one in file.fields if one not in used and one.name]
    yield f"Columns taken: {', '.join(one.name or f'#{one.number}' for one in used)}."
    if unused:
        yield f"Columns that we have no place for: {', '.join(unused)[:300]}."
    for one in file.fields:
        said = [f"{in_short(value)} {value.meaning}" for value in one.values if value.meaning]
        if one.tells and said:
            name = one.name or f"#{one.number}"
            yield f"Who may be mailed, by {name}: {', '.join(said[:MOST_VALUES])[:300]}."


def _explained(job: Import, newsletter: Newsletter, rejects: RejectsFile) -> Iterator[str]:
    totals = job.totals
    if number := job.asides.left_before:
        yield (f"{number:,} of the unchanged had unsubscribed, bounced or complained, and stay so.")
    if number := job.asides.left_there:
        yield (
            f"{number:,} of those left out had unsubscribed, bounced or complained where the list "
            "comes from. They stay unsubscribed here."
        )
    yield from _doubts(job)
    if totals.rejected:
        yield f"Not everything was taken. Each rejected row and its reason: {rejects.path}"
    if totals.added and not job.confirmed:
        if job.dry_run:
            yield "Each person added would get a mail that asks to confirm."
        else:
            yield "Each person added gets a mail that asks to confirm; a running worker sends them."


def _doubts(job: Import) -> Iterator[str]:
    """Addresses that were taken, and that are worth a second look."""
    if number := job.asides.role_addresses:
        yield (
            f"{number:,} of those added look like mailboxes that several people read, such as "
            "info@. Ask there who wants your mail."
        )
    if number := job.asides.disposable_addresses:
        yield (
            f"{number:,} of those added look like mailboxes that are thrown away after a while. "
            "Mail to them may soon bounce."
        )
