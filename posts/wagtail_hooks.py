"""A table of contents for Wagtail: every hook of every room."""

from posts.desk import hooks, letter  # noqa: F401 (importing registers them)
