"""What `manage.py up --demo` fills a site with. Text and people are invented."""

from typing import Any

SITE: dict[str, str] = {
    "name": "Slow Light",
    "tagline": "Letters for days when the body sets the pace",
    "author": "Marit Vale",
    "about_author": "I cooked for a school; now I write about pacing and rest.",
}

CARE_NOTE = (
    "These letters keep you company; they are no medical advice. If you are not safe right "
    "now, please call your local emergency number, or someone who can sit with you."
)

NEWSLETTER: dict[str, str] = {
    "name": "Slow Light",
    "description": "One letter every other week, about pacing, resting and being kind to oneself.",
    "rhythm": "fortnightly",
    "from_name": "Marit Vale",
    "from_email": "marit@slowlight.example",
    "reply_to": "hello@slowlight.example",
    "postal_address": "Slow Light, 12 Example Lane, 1000 Sampleton",
}

ABOUT: list[dict[str, Any]] = [
    {
        "type": "paragraph",
        "value": (
            "<p>I am Marit. I used to run a school kitchen; now I live with an illness that "
            "comes and goes, and I write about what it teaches me when I listen.</p>"
            "<p>Every other week I send one letter. It is never long, there is always a "
            "shorter version, and nothing in it has to be done today.</p>"
        ),
    },
    {
        "type": "callout",
        "value": {
            "title": "This is a sample",
            "text": (
                "<p>Slow Light does not exist. Marit, her letters and her readers were made up "
                "so that you can see what your own site could look like.</p>"
            ),
        },
    },
]

TOPICS: list[dict[str, str]] = [
    {"name": "Pacing", "slug": "pacing", "description": "Doing less, so that there is more left."},
    {"name": "Rest", "slug": "rest", "description": "Before it is needed, and without a reason."},
]

POST_TITLE = "Resting Before You Have To"
POST_SLUG = "resting-before-you-have-to"
POST_SUBTITLE = "What a kitchen timer taught me about pacing"
POST_EXCERPT = (
    "Rest works better as a habit than as a rescue. Why stopping early is so hard, and a way "
    "to begin that takes five minutes."
)
POST_SHORT_VERSION = (
    "<p>Most of us rest only when the body gives us no choice. By then rest is repair, and "
    "repair takes long. Stopping a little earlier, while things still go well, costs minutes "
    "and often saves days.</p>"
    "<p>It feels wrong at first: like giving up, like being watched, like wasting a good hour. "
    "Those feelings are old and they soften with practice. Begin with one pause of five "
    "minutes, in the middle of something easy.</p>"
)
POST_SMALL_STEP = (
    "Set a timer for twenty minutes. When it rings, sit down for five, whether you are tired "
    "or not."
)

