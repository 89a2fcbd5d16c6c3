"""An imported text is kept: its pictures in the library, its files with those that letters enclose,
what it says of itself on the post."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from PIL import Image as Pillow
from PIL import UnidentifiedImageError
from wagtail.images import get_image_model
from wagtail.images.forms import get_image_form
from wagtail.models import Collection

from posts.content import beginning
from posts.content.actions import create_page, create_post, stored_body
from posts.content.arrivals import make_way
from posts.content.enclosures.forms import EnclosureForm
from posts.content.enclosures.models import Enclosure
from posts.content.flowing import flowing
from posts.content.importing.pictures import MOST_BYTES, LocalFile, PictureFile
from posts.content.importing.pieces import Block, Text, escape
from posts.content.importing.posts import ImportedPost
from posts.content.models import PlainPage, PostPage
from subscribers.models import Newsletter
from subscribers.saying import sentence

_FORMS = {"JPEG": "jpg", "PNG": "png", "GIF": "gif", "WEBP": "webp", "AVIF": "avif", "HEIF": "heic"}


@dataclass
class _Shelf:
    """The pictures and files of one text on their way to where they are kept, each once."""

    user: AbstractBaseUser | None
    losses: list[str] = field(default_factory=list)
    kept: dict[LocalFile, Any] = field(default_factory=dict)

    def keep(self, picture: PictureFile, *, alt: str) -> Any:
        """The image in the library; None, and a word about it, where it is none."""
        if picture not in self.kept:
            self.kept[picture] = self._new(picture, alt)
        return self.kept[picture]

    def _new(self, picture: PictureFile, alt: str) -> Any:
        try:
            content = picture.read()
            name = named_by_content(picture.name, content)
        except (OSError, ValueError, UnidentifiedImageError, Pillow.DecompressionBombError):
            return self._refused(picture, sentence("it cannot be read as a picture"))
        form = get_image_form(get_image_model())(
            {
                "title": alt[:255] or picture.name[:255],
                "collection": Collection.get_first_root_node().pk,
            },
            {"file": SimpleUploadedFile(name, content)},
            user=self.user,
        )
        if not form.is_valid():
            return self._refused(picture, " ".join(map(str, next(iter(form.errors.values())))))
        image = form.save(commit=False)
        image.uploaded_by_user = self.user
        image.save()
        return image

    def enclose(self, file: LocalFile) -> Enclosure | None:
        """The file as letters enclose it; None, and a word about it, where it is of no such
        kind."""
        if file not in self.kept:
            self.kept[file] = self._enclosed(file)
        kept: Enclosure | None = self.kept[file]
        return kept

    def _enclosed(self, file: LocalFile) -> Enclosure | None:
        try:
            content = file.read()
        except OSError as error:
            self._left(file, str(error.strerror))
            return None
        form = EnclosureForm({"title": ""}, {"file": SimpleUploadedFile(file.name, content)})
        if form.is_valid():
            return form.save()
        self._left(file, " ".join(map(str, next(iter(form.errors.values())))))
        return None

    def _left(self, file: LocalFile, why: str) -> None:
        told = sentence("The file %(name)s was not kept: %(why)s", name=file.name, why=why)
        self.losses.append(told)

    def _refused(self, picture: PictureFile, why: str) -> None:
        self.losses.append(
            sentence(
                "The picture %(name)s was not kept: %(why)s",
                name=picture.name,
                why=why,
            )
        )

    def delete_files(self) -> None:
        for kept in filter(None, self.kept.values()):
            kept.file.delete(save=False)


def keep_text(
    text: ImportedPost,
    *,
    by: str,
    newsletter: Newsletter | None = None,
    slug: str | None = None,
    language: str = "",
    publish: bool = False,
    arrives: bool = False,
    visibility: str = PostPage.Visibility.PUBLIC,
    user: AbstractBaseUser | None = None,
    also: Callable[[PostPage], None] | None = None,
) -> tuple[PostPage, tuple[str, ...]]:
    """Make a post of an imported text, a draft where it calls itself one, whatever is asked.

    Answers the post and what could not be kept of it. `arrives`: it stood elsewhere under its slug,
    and may have that of a deleted post. `also`: what is done with it in the same transaction.
    """
    said, shelf = text.about, _Shelf(user)
    with _all_or_nothing(shelf):
        if arrives and publish:
            make_way(said.slug)
        post = create_post(
            title=text.title,
            subtitle=text.subtitle,
            excerpt=text.excerpt,
            language=language or text.language,
            body=flowing(_blocks(text, shelf)),
            newsletter=newsletter,
            slug=slug or said.slug or None,
            topics=said.topics,
            canonical_address=said.canonical,
            cover=_cover(text, shelf),
            date=said.date if said.date and said.date <= timezone.now() else None,
            publish=publish and not said.is_draft,
            visibility=visibility,
            by=by,
            user=user,
        )
        if also:
            also(post)
    return post, tuple(shelf.losses)


def keep_page(
    text: ImportedPost,
    *,
    by: str,
    publish: bool = False,
    arrives: bool = False,
    user: AbstractBaseUser | None = None,
    also: Callable[[PlainPage], None] | None = None,
) -> tuple[PlainPage, tuple[str, ...]]:
    """Make a plain page of an imported text, as `keep_text` makes a post.

    Its subtitle and its picture begin the text: a page has no place of their own for them.
    """
    said, shelf = text.about, _Shelf(user)
    with _all_or_nothing(shelf):
        beginning.give_way(said.slug)
        if arrives and publish:
            make_way(said.slug)
        page = create_page(
            title=text.title,
            slug=said.slug or None,
            body=flowing([*_above(text, shelf), *_blocks(text, shelf)]),
            date=said.date if said.date and said.date <= timezone.now() else None,
            publish=publish and not said.is_draft,
            by=by,
            user=user,
        )
        if also:
            also(page)
    return page, tuple(shelf.losses)


def _above(text: ImportedPost, shelf: _Shelf) -> Iterator[Block]:
    if text.subtitle:
        yield Text(escape(text.subtitle)).block()
    picture = text.album.find(text.about.picture) if text.about.picture else None
    if picture:
        shown = {"image": picture, "alt_text": text.about.alt, "caption": ""}
        yield from _picture(shown, shelf)


def keep_body(
    text: ImportedPost, *, user: AbstractBaseUser | None = None
) -> tuple[str, tuple[str, ...]]:
    """The body of an imported text as a post stores it, for a post that there is already, and what
    could not be kept of it. Its pictures are in the library then."""
    shelf = _Shelf(user)
    with _all_or_nothing(shelf):
        body = stored_body(flowing(_blocks(text, shelf)))
    return body, tuple(shelf.losses)


@contextmanager
def _all_or_nothing(shelf: _Shelf) -> Iterator[None]:
    """Where no post comes of it, no file of a picture stays behind."""
    try:
        with transaction.atomic():
            yield
    except BaseException:
        shelf.delete_files()
        raise


def _blocks(text: ImportedPost, shelf: _Shelf) -> Iterator[Block]:
    for part in text.parts:
        if part.block["type"] == "image":
            yield from _picture(part.block["value"], shelf)
        elif part.block["type"] == "file":
            yield _file(part.block["value"], shelf)
        else:
            yield part.block


def _picture(value: dict[str, Any], shelf: _Shelf) -> Iterator[Block]:
    """A block with the kept picture; else its words, which are then all there is of it."""
    image = shelf.keep(value["image"], alt=value["alt_text"])
    if image is not None:
        alt = {"alt_text": value["alt_text"], "decorative": not value["alt_text"]}
        shown = {"image": {"image": image.pk, **alt}, "caption": value["caption"]}
        yield {"type": "image", "value": shown}
        return
    for words in filter(None, (value["alt_text"], value["caption"])):
        yield Text(escape(words)).block()


def _file(value: dict[str, Any], shelf: _Shelf) -> Block:
    """A block with the kept file or sound; else the words that led to it."""
    kept, title = shelf.enclose(value["file"]), value["title"]
    if kept is None:
        return Text(escape(title)).block()
    if kept.kind.is_sound:
        return {"type": "sound", "value": {"sound": kept.pk, "title": title, "transcript": ""}}
    return {"type": "file", "value": {"file": kept.pk, "title": title, "description": ""}}


def _cover(text: ImportedPost, shelf: _Shelf) -> Any:
    address = text.about.picture
    picture = text.album.find(address) if address else None
    return shelf.keep(picture, alt=text.about.alt) if picture else None


def named_by_content(name: str, content: bytes) -> str:
    """With the ending that its content asks for: programs name pictures wrongly, or not at all.

    Raises OSError, ValueError or DecompressionBombError where it is no picture.
    """
    if not content or len(content) > MOST_BYTES:
        raise ValueError(name)
    with Pillow.open(BytesIO(content)) as picture:
        ending = _FORMS.get(picture.format or "", "")
    stem = name.rpartition(".")[0] or name
    return f"{stem[:80]}.{ending}" if ending else name
