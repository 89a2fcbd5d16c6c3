"""What each system exports, after its format and in our own words: one export of each, which has a
published letter, a draft, and people where the system has some."""

import csv
import json
from collections.abc import Callable, Iterable, Mapping
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from PIL import Image

WORDS = "A morning that asks for nothing is a good morning."


def picture(colour: str = "teal") -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "PNG")
    return out.getvalue()


def table(*rows: Iterable[object]) -> str:
    """CSV of these rows; one that is a text has its cells between bars."""
    out = StringIO()
    csv.writer(out).writerows(row.split("|") if isinstance(row, str) else row for row in rows)
    return out.getvalue()


def zipped(path: Path, files: Mapping[str, str | bytes]) -> Path:
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


# --- Substack ---------------------------------------------------------------------------------

SUBSTACK_ROWS = [
    [
        "post_id",
        "post_date",
        "is_published",
        "email_sent_at",
        "type",
        "audience",
        "title",
        "subtitle",
        "podcast_url",
    ],
    [
        "101.slow-mornings",
        "2024-03-02T08:30:00.000Z",
        "true",
        "2024-03-02T08:31:00.000Z",
        "newsletter",
        "everyone",
        "Slow mornings",
        "On beginning &amp; not beginning",
        "",
    ],
    [
        "102.half-a-plan",
        "2024-04-02T08:30:00.000Z",
        "false",
        "",
        "newsletter",
        "everyone",
        "Half a plan",
        "",
        "",
    ],
    [
        "103.for-members",
        "2024-05-02T08:30:00.000Z",
        "true",
        "",
        "podcast",
        "only_paid",
        "For members",
        "",
        "https://api.example.org/sound.mp3",
    ],
    ["104.about", "2024-01-02T08:30:00.000Z", "true", "", "page", "everyone", "About", "", ""],
]
SUBSTACK_PEOPLE = table(
    ["email", "active_subscription", "expiry", "plan", "email_disabled", "created_at"],
    ["ada@example.org", "false", "", "", "false", "2023-01-02T10:00:00.000Z"],
    ["ben@example.org", "true", "", "monthly", "true", "2023-01-03T10:00:00.000Z"],
)


def substack(folder: Path) -> Path:
    return zipped(
        folder / "export.zip",
        {
            "posts.csv": table(*SUBSTACK_ROWS),
            "posts/101.slow-mornings.html": f"<p>{WORDS}</p><h2>Then tea</h2><p>Nothing else.</p>"
            '<div class="captioned-image-container"><figure><img src="https://cdn.example.org/'
            'tea.png" alt="A cup"></figure></div><div class="subscription-widget-wrap">'
            '<div class="subscription-widget">Subscribe</div></div>',
            "posts/101.opens.csv": table(["post_id", "email"], ["101", "ada@example.org"]),
            "posts/102.half-a-plan.html": "<p>One half of it.</p>",
            "posts/103.for-members.html": "<p>Only for some.</p>",
            "posts/104.about.html": "<p>About us.</p>",
            "email_list.letters.csv": SUBSTACK_PEOPLE,
        },
    )


# --- Ghost ------------------------------------------------------------------------------------


def lexical(*words: str) -> str:
    paragraphs = [
        {"type": "paragraph", "children": [{"type": "extended-text", "text": one, "format": 0}]}
        for one in words
    ]
    return json.dumps({"root": {"type": "root", "children": paragraphs}})


def mobiledoc(*words: str) -> str:
    sections: list[list[Any]] = [[1, "p", [[0, [], 0, one]]] for one in words]
    return json.dumps(
        {"version": "0.3.1", "atoms": [], "cards": [], "markups": [], "sections": sections}
    )


def ghost_post(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "id": f"64d5f00000000000000{number:05}",
        "uuid": f"0000-{number}",
        "title": f"Letter {number}",
        "slug": f"letter-{number}",
        "mobiledoc": None,
        "lexical": lexical(WORDS),
        "html": f"<p>{WORDS}</p><p>It was the morning of day {number}.</p>",
        "feature_image": None,
        "type": "post",
        "status": "published",
        "visibility": "public",
        "published_at": "2023-02-03T04:05:06.000Z",
        "custom_excerpt": None,
        "canonical_url": None,
        "locale": None,
        **fields,
    }