POST_BODY: list[dict[str, Any]] = [
    {
        "type": "quote",
        "value": {
            "lines": [
                "“Just this one thing, then I’ll sit down.”",
                "“I feel fine, so why would I stop?”",
                "“I’ll rest when it’s all done.”",
            ],
            "attribution": "",
        },
    },
    {
        "type": "paragraph",
        "value": (
            "<p>For years those three sentences ran my days. I stopped when my legs did. Then I "
            "lay in a dark room for most of a week, counted everything that had not been done, "
            "and got up a little too soon to catch up with it.</p>"
        ),
    },
    {
        "type": "paragraph",
        "value": (
            "<p>A nurse gave it a name: <em>boom and bust</em>. On a good day we spend all we "
            "have, and something we have borrowed; on the days after we pay it back with "
            "interest. The way out, she said, is almost silly: <strong>rest before you need "
            "to.</strong></p>"
        ),
    },
    {
        "type": "heading",
        "value": {"text": "Why stopping early feels so wrong", "level": "2"},
    },
    {
        "type": "paragraph",
        "value": (
            "<p>If it were only a matter of knowing, none of us would still be doing it. Here is "
            "what gets in my way, and maybe in yours:</p>"
        ),
    },
    {
        "type": "reasons",
        "value": {
            "reasons": [
                {
                    "term": "Good hours are rare",
                    "explanation": (
                        "<p>When energy finally comes, sitting down looks like waste. We eat the "
                        "whole loaf because we do not know when there will be bread again.</p>"
                    ),
                },
                {
                    "term": "Somebody might see",
                    "explanation": (
                        "<p>Resting while we look well invites questions. It can seem easier to "
                        "go on than to explain.</p>"
                    ),
                },
                {
                    "term": "Rest was a reward",
                    "explanation": (
                        "<p>Many of us learned that one earns it. A pause in the middle feels "
                        "stolen.</p>"
                    ),
                },
                {
                    "term": "Stillness is loud",
                    "explanation": (
                        "<p>Worry and grief are patient. As soon as we sit, they pull up a "
                        "chair.</p>"
                    ),
                },
            ]
        },
    },
    {
        "type": "heading",
        "value": {"text": "What a kitchen timer can do", "level": "2"},
    },
    {
        "type": "paragraph",
        "value": (
            "<p>In the school kitchen nobody asked the bread whether it felt ready. The timer "
            "rang and we looked. So I put one in my apron pocket at home. It has no opinion "
            "about me, and I need not decide anything at a moment when deciding is hard. This is "
            "how I use it:</p>"
        ),
    },
    {
        "type": "list",
        "value": {
            "style": "numbered",
            "entries": [
                "<p>Choose something ordinary: dishes, email, a walk to the corner.</p>",
                "<p>Set the timer for <em>less</em> time than you think you can manage.</p>",
                "<p>When it rings, stop. In the middle of the plate, if need be.</p>",
                "<p>Sit or lie down for five minutes, without a screen.</p>",
                "<p>Then ask the body, not the list, what comes next.</p>",
            ],
        },
    },
    {
        "type": "callout",
        "value": {
            "title": "If today is already too much",
            "text": (
                "<p>Then you are not late. Nothing here has to be tried today. Put the letter "
                "away; it keeps.</p>"
            ),
        },
    },
    {
        "type": "heading",
        "value": {"text": "It will not always work", "level": "2"},
    },
    {
        "type": "paragraph",
        "value": (
            "<p>Some weeks there are children, shifts, forms with a date on them. Some bodies "
            "crash whatever we do. Pacing is not a test that the careful pass and the careless "
            "fail. I still miss the bell about one time in three, and then I begin again, with "
            "a shorter time and a softer voice.</p>"
        ),
    },
    {
        "type": "paragraph",
        "value": (
            "<p>What has changed is small and precious to me. The dark room comes less often. "
            "And now and then I sit down while the sun is still on the table, with nothing "
            "wrong at all, and simply stay there.</p>"
        ),
    },
    {
        "type": "invitation",
        "value": {
            "intro": "If you would like to go on from here:",
            "invites": [
                {
                    "kind": "reflect",
                    "text": "<p>Whose voice tells you that you have not earned a pause yet?</p>",
                },
                {
                    "kind": "try",
                    "text": "<p>Take one five-minute rest tomorrow, before you are tired.</p>",
                },
                {
                    "kind": "share",
                    "text": (
                        "<p>Pass this letter to somebody who is always the last to sit down.</p>"
                    ),
                },
            ],
        },
    },
    {
        "type": "sign_off",
        "value": {"text": "Go gently until next time.", "name": "Marit"},
    },
]

# Invented people at domains that are reserved for examples.
SUBSCRIBERS: list[tuple[str, str]] = [
    ("Amara Whitlock", "amara.whitlock@example.org"),
    ("Benedikt Rauch", "benedikt@example.net"),
    ("Chiara Lombardi-Reed", "chiara.lr@example.com"),
    ("Dawit Halden", "dawit.halden@example.org"),
    ("Eleni Marsh", "eleni@example.net"),
    ("Femke Adeyemi", "femke.adeyemi@example.com"),
    ("Goran Pell", "goran.pell@example.org"),
    ("Hana Lindqvist", "hana.lindqvist@example.net"),
    ("Imani Castellan", "imani@example.com"),
    ("Jonas Okonjo-Berg", "jonas.ob@example.org"),
    ("Keiko Varga", "keiko.varga@example.net"),
    ("Leïla Tanguy", "leila.tanguy@example.com"),
    ("Mattias Quill", "mattias.quill@example.org"),
    ("Nadia Ferreira-Holt", "nadia.fh@example.net"),
    ("Oisín Drummond", "oisin@example.com"),
    ("Priya Sandoval", "priya.sandoval@example.org"),
    ("Quentin Abara", "quentin.abara@example.net"),
    ("Rosa Winterbourne", "rosa@example.com"),
    ("Siobhán Kettle", "siobhan.kettle@example.org"),
    ("Tomasz Birch", "tomasz.birch@example.net"),
    ("Usha Merriweather", "usha.m@example.com"),
    ("Viggo Santangelo", "viggo@example.org"),
    ("Wilhelmina Cho", "wilhelmina.cho@example.net"),
    ("Ximena Hartley", "ximena.hartley@example.com"),
    ("Yusuf Lark", "yusuf.lark@example.org"),
]
PLAIN_TEXT_READERS = frozenset(
    {"dawit.halden@example.org", "keiko.varga@example.net", "rosa@example.com"}
)
