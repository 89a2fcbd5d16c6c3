"""The editor's screens: what she writes, whom it goes to, how far it is, and what went wrong.

A screen is an address in `urls`, a function in `views`, who may open it (`permissions`), and a
template that stands in Wagtail's frame (`frame`). Beside them:

    actions, bulk            what the desk does itself; all else is done by the rooms it shows
    queries, search          what it reads; `search` finds people among a million
    texts, report_texts,     what it says of a mailing, of its report, and to “Did they get it?”
    did_they_get_it, offers  and what can be done now, each with what will and won't happen
    checklist/               what is looked at before a letter leaves
    plain                    what the machinery says, in a writer's words
    outcome, history         what became of a letter, what wants a person, and what was done
    writing_help, editor     what is said beside a letter while it is written, and where it stands
    taking_back, telling     what readers keep of a deleted post; what became of a test
    home, planned            the next letter, the last one, growth; and all that is planned
    charts, growth, travel   figures as positions and sentences
    forms, people_forms,     what can be typed or chosen
    segment_forms
    first_steps, settings    the first hour, and everything that can be set
    names, look, way_out     the forms behind them
    sample                   from the sample of `up --demo` to a site of one’s own
    language                 in which the desk speaks to whom
    exporting                everything of the site as one archive, asked for and fetched once
    staff/                   who works here, what each may, how she comes in; `again` asks once more
                             before what a stolen session must not do
    hooks, menu, viewsets    what is registered with Wagtail, and the post's own editor
    letter                   how a letter is written there: `letter.js` of the static files, beside
                             `keep.js`, which loses nothing of it, and `paste.js`

Start at `urls`. Desk and `public` don't import each other; `management` alone may import from here.
"""
