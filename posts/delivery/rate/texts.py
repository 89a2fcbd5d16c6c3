"""What is in force, in plain sentences, for people who wait."""

from datetime import datetime

from django.contrib.humanize.templatetags.humanize import intcomma
from django.template.defaultfilters import floatformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from posts.delivery.rate import limits
from posts.delivery.rate.limits import RateStatus


def why(now: RateStatus) -> str:
    """Why mail waits or goes slowly, and when that ends; empty when nothing holds it."""
    if now.day_is_used_up:
        return f"{_todays(now.per_day or 0, now.warming_up)} {_at_midnight()}"
    if now.used_up_until is not None:
        return f"{_this_hours(now.per_hour or 0)} {_goes_on(now.used_up_until)}"
    if now.held_until is not None:
        return _("The mail server asked us to wait. It goes on at %(time)s (%(zone)s).") % {
            "time": clock_time(now.held_until),
            "zone": limits.zone(),
        }
    if now.slow_since is not None and now.per_second is not None:
        return _(
            "Slowed down to %(rate)s since %(time)s, because the mail server asked for it."
        ) % {
            "rate": rate(now.per_second),
            "time": clock_time(now.slow_since),
        }
    return ""


def _todays(count: int, warming_up: bool) -> str:
    if warming_up:
        said = ngettext(
            "Today’s %(number)s mail of the warm-up is used up.",
            "Today’s %(number)s mails of the warm-up are used up.",
            count,
        )
    else:
        said = ngettext(
            "Today’s %(number)s mail is used up.", "Today’s %(number)s mails are used up.", count
        )
    return said % {"number": intcomma(count)}


def _this_hours(count: int) -> str:
    said = ngettext(
        "This hour’s %(number)s mail is used up.",
        "This hour’s %(number)s mails are used up.",
        count,
    )
    return said % {"number": intcomma(count)}


def _at_midnight() -> str:
    return _("It goes on at midnight (%(zone)s).") % {"zone": limits.zone()}


def _goes_on(until: datetime) -> str:
    return _("It goes on at %(time)s (%(zone)s).") % {
        "time": clock_time(until),
        "zone": limits.zone(),
    }


def clock_time(moment: datetime) -> str:
    """On the site's clock, whoever is looking."""
    return f"{moment.astimezone(limits.zone()):%H:%M}"


def rate(per_second: float) -> str:
    """`3 a second`; what is slower than one, by the minute or the hour."""
    if per_second >= 1:
        return _("%(number)s a second") % {"number": _short(per_second)}
    if per_second * 60 >= 1:
        return _("%(number)s a minute") % {"number": _short(per_second * 60)}
    return _("%(number)s an hour") % {"number": _short(per_second * 3600)}


def _short(figure: float) -> str:
    """Two digits say enough: 3, 3.4, 120."""
    return intcomma(round(figure)) if figure >= 10 else floatformat(figure, -1)


def in_force(now: RateStatus) -> list[str]:
    """What limits it right now, a sentence each; the first says whether anything does."""
    said = []
    if now.slow_since is not None or now.used_up_until is not None:
        said.append(why(now))
    if now.per_second is not None and now.slow_since is None:
        said.append(_("At most %(rate)s leave.") % {"rate": rate(now.per_second)})
    if now.per_hour is not None:
        said.append(_("At most %(number)s in an hour.") % {"number": intcomma(now.per_hour)})
    if now.per_day is not None:
        text = (
            _("At most %(number)s today: the warm-up is going on.")
            if now.warming_up
            else _("At most %(number)s in a day.")
        )
        said.append(text % {"number": intcomma(now.per_day)})
    if now.per_hour is not None or now.per_day is not None:
        said.append(_("A tenth of that is kept for mails that ask somebody to confirm."))
    return said or [_("Nothing slows mail down: it leaves as fast as your mail server takes it.")]


def used(now: RateStatus) -> str:
    """What left this hour and today."""
    return _("%(hour)s in this hour, %(day)s today, counted from midnight (%(zone)s).") % {
        "hour": ngettext("%(n)s mail", "%(n)s mails", now.hour_used)
        % {"n": intcomma(now.hour_used)},
        "day": intcomma(now.day_used),
        "zone": limits.zone(),
    }
