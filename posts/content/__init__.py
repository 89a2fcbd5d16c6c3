"""The post: what it is made of, and how it looks as a web page, as a mail and as plain text.

Start at `blocks`, what a body can hold, and `rendering`, which makes each medium of it (`mail_html`
and `mail_text` make the letter, `text` plain text, the templates the rest). `models` has the pages,
`actions` what is done to them, `digest` the letter of several posts, `importing` makes a body of a
file. `starters` and `letter_templates` are what an empty letter begins with, `reading` tells how a
text reads, and `previews` shows a post as each of its readers would get it.

Every room of `posts` may import from here. This one imports only `subscribers`, and Wagtail.
"""
