"""Importing: a file of plain text, Markdown or HTML, or a Word document, becomes a post.

`files` tells what a file is and `decoding` in which encoding; `lines` and `page_parts` undo what
paper, mails and other programs did to it; `front_matter` takes off what stands
above a text, and `about` says what it means. A reader for each form makes pieces (`plain`,
`markdown`, `html`), rules put pieces together that belong together (`rules`, `plain_rules`,
`list_rules`, `invitation`, `signature`), and what comes out is made of blocks. Nothing of a text is
ever dropped: what nobody recognises becomes a paragraph, and what a program left in it is named.

`line_checks` are the judgements about one line, `pieces` says what block each piece becomes. Start
at `posts`, whose `read_post` does it all without a database; `keeping` makes the post and its
pictures, `report` tells what became of it. Others import from this page only.
"""

from posts.content.importing.about import About, about
from posts.content.importing.archives import BROKEN_ZIP, texts_among
from posts.content.importing.decoding import AS_WESTERN, decoded
from posts.content.importing.fetching import fetch
from posts.content.importing.files import ENDINGS, Source
from posts.content.importing.front_matter import take_fields
from posts.content.importing.inline import web_address
from posts.content.importing.keeping import keep_body, keep_page, keep_text, named_by_content
from posts.content.importing.language import forget as forget_language
from posts.content.importing.page_parts import about_codes, without_shortcodes
from posts.content.importing.pictures import ENCLOSED as ENCLOSED_ENDINGS
from posts.content.importing.pictures import ENDINGS as PICTURE_ENDINGS
from posts.content.importing.pictures import MOST_BYTES as MOST_BYTES_OF_A_PICTURE
from posts.content.importing.pictures import MOST_BYTES_ENCLOSED as MOST_ENCLOSED
from posts.content.importing.pictures import Album, Shelf
from posts.content.importing.posts import (
    HELD,
    LONGEST_TITLE,
    ImportedPost,
    PostPart,
    about_missing,
    read_post,
    read_text,
)
from posts.content.importing.refusal import ImportRefused, NothingBelowTitle
from posts.content.importing.report import called, guessed, recognised, summary
from posts.content.importing.spaces import storable

__all__ = [
    "AS_WESTERN",
    "BROKEN_ZIP",
    "ENCLOSED_ENDINGS",
    "ENDINGS",
    "HELD",
    "LONGEST_TITLE",
    "MOST_BYTES_OF_A_PICTURE",
    "MOST_ENCLOSED",
    "PICTURE_ENDINGS",
    "About",
    "Album",
    "ImportRefused",
    "ImportedPost",
    "NothingBelowTitle",
    "PostPart",
    "Shelf",
    "Source",
    "about",
    "about_codes",
    "about_missing",
    "called",
    "decoded",
    "fetch",
    "forget_language",
    "guessed",
    "keep_body",
    "keep_page",
    "keep_text",
    "named_by_content",
    "read_post",
    "read_text",
    "recognised",
    "storable",
    "summary",
    "take_fields",
    "texts_among",
    "web_address",
    "without_shortcodes",
]
