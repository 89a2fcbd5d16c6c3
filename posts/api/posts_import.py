"""A draft from a file with its pictures, in one call."""

from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from ninja import File, Form, Router
from ninja.files import UploadedFile as SentFile

from posts.api import drafts, showing
from posts.api.callers import Scope, said_by
from posts.api.once import once
from posts.api.operations import answers, newsletter_named
from posts.api.problems import ApiProblem
from posts.api.schemas.posts import PostMade
from posts.content.importing import ENDINGS, ImportedPost, keep_text

router = Router(tags=["posts"])
MOST_PICTURES = 200


@router.post(
    "posts/import",
    auth=Scope("posts:write"),
    response=answers(201, PostMade, 400, 409, 413, 422),
    summary="Make a draft of a file and its pictures",
)
def import_post(
    request: HttpRequest,
    text: Annotated[SentFile, File(description="Markdown, plain text, HTML, .docx or .zip.")],
    pictures: Annotated[
        list[SentFile], File(description="Those that the text names, by the names it uses.")
    ] = [],  # noqa: B006 - Ninja reads it as a default and copies it
    newsletter: Annotated[
        str | None, Form(max_length=80, pattern=r"^[-a-zA-Z0-9_]+$", description="Its slug.")
    ] = None,
) -> Any:
    """What stands above the text (front matter) says title, subtitle, excerpt, slug, date, topics,
    language, cover and canonical address. It stays a draft, whatever it says of itself."""
    if len(pictures) > MOST_PICTURES:
        raise ApiProblem(
            422, f"At most {MOST_PICTURES} pictures belong to a letter.", kind="cannot"
        )
    with TemporaryDirectory(prefix="passalong-") as name:
        folder, found = Path(name), {}

        def read() -> None:
            for picture in pictures:
                _put(picture, folder)
            found["text"] = drafts.read_file(_put(text, folder, ENDINGS))

        return once(request, lambda: (201, _kept(request, found["text"], newsletter)), before=read)


def _kept(request: HttpRequest, text: ImportedPost, newsletter: str | None) -> dict[str, Any]:
    post, losses = keep_text(
        text,
        by=said_by(request),
        newsletter=newsletter_named(newsletter),
        user=request.program.by,  # type: ignore[attr-defined]
    )
    return showing.made(post, (*text.notes, *losses))


def _put(file: "UploadedFile[Any]", folder: Path, endings: tuple[str, ...] = ()) -> Path:
    """The file in the folder, under the last part of its name and no other. Raises ApiProblem."""
    name = PurePosixPath(str(file.name or "")).name
    if not name or not name.isprintable() or len(name.encode()) > 200 or name.startswith("."):
        raise ApiProblem(422, "A file has a name that cannot be used.", kind="cannot")
    if endings and not name.lower().endswith(endings):
        known = ", ".join(endings)
        raise ApiProblem(422, f"The text’s name ends with one of: {known}.", kind="cannot")
    path = folder / name
    if path.exists():
        raise ApiProblem(422, f"Two files are called {name}.", kind="cannot")
    with path.open("wb") as kept:
        kept.writelines(file.chunks())
    return path
