"""Letters, newsletters, topics, share links and mailings."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from django.conf import settings
from pydantic import Field

from posts.api.schemas.common import Answer, Line, Sent, Slug, Text, example

_LONGEST_TEXT = 1_000_000
_POST = {
    "id": 12,
    "title": "Permission to rest",
    "slug": "permission-to-rest",
    "url": "https://letters.example.org/permission-to-rest/",
    "subtitle": "",
    "excerpt": "Rest is not a reward.",
    "newsletter": "letters",
    "language": "en",
    "visibility": "public",
    "topics": ["Rest"],
    "published_at": "2026-11-30T09:00:00Z",
}
_STATED = {"status": "published", "changed_at": "2026-11-30T09:00:00Z"}
_REVISION = "0f4c2f1c5d7a4e4f9c1f7a0b8e6d3c2a"


class PostStatus(StrEnum):
    """`changed`: it is public, and its writer has changed it since."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CHANGED = "changed"


class WrittenAs(StrEnum):
    MARKDOWN = "markdown"
    HTML = "html"
    PLAIN = "plain"


class PublicPost(Answer):
    """A published letter, as anybody may read it."""

    model_config = example(**_POST)
    id: int
    title: str
    slug: str
    url: str
    subtitle: str
    excerpt: str = Field(description="Its first words, where it has none of its own.")
    newsletter: str
    language: str
    visibility: str = Field(description="`subscribers`: its whole text is for those only.")
    topics: list[str]
    published_at: datetime | None


class PublicPostWhole(PublicPost):
    model_config = example(**_POST, html="<p>Rest is not a reward.</p>")
    html: str | None = Field(description="Null where it is for subscribers only.")


class PublicPostList(Answer):
    model_config = example(data=[_POST], next=None)
    data: list[PublicPost]
    next: str | None = Field(description="The `cursor` of the next page; null at the end.")


class PostSummary(PublicPost):
    model_config = example(**_POST, **_STATED)
    status: PostStatus
    changed_at: datetime | None


class PostWhole(PostSummary):
    """As it stands in the editor, which may be newer than what is public."""

    model_config = example(
        **_POST,
        **_STATED,
        revision=_REVISION,
        html="<p>Rest is not a reward.</p>",
        text="Rest is not a reward.",
        mailing=None,
    )
    revision: str = Field(
        description="Stands for this very text. Who changes, publishes or mails it sends it back, "
        "so that nothing is done to a text that nobody looked at."
    )
    html: str
    text: str
    mailing: int | None = Field(description="Its first mailing, once it was emailed.")


class PostList(Answer):
    model_config = example(data=[{**_POST, **_STATED}], next=None)
    data: list[PostSummary]
    next: str | None = Field(description="The `cursor` of the next page; null at the end.")


class PostMade(Answer):
    """A draft that was made or changed."""

    model_config = example(
        id=12,
        slug="permission-to-rest",
        status="draft",
        revision=_REVISION,
        edit_url="https://letters.example.org/admin/pages/12/edit/",
        notes=[],
    )
    id: int
    slug: str
    status: PostStatus
    revision: str
    edit_url: str
    notes: list[str] = Field(description="What was guessed of the text, and what was not kept.")


_Language = Annotated[
    str,
    Field(
        pattern=f"^({'|'.join(code for code, _ in settings.POST_LANGUAGES)})$",
        description="The language of the text; else what stands above it, or the site’s.",
    ),
]


class PostToWrite(Sent):
    """A draft. Nobody is mailed and nothing is public until somebody says so."""

    model_config = {
        **Sent.model_config,
        **example(
            title="Permission to rest", text="Rest is **not** a reward.", newsletter="letters"
        ),
    }
    title: Line
    text: Annotated[Text, Field(min_length=1, max_length=_LONGEST_TEXT)]
    form: Annotated[WrittenAs, Field(strict=False)] = Field(
        WrittenAs.MARKDOWN, description="How `text` is written."
    )
    newsletter: Slug | None = Field(None, description="The first one, if you leave it out.")
    slug: Slug | None = Field(None, description="Made of the title, if you leave it out.")
    subtitle: Annotated[Text, Field(max_length=255)] | None = None
    excerpt: Annotated[Text, Field(max_length=1_000)] | None = None
    language: _Language | None = None


