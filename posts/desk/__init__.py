"""The editor's screens: what she writes, whom it goes to, how far it is, and what went wrong.

A screen is an address in `urls`, a function in `views`, who may open it (`permissions`), and a
template that stands in Wagtail's frame (`frame`). Beside them:

    actions, bulk            what the desk does itself; all else is done by the rooms it shows
    queries, search          what it reads; `search` finds people among a million
    texts, report_texts,     what it says of a mailing, of its report, and to “Did they get it?”
    did_they_get_it, offers  and what can be done now, each with what will and won't happen
    charts, growth, travel   figures as positions and sentences
    forms, people_forms      what can be typed
    hooks, menu, viewsets    what is registered with Wagtail, and the post’s own editor
    letter                   how a letter is written there: `letter.js` of the static files, beside
                             `keep.js`, which loses nothing of it, and `paste.js`

Start at `urls`. Desk and `public` don't import each other; `management` alone may import from here.
"""
