"""Telling other programs what happened, as Standard Webhooks describes.

    events    of what one may be told, and which of our doings are which
    outbox    a row for each endpoint that wants it, in the transaction of the change
    signing   the secret, and the signature of a message
    sending   one attempt: to public addresses only, short, and following nobody elsewhere
    draining  what is due, attempt after attempt, until it arrived or nobody answers for days
    actions   endpoints: made, changed, tried, removed; a message once more
    models    an endpoint, and a message to it

The rows are the queue: a worker that dies in the middle leaves a message due again, under the same
id, by which the other side knows it. So each message arrives at least once.

Whoever does something calls `outbox.put` (or is heard by `events`, where it lies below) in its own
transaction; nothing here listens to signals. Imports `way_out`, which seals, and what lies below.
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""
