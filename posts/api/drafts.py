"""What is done to letters: by the actions of other rooms, to the text that was looked at."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest
from wagtail.models import Page, Revision

from posts.api import showing
from posts.api.callers import said_by
from posts.api.operations import newsletter_named
from posts.api.problems import ApiProblem
from posts.api.schemas.posts import PostToChange, PostToWrite, WrittenAs
from posts.content.importing import (
    ImportedPost,
    ImportRefused,
    keep_body,
    keep_text,
    read_post,
)
from posts.content.models import PostPage
from posts.delivery.mailings.audit import DeliveryRefused
from posts.desk import actions
from posts.desk.checklist.checklist import checklist
from posts.desk.looked_at import seal
from posts.desk.queries import first_mailing_of

__all__ = ["change", "keep", "latest", "look_over", "mail", "publish", "read_file", "read_text"]

_ENDINGS = {WrittenAs.MARKDOWN: "md", WrittenAs.HTML: "html", WrittenAs.PLAIN: "txt"}


def latest(post_id: int) -> PostPage:
    """The letter as its latest revision has it. Raises Http404."""
    return _revision(post_id)[1]


def _revision(post_id: int) -> tuple[Revision, PostPage]:
    stored = PostPage.objects.filter(pk=post_id).first()
    revision = stored.get_latest_revision() if stored else None
    if revision is None:
        raise Http404
    return revision, revision.as_object()


def read_text(text: str, *, form: WrittenAs, title: str) -> ImportedPost:
    """Raises ApiProblem where that is no letter."""
    with TemporaryDirectory(prefix="passalong-") as folder:
        path = Path(folder) / f"text.{_ENDINGS[form]}"
        path.write_text(text, encoding="utf-8", newline="")
        return read_file(path, title=title)


def read_file(path: Path, *, title: str | None = None) -> ImportedPost:
    """The pictures beside it are read when it is kept. Raises ApiProblem."""
    try:
        return read_post(path, title=title, guess_language=False)
    except ImportRefused as refusal:
        said = str(refusal).replace(str(path), path.name)
        raise ApiProblem(422, said, kind="cannot") from refusal


def keep(request: HttpRequest, text: ImportedPost, sent: PostToWrite) -> dict[str, Any]:
    """The draft that was made of it. In the caller's transaction."""
    if sent.subtitle is not None or sent.excerpt is not None:
        text = replace(
            text,
            subtitle=text.subtitle if sent.subtitle is None else sent.subtitle,
            excerpt=text.excerpt if sent.excerpt is None else sent.excerpt,
        )
    post, losses = keep_text(
        text,
        by=said_by(request),
        newsletter=newsletter_named(sent.newsletter),
        slug=sent.slug,
        language=sent.language or "",
        user=request.program.by,  # type: ignore[attr-defined]
    )
    return showing.made(post, (*text.notes, *losses))


def change(request: HttpRequest, post_id: int, sent: PostToChange) -> dict[str, Any]:
    """A new revision. Raises ApiProblem where somebody changed it since, or keeps it locked."""
    text = None
    if sent.text is not None:
        title = sent.title or latest(post_id).title
        text = read_text(sent.text, form=sent.form, title=title)
    user = request.program.by  # type: ignore[attr-defined]
    with transaction.atomic(), _locked(post_id, sent.revision) as (_, post):
        for name in ("title", "subtitle", "excerpt", "language"):
            value = getattr(sent, name)
            if value is not None:
                setattr(post, name, value)
        notes: tuple[str, ...] = ()
        if text is not None:
            post.body, losses = keep_body(text, user=user)
            notes = (*text.notes, *losses)
        _check(post)
        post.save_revision(user=user, log_action=True, clean=False)
        return showing.made(post, notes)


def publish(request: HttpRequest, post_id: int, looked_at: str) -> dict[str, Any]:
    """In the caller's transaction. Nobody is mailed."""
    with _locked(post_id, looked_at) as (revision, post), _refusing():
        actions.publish_only(revision=revision, user=request.program.by)  # type: ignore[attr-defined]
    return showing.made(PostPage.objects.get(pk=post.pk))


def look_over(post_id: int, looked_at: str) -> None:
    """As the desk does before a letter leaves; it may ask name servers, so no transaction is open.
    Raises ApiProblem."""
    revision, post = _revision(post_id)
    _check_seal(revision, looked_at)
    if first_mailing_of(post):
        return
    if faults := checklist(post, people=0).mend:
        raise ApiProblem(409, " ".join(str(item.said) for item in faults), kind="cannot")


def mail(request: HttpRequest, post_id: int, looked_at: str) -> dict[str, Any]:
    """In the caller's transaction, to a letter that is public as it stands."""
    with _locked(post_id, looked_at) as (revision, post), _refusing():
        if not actions.is_published_as_it_stands(PostPage.objects.get(pk=post.pk)):
            raise ApiProblem(
                409, "It is not published as it stands. Publish it, then email it.", kind="cannot"
            )
        mailing, created = actions.publish_and_email(
            revision=revision,
            user=request.program.by,  # type: ignore[attr-defined]
        )
    return {
        "mailing": mailing.pk,
        "state": str(mailing.state),
        "created": created,
        "candidates": mailing.candidates,
    }


@contextmanager
def _locked(post_id: int, looked_at: str) -> Iterator[tuple[Revision, PostPage]]:
    """The latest revision, held until the caller's transaction ends: of two programs, or of a
    program and an editor, the second sees what the first has made of it."""
    if Page.objects.select_for_update().filter(pk=post_id).first() is None:
        raise Http404
    revision, post = _revision(post_id)
    _check_seal(revision, looked_at)
    if post.locked:
        raise ApiProblem(409, "Somebody keeps it locked in the desk.", kind="cannot")
    yield revision, post


def _check_seal(revision: Revision, looked_at: str) -> None:
    if seal(revision) != looked_at:
        raise ApiProblem(
            409,
            "It was changed since you looked at it, so nothing was done. Read it again.",
            kind="changed",
        )


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except DeliveryRefused as refusal:
        raise ApiProblem(409, str(refusal), kind="cannot") from refusal


def _check(post: PostPage) -> None:
    if not post.title.strip():
        raise ApiProblem(422, "A letter has a title.", kind="cannot")
    try:
        post.full_clean()
    except ValidationError as error:
        raise ApiProblem(422, " ".join(error.messages), kind="cannot") from error
