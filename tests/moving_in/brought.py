"""What an export comes to, without the command around it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from posts.content.models import PostPage
from posts.moving_in.archive import Archive, opened
from posts.moving_in.bringing import Bringing, survey
from posts.moving_in.report import MoveReport
from posts.moving_in.shape import Found, MoveOptions, NotBrought, OldList, OldPost
from posts.moving_in.sources.registry import SYSTEMS
from subscribers.models import Newsletter

NO_OPTIONS = MoveOptions()


def found_in(system: str, path: Path, options: MoveOptions = NO_OPTIONS) -> list[Found]:
    with opened(path) as archive:
        return list(SYSTEMS[system].read(archive, options))


def posts_in(system: str, path: Path, options: MoveOptions = NO_OPTIONS) -> dict[str, OldPost]:
    """By their titles."""
    found = found_in(system, path, options)
    return {one.said.title: one for one in found if isinstance(one, OldPost)}


def left_in(system: str, path: Path) -> dict[str, str]:
    """What stays behind, and why, by its place."""
    return {one.where: one.why for one in found_in(system, path) if isinstance(one, NotBrought)}


def lists_in(system: str, path: Path) -> dict[str, str]:
    return {o.where: o.everybody for o in found_in(system, path) if isinstance(o, OldList)}


@contextmanager
def bringing(system: str, path: Path, **options: Any) -> Iterator[tuple[Archive, Bringing]]:
    with (
        opened(path) as archive,
        MoveReport(path.with_name(f"{path.name}.report.csv")) as report,
    ):
        seen = survey(SYSTEMS[system], archive, NO_OPTIONS)
        report.add_all(seen.left)
        given = {"language": "en", "by": "tests", "bylines": len(seen.authors) > 1, **options}
        yield archive, Bringing(SYSTEMS[system], report, Newsletter.objects.get(), **given)


def brought(system: str, path: Path, **options: Any) -> Bringing:
    """All of it; what could not be carried over is in `report.first`."""
    with bringing(system, path, **options) as (archive, run):
        for _post in run.run(archive, SYSTEMS[system].read(archive, NO_OPTIONS)):
            pass
    return run


def post(title: str) -> PostPage:
    found: PostPage = PostPage.objects.get(title=title)
    return found


def told(run: Bringing) -> str:
    """What could not be carried over, as one text."""
    return "\n".join(f"{where}: {why}" for where, why in run.report.first)
