"""Make a post of a text file; publish and email it when asked."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.db import transaction
from django.urls import reverse

from posts.content.importing import (
    ImportedPost,
    ImportRefused,
    fetch,
    guessed,
    keep_text,
    read_post,
    recognised,
    summary,
)
from posts.content.models import PostPage
from posts.delivery.mailings.audit import DeliveryRefused
from posts.delivery.mailings.start import start_mailing
from posts.delivery.models import Mailing
from posts.sharing.queries import share_url
from subscribers.management import base
from subscribers.models import Newsletter
from subscribers.run_here import manage

BY = "import_post"
# What the command offers where the text had to be guessed: by how the note begins.
_OPTIONS = {
    "The text has no title": "--title",
    "The file says its language": "--language",
    "Pictures that are elsewhere": "--fetch-pictures",
}


class Command(base.Command):
    help = (
        "Make a post of a text: plain text (.txt), Markdown (.md), HTML (.html), a Word document\n"
        "(.docx), or one of these with its pictures and files in an archive (.zip).\n\n"
        "The first line of a plain text is its title. Headings, quotations, lists, named reasons,\n"
        "the closing invitation and the signature are recognised; whatever is not becomes a\n"
        "paragraph, so no word is lost. Pictures, and worksheets and sounds that it links to,\n"
        "are taken from the folder of the file.\n"
        "You are told what was recognised, what was only guessed, and what was not kept.\n\n"
        "The post is a draft unless you say --publish, and whatever you say where the text calls\n"
        "itself a draft. Either all that you ask for happens, or nothing does."
    )
    examples = """
  manage.py import_post letter.txt
  manage.py import_post letter.txt --publish --email
  manage.py import_post notes.md --title "Permission to rest" --newsletter letters --json"""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", metavar="FILE", type=Path, help="the text to import")
        parser.add_argument("--title", help="the title, instead of the one in the text")
        parser.add_argument(
            "--slug", help="the last part of the address; made of the title otherwise"
        )
        parser.add_argument("--newsletter", help="the newsletter's slug; otherwise the first one")
        parser.add_argument(
            "--language",
            choices=dict(settings.POST_LANGUAGES),
            help="the language of the text; otherwise what the file says of it, or the site’s",
        )
        parser.add_argument(
            "--fetch-pictures", action="store_true", help="also those that are elsewhere on the web"
        )
        parser.add_argument("--publish", action="store_true", help="put it on the web at once")
        parser.add_argument(
            "--email", action="store_true", help="with --publish: email it to the subscribers"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["email"] and not options["publish"]:
            self.refuse("Only a published post can be emailed: add --publish, or leave --email.")
        try:
            text = read_post(
                options["file"],
                title=options["title"],
                fetch=fetch if options["fetch_pictures"] else None,
            )
        except ImportRefused as error:
            self.refuse(str(error))
        newsletter = self._newsletter(options["newsletter"])
        post, mailing, losses = self._make(text, newsletter, options)
        self._report(text, losses)
        self._tell(text, post, mailing, wanted=options["publish"])
        self.say_json(
            {
                "slug": post.slug,
                "url": post.public_url,
                "share_url": share_url(post) if post.live else None,
                "mailing": mailing.pk if mailing else None,
            }
        )

    def _newsletter(self, slug: str | None) -> Newsletter | None:
        if slug is None:
            return None
        newsletter = Newsletter.objects.filter(slug=slug).first()
        if newsletter is None:
            slugs = ", ".join(Newsletter.objects.values_list("slug", flat=True))
            self.refuse(
                f"There is no newsletter “{slug}”. "
                + (f"There is: {slugs}." if slugs else "Leave --newsletter, and one is made.")
            )
        return newsletter

    def _make(
        self, text: ImportedPost, newsletter: Newsletter | None, options: dict[str, Any]
    ) -> tuple[PostPage, Mailing | None, tuple[str, ...]]:
        """The post, its mailing and what was not kept of it; together or not at all."""
        try:
            with transaction.atomic():
                post, losses = keep_text(
                    text,
                    newsletter=newsletter,
                    language=options["language"] or "",
                    slug=options["slug"],
                    publish=options["publish"],
                    by=BY,
                )
                mailing = None
                if options["email"] and post.live:
                    mailing = start_mailing(post=post, by=BY)[0]
        except DeliveryRefused as error:
            self.refuse(f"{error} Nothing was imported; without --email the post can be.")
        return post, mailing, losses

    def _report(self, text: ImportedPost, losses: tuple[str, ...]) -> None:
        self.say(f"“{text.title}”: {summary(text.blocks)}.")
        for line in recognised(text):
            self.say(f"Recognised: {line}")
        for line in guessed(text):
            self.say(f"Guessed:    {line}")
        for line in text.guesses:
            self.warn(f"Guessed:    {_with_option(line)}")
        for line in (*text.losses, *losses):
            self.warn(f"Not kept:   {_with_option(line)}")

    def _tell(
        self, text: ImportedPost, post: PostPage, mailing: Mailing | None, *, wanted: bool
    ) -> None:
        edit = settings.SITE_URL + reverse("wagtailadmin_pages:edit", args=[post.pk])
        if wanted and not post.live:
            self.warn("The text says that it is a draft, so it was neither published nor emailed.")
        if post.live:
            self.say(f"Published:  {post.public_url}")
            self.say(f"Pass along: {share_url(post)}")
        else:
            self.say(f"A draft, which nobody sees until you publish it at {post.public_url}")
        self.say(f"Edit it:    {edit}")
        if mailing:
            self.say(
                f"Mailing {mailing.pk} is on its way to {mailing.candidates:,} people. "
                f"See how it stands: {manage(f'mailing {post.slug}')}"
            )


def _with_option(note: str) -> str:
    option = next((_OPTIONS[words] for words in _OPTIONS if note.startswith(words)), "")
    return f"{note} (Here: {option}.)" if option else note