class PostToChange(Sent):
    """What of a draft is to be different. What is left out stays as it is."""

    model_config = {
        **Sent.model_config,
        **example(revision=_REVISION, title="Permission to stop"),
    }
    revision: Annotated[str, Field(min_length=1, max_length=64)]
    title: Line | None = None
    text: Annotated[Text, Field(min_length=1, max_length=_LONGEST_TEXT)] | None = None
    form: Annotated[WrittenAs, Field(strict=False)] = WrittenAs.MARKDOWN
    subtitle: Annotated[Text, Field(max_length=255)] | None = None
    excerpt: Annotated[Text, Field(max_length=1_000)] | None = None
    language: _Language | None = None


class PostToSend(Sent):
    """The text that was looked at."""

    model_config = {**Sent.model_config, **example(revision=_REVISION)}
    revision: Annotated[str, Field(min_length=1, max_length=64)]


class PostMailed(Answer):
    model_config = example(mailing=3, state="held", created=True, candidates=1204)
    mailing: int
    state: str = Field(description="`held` for the time in which it can be undone in the desk.")
    created: bool = Field(description="False: it was mailed before, and is not mailed twice.")
    candidates: int = Field(description="To how many people.")


class ShareLinks(Answer):
    model_config = example(
        url="https://letters.example.org/s/kd3m9qhwx2vbn5t7zrpa",
        discreet_url="https://letters.example.org/s/a7c4mdj5gk2w9nq8hxtz",
        is_on=True,
    )
    url: str
    discreet_url: str = Field(description="The same letter; its preview names neither it nor you.")
    is_on: bool


class NewsletterTold(Answer):
    model_config = example(id=1, slug="letters", name="Letters", description="On living slowly.")
    id: int
    slug: str
    name: str
    description: str


class NewsletterList(Answer):
    data: list[NewsletterTold]


class TopicTold(Answer):
    model_config = example(id=4, slug="rest", name="Rest", description="")
    id: int
    slug: str
    name: str
    description: str


class TopicList(Answer):
    data: list[TopicTold]


_MAILING = {
    "id": 3,
    "kind": "first",
    "state": "finished",
    "post": 12,
    "newsletter": "letters",
    "candidates": 1204,
    "created_at": "2026-11-30T09:00:00Z",
    "starts_at": "2026-11-30T09:01:00Z",
    "finished_at": "2026-11-30T09:04:00Z",
}


class MailingSummary(Answer):
    model_config = example(**_MAILING)
    id: int
    kind: str = Field(description="`first`, `correction`, `catch_up` or `digest`.")
    state: str = Field(
        description="`scheduled`, `held`, `sending`, `paused`, `cancelled` or `finished`."
    )
    post: int | None
    newsletter: str
    candidates: int
    created_at: datetime
    starts_at: datetime | None
    finished_at: datetime | None


class MailingWhole(MailingSummary):
    model_config = example(
        **_MAILING,
        deliveries={"accepted": 1200, "left_out": 4},
        left_out={"resting": 4},
        accounted=True,
        needs_attention=False,
    )
    deliveries: dict[str, int] = Field(description="How many are in each state.")
    left_out: dict[str, int] = Field(description="How many were not mailed, by reason.")
    accounted: bool = Field(description="Whether the numbers add up to `candidates`.")
    needs_attention: bool = Field(description="The desk says what it wants.")


class MailingList(Answer):
    model_config = example(data=[_MAILING], next=None)
    data: list[MailingSummary]
    next: str | None = Field(description="The `cursor` of the next page; null at the end.")


class MailingStep(Answer):
    model_config = example(at="2026-11-30T09:01:00Z", action="started", by="ada")
    at: datetime
    action: str
    by: str


class MailingSteps(Answer):
    data: list[MailingStep]
