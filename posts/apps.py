from django.apps import AppConfig


class PostsConfig(AppConfig):
    name = "posts"

    def ready(self) -> None:
        # Importing connects what listens to Wagtail's signals.
        from posts.content import routing  # noqa: F401
        from posts.delivery import (
            knowledge,
            received,  # noqa: F401 - a kind of condition of segments
        )
        from posts.public.pagecache.receivers import connect
        from posts.sharing import receivers  # noqa: F401

        connect()

        knowledge.register_with_subscribers()
