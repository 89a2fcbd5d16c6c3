"""No module takes a text apart without either being in the table of readers or saying why not.

Whoever writes a new reader is told here: add what it is given to `readers`, with its worst texts.
"""

import ast

from tests.growth.expressions import modules, parsed
from tests.growth.readers import READERS

# Who imports one of these takes texts apart.
PARSERS = frozenset(
    {
        *(
            "altcha",
            "anymail",
            "bs4",
            "chardet",
            "csv",
            "email",
            "email_validator",
            "flufl",
            "html",
            "idna",
        ),
        *(
            "ijson",
            "imaplib",
            "ipaddress",
            "json",
            "lingua",
            "lxml",
            "mammoth",
            "markdown_it",
            "nh3",
        ),
        *("plistlib", "re"),
        *("tarfile", "tinytag", "tomllib", "xml", "yaml", "zipfile", "zlib"),
    }
)
# What is not written by strangers, or not read.
NOT_OF_STRANGERS = {
    "the operator's settings": {
        *("config.environment", "posts.delivery.transports.esp.options", "posts.public.metrics"),
        *("posts.delivery.transports.smtp.transport", "posts.delivery.transports.written"),
        "posts.delivery.transports.records",
    },
    "the operator's own backup, line by line, and what lies beside it": {
        *("posts.management.backup.archive", "posts.management.backup.contents"),
        *("posts.management.backup.copying", "posts.management.backup.keeping"),
        *("posts.management.backup.restoring", "subscribers.objections"),
    },
    "the operator's own export, one line of JSON after the other": {
        *("posts.management.moving.folder", "posts.management.moving.rows"),
    },
    "what the writer says in a field of the desk, which is as long as the field": {
        *("posts.content.colour", "posts.content.forms", "posts.desk.people_forms"),
        *("posts.desk.address", "posts.desk.way_out", "subscribers.embedding"),
    },
    "what the browser of somebody who gave her password says of a passkey: 20,000 signs at most": {
        "posts.desk.staff.factors",
    },
    "posts as the writer made them, on their way into a letter, a feed or the database": {
        *("posts.content.actions", "posts.content.beginning", "posts.delivery.letters.compile"),
        *("posts.delivery.letters.compose", "posts.delivery.transports.esp.capabilities"),
        "posts.delivery.letters.headers",
        *("posts.delivery.transports.esp.merging", "posts.management.demo"),
        *("posts.public.feeds", "posts.templatetags.previews"),
        *("posts.desk.checklist.links", "posts.desk.checklist.writing"),
        "posts.moving_in.bringing",
        *("posts.content.reading", "posts.desk.views.writing"),
        *("posts.management.moving.markdown", "posts.management.moving.pages"),
        "posts.management.moving.static_site",
    },
    "mails of our own making": {
        *("posts.delivery.transports.backend", "posts.desk.outbox", "subscribers.composing"),
    },
    "calls of our own making; what providers answer is read by `errors`": {
        "posts.delivery.transports.esp.adapter",
    },
    "names of files that we gave": {
        *("posts.delivery.worker.journal", "posts.sharing.cards.fonts"),
        "posts.delivery.transports.outbox",
    },
    "what we kept, searched for an address that we know": {
        *("posts.delivery.events.privacy", "subscribers.lists.forgetting"),
    },
    "envelopes of mails that we address": {"posts.delivery.transports.smtp.dialogue"},
    "numbers that the resolver gave": {"posts.content.public_web"},
    "what we wrote ourselves, and sealed": {"posts.desk.typed_secrets"},
    "what we kept: the mark was taken out of everybody else's words": {"subscribers.saying"},
    "domains of at most thirty signs": {"subscribers.limits.typos"},
    "what this project says of itself": {"posts.management.commands.version"},
    "a token of a fixed length, in a header of 8 KB at most": {"posts.desk.programs.tokens"},
    "written, not read": {
        *("posts.api.docs", "posts.api.document", "posts.api.problems"),
        "posts.delivery.webhooks.sending",
        *("posts.desk.looked_at", "posts.desk.views.travel"),
        *("subscribers.fastsql", "subscribers.lists.exporter", "subscribers.lists.seen"),
        *("subscribers.lookups", "subscribers.management.base"),
        "posts.management.moving.tasks",
    },
}


def test_every_module_that_takes_texts_apart_is_tried_or_says_why_not() -> None:
    read = {name for reader in READERS.values() for name in reader.modules}
    excused = {name for names in NOT_OF_STRANGERS.values() for name in names}
    assert taking_apart() - read == excused


def test_the_table_names_modules_that_there_are() -> None:
    assert {name for reader in READERS.values() for name in reader.modules} <= set(modules())


def taking_apart() -> set[str]:
    return {name for name, file in modules().items() if PARSERS & _imports(parsed(file))}


def _imports(tree: ast.Module) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return {name.split(".")[0] for name in names}
