"""Marks what is in another language than its surroundings, and keeps directions apart."""

import unicodedata

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from subscribers import languages

register = template.Library()

register.filter("direction", languages.direction)
register.filter("spoken", languages.spoken)
register.filter("stay", languages.stay)


@register.filter
def set_off(language: str, around: str) -> SafeString | str:
    """` lang="ar" dir="rtl"` for an element in another language than what it stands in."""
    if language == around:
        return ""
    if (direction := languages.direction(language)) == languages.direction(around):
        return format_html(' lang="{}"', language)
    return format_html(' lang="{}" dir="{}"', language, direction)


@register.filter
def isolated(name: str) -> SafeString:
    """A name in a sentence of ours: its right-to-left letters must not pull the words around it."""
    if any(unicodedata.bidirectional(char) in ("R", "AL") for char in str(name)):
        return format_html("<bdi>{}</bdi>", name)
    return conditional_escape(name)
