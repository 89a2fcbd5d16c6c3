"""Where a card is found. Its address names how it looks, so that it may be kept for ever."""

from django.conf import settings
from django.urls import reverse

from posts.content.models import PostPage, SiteSettings
from posts.sharing.cards import making
from posts.sharing.cards.drawing import CardText


def of_post(post: PostPage, site: SiteSettings) -> str:
    """Beside the post's public address. Never below its share link: of a post for subscribers
    that would give the link away to everybody."""
    if not post.slug:  # previewed before it was ever saved
        return of_site(site)
    path = reverse("post_card", args=[post.slug])
    return _absolute(path, making.text_of_post(post, site))


def of_code(code: str, post: PostPage, site: SiteSettings, *, discreet: bool) -> str:
    """Beside the share link, open or discreet, that shows the post."""
    card_text = making.text_of_stranger if discreet else making.text_of_post
    return _absolute(reverse("card", args=[code]), card_text(post, site))


def of_site(site: SiteSettings) -> str:
    """For the pages that are no posts."""
    return _absolute(reverse("site_card"), making.text_of_site(site))


def _absolute(path: str, card_text: CardText) -> str:
    return f"{settings.SITE_URL}{path}?v={making.key_of(card_text)[:12]}"
