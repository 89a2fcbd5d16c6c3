"""The worker: it claims batches, hands them over, and writes down what became of each.

`drain` opens the way out and sets `senders` to work on it. A sender takes a batch from the
`ledger`, whose `claim` writes who is attempted, gives the transport its `batch_feed`, and records
the answers that the `journal` noted. `announced` is what the ledger knows before and meanwhile,
and the `announcer` says how far ahead. `recovery` settles what a worker that died has left.
"""
