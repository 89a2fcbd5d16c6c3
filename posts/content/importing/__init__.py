"""Importing: a file of plain text, Markdown or HTML becomes the body of a post.

A reader for each form makes pieces (`plain`, `markdown`, `html`), rules put pieces together that
belong together (`rules`, `plain_rules`, `ending`), and what comes out is made of blocks. Nothing
of a text is ever dropped: what nobody recognises becomes a paragraph.
"""

from posts.content.importing.files import ImportRefused
from posts.content.importing.posts import ImportedPost, read_post
from posts.content.importing.summary import summary

__all__ = ["ImportRefused", "ImportedPost", "read_post", "summary"]
