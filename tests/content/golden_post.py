"""One post that holds every block, with the cases that tend to go wrong."""

import datetime as dt
from io import BytesIO
from typing import Any

from PIL import Image as Pillow

from posts.content.actions import create_post, ensure_site, publish_post
from posts.content.models import CareNote, PostPage, SiteSettings
from posts.content.rendering import MailLinks
from tests.enclosed import enclosure
from tests.factories import add_picture
from tests.sounds import mp3

LONG_WORD = "Kaffeetassenuntersetzersammlervereinsvorsitzendenwahlversammlungsprotokollführer"

LINKS = MailLinks(
    online="https://letters.example/a-slower-morning/",
    share="https://letters.example/a-slower-morning/share/",
    passed="https://letters.example/s/a2b3c4d5e6f7g8h9j2k3",
    write="mailto:?subject=A%20slower%20morning&body=https%3A//letters.example/s/a2b3c4d5e6f7g8h9j2k3",
    subscribe="https://letters.example/subscribe/?newsletter=letters",
    home="https://letters.example/",
    unsubscribe="slot0123456789abcdef.unsubscribe",
    manage="https://letters.example/preferences/",
)


def make_picture(title: str = "A kettle", size: tuple[int, int] = (1600, 900)) -> Any:
    """A real picture in the library; its file name is its title."""
    file = BytesIO()
    Pillow.new("RGB", size, "#7A9E9B").save(file, "JPEG")
    name = f"{title.lower().replace(' ', '-')}.jpg"
    return add_picture(title, file, name=name)


