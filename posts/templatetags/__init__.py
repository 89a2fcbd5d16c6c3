"""What templates ask of Python: `blocks` (the blocks of a body), `previews` (what machines are told
of a page), `desk` (what a writer is told in her words), `sharing` (a post's link), `theme` (every
public page). They read and format; nothing is decided here.

Start at `theme`. Templates load these; no module of ours imports them.
"""
