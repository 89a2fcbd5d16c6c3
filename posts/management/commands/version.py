"""`manage.py version`: what runs here."""

import tomllib
from typing import Any

from django.conf import settings
from django.db.migrations.loader import MigrationLoader

from posts.delivery.hosts import version_mark
from subscribers.management.base import Command as BaseCommand


class Command(BaseCommand):
    help = (
        "Name the version of this code, a mark of its files (alike where the same runs), and\n"
        "the last changes of the database that it knows. Asks no database."
    )
    examples = "  manage.py version"

    def handle(self, *args: Any, **options: Any) -> None:
        project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]
        graph = MigrationLoader(None, ignore_no_migrations=True).graph
        last = {app: graph.leaf_nodes(app)[0][1] for app in ("posts", "subscribers")}
        self.say(f"Passalong {project['version']} ({version_mark()})")
        self.say("Database: " + ", ".join(f"{app} {name}" for app, name in last.items()))
        self.say_json({"version": project["version"], "mark": version_mark(), "database": last})
