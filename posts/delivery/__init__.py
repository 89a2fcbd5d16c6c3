"""Delivery: from a writer's wish to bytes on the wire, and what became of each of them.

The database is the truth: who is to get what, and what is known of it, stands in the ledger
(`models`). The batches are the queue. The broker only rings; it may forget everything at any
moment, and the sweep, every 15 s, rings again for what is due. Read this page first, then the room
you came for, which says at its beginning what is in it.

What may become of a mailing (`states` says who may):

    scheduled  →  sending, cancelled            at its time, or when a person says so
    held       →  sending, cancelled            when the time to undo is over
    sending    →  paused, cancelled, finished   finished: nobody waits, is attempted or retried
    paused     →  sending, cancelled            whoever paused it, only a person lets it go on
    finished   →  sending                       somebody is to be tried again
    cancelled                                   whoever was not attempted is left out

And of a delivery, one recipient of a mailing. Until its batch is claimed it has no row, and is
called `waiting`:

    waiting    →  attempting, left_out
    attempting →  accepted, refused, retrying, in_doubt
    retrying   →  attempting, left_out, in_doubt     a new attempt, in a new batch
    in_doubt   →  accepted, refused, retrying        on evidence, or when a person says so
    refused    →  retrying                           when a person says so
    accepted   →  delivered, bounced, complained     a provider, or a mail that came back, says so
    delivered  →  bounced, complained
    bounced    →  complained
    complained
    left_out                                         unsubscribed since, suppressed, erased, …

Who took the mail knows better than we: what it says moves on also what is attempting, retrying, in
doubt or refused. Nothing goes back.

By which way mail leaves is one answer of `way_out`, read anew before each claim and once a second
beside a hand-over: when somebody changes it (`mailings.way_out`) what goes out pauses, and nobody
is mailed half one way and half another unseen.

The life of a batch:

    plan       mailings.start freezes letter and audience, and cuts the ids into batches
    ring       batches.ring wakes a worker; whichever comes first
    claim      worker.ledger gives it a lease, a new epoch and a journal; worker.claim writes
               `attempting` or `left_out` for each: one transaction
    hand over  worker.batch_feed gives the messages as fast as `rate` allows, and none before its
               reader is announced in the ledger (worker.announced); the transport notes each
               attempt in worker.journal before its body leaves, and each answer as it comes
    record     worker.ledger writes all answers, and whoever is to be tried again into new batches:
               one transaction. The batch never reopens
    finish     mailings.finish, when no batch is open and the rows add up

Every write of a worker carries the epoch of its claim: who lost a batch can change nothing of it.

The threads of a worker while it drains (`worker.drain`, `worker.senders`):

    Celery's       one task drains and is the first sender; the others stay free for the sweep
    sender         claims, hands over and records, batch after batch; as many as the transport wants
    keeper         every 10 s extends the leases, of 30 s, and records what is answered so far;
                   announces who is begun next, some ahead of the session
    rate           fetches the tokens that all processes share (`rate.pacer`)
    smtp           one event loop with all connections; to a provider each sender calls by itself

Where a kill can hit, and what is found then (`worker.recovery`):

    before the claim commits      the batch waits on; its journal is of no claim
    before an attempt is noted    nobody was attempted: retried at once
    while a body is on the wire   an attempt without an answer: in doubt, of one message a
                                  connection; or of one call, which is repeated while its key lives
    before the record commits     the journal has the answers
    after it                      the rows have them, and the journal goes
    with the host                 the lease runs out. Who was not announced in the ledger was not
                                  attempted; who was and has no answer there is in doubt, 200 of
                                  a worker at most; a journal that turns up later settles it
"""
