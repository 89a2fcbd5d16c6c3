"""`manage.py export_site DIR`: everything of a site, for people and other programs to read."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from tqdm import tqdm

from posts.management.moving.folder import NoExport
from posts.management.moving.leaving import export
from subscribers.management import base


class Command(base.Command):
    help = (
        "Write everything of this site into a folder, while it runs: posts and pages as Markdown\n"
        "with their pictures and files, and as JSON; readers with what they agreed to and their\n"
        "tags; who must never be mailed; mailings and what became of them; and a copy of the\n"
        "public site that opens from a disk. `import_site` makes the same site of it elsewhere.\n\n"
        "The folder has your readers' addresses. Passwords and the way mail leaves are not in it,\n"
        "nor who got which letter: `backup` has all of it, for Passalong alone to read."
    )
    examples = """
  manage.py export_site ~/my-letters
  manage.py export_site ~/my-letters --everything     posts for subscribers also in the copy"""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "folder", metavar="DIR", type=Path, help="where to write it; not there yet, or empty"
        )
        parser.add_argument(
            "--without-site", action="store_true", help="leave the copy of the site out"
        )
        parser.add_argument(
            "--everything",
            action="store_true",
            help="let the copy of the site show posts for subscribers too, to whoever has it",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["folder"].absolute()
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            self.refuse(f"{path} has something in it. Name a folder that is not there yet.")
        if not path.parent.is_dir():
            self.refuse(f"There is no folder {path.parent}. Make it first.")
        try:
            with tqdm(unit=" rows", disable=None) as bar:
                left = export(
                    path,
                    with_site=not options["without_site"],
                    whole=options["everything"],
                    said=bar.update,
                )
        except (OSError, NoExport) as error:
            self.trouble(f"There is no export: {error}")
        self.say(
            f"{path}: {left.posts:,} posts, {left.pages:,} pages and {left.rows:,} rows, written "
            "and read again."
        )
        if left.site_pages:
            self.say(
                f"To look at its {left.site_pages:,} public pages, open site/index.html in it."
            )
        for name in left.missing:
            self.warn(f"{name} is named by the site, and is not on the disk.")
        self.warn("It has your readers' addresses. Keep it where only you can read it.")
        self.say_json(
            {
                "folder": str(path),
                "taken_at": left.at.isoformat(),
                "posts": left.posts,
                "pages": left.pages,
                "rows": left.rows,
                "site_pages": left.site_pages,
                "not_found": left.missing,
            }
        )
