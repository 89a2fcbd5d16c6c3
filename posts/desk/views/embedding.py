"""The sign-up form for the writer's other sites: what to copy, and where it may stand."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.translation import get_language_info, gettext_lazy, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from posts.content.models import SiteSettings
from posts.desk.frame import screen, settings_trail
from posts.desk.permissions import settings_only, signed_in
from subscribers import embedding, wording
from subscribers.models import Newsletter


class WhatToCopy(forms.Form):
    """What the form is for. Nothing of it is kept."""

    newsletter = forms.ModelMultipleChoiceField(
        Newsletter.objects.all(),
        to_field_name="slug",
        label=gettext_lazy("For which newsletter"),
        widget=forms.CheckboxSelectMultiple,
    )
    language = forms.ChoiceField(
        label=gettext_lazy("In which language"),
        choices=lambda: [
            (code, str(get_language_info(code)["name_local"]).capitalize())
            for code, _name in settings.LANGUAGES
        ],
    )


class WhereItStands(forms.Form):
    """The sites, one in a line."""

    sites = forms.CharField(
        required=False,
        max_length=6_000,
        label=gettext_lazy("Your other sites, one in a line"),
        help_text=gettext_lazy("Such as https://example.org"),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocapitalize": "none"}),
    )

    def clean_sites(self) -> list[str]:
        lines = [line for line in self.cleaned_data["sites"].splitlines() if line.strip()]
        if len(lines) > embedding.MOST_SITES:
            raise forms.ValidationError(
                _("Name at most %(most)d sites.") % {"most": embedding.MOST_SITES}
            )
        try:
            return [embedding.origin_of(line) for line in lines]
        except embedding.SiteRefused as refusal:
            raise forms.ValidationError(refusal.message) from refusal


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@settings_only
def embedded_form(request: HttpRequest) -> HttpResponse:
    """`/admin/sign-up-form/`"""
    places = WhereItStands(request.POST or None, initial={"sites": "\n".join(embedding.sites())})
    if request.method == "POST" and places.is_valid():
        embedding.name_sites(
            origins=places.cleaned_data["sites"], by=signed_in(request).get_username()
        )
        messages.success(request, _("Saved. Copy the form once more."))
        return redirect(request.get_full_path())
    site: SiteSettings = SiteSettings.load(request_or_site=request)
    chosen = _chosen(request, site)
    return screen(
        request,
        "desk/embedded_form.html",
        title=_("A form for your other sites"),
        trail=settings_trail(),
        icon="code",
        status=422 if request.method == "POST" else 200,
        places=places,
        form=WhatToCopy(chosen),
        newsletters=Newsletter.objects.count(),
        snippet=_snippet(chosen, site, with_script=bool(embedding.sites())),
        shown=_snippet(chosen, site, with_script=False),
    )


def _chosen(request: HttpRequest, site: SiteSettings) -> dict[str, Any]:
    """As far as it is a choice; else what most want: all newsletters, in the site's language."""
    known = list(Newsletter.objects.values_list("slug", flat=True))
    slugs = [slug for slug in request.GET.getlist("newsletter") if slug in known]
    language = request.GET.get("language", "")
    is_known = language in dict(settings.LANGUAGES)
    return {"newsletter": slugs or known, "language": language if is_known else site.language}


def _snippet(chosen: dict[str, Any], site: SiteSettings, *, with_script: bool) -> str:
    newsletters = Newsletter.objects.filter(slug__in=chosen["newsletter"])
    with override(chosen["language"]):
        return render_to_string(
            "subscribers/embedded_form.html",
            {
                "language": chosen["language"],
                "newsletters": list(newsletters),
                "site_url": settings.SITE_URL,
                "wording": wording.SIGN_UP,
                "accent": site.accents.day,
                "with_script": with_script,
            },
        )
