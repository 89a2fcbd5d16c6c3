"""The form behind the editor of a post."""

from typing import Any

from wagtail.admin.forms import WagtailAdminPageForm

from subscribers.models import Newsletter


class PostForm(WagtailAdminPageForm):
    """A new post starts in the first newsletter: most writers have one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "newsletter" in self.fields and self.instance.newsletter_id is None:
            self.initial["newsletter"] = Newsletter.objects.values_list("pk", flat=True).first()
