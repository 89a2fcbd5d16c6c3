"""Posts and pages of another system become ours, each in a transaction of its own, each once.

A run that was killed is finished by another: what came is known by its arrival, and passed over.
Nothing of it mails anybody: only a row in the ledger does, and none is made here.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import DatabaseError
from django.utils import timezone

from posts.content import arrivals
from posts.content.arrivals import Arrival
from posts.content.importing import (
    About,
    Album,
    ImportedPost,
    ImportRefused,
    NothingBelowTitle,
    PostPart,
    Source,
    about_missing,
    keep_page,
    keep_text,
    read_text,
    storable,
)
from posts.content.models import PlainPage, PostPage
from posts.moving_in.archive import Archive
from posts.moving_in.report import MoveReport
from posts.moving_in.shape import Found, MoveOptions, NotBrought, OldList, OldPost, OldSystem
from subscribers.models import Newsletter
from subscribers.saying import in_a_row, sentence

_LONGEST_KEY = 255
_LONGEST_ADDRESS = 200
_FAR = ("http:", "https:", "//")
_PUBLIC, _SUBSCRIBERS = PostPage.Visibility.PUBLIC, PostPage.Visibility.SUBSCRIBERS


@dataclass
class MoveCounts:
    """What became of the posts and pages; all but `read` and the last two sum to `read`.

    `pages`: how many of those that came are pages."""

    read: int = 0
    published: int = 0
    drafts: int = 0
    there_already: int = 0
    refused: int = 0
    pages: int = 0
    pictures: int = 0

    def as_json(self) -> dict[str, int]:
        return asdict(self)


@dataclass
class Survey:
    """What is in an export, by a look at it that reads no text: how many posts and pages, by whom;
    the lists of people; and what the source itself leaves behind."""

    posts: int = 0
    authors: set[str] = field(default_factory=set)
    lists: list[OldList] = field(default_factory=list)
    left: list[NotBrought] = field(default_factory=list)


def survey(system: OldSystem, archive: Archive, options: MoveOptions) -> Survey:
    """Raises ImportRefused where nothing in it is of this system."""
    seen = Survey(left=[NotBrought(where, why, True) for where, why in archive.left])
    for found in system.read(archive, options):
        match found:
            case OldPost():
                seen.posts += 1
                seen.authors.update(found.authors)
            case OldList():
                seen.lists.append(found)
            case NotBrought():
                seen.left.append(found)
    if not seen.posts and not seen.lists:
        raise ImportRefused(_nothing(system, archive, seen.left))
    return seen


def _nothing(system: OldSystem, archive: Archive, left: list[NotBrought]) -> str:
    return in_a_row(
        sentence(
            "In %(name)s there is nothing that %(system)s exports. It has to be: %(files)s",
            name=archive.name,
            system=system.title,
            files=system.files,
        ),
        *(sentence("%(where)s: %(why)s", where=one.where, why=one.why) for one in left[:1]),
    )


@dataclass
class Bringing:
    """One run: what is brought, where to, on whose behalf, and how it went so far.

    `bylines`: whether each post says who wrote it, since several did. `language`: of all posts;
    else what each says, or its words tell. `fetch`: how pictures elsewhere on the web are had,
    where somebody asked for them. `dry_run`: texts are read, and nothing is kept.
    """

    system: OldSystem
    report: MoveReport
    newsletter: Newsletter
    by: str
    user: AbstractBaseUser | None = None
    bylines: bool = False
    language: str = ""
    fetch: Callable[[str], bytes] | None = None
    dry_run: bool = False
    counts: MoveCounts = field(default_factory=MoveCounts)
    unused: Counter[str] = field(default_factory=Counter)  # fields that no post here has
    _seen: set[str] = field(default_factory=set)

    def run(self, archive: Archive, found: Iterable[Found]) -> Iterator[OldPost]:
        """Take all posts; each is handed out when it is done with."""
        for one in found:
            if isinstance(one, OldPost):
                self._take(archive, one)
                yield one
            elif isinstance(one, NotBrought) and one.bad:  # it is in the report already
                self.counts.read += 1
                self.counts.refused += 1
        if self.counts.pages:
            self.report.add(
                archive.name,
                sentence(
                    "Pages come into no menu. Choose “Show in menus” in the settings of those "
                    "that belong."
                ),
            )
        if self.unused:
            names = ", ".join(f"{name} ({count:,})" for name, count in self.unused.most_common(40))
            self.report.add(
                archive.name,
                sentence("Said of posts there, and nothing here: %(names)s.", names=names),
            )

    def _take(self, archive: Archive, old: OldPost) -> None:
        self.counts.read += 1
        key = old.key[:_LONGEST_KEY].replace("\0", "")
        known = Arrival.objects.filter(system=self.system.name, key=key)
        if key in self._seen or known.exists():
            self.counts.there_already += 1
            return
        self._seen.add(key)
        try:
            text = self._read(archive, old)
            if not self.dry_run:
                self._keep(text, old, key)
        except NothingBelowTitle:
            self._refuse(old, sentence("Not brought: it has no text."))
        except ImportRefused as refusal:
            self._refuse(old, sentence("Not brought. %(why)s", why=refusal))
        except DatabaseError as error:
            if known.exists():  # another run was faster
                self.counts.there_already += 1
            else:
                why = sentence("Not brought: it cannot be kept (%(error)s).", error=error)
                self._refuse(old, why)
        else:
            self._count(text, old)

    def _refuse(self, old: OldPost, why: str) -> None:
        self.counts.refused += 1
        self.report.add(old.where, why)

    def _read(self, archive: Archive, old: OldPost) -> ImportedPost:
        source = Source(storable(old.text), old.form, album=Album(inside=archive.pictures))
        name = Path(str(old.where))
        # Where it is known, nobody has to tell it from the words, which takes longer than the rest.
        said = replace(old.said, language=self.language or old.said.language)
        text = read_text(source, name, said=said, fetch=None if self.dry_run else self.fetch)
        # Nobody looks at each before it is kept: only what has a mark becomes more than words.
        guessed = [at for at, part in enumerate(text.parts) if part.guessed]
        text = text.with_paragraphs(guessed)
        if self.bylines and old.authors and not old.is_page:
            line = f"<p><i>{escape(', '.join(old.authors), quote=False)}</i></p>"
            block = {"type": "paragraph", "value": line}
            text = replace(text, parts=(PostPart(block, False, ()), *text.parts))
        hidden = old.is_page and old.members_only
        return replace(text, about=_settled(text.about, is_draft=hidden))

    def _keep(self, text: ImportedPost, old: OldPost, key: str) -> None:
        is_public = not text.about.is_draft
        others: list[str] = []

        def also(came: PostPage | PlainPage) -> None:
            Arrival.objects.create(
                page=came, system=self.system.name, key=key, was_public=is_public
            )
            others.extend(arrivals.remember(came, old.old_paths))

        if old.is_page:
            _page, losses = keep_page(
                text, publish=is_public, arrives=True, by=self.by, user=self.user, also=also
            )
        else:
            _post, losses = keep_text(
                text,
                newsletter=self.newsletter,
                publish=is_public,
                arrives=True,
                visibility=_SUBSCRIBERS if old.members_only else _PUBLIC,
                by=self.by,
                user=self.user,
                also=also,
            )
        self.report.add(old.where, *losses)
        for address in others:
            self.report.add(
                old.where,
                sentence(
                    "The old address %(address)s does not lead here: another letter or page "
                    "stands for it, or the site needs it.",
                    address=address,
                ),
            )

    def _count(self, text: ImportedPost, old: OldPost) -> None:
        self.counts.pages += old.is_page
        if text.about.is_draft:
            self.counts.drafts += 1
        else:
            self.counts.published += 1
        self.counts.pictures += sum(part.block["type"] == "image" for part in text.parts)
        self.unused.update(old.said.unused)
        waits = self.dry_run and self.fetch is not None
        unread = (sentence("Not understood: %(line)s", line=line) for line in old.said.unread)
        self.report.add(old.where, *old.unkept, *unread, *_told(text, to_be_fetched=waits))
        if old.is_page:
            self.report.add(old.where, *_unlike_a_letter(text, old))


def _settled(said: About, *, is_draft: bool) -> About:
    """A draft has no day on which it appeared; and what appeared at our own address, appeared
    nowhere else."""
    is_draft = is_draft or said.is_draft
    date = None if is_draft else said.date
    try:
        here = urlsplit(said.canonical).netloc == urlsplit(settings.SITE_URL).netloc
    except ValueError:
        here = True  # it leads nowhere
    fits = not here and len(said.canonical) <= _LONGEST_ADDRESS
    return replace(said, is_draft=is_draft, date=date, canonical=said.canonical if fits else "")


def _told(text: ImportedPost, *, to_be_fetched: bool) -> Iterator[str]:
    missing = text.album.missing
    named = about_missing(missing)
    yield from (loss for loss in text.losses if loss not in named)
    far = [one for one in missing if one.startswith(_FAR)]
    near = [one for one in missing if not one.startswith(_FAR)]
    if near:
        yield sentence(
            "Pictures that are not in the export, and became words: %(names)s.", names=_few(near)
        )
    if far and not to_be_fetched:
        yield sentence(
            "Pictures that are elsewhere on the web, and became links: %(names)s.",
            names=_few(far),
        )
    date = text.about.date
    if not text.about.is_draft and (date is None or date > timezone.now()):
        yield sentence("It has no day on which it appeared, and stands as of today.")


def _unlike_a_letter(text: ImportedPost, old: OldPost) -> Iterator[str]:
    """What a page has no place for."""
    said = text.about
    if old.members_only:
        yield sentence(
            "Only members could read it there. Here everybody reads a page, so it is a draft."
        )
    if said.topics:
        yield sentence("Its topics are not kept: a page has none here.")
    if said.excerpt:
        yield sentence("Its short version is not kept: a page has none here.")
    if said.canonical:
        yield sentence("Where else it stands is not kept: a page has no place for that here.")


def _few(names: list[str]) -> str:
    some = ", ".join(names[:5])
    if len(names) <= 5:
        return some
    return sentence("%(some)s and %(number)s more", some=some, number=len(names) - 5)
