"""Where a fresh site begins: a page about the writer, as a draft that asks her what to say."""

import json

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from posts.content.models import HomePage, PlainPage
from posts.content.slugs import is_taken

SLUG = "about"


@transaction.atomic
def draft_about(*, home: HomePage) -> PlainPage | None:
    """Make the draft; None where a page or a post has its address already.

    A draft, since its sentences are questions: readers see it when she has answered them.
    """
    if is_taken(SLUG):
        return None
    page = PlainPage(title=_("About"), slug=SLUG, body=json.dumps(_questions()), live=False)
    home.add_child(instance=page)
    page.save_revision()
    return page


def give_way(slug: str) -> None:
    """Delete the draft where a page with its address comes from elsewhere, and nobody wrote in it.

    To be called in the transaction in which that page is made.
    """
    page = PlainPage.objects.filter(slug=SLUG, live=False, first_published_at=None).first()
    if slug != SLUG or page is None:
        return
    body = [block["value"] for block in page.get_latest_revision_as_object().body.raw_data]
    for language, _name in settings.LANGUAGES:
        with override(language):
            if body == [question["value"] for question in _questions()]:
                page.delete()
                return


def _questions() -> list[dict[str, object]]:
    texts = [
        _("Who are you, in a sentence or two? Readers like to know whose letters they get."),
        _("What do you write about, and for whom? Say it as you would to a friend."),
        _("How often do you write, and how long does reading take?"),
        _("How can one reach you, and may one expect an answer?"),
    ]
    return [{"type": "paragraph", "value": f"<p>{text}</p>"} for text in texts]
