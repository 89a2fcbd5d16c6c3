"""Whoever adds a sentence to the desk marks it: a machine reads the source and says which not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.translations import in_source
from tests.translations.extracting import APPS, is_of_the_desk

# Every room of both apps, so that a new one is read too. Commands and calls of other programs speak
# English; of templates those are read that no reader sees, since hers are looked at on the page
# (`test_unmarked`).
_ELSEWHERE = ("posts/api/", "posts/templates/api/")
SOURCE = [
    (place, path)
    for app in APPS
    for path in in_source.files(settings.BASE_DIR / app, "")
    if not (place := path.relative_to(settings.BASE_DIR).as_posix()).startswith(_ELSEWHERE)
    and "/migrations/" not in place
    and "/management/" not in place
]
# What no screen of the desk shows. The options of `import_subscribers` and what it asks with them;
# what is answered to a provider that calls; words that are looked for in foreign lists, texts and
# mails; what is exported for programs.
STILL_ENGLISH = (
    *(f"subscribers/lists/{name}.py" for name in ("options", "questions")),
    "posts/delivery/events/webhook.py",
    *(f"subscribers/lists/{name}.py" for name in ("columns", "normalising", "vocabulary")),
    *(f"posts/content/importing/{name}.py" for name in ("about", "spaces", "signature")),
    *("posts/delivery/events/human_words.py", "posts/delivery/transports/bounce_words.py"),
    *("posts/content/importing/front_matter.py", "subscribers/lists/seen.py"),
    # Faults of ours, told by their name to whoever repairs them.
    *("posts/delivery/states.py", "posts/delivery/letters/"),
    *(
        "posts/delivery/gauges.py",
        "posts/delivery/dns_doctor.py",
        "posts/delivery/reporting/sql.py",
    ),
    # What is answered before Django is asked; what a monitor reads; styles and headers.
    *("posts/public/server/", "posts/public/metrics.py", "posts/public/policy.py"),
    *("posts/templatetags/theme.py", "posts/templatetags/previews.py"),
    # Texts of letters, in the letters' languages; marks and signs of foreign texts and addresses.
    *("posts/content/starters/", "subscribers/limits/suspicions.py", "subscribers/limits/typos.py"),
    *("posts/sharing/cards/text.py", "subscribers/addresses.py", "subscribers/pasting.py"),
    # What only commands ask, and how commands are spelled; SQL.
    *("subscribers/run_here.py", "subscribers/fastsql.py", "subscribers/lookups.py"),
    *("subscribers/integrity.py", "subscribers/mailer.py", "subscribers/objections.py"),
)
# Names under which things are kept or sent, which nobody reads.
NAMES = {
    *("Passalong", "Letters", "From", "To", "Date", "Subject", "Location", "Lax", "Pasted"),
    *("started now", "retry failed", "resend doubts", "leave doubts", "own mails", "after a rest"),
    *("sign in", "password reset", "one-time link", "desk remembers devices", "sending settings"),
    *("tag made", "tag renamed", "tag deleted"),
    *("segment changed", "segment made", "segment deleted"),
    *("program token", "not public"),
    *("first steps", "home page", "Enclosure", "Found", "second step", "desk: somebody arrives"),
    *("Desk editors", "Desk authors", "Desk helpers", "Editors", "Moderators"),
    *("Linux", "Windows", "Mac", "Mac OS", "Android", "Chrome", "Firefox", "Safari", "Edge", "Edg"),
    *("Opera", "Samsung Internet", "Vivaldi"),
    # Raised where the code is wrong, or answered to an address that no page links.
    *(
        "Mailbox",
        "Smtp",
        "Abilities",
        "Column",
        "Redis",
        "Markdown",
        "Mac Roman",
        "Brevo",
        "Resend",
    ),
    *("Mailgun", "Postmark", "Amazon SES", "Windows-1252 (Western European)", "the clock"),
    *("came back", "own mails", "after a rest", "mail server", "reported by ", "hard bounce"),
    *("complained before", "unsubscribed before", "signs of life", "keep the subjects of mails"),
    *("secret key", "secret keys", "versions of workers", "clock of ", "doubts of "),
    *("manage.py mailing ", "The mailbox for bounces: %s"),
    *("Home", "Root", "Library", "Ghost", "Kit", "Medium", "Substack", "Buttondown", "Mailchimp"),
    *(
        "Excel",
        "Ogg",
        "Word",
        "Vary",
        "Origin",
        "Referer",
        "Range",
        "Cf",
        "moving in",
        "share link",
    ),
    *("zone of the site", "script nonce", "proof of work", "mailed token: ", "change address"),
    *("pages show ", "pages show pictures in more sizes", "pages show topics of posts"),
    *("pages show where pages stand", "make the share link of a post"),
    *(
        "warm the pictures of a page",
        "render an uploaded picture",
        "delete the file of an enclosure",
    ),
    *("remember the address of a post", "remember the new address of a post"),
    *("light dark", "not all", "(prefers-color-scheme: dark)", "no spaces", "noindex, nofollow"),
    *("asked lately", "no mail", "too many", "go on", "erase for good", "confirmation mail"),
    # Who did it, and where: kept as it is, and named for a person by `subscribers.timeline`.
    *("the reader", "the reader's mail program (one-click)"),
    *("mail kept coming back, reported by ", "objections kept beside the database"),
    # Answered to a mail program.
    *("You are unsubscribed.", "You are not on the list."),
    *("Contact: mailto:", "application/atom+xml; charset=utf-8"),
    *("public, max-age=", "public, max-age=3600"),
    # What only commands ask.
    *(
        " Say --newsletter with one of: ",
        "There are several newsletters.",
        "There is no newsletter ",
    ),
    *("There is no newsletter yet. `", "` makes the first one."),
    # How what is kept begins, by which it is found again.
    *("Readers reported this mailing as spam", "Set aside unread: ", "Not understood: "),
    *("A consent event is evidence; write a new one.", "No post was ever public at this address."),
    *("No post has such a number.", "A text was expected."),
    *("longer than any browser writes it", "not what a browser writes"),
}
FOR_PROGRAMS = {
    *("No file has this name.", "Only renditions are public.", "This file is not on the disk."),
    *("No post is public at this address.", "This share link opens nothing now."),
    *("The files of this post are behind its share link.", "This page encloses no such file."),
    *("No share link has this code.", " is not a colour like #1F5F5B"),
    "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox allow-same-origin",
    *("Error", "Code", "Message", "Status", "Type", "Text", "Html", "Template", "Permanent"),
    *("Blocked", "in this call", "checked already", "field limit", "Cc", "Co", "Cn"),
    *("closed by the quotation mark of another cell", "Resend webhook with a wrong signature"),
    *("the address to confirm at is not Amazon's: ", ": not each reader has links of her own."),
    "A provider fills letters in itself; it cannot take bare bytes.",
    *("a reply about an envelope that was not said", "Precedence"),
    *("The letter has no place for each reader's own link to unsubscribe.",),
    *("The letter's HTML has no place for each reader's link to unsubscribe.",),
    *("%(expression)s USING OPERATOR(", "pace of "),
    *('audio/ogg; codecs="opus"', 'audio/ogg; codecs="vorbis"'),
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data: ",
    # Help texts of models that have no form.
    *("As typed.", "Normalised.", "Ids; none: she wants the link to her own page."),
}


def _said_in(path: Path) -> Iterator[str]:
    """But for patterns and sheets of styles, which have signs that no sentence has."""
    return (
        one for one in in_source.in_python(path.read_text()) if "=>" not in one and "{0," not in one
    )


def test_every_sentence_of_the_desks_code_is_marked() -> None:
    """If this fails: give the string to gettext, or say in NAMES that nobody reads it."""
    found = {
        place: said
        for place, path in SOURCE
        if path.suffix == ".py" and not place.startswith(STILL_ENGLISH)
        and (said := {*_said_in(path)} - NAMES - FOR_PROGRAMS)
    }  # fmt: skip
    assert found == {}


def test_so_is_every_word_in_its_templates() -> None:
    found = {
        place: said
        for place, path in SOURCE
        if is_of_the_desk(place)
        and path.suffix in (".html", ".txt")
        and (said := in_source.in_template(path.read_text()))
    }
    assert found == {}


@pytest.mark.parametrize("room", ["desk", "moving_in", "delivery", "content", "sharing", "public"])
def test_no_room_is_passed_over(room: str) -> None:
    read = [place for place, _path in SOURCE if not place.startswith(STILL_ENGLISH)]
    assert [place for place in read if place.startswith(f"posts/{room}/")] != []


def test_its_scripts_hold_no_sentence() -> None:
    """They get theirs from the page: `posts.desk.letter.WORDS`, or an attribute."""
    scripts = in_source.files(settings.BASE_DIR / "posts" / "static" / "desk", ".js")
    assert len(scripts) > 5
    found = {path.name: said for path in scripts if (said := in_source.in_script(path.read_text()))}
    assert found == {}


@pytest.mark.parametrize(
    "code",
    [
        'messages.success(request, "Nothing was saved.")',
        'forms.CharField(label="Subject")',
        'raise ValidationError(f"{name} is too long.")',
        'TITLES = {"names": "Names of things"}',
    ],
)
def test_what_is_not_marked_in_code_is_found(code: str) -> None:
    assert in_source.in_python(code)


@pytest.mark.parametrize(
    "code",
    [
        'messages.success(request, _("Nothing was saved."))',
        '"""What this does."""',
        'ngettext("%(n)d letter came", "%(n)d letters came", n)',
        'row["some key of mine"]',
    ],
)
def test_what_is_marked_or_for_nobody_is_not(code: str) -> None:
    assert in_source.in_python(code) == []


@pytest.mark.parametrize(
    "page",
    [
        "<p>Nothing was saved.</p>",
        "<button>Save</button>",
        '<input placeholder="Your name">',
        '{% panel id="x" heading="First steps" %}',
        '{{ value|default:"No subject" }}',
        "{% if late %}It is late{% endif %}",
    ],
)
def test_what_is_not_marked_in_a_template_is_found(page: str) -> None:
    assert in_source.in_template(page)


@pytest.mark.parametrize(
    "page",
    [
        '<p>{% translate "Nothing was saved." %}</p>',
        "{% blocktranslate with x=y %}It is {{ x }}.{% endblocktranslate %}",
        '{% panel id="x" heading=_("First steps") classname="w-panel" %}',
        "{# A remark. #}<code>manage.py up</code>",
        '{{ at|date:"DATE_FORMAT" }}',
    ],
)
def test_what_is_marked_in_a_template_is_not(page: str) -> None:
    assert in_source.in_template(page) == []


def test_a_sentence_in_a_script_is_found_and_names_are_not() -> None:
    assert in_source.in_script("say('All right, then');\ntell('kept', `Not saved: ${why}`);")
    assert in_source.in_script("// A remark.\nform.addEventListener('input', look);") == []
