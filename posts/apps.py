from django.apps import AppConfig


class PostsConfig(AppConfig):
    name = "posts"

    def ready(self) -> None:
        # Importing connects what listens to Wagtail's signals.
        from posts.content import routing, warming  # noqa: F401
        from posts.content.models import SiteSettings
        from posts.delivery.events import privacy
        from posts.delivery.mailings import segments  # noqa: F401 - a condition of segments
        from posts.public.pagecache.receivers import connect
        from posts.sharing import receivers  # noqa: F401
        from subscribers import languages

        connect()

        privacy.register_with_subscribers()
        languages.register_site(lambda: str(SiteSettings.load().language))
