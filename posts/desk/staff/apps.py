"""allauth's second factors want the tables of its accounts beside them. They stay empty."""

from allauth.account.apps import AccountConfig


class AccountTables(AccountConfig):
    def ready(self) -> None:
        """Its own asks for a middleware, which serves addresses that are not here."""
