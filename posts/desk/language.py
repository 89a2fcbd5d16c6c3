"""In which language the desk speaks to whom.

Before somebody signed in, that of her browser, else the site's (`posts.public.language`); after,
what her account says, else again her browser's (Wagtail sees to that). Mails to her are written
by a worker, which has no browser to ask: `of_account`.
"""

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.utils.translation import get_language
from wagtail.users.models import UserProfile

from posts.content.models import SiteSettings
from subscribers.languages import of_the_site

__all__ = ["begin_with", "of_account"]


def of_account(user: AbstractBaseUser) -> str:
    """What a mail to this account is written in; one of settings.LANGUAGES."""
    profile = UserProfile.objects.filter(user_id=user.pk).first()
    chosen = profile.preferred_language if profile else ""
    return chosen if chosen in dict(settings.LANGUAGES) else of_the_site()


def begin_with(owner: AbstractBaseUser) -> None:
    """Of a site that begins: its first owner's account and the site itself speak as her browser
    does, until she chooses otherwise."""
    language = get_language() or settings.LANGUAGE_CODE
    UserProfile.objects.update_or_create(
        user_id=owner.pk, defaults={"preferred_language": language}
    )
    site: SiteSettings = SiteSettings.load()
    if site.language != language:
        site.language = language
        site.save()