def ghost_json(posts: list[dict[str, Any]], **tables: Any) -> dict[str, Any]:
    data = {
        "posts": posts,
        "posts_meta": [],
        "tags": [],
        "posts_tags": [],
        "users": [{"id": "1", "name": "Ada Fern", "slug": "ada"}],
        "posts_authors": [
            {"id": str(n), "post_id": post["id"], "author_id": "1", "sort_order": 0}
            for n, post in enumerate(posts)
        ],
        **tables,
    }
    return {"db": [{"meta": {"exported_on": 1_700_000_000_000, "version": "5.80"}, "data": data}]}


def ghost(folder: Path) -> Path:
    cover = "__GHOST_URL__/content/images/2023/02/cover.png"
    posts = [
        ghost_post(
            1,
            title="The long way",
            slug="the-long-way",
            html=f'<p>{WORDS}</p><p><a href="__GHOST_URL__/letter-2/">Before</a></p>'
            '<figure class="kg-card kg-image-card"><img src="__GHOST_URL__/content/images/2023/'
            '02/tea.png" alt="Tea" loading="lazy"><figcaption>At noon</figcaption></figure>',
            feature_image=cover,
            custom_excerpt="Why the long way is often shorter.",
        ),
        ghost_post(2, html=None, lexical=lexical("Written lately.", WORDS)),
        ghost_post(3, html=None, lexical=None, mobiledoc=mobiledoc("Written long ago.", WORDS)),
        ghost_post(4, status="draft", published_at=None),
        ghost_post(5, visibility="members"),
        ghost_post(6, status="scheduled", published_at="2099-01-01T00:00:00.000Z"),
        ghost_post(7, type="page", title="About", slug="about"),
    ]
    tables = {
        "tags": [
            {"id": "a", "name": "Rest", "slug": "rest", "visibility": "public"},
            {"id": "b", "name": "#import", "slug": "hash-import", "visibility": "internal"},
        ],
        "posts_tags": [
            {"id": "x", "post_id": posts[0]["id"], "tag_id": "a", "sort_order": 0},
            {"id": "y", "post_id": posts[0]["id"], "tag_id": "b", "sort_order": 1},
        ],
        "posts_meta": [{"post_id": posts[0]["id"], "feature_image_alt": "A path"}],
    }
    members = table(
        [
            "id",
            "email",
            "name",
            "note",
            "subscribed_to_emails",
            "complimentary_plan",
            "stripe_customer_id",
            "created_at",
            "deleted_at",
            "labels",
            "tiers",
        ],
        [
            "1",
            "ada@example.org",
            "Ada",
            "",
            "true",
            "false",
            "",
            "2023-01-01T00:00:00.000Z",
            "",
            "early",
            "",
        ],
        [
            "2",
            "ben@example.org",
            "",
            "",
            "false",
            "false",
            "",
            "2023-01-01T00:00:00.000Z",
            "",
            "",
            "",
        ],
    )
    return zipped(
        folder / "ghost.zip",
        {
            "letters.ghost.2024-01-01.json": json.dumps(ghost_json(posts, **tables)),
            "members.csv": members,
            "content/images/2023/02/tea.png": picture(),
            "content/images/2023/02/cover.png": picture("sienna"),
        },
    )


# --- WordPress --------------------------------------------------------------------------------

