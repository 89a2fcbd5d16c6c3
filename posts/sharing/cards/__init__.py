"""The picture that other apps show beside a link: a post's title, drawn in whatever script it is.

`text` cleans and orders the words, `fonts` finds letters for them, `layout` breaks them into lines,
`drawing` paints, and `making` keeps what was painted; `previews` is what a page's head says of it.

Start at `making`. The rest of `sharing`, the tags of pages, and the doctor may import from here.
"""
