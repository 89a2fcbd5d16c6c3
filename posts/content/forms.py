"""The form behind the editor of a post."""

import re
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.forms.pages import CopyForm

from posts.content.slugs import free_slug, is_reserved, is_taken
from posts.content.words import first_words, shortened
from subscribers.models import Newsletter
from subscribers.one_line import one_line


class PlainCopyForm(CopyForm):
    """A copy is a page of its own beside the first: no alias, which would follow it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("alias", None)


class PostForm(WagtailAdminPageForm):
    """A new post starts in the first newsletter: most writers have one.

    A draft needs no title, or nothing of a letter would be kept that was begun with its text. Its
    first words stand for it; to publish it wants one of its own.
    """

    _LONGEST_STAND_IN = 60  # characters

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
        if "newsletter" in self.fields and self.instance.newsletter_id is None:
            self.initial["newsletter"] = Newsletter.objects.values_list("pk", flat=True).first()

    def defer_required_fields(self) -> None:
        super().defer_required_fields()
        if "title" in self.fields:
            self.fields["title"].required = False
            self.deferred_required_fields.append("title")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if self.is_deferred_validation and cleaned.get("title") == "":
            body = cleaned.get("body")
            text = first_words(body.get_prep_value()) if body else ""
            cleaned["title"] = shortened(text, self._LONGEST_STAND_IN) or _("Untitled")
        if cleaned.get("title") and cleaned.get("slug") == "":
            # The browser makes it of the title, a moment after that was typed.
            cleaned["slug"] = self.instance.slug or free_slug(cleaned["title"])
        return cleaned

    def clean_title(self) -> str:
        return one_line(self.cleaned_data["title"])

    def clean_subtitle(self) -> str:
        return one_line(self.cleaned_data["subtitle"])

    def clean_slug(self) -> str:
        """Give the slug a number where the editor made it of a title that another post has too.

        A second "Spring" is nobody's mistake, and an error would stop autosave and preview. What
        the writer typed herself is left alone: there the error says what would do.
        """
        slug: str = self.cleaned_data["slug"]
        if not slug:
            return slug
        made_of_title = slug == slugify(self.data.get("title", ""), allow_unicode=True)
        if not made_of_title or self.instance.first_published_at:
            return slug
        own: str = self.instance.slug
        if slug == own or not (is_reserved(slug) or is_taken(slug)):
            return slug
        # The form in the browser does not know of the number that an autosave gave.
        numbered = re.fullmatch(re.escape(slug) + r"-\d+", own)
        return own if numbered else free_slug(slug)
