"""What one can do to the site and its pages."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from wagtail.models import Locale, Page, Site

from posts.content.models import HomePage
from subscribers.models import Newsletter


@dataclass(frozen=True)
class Foundation:
    """What every site has."""

    home: HomePage
    newsletter: Newsletter


@transaction.atomic
def ensure_site() -> Foundation:
    """Make what is missing of root, home, site and one newsletter. Repeating it is harmless."""
    address = urlsplit(settings.SITE_URL)
    home = HomePage.objects.first() or _make_home()
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={
            "hostname": address.hostname,
            "port": address.port or (443 if address.scheme == "https" else 80),
            "root_page": home,
        },
    )
    newsletter = Newsletter.objects.first() or Newsletter.objects.create(
        name="Letters",
        slug="letters",
        from_name="Letters",
        from_email=f"letters@{address.hostname}",
    )
    return Foundation(home=home, newsletter=newsletter)


def _make_home() -> HomePage:
    Locale.objects.get_or_create(language_code=settings.LANGUAGE_CODE)
    root = Page.objects.filter(depth=1).first() or Page.add_root(
        instance=Page(title="Root", slug="root")
    )
    # Wagtail's first migration leaves a welcome page, which stands where ours goes.
    for welcome in root.get_children().filter(slug="home").exact_type(Page):
        welcome.delete()
    root.refresh_from_db()
    home: HomePage = root.add_child(instance=HomePage(title="Home", slug="home"))
    return home
