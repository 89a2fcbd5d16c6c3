"""A table of contents for Celery: every task of every room."""

from posts.content.tasks import *  # noqa: F403
from posts.delivery.events.tasks import *  # noqa: F403
from posts.delivery.tasks import *  # noqa: F403
from posts.delivery.webhooks.tasks import *  # noqa: F403
from posts.desk.tasks import *  # noqa: F403
from posts.moving_in.tasks import *  # noqa: F403
from subscribers.lists.tasks import *  # noqa: F403
