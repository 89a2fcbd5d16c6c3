"""A reader's own page: what she gets, how it looks, when she rests, and her data.

Only her mailbox leads here, by a link that is good for an hour (`links`). `actions` is what she
can change, `addresses` the change of her address, `queries` what is held about her. The rest of
`subscribers` imports what its mails need of it, the desk and the page that asks whether to leave
`actions.send_link_for`. Start with
`views`.
"""
