"""What the test of killed webhook workers does in its site's own process.

`python -m tests.faults.telling to URL NUMBER`: so many things are to be told to URL; prints the
secret.
`python -m tests.faults.telling later`: what somebody began to tell, and did not end, is due: as if
the minutes were over that a worker has for it.
"""

import sys

import django


def main() -> None:
    django.setup()
    from django.db import transaction
    from django.utils import timezone

    from posts.delivery.webhooks import actions, outbox
    from posts.delivery.webhooks.events import EVENTS
    from posts.delivery.webhooks.models import WebhookMessage

    if sys.argv[1] == "to":
        _endpoint, secret = actions.add_endpoint(
            url=sys.argv[2], events=EVENTS, with_address=False, by="ada"
        )
        told = [{"subscriber": n, "newsletter": "letters"} for n in range(int(sys.argv[3]))]
        outbox.put("subscriber.confirmed", told)
        print(secret, flush=True)  # noqa: T201 - it is read by whoever started us
        return
    with transaction.atomic():
        WebhookMessage.objects.exclude(due_at=None).update(due_at=timezone.now())
        outbox.ring_for_messages()


if __name__ == "__main__":
    main()
