"""Letters: the email of a post, frozen once, and what differs in it from reader to reader.

`compose` renders a post into the variants that an audience needs, `compile` turns a variant into
bytes with slots between them, which are filled for each reader: a `message`.

Imported by `mailings`, `transports` and `worker`; imports the models, and of other rooms what a
post looks like. Start with `message`, then `compose`.
"""
