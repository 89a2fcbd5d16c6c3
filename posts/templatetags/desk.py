"""What the desk's templates say of texts that were written for whoever repairs something."""

from django import template

from posts.desk.plain import Told, told

register = template.Library()


@register.filter
def plain_words(text: str) -> Told:
    """The text for everybody, and apart from it what is for an administrator."""
    return told(text)
