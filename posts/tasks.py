"""A table of contents for Celery: every task of every room."""

from posts.delivery.tasks import *  # noqa: F403