def golden_body(*, other_page: int, picture: int, file: int, sound: int) -> list[tuple[str, Any]]:
    """Every block at least once."""
    return [
        ("quote", {"lines": ["“I should be further by now.”", "“Further than what?”"]}),
        (
            "paragraph",
            '<p data-block-key="a1">Some mornings <b>begin <i>before</i></b> we do. A kettle, a '
            "window, a list that grew overnight &amp; says so. If a &lt;plan&gt; helps you, keep "
            "it; if it nags, fold it up and put it under the cup.</p>"
            f'<p data-block-key="a2">I wrote about this <a linktype="page" id="{other_page}">in '
            'an earlier letter</a>, and about <a href="https://example.org/tea?leaf=green&amp;'
            'minutes=3#pot">how long <b>tea</b> takes</a>. Write to <a href="mailto:ada@letters.'
            'example">me</a>, or see <a href="https://example.org/">https://example.org/</a>. '
            '<a linktype="page" id="999999">A page that is gone</a> leaves its words.</p>'
            "<ul><li>warm the pot<ul><li>and the cup</li></ul></li><li>wait</li></ul>",
        ),
        (
            "paragraph",
            "<h2>What a pot &lt;is&gt; for</h2><p>It holds 10<sup>3</sup> drops, and "
            "<s>two</s> one spoon.</p><blockquote>First the <i>leaf</i>,<br/>then the water."
            '</blockquote><blockquote>— <a href="https://example.org/tea?leaf=green&amp;minutes=3'
            '#pot">a label</a></blockquote><h3>And the lid</h3><p>It waits.</p><hr/><p>So do we.'
            "</p>",
        ),
        ("heading", {"text": "What hurry <costs> & what it buys", "level": "2"}),
        ("paragraph", f"<p>One long word: {LONG_WORD}. Then the sentence goes on as usual.</p>"),
        ("heading", {"text": "In the kitchen", "level": "3"}),
        (
            "list",
            {
                "style": "bulleted",
                "entries": [
                    "<p>one warm drink</p>",
                    'an <a href="https://example.org/tea?leaf=green&amp;minutes=3#pot">open</a> '
                    "window, even if it is cold and even if the street is already loud with vans",
                ],
            },
        ),
        ("list", {"style": "numbered", "entries": ["<p>sit</p>", "<p>breathe <b>out</b></p>"]}),
        (
            "reasons",
            {
                "reasons": [
                    {"term": "Habit", "explanation": "<p>We hurry because we always have.</p>"},
                    {
                        "term": "Fear of <missing> something & somebody",
                        "explanation": "<p>As if the day were a train, with one door, which closes "
                        "while we look for our <i>other</i> shoe.</p>",
                    },
                ]
            },
        ),
        (
            "image",
            {
                "image": {"image": picture, "alt_text": 'A kettle, "at rest"', "decorative": False},
                "caption": "Ten past six, and nobody calls.",
            },
        ),
        ("image", {"image": {"image": picture, "alt_text": "", "decorative": True}}),
        (
            "callout",
            {
                "title": "If today is a bad day",
                "text": "<p>Skip the rest. It will be here.</p><ol><li>Drink</li><li>Lie down</li>"
                "</ol>",
            },
        ),
        ("callout", {"text": "<p>A panel without a title.</p>"}),
        ("divider", None),
        ("button", {"label": "Read the guide", "url": "https://example.org/guide?a=1&b=2"}),
        (
            "embed",
            {
                "url": "https://www.example.org/talks/rest?t=30&v=1",
                "title": "A talk on resting <without> guilt",
                "description": "Eleven minutes, with captions.",
            },
        ),
        (
            "file",
            {
                "file": file,
                "title": "A worksheet for <slow> mornings & evenings",
                "description": "Two pages, to print or to fill in.",
            },
        ),
        (
            "sound",
            {
                "sound": sound,
                "title": "Seven slow breaths",
                "transcript": "<p>Sit down. <b>Breathe</b> in, and <i>out</i>.</p><ol><li>Once</li>"
                "<li>Once more</li></ol>",
            },
        ),
        ("quote", {"lines": ["Slow is a direction."], "attribution": "A neighbour, on the stairs"}),
        (
            "invitation",
            {
                "intro": "If you have a moment, you could:",
                "invites": [
                    {"kind": "reflect", "text": "<p>notice what <i>did</i> happen today</p>"},
                    {"kind": "try", "text": "leave one thing for tomorrow"},
                    {"kind": "share", "text": "<p>pass this on to a <b>tired</b> friend</p>"},
                    {
                        "kind": "share",
                        "text": '<p>or send them <a href="https://example.org/tea">the tea</a></p>',
                    },
                ],
            },
        ),
        ("sign_off", {"text": "Until the kettle whistles,", "name": "Ada"}),
    ]


def make_golden_post() -> PostPage:
    """The post, published, on a site with its settings made."""
    foundation = ensure_site()
    newsletter = foundation.newsletter
    newsletter.name, newsletter.from_name = "Slow mornings", "Ada Fern"
    newsletter.postal_address = "Fern House\n1 Quiet Lane\nGhent"
    newsletter.save()
    site = SiteSettings.load()
    site.name, site.author = "Letters from Fern House", "Ada Fern"
    site.care_notes = [
        CareNote(
            language="en",
            text="This is no substitute for care.\n\nIn a crisis: https://example.org/help",
        )
    ]
    site.save()
    earlier = create_post(title="An earlier letter", body=[], by="tests")
    post = create_post(
        title="A slower morning & other plans",
        slug="a-slower-morning",
        subtitle="On kettles, lists and being on time for nothing",
        body=golden_body(
            other_page=earlier.pk,
            picture=make_picture().pk,
            file=enclosure("pdf").pk,
            sound=enclosure("mp3", content=mp3(150)).pk,
        ),
        by="tests",
    )
    post.short_version = (
        f'<p>Boil water. Look out. <a linktype="page" id="{earlier.pk}">More of that</a>.</p>'
    )
    post.small_step = "Drink one cup of something warm.\n\nSit down for it."
    post.first_published_at = dt.datetime(2026, 3, 12, 6, 10, tzinfo=dt.UTC)
    post.save()
    post.save_revision()
    return publish_post(post=post, by="tests")
