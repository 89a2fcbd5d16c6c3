"""Importing: a file of plain text, Markdown or HTML becomes the body of a post.

A reader for each form makes pieces (`plain`, `markdown`, `html`), rules put pieces together that
belong together (`rules`, `plain_rules`, `ending`), and what comes out is made of blocks. Nothing
of a text is ever dropped: what nobody recognises becomes a paragraph.

`line_checks` are the judgements about one line, `ending` knows how letters end, `pieces` says what
block each piece becomes. Start at `posts`, whose `read_post` does it all. Others import from this
page only.
"""

from posts.content.importing.files import ImportRefused
from posts.content.importing.posts import ImportedPost, read_post
from posts.content.importing.summary import summary

__all__ = ["ImportRefused", "ImportedPost", "read_post", "summary"]
