"""The site as granian serves it, which notes each time a post is rendered in the file RENDERS."""

import os
from typing import Any

from config.rsgi import application  # noqa: F401 - granian finds it here
from posts.content.models import PostPage

_get_context = PostPage.get_context


def _noted(self: PostPage, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
    with open(os.environ["RENDERS"], "a") as file:
        file.write(f"{self.slug}\n")
    return _get_context(self, request, *args, **kwargs)


PostPage.get_context = _noted  # type: ignore[method-assign]
