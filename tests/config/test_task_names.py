"""The names under which tasks are registered, which messages in a broker call them by.

A message may lie there over a restart, so a name must outlive the version that wrote it. Celery
makes it from the module: whoever moves a task to another writes `@shared_task(name=…)` with the
old name, and this list stays as it is. One that is dropped stays, doing nothing, for a release.
"""

import re
from pathlib import Path

from django.conf import settings

from config.celery import app

RUNG = re.compile(r'''\bring(?:_on_commit)?\(\s*"([\w.]+)"''')

NAMES = {
    "posts.content.tasks.publish_what_is_due",
    "posts.content.tasks.render_picture",
    "posts.content.tasks.warm_pictures",
    "posts.delivery.events.tasks.apply_events",
    "posts.delivery.events.tasks.fetch_bounces",
    "posts.delivery.tasks.drain",
    "posts.delivery.tasks.forget",
    "posts.delivery.tasks.make_digests",
    "posts.delivery.tasks.sweep",
    "posts.delivery.webhooks.tasks.forget_webhooks",
    "posts.delivery.webhooks.tasks.send_webhooks",
    "posts.desk.tasks.bulk_work",
    "posts.desk.tasks.check_links",
    "posts.desk.tasks.check_new_links",
    "posts.desk.tasks.forget_ways_in",
    "posts.desk.tasks.mail_new_device",
    "posts.desk.tasks.mail_password_reset",
    "posts.desk.tasks.mail_password_resets",
    "posts.management.moving.tasks.make_site_exports",
    "posts.moving_in.tasks.go_on_with_moves",
    "posts.moving_in.tasks.work_on_move",
    "subscribers.figures.tasks.count_figures",
    "subscribers.lists.tasks.go_on_with_imports",
    "subscribers.lists.tasks.work_on_import",
    "subscribers.tasks.keep_house",
    "subscribers.tasks.mail_subscriber",
    "subscribers.tasks.mail_what_is_due",
    "subscribers.tasks.note_objections",
    "subscribers.tasks.take_up_sign_up",
}


def registered() -> set[str]:
    """As a worker finds them when it starts."""
    app.loader.import_default_modules()
    return {name for name in app.tasks if name.startswith(("posts.", "subscribers."))}


def test_every_task_keeps_the_name_that_a_message_may_call_it_by() -> None:
    assert registered() == NAMES


def test_beat_calls_only_what_a_worker_knows() -> None:
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= NAMES


def test_whoever_rings_by_name_calls_only_what_a_worker_knows() -> None:
    """`ring` takes any text: a wrong one would be dropped by the worker, and nobody told."""
    called = {
        name
        for room in ("posts", "subscribers")
        for path in (Path(settings.BASE_DIR) / room).rglob("*.py")
        for name in RUNG.findall(path.read_text())
    }
    assert len(called) >= 5
    assert called <= NAMES
