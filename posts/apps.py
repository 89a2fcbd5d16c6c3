from django.apps import AppConfig


class PostsConfig(AppConfig):
    name = "posts"

    def ready(self) -> None:
        """Everything that is called without an import is tied here: signals, then what
        `subscribers` asks of whoever knows more than it does."""
        from posts.content import here
        from posts.content import receivers as content
        from posts.content.site_settings import SiteSettings
        from posts.delivery.events import privacy
        from posts.delivery.mailings import receivers as mailings
        from posts.delivery.mailings import segments
        from posts.delivery.webhooks import events
        from posts.desk import forgetting
        from posts.desk.staff import arriving
        from posts.moving_in import forgetting as moving_in
        from posts.public.pagecache import receivers as pagecache
        from posts.sharing import receivers as sharing
        from posts.templatetags import inline_scripts
        from subscribers import languages

        for room in (content, here, sharing, mailings, pagecache, arriving):
            room.connect()
        privacy.register_with_subscribers()
        segments.register_with_subscribers()
        forgetting.register_with_subscribers()
        moving_in.register_with_subscribers()
        events.register_with_others()
        inline_scripts.mark_choosers()
        languages.register_site(lambda: str(SiteSettings.load().language))
