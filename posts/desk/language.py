"""In which language the desk speaks to whom.

Before somebody signed in, that of her browser, else the site's (`posts.public.language`); after,
what her account says, else again her browser's (Wagtail sees to that; on the screens of the second
step, which stand outside of it, `speaking_to`). Mails to her are written by a worker, which has no
browser to ask: `of_account`.
"""

from contextlib import AbstractContextManager

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.utils.translation import get_language, override
from wagtail.users.models import UserProfile

from posts.content.models import SiteSettings
from subscribers.languages import of_the_site

__all__ = ["begin_with", "of_account", "speaking_to"]


def of_account(user: AbstractBaseUser) -> str:
    """What a mail to this account is written in; one of settings.LANGUAGES."""
    return _chosen(user) or of_the_site()


def speaking_to(user: AbstractBaseUser) -> AbstractContextManager[None]:
    """As her account says; else what is active stays."""
    return override(_chosen(user) or get_language())


def _chosen(user: AbstractBaseUser) -> str:
    """Empty where she chose none."""
    profile = UserProfile.objects.filter(user_id=user.pk).first()
    chosen = str(profile.preferred_language) if profile else ""
    return chosen if chosen in dict(settings.LANGUAGES) else ""


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
