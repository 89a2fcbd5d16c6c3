"""Importing: a file of plain text, Markdown or HTML, or a Word document, becomes a post.

`files` tells what a file is and `decoding` in which encoding; `front_matter` takes off what stands
above a text, and `about` says what it means. A reader for each form makes pieces (`plain`,
`markdown`, `html`), rules put pieces together that belong together (`rules`, `plain_rules`,
`list_rules`, `invitation`, `signature`), and what comes out is made of blocks. Nothing of a text is
ever dropped: what nobody recognises becomes a paragraph, and what a program left in it is named.

`line_checks` are the judgements about one line, `pieces` says what block each piece becomes. Start
at `posts`, whose `read_post` does it all without a database; `keeping` makes the post and its
pictures, `report` tells what became of it. Others import from this page only.
"""

from posts.content.importing.fetching import fetch
from posts.content.importing.files import ENDINGS
from posts.content.importing.keeping import keep_body, keep_text, named_by_content
from posts.content.importing.language import forget as forget_language
from posts.content.importing.posts import LONGEST_TITLE, ImportedPost, PostPart, read_post
from posts.content.importing.refusal import ImportRefused
from posts.content.importing.report import called, guessed, recognised, summary

__all__ = [
    "ENDINGS",
    "LONGEST_TITLE",
    "ImportRefused",
    "ImportedPost",
    "PostPart",
    "called",
    "fetch",
    "forget_language",
    "guessed",
    "keep_body",
    "keep_text",
    "named_by_content",
    "read_post",
    "recognised",
    "summary",
]
