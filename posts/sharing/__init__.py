"""What a reader passes on: share links, the page on which she does it, and what came of it.

    models, actions, queries    a post's links: the usual one and the discreet one; changed, closed
    views, offers, invitations  the page at `/<slug>/share/`, its choices, and the message they
                                make, which pages and mails offer, too
    files                       what a letter encloses, for whoever may read it
    notes, qr                   the sentence that goes along, and the code for a screen beside her
    readers                     who reads, and who only fetches
    counting, travels, helping  reads in daily totals; nothing smaller than five is ever told
    guessing                    how many codes one may try out
    cards                       the picture that other apps show beside a link

Start at `models` and `views`. `delivery`, `public` and `desk` may import from here; this room
imports `content` and `subscribers`.
"""
