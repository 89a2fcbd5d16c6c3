from django.apps import AppConfig


class SubscribersConfig(AppConfig):
    name = "subscribers"

    def ready(self) -> None:
        """What a query may say of a field, before anybody makes one."""
        from subscribers import lookups

        lookups.register()
