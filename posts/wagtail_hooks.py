"""A table of contents for Wagtail: every hook of every room."""

from posts.desk import hooks  # noqa: F401 (importing registers them)
