"""What becomes of a mail after the hand-over, as providers and the bounce mailbox report it.

First stored, then applied: `webhook` and `mailbox` put into the `inbox` what comes, as it comes
(`ProviderEvent`); `apply` has it read (`webhook_calls`; `bounce_mails` with `parsing`, `unusual`
and `bounce_class`) as `Event`s, has `match` find the delivery that each is about and `moves` take
its state forward, and sees to what follows: whom we may still write to, and whether the mailing
has to stop (`complaint_rate`). `sns` says yes to Amazon, `checks` are lines of `doctor`, and
`privacy` is what a reader may know and have forgotten.

Imported by `tasks`, `doctor`, urls and commands only; imports `mailings` and what lies below, but
nothing of `worker`. Start with `event`, then `apply`.
"""
