"""The forms that stand together on the settings screen, each saved where it stands.

Each has a screen of its own as well, to which the first steps lead; both show the same template
with the same form, which is posted to the same address. What a post says under TOGETHER tells to
which of the two it goes back. A script saves in place, so that what is typed in another part stays
(`static/desk/settings.js`); without it the answer is the settings with that part open.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from posts.desk.frame import screen, settings_trail
from posts.desk.settings import SettingsLine, sections

__all__ = ["TOGETHER", "Said", "SettingsPart", "answer", "are_together", "done", "settings_screen"]

TOGETHER = "together"
_SAID = "said_in_settings"
Said = Sequence[tuple[int, str]]  # levels of django.contrib.messages, and sentences

_parts: dict[str, "SettingsPart"] = {}


@dataclass(frozen=True, slots=True)
class SettingsPart:
    """`key`: of its `SettingsLine`, and the id of its place. `template` shows the form for both
    screens, `alone` is the screen of its own. `build`: what they show before anything is typed."""

    key: str
    template: str
    alone: str
    build: Callable[[HttpRequest], dict[str, Any]]

    def register(self) -> "SettingsPart":
        _parts[self.key] = self
        return self


def are_together(request: HttpRequest) -> bool:
    """Whether this was typed on the settings screen."""
    return TOGETHER in request.POST


def done(
    request: HttpRequest, part: SettingsPart, said: Said, otherwise: HttpResponse
) -> HttpResponse:
    """Saved: back to where it was typed, with what there is to say."""
    if are_together(request):
        request.session[_SAID] = [part.key, [[level, str(text)] for level, text in said]]
        return redirect(f"{reverse('desk:settings')}#{part.key}")
    for level, text in said:
        messages.add_message(request, level, text)
    return otherwise


def answer(
    request: HttpRequest,
    part: SettingsPart,
    context: dict[str, Any],
    *,
    title: str,
    icon: str,
    status: int = 200,
) -> HttpResponse:
    """The part as it was typed, or as it is: by itself, or among the others."""
    if are_together(request):
        return settings_screen(request, part=part, context=context, status=status)
    trail = settings_trail()
    return screen(
        request, part.alone, title=title, icon=icon, trail=trail, status=status, **context
    )


def settings_screen(
    request: HttpRequest,
    *,
    part: SettingsPart | None = None,
    context: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """All sections; `part` is open, with what was typed there."""
    key, said = "", list[tuple[int, str]]()
    if request.method == "GET":
        key, said = request.session.pop(_SAID, (key, said))
    given = {part.key: context or {}} if part else {}
    shown = [
        (
            section.title,
            [
                (line, _form(request, line, given), line.part in (key, *given))
                for line in section.lines
            ],
        )
        for section in sections(request)
    ]
    return screen(
        request,
        "desk/settings.html",
        title=_("Settings"),
        icon="cogs",
        sections=shown,
        saved=key,
        said=[(messages.DEFAULT_TAGS.get(level, ""), text) for level, text in said],
        wrong=bool(part),
        status=status,
    )


def _form(request: HttpRequest, line: SettingsLine, given: dict[str, dict[str, Any]]) -> str:
    if not line.part:
        return ""
    part = _parts[line.part]
    context = given[part.key] if part.key in given else part.build(request)
    return render_to_string(part.template, {**context, "together": True}, request)
