"""Scripts that stand in Wagtail's templates, by a name that nobody else on the page knows.

A few of its widgets begin with a script in the page, whose words change with the page. The policy
(see `public.policy`) lets none run but those with the answer's own nonce, which is put into the
templates as they are read from disk: so it stands at scripts that Wagtail wrote, never at one that
came with somebody's data.
"""

import secrets
from contextvars import ContextVar
from typing import Any

from django import template
from django.template.base import Origin
from django.template.loaders import app_directories
from django.utils.safestring import SafeString, mark_safe
from wagtail.admin.widgets.chooser import BaseChooser

register = template.Library()
_current: ContextVar[str] = ContextVar("script nonce")


def begin() -> str:
    """A nonce for the answer that is begun: 128 random bits."""
    nonce = secrets.token_urlsafe(16)
    _current.set(nonce)
    return nonce


@register.simple_tag
def script_nonce() -> str:
    """The nonce of this answer; nothing outside of one."""
    return _current.get("")


class Loader(app_directories.Loader):
    """The installed apps' templates, with the nonce at scripts that stand in them."""

    def get_contents(self, origin: Origin) -> str:
        return (
            super().get_contents(origin).replace("<script>", '<script nonce="{% script_nonce %}">')
        )


def mark_choosers() -> None:
    """The one script that Wagtail writes without a template: the last thing in a chooser."""
    render = BaseChooser.render

    def with_nonce(self: BaseChooser, *args: Any, **kwargs: Any) -> SafeString:
        head, _, script = render(self, *args, **kwargs).rpartition("<script>")
        return mark_safe(f'{head}<script nonce="{script_nonce()}">{script}')  # noqa: S308 it was

    BaseChooser.render = with_nonce
