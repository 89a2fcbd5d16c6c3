"""What every public page needs to know about its site."""

from django import template
from django.db.models import QuerySet
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from posts.content import colour, pictures, words
from posts.content.enclosures.within import encloses_sounds
from posts.content.models import PlainPage, PostPage, SiteSettings
from posts.content.rendering import render_web_body
from subscribers.models import Newsletter
from subscribers.wording import SIGN_UP, Wording

register = template.Library()


@register.simple_tag(takes_context=True)
def site_settings(context: Context) -> SiteSettings:
    """The site's settings; with a request they are read once per request."""
    settings: SiteSettings = SiteSettings.load(request_or_site=context.get("request"))
    return settings


@register.simple_tag(takes_context=True)
def accent_style(context: Context, site: SiteSettings) -> SafeString | str:
    """The writer's accent as a style element; nothing where it is the one of the stylesheet.

    It holds nothing but these two colours, so that no page waits for another request. The request
    remembers it: the Content-Security-Policy names its hash (see posts/public/policy.py).
    """
    accents = site.accents
    if accents.chosen == colour.HOUSE_ACCENT:
        return ""
    style = format_html(
        # As in theme.css: the device's wish, then the reader's own; and on paper the one for light.
        ":root{{--accent:{day}}}"
        "@media screen and (prefers-color-scheme:dark)"
        "{{:root:where(:not([data-theme=light])){{--accent:{night}}}}}"
        "@media screen{{:root:where([data-theme=dark]){{--accent:{night}}}}}",
        day=accents.day,
        night=accents.night,
    )
    if request := context.get("request"):
        request.inline_style = style
    return format_html("<style>{}</style>", style)


@register.simple_tag(takes_context=True)
def web_body(context: Context, page: PostPage | PlainPage) -> SafeString:
    """The blocks of a page as HTML."""
    previewed = getattr(context.get("request"), "is_preview", False)
    return render_web_body(page, previewed=previewed)


@register.filter
def has_sounds(page: PostPage | PlainPage) -> bool:
    """Whether the page needs a player."""
    return encloses_sounds(page.body.raw_data)


@register.simple_tag
def portrait(site: SiteSettings) -> SafeString | str:
    """The writer's picture, where she has one."""
    return pictures.portrait(site.portrait) if site.portrait else ""


@register.simple_tag
def about_author(site: SiteSettings, language: str) -> dict[str, str]:
    """The line about the author beside a text in this language, as `text` and its `language`."""
    text, spoken_in = site.about_author_in(language)
    return {"text": text, "language": spoken_in}


@register.simple_tag
def care_note(site: SiteSettings, language: str) -> str:
    """The note under a post in this language; empty where there is none."""
    return site.care_note_in(language)


@register.simple_tag
def menu_pages() -> QuerySet[PlainPage]:
    """The plain pages that the writer shows in menus, in the order of the desk."""
    pages: QuerySet[PlainPage] = PlainPage.objects.live().in_menu().order_by("path")
    return pages.defer("body")


@register.simple_tag
def only_newsletter() -> Newsletter | None:
    """The newsletter, where the site has just one; a choice of several has its own page."""
    newsletters = list(Newsletter.objects.all()[:2])
    return newsletters[0] if len(newsletters) == 1 else None


@register.simple_tag
def sign_up_wording() -> Wording:
    """What a person agrees to who signs up; kept with the consent, so it is shown as it is."""
    return SIGN_UP


@register.filter
def minutes_to_read(text: str) -> int:
    """How many minutes a rich text takes to read; never less than one."""
    return words.minutes([{"value": text}])
