from django.apps import AppConfig


class SubscribersConfig(AppConfig):
    name = "subscribers"

    def ready(self) -> None:
        """What a query may say of a field, before anybody makes one; and what lists hold of a
        person, which is erased with her."""
        from subscribers import knowledge, lookups
        from subscribers.lists import forgetting

        lookups.register()
        knowledge.register("lists", None, forget=forgetting.forget_of)
