"""Which task waits in which queue of the broker.

A worker without options takes from all of them in turn: a reader who wants her link waits behind
one ring of each other kind, not behind a mailing. `-Q own` takes from that one alone.
"""

QUEUES: dict[str, tuple[str, ...]] = {
    # What somebody sits and waits for: confirmations, welcomes, links into the desk.
    "own": (
        "subscribers.tasks.mail_subscriber",
        "subscribers.tasks.mail_what_is_due",
        "subscribers.tasks.take_up_sign_up",
        "posts.desk.tasks.mail_password_reset",
        "posts.desk.tasks.mail_password_resets",
    ),
    # The clock: what is due, published, started, finished, settled.
    "planning": (
        "posts.content.tasks.publish_what_is_due",
        "posts.delivery.tasks.make_digests",
        "posts.delivery.tasks.sweep",
    ),
    "letters": ("posts.delivery.tasks.drain",),
    # What providers and returned mails tell.
    "events": (
        "posts.delivery.events.tasks.apply_events",
        "posts.delivery.events.tasks.fetch_bounces",
    ),
    # Housekeeping, imports, pictures: whatever no other queue names, and what a version left that
    # rang here for everything.
    "celery": (),
}
