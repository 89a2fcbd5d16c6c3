"""The Celery application: `celery -A config worker`."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from click import Option

from config.clock import Clock

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("passalong")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(Clock)
app.user_options["worker"].add(
    Option(["--clock"], is_flag=True, help="Ring for what is due, like --beat, without a process.")
)


@setup_logging.connect
def _leave_logs_as_they_are(**how: Any) -> None:
    """Celery sets up handlers of its own unless somebody listens; ours let no address through."""