WXR_HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel>
<title>Quiet hours</title><link>https://quiet.example</link>
<wp:wxr_version>1.2</wp:wxr_version><wp:base_site_url>https://quiet.example</wp:base_site_url>
<wp:author><wp:author_id>1</wp:author_id><wp:author_login><![CDATA[ada]]></wp:author_login>
<wp:author_display_name><![CDATA[Ada Fern]]></wp:author_display_name></wp:author>
<wp:author><wp:author_id>2</wp:author_id><wp:author_login><![CDATA[ben]]></wp:author_login>
<wp:author_display_name><![CDATA[Ben Moss]]></wp:author_display_name></wp:author>
"""
WXR_END = "</channel></rss>\n"


def wxr_item(number: int, text: str, **fields: str) -> str:
    said = {
        "title": f"Entry {number}",
        "link": f"https://quiet.example/2021/05/entry-{number}/",
        "guid": f"https://quiet.example/?p={number}",
        "dc:creator": "ada",
        "content:encoded": text,
        "wp:post_id": str(number),
        "wp:post_date": "2021-05-06 10:00:00",
        "wp:post_date_gmt": "2021-05-06 08:00:00",
        "wp:post_name": f"entry-{number}",
        "wp:status": "publish",
        "wp:post_type": "post",
        **{name.replace("__", ":"): value for name, value in fields.items()},
    }
    more = said.pop("more", "")
    tags = "".join(f"<{name}><![CDATA[{value}]]></{name}>\n" for name, value in said.items())
    return f"<item>\n{tags}{more}</item>\n"


def wordpress_xml() -> str:
    uploads = "https://quiet.example/wp-content/uploads/2021/05"
    topics = (
        '<category domain="category" nicename="rest"><![CDATA[Rest]]></category>'
        '<category domain="post_tag" nicename="tea"><![CDATA[Tea &amp; bread]]></category>'
        '<category domain="category" nicename="uncategorized"><![CDATA[Other]]></category>'
        "<wp:postmeta><wp:meta_key><![CDATA[_thumbnail_id]]></wp:meta_key>"
        "<wp:meta_value><![CDATA[9]]></wp:meta_value></wp:postmeta>"
        "<wp:comment><wp:comment_id>1</wp:comment_id>"
        "<wp:comment_content><![CDATA[Lovely]]></wp:comment_content></wp:comment>"
    )
    blocks = (
        f"<!-- wp:paragraph --><p>{WORDS}</p><!-- /wp:paragraph -->"
        f'<!-- wp:image --><figure class="wp-block-image"><img src="{uploads}/tea.png" alt="Tea"/>'
        "<figcaption>At noon</figcaption></figure><!-- /wp:image -->"
    )
    older = (
        f"{WORDS}\nA second line.\n\nA second paragraph [sic].\n\n"
        f'[caption id="attachment_9" width="300"]<img src="{uploads}/tea.png" alt="Tea" /> '
        'At noon[/caption]\n\n[gallery ids="1,2"]'
    )
    return (
        WXR_HEAD
        + wxr_item(1, blocks, more=topics)
        + wxr_item(2, older, dc__creator="ben")
        + wxr_item(3, "<p>Not yet.</p>", wp__status="draft")
        + wxr_item(4, "<p>Behind a door.</p>", wp__post_password="please")
        + wxr_item(5, "<p>About us.</p>", wp__post_type="page")
        + wxr_item(6, "<p>Gone.</p>", wp__status="trash")
        + wxr_item(
            9,
            "",
            wp__post_type="attachment",
            wp__status="inherit",
            more=f"<wp:attachment_url>{uploads}/cover.png</wp:attachment_url><wp:postmeta>"
            "<wp:meta_key>_wp_attachment_image_alt</wp:meta_key>"
            "<wp:meta_value>A path</wp:meta_value></wp:postmeta>",
        )
        + WXR_END
    )


def wordpress(folder: Path) -> Path:
    return zipped(
        folder / "wordpress.zip",
        {
            "quiet.wordpress.2024-01-01.xml": wordpress_xml(),
            "wp-content/uploads/2021/05/tea.png": picture(),
            "wp-content/uploads/2021/05/cover.png": picture("sienna"),
        },
    )


# --- Mailchimp --------------------------------------------------------------------------------

_MAILCHIMP = ["Email Address", "First Name", "Last Name", "MEMBER_RATING", "OPTIN_TIME"]
_MAILCHIMP_END = ["LEID", "EUID", "NOTES", "TAGS"]


def mailchimp(folder: Path) -> Path:
    page = (
        "<html><head><title>Slow mornings</title></head><body><p>Dear *|FNAME|*,</p>"
        f"<p>{WORDS}</p><p>A second paragraph of it, so that it is a letter.</p>"
        '<p><a href="*|UNSUB|*">Unsubscribe</a></p></body></html>'
    )
    return zipped(
        folder / "mailchimp.zip",
        {
            "lists/subscribed_members_export_1a.csv": table(
                [*_MAILCHIMP, "CONFIRM_TIME", "LAST_CHANGED", *_MAILCHIMP_END],
                [
                    "ada@example.org",
                    "Ada",
                    "Fern",
                    "2",
                    "2020-01-01 10:00:00",
                    "2020-01-01 10:00:00",
                    "2020-01-01 10:00:00",
                    "1",
                    "e1",
                    "",
                    '"Early"',
                ],
            ),
            "lists/unsubscribed_members_export_1a.csv": table(
                [*_MAILCHIMP, "UNSUB_TIME", "UNSUB_REASON", *_MAILCHIMP_END],
                [
                    "ben@example.org",
                    "Ben",
                    "",
                    "2",
                    "2020-01-01 10:00:00",
                    "",
                    "",
                    "2",
                    "e2",
                    "",
                    "",
                ],
            ),
            "lists/cleaned_members_export_1a.csv": table(
                [*_MAILCHIMP, "CLEAN_TIME", "CLEAN_CAMPAIGN_TITLE", *_MAILCHIMP_END],
                [
                    "cleo@example.org",
                    "",
                    "",
                    "1",
                    "2020-01-01 10:00:00",
                    "2021-01-01 10:00:00",
                    "",
                    "3",
                    "e3",
                    "",
                    "",
                ],
            ),
            "lists/nonsubscribed_members_export_1a.csv": table(
                [*_MAILCHIMP, *_MAILCHIMP_END],
                ["dora@example.org", "", "", "1", "", "4", "e4", "", ""],
            ),
            "campaigns.csv": table(["Title", "Subject"], ["Slow mornings", "Slow mornings"]),
            "campaigns_content/123_slow-mornings.html": page,
            "campaigns_content/123_slow-mornings.txt": f"Slow mornings\n\n{WORDS}\n",
            "templates/plain.html": "<html><body>*|MC:SUBJECT|*</body></html>",
        },
    )


# --- Buttondown -------------------------------------------------------------------------------


def buttondown(folder: Path) -> Path:
    header = ["id", "secondary_id", "subject", "publish_date", "source", "slug"]
    return zipped(
        folder / "buttondown.zip",
        {
            "emails.csv": table(
                [*header, "status", "email_type"],
                [
                    "aaa-1",
                    "1",
                    "Plain and slow",
                    "2023-01-02 16:55:00+00:00",
                    "app",
                    "plain",
                    "sent",
                    "public",
                ],
                [
                    "aaa-2",
                    "2",
                    "Fancy and slow",
                    "2023-01-05 13:00:00+00:00",
                    "app",
                    "fancy",
                    "sent",
                    "premium",
                ],
                ["aaa-3", "3", "Not yet", "", "app", "not-yet", "draft", "public"],
            ),
            "emails/plain.md": f"## A heading\n\n{WORDS}\n\n- one\n- two\n",
            "emails/fancy.md": f"<!-- buttondown-editor-mode: fancy --><p>{WORDS}</p>",
            "emails/not-yet.md": "Still to be written, mostly.",
            "subscribers.csv": table(
                ["email", "notes", "metadata", "tags", "subscriber_type", "creation_date"],
                ["ada@example.org", "", "{}", "early", "regular", "2023-01-01 10:00:00+00:00"],
            ),
            "unsubscribers.csv": table(
                ["email", "notes", "metadata", "tags", "creation_date"],
                ["ben@example.org", "", "{}", "", "2023-01-01 10:00:00+00:00"],
            ),
        },
    )


# --- Lists only -------------------------------------------------------------------------------


def listmonk(folder: Path) -> Path:
    path = folder / "subscribers.csv"
    path.write_text(
        table(
            ["uuid", "email", "name", "attributes", "status", "created_at", "updated_at"],
            ["u1", "ada@example.org", "Ada", "{}", "enabled", "2023-01-01T10:00:00Z", ""],
            ["u2", "ben@example.org", "Ben", "{}", "blocklisted", "2023-01-01T10:00:00Z", ""],
        )
    )
    return path


def kit(folder: Path) -> Path:
    path = folder / "kit.csv"
    path.write_text(
        table(
            ["email", "first_name", "created_at", "state", "tags"],
            ["ada@example.org", "Ada", "2023-01-01T10:00:00Z", "active", ""],
            ["ben@example.org", "Ben", "2023-01-01T10:00:00Z", "cancelled", ""],
            ["cleo@example.org", "Cleo", "2023-01-01T10:00:00Z", "bounced", ""],
        )
    )
    return path


# --- beehiiv ----------------------------------------------------------------------------------


def beehiiv(folder: Path) -> Path:
    header = ["id", "web_title", "status", "audience", "content_tags", "url", "web_subtitle"]
    header += ["email_subject_line", "email_preview_text", "content_html", "thumbnail_url"]
    return zipped(
        folder / "beehiiv.zip",
        {
            "posts.csv": table(
                [*header, "created_at"],
                [
                    "post_1",
                    "Slow mornings",
                    "confirmed",
                    "free",
                    "Rest; Tea",
                    "https://slow.beehiiv.com/p/slow-mornings",
                    "Of beginning",
                    "",
                    "",
                    f"<div id='content-blocks'><p>{WORDS}</p></div>",
                    "uploads/asset/file/1/image.png",
                    "2023-01-18 21:25:27",
                ],
                [
                    "post_2",
                    "Half a plan",
                    "draft",
                    "premium",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "<p>One half of it.</p>",
                    "",
                    "2023-01-19 21:25:27",
                ],
            ),
            "subscribers.csv": table(
                [
                    "email",
                    "First Name",
                    "Last Name",
                    "status",
                    "tier",
                    "created_at",
                    "unsubscribed_at",
                ],
                ["ada@example.org", "Ada", "", "active", "free", "2023-03-24 10:23:10 UTC", ""],
                [
                    "ben@example.org",
                    "Ben",
                    "",
                    "inactive",
                    "free",
                    "2023-03-24 10:36:48 UTC",
                    "2023-04-24 10:36:48 UTC",
                ],
            ),
        },
    )


# --- Medium -----------------------------------------------------------------------------------


def medium_page(title: str, body: str, *, address: str = "", day: str = "") -> str:
    when = f'<time class="dt-published" datetime="{day}T08:00:00.000Z">{day}</time>' if day else ""
    link = f'<p><a href="{address}" class="p-canonical">Canonical link</a></p>' if address else ""
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title></head><body>'
        f'<article class="h-entry"><header><h1 class="p-name">{title}</h1></header>'
        '<section data-field="body" class="e-content"><section class="section section--body">'
        f'<div class="section-inner">{body}</div></section></section><footer><p>By '
        '<a href="https://medium.com/@ada" class="p-author h-card">Ada Fern</a> on '
        f"{when}</p>{link}<p>Exported from Medium on May 1, 2024.</p></footer></article></body>"
        "</html>"
    )


def _graf(words: str, kind: str = "p") -> str:
    tag = "h3" if kind == "h3 graf--title" else "p"
    return f'<{tag} class="graf graf--{kind}">{words}</{tag}>'


def medium(folder: Path) -> Path:
    return zipped(
        folder / "medium-export.zip",
        {
            "README.html": "<html><body>Your export</body></html>",
            "posts/2022-05-06_Slow-mornings-1a2b3c4d5e6f.html": medium_page(
                "Slow mornings",
                _graf("Slow mornings", "h3 graf--title") + _graf(WORDS) + _graf("And then tea."),
                address="https://medium.com/@ada/slow-mornings-1a2b3c4d5e6f",
                day="2022-05-06",
            ),
            "posts/draft_Half-a-plan-aabbccddeeff.html": medium_page(
                "Half a plan", _graf("One half of it.") + _graf("The other half.")
            ),
            "posts/2022-06-07_Lovely-words-112233445566.html": medium_page(
                "Lovely words",
                _graf("Lovely words"),
                address="https://medium.com/@ada/lovely-words-112233445566",
                day="2022-06-07",
            ),
        },
    )


# --- Markdown ---------------------------------------------------------------------------------

MARKDOWN_FILES: dict[str, str | bytes] = {
    "hugo/content/posts/slow/index.md": "---\ntitle: Slow mornings\ndate: 2022-05-06T08:00:00Z\n"
    f"tags: [Rest, Tea]\naliases: [/old/slow/]\nweight: 3\n---\n\n{WORDS}\n\n![Tea](tea.png)\n",
    "hugo/content/posts/slow/tea.png": picture(),
    "hugo/content/posts/_index.md": "---\ntitle: Posts\n---\n",
    "hugo/layouts/partial.md": "A template.",
    "jekyll/_posts/2021-03-04-half-a-plan.md": "---\nlayout: post\ntitle: Half a plan\n"
    f"categories: Notes\nauthor: Ada Fern\n---\n{WORDS}\n",
    "jekyll/_drafts/not-yet.md": "---\ntitle: Not yet\n---\nSoon.\n",
    "jekyll/about.md": "---\nlayout: page\ntitle: About\n---\nAbout us.\n",
    "eleventy/posts/tea.md": "---\ntitle: Tea\ndate: 2020-01-02\npermalink: /notes/tea/\n"
    f"eleventyNav: x\n---\n{WORDS}\n",
    "vault/A note.md": f"# A note\n\n{WORDS} [[Another note]] #thoughts\n",
    "vault/.obsidian/app.json": "{}",
    "README.md": "# How this folder works\n",
}


def markdown(folder: Path) -> Path:
    root = folder / "texts"
    for name, content in MARKDOWN_FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


EXPORTS: dict[str, Callable[[Path], Path]] = {
    "substack": substack,
    "ghost": ghost,
    "wordpress": wordpress,
    "mailchimp": mailchimp,
    "buttondown": buttondown,
    "listmonk": listmonk,
    "kit": kit,
    "beehiiv": beehiiv,
    "medium": medium,
    "markdown": markdown,
}
