"""A table of contents for Wagtail: every hook of every room."""
