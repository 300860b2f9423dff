"""How control states, dates and weeks are worded on pages (ux.md sections 2, 4 and 9)."""

from __future__ import annotations

from datetime import date

from django import template
from django.utils.dateformat import format as format_date
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from compliance.catalog.load import streams
from compliance.selectors.standing import Next, Standing
from compliance.timeline.types import Interval, PartTimeline, State
from compliance.timeline.window import Week

register = template.Library()

GROUPS = {
    "access": gettext_lazy("Access"),
    "logging": gettext_lazy("Logging and response"),
    "policies": gettext_lazy("Policies and people"),
    "vendors": gettext_lazy("Vendors"),
    "automation": gettext_lazy("Automation"),
    "own": gettext_lazy("Written by this organization"),
}
DUTIES = {
    "continuous": gettext_lazy("Continuous"),
    "timed": gettext_lazy("Timed"),
    "event": gettext_lazy("Per event"),
    "periodic": gettext_lazy("Periodic"),
}
FREQUENCIES = {
    "continuous": gettext_lazy("Continuous"),
    "daily": gettext_lazy("Daily"),
    "weekly": gettext_lazy("Weekly"),
    "monthly": gettext_lazy("Monthly"),
    "quarterly": gettext_lazy("Quarterly"),
    "annual": gettext_lazy("Once a year"),
    "per_event": gettext_lazy("At each event"),
}


@register.filter
def group_name(group: str) -> str:
    """The heading of a group of controls."""
    return str(GROUPS.get(group, group))


@register.filter
def duty_name(duty: object) -> str:
    """The word for a duty."""
    key = str(getattr(duty, "value", duty))
    return str(DUTIES.get(key, key))


@register.filter
def frequency_name(frequency: str) -> str:
    """The word for how often a control operates."""
    return str(FREQUENCIES.get(frequency, frequency))


@register.filter
def state_word(item: Standing) -> str:
    """The pill of a control: ``Candidate, ended 17 Oct`` stays a candidate (ux.md section 2)."""
    if item.state is not State.EXCEPTION:
        return str(STATE_WORDS[item.state])
    if item.open:
        return _("Candidate, still open")
    if item.date is None:
        return _("Candidate")
    day = format_date(localtime(item.date), "j M")
    if item.next is Next.HAPPENED:
        return _("Candidate, %(day)s") % {"day": day}
    return _("Candidate, ended %(day)s") % {"day": day}


STATE_WORDS = {
    State.OPERATING: gettext_lazy("Operating"),
    State.AT_RISK: gettext_lazy("At risk"),
    State.EXCEPTION: gettext_lazy("Candidate"),
    State.NOT_OBSERVED: gettext_lazy("Not observed"),
    State.DUE: gettext_lazy("Due"),
    State.NO_OCCURRENCE: gettext_lazy("No occurrence"),
    State.NOT_SCHEDULED: gettext_lazy("Not scheduled"),
}

NEXT_WORDS = {
    Next.FIX_BY: gettext_lazy("Fix by %(day)s"),
    Next.FIX_OVERDUE: gettext_lazy("Fix was due %(day)s"),
    Next.STILL_OPEN: gettext_lazy("Open since %(day)s"),
    Next.HAPPENED: gettext_lazy("Happened %(day)s"),
    Next.ENDED: gettext_lazy("Ended %(day)s"),
    Next.LIMIT: gettext_lazy("By %(day)s"),
    Next.CONNECT: gettext_lazy("Collect"),
    Next.RECONNECT: gettext_lazy("Reconnect"),
    Next.NOTHING: "",
}


@register.filter
def next_word(item: Standing) -> str:
    """The date or the step beside a row."""
    day = format_date(localtime(item.date), "D j M") if item.date else ""
    return str(NEXT_WORDS[item.next]) % {"day": day}


@register.filter
def parts_word(item: Standing) -> str:
    """``2 of 5 parts``."""
    return ngettext("%(ran)d of %(required)d part", "%(ran)d of %(required)d parts", item.parts_required) % {
        "ran": item.parts_collected,
        "required": item.parts_required,
    }


@register.filter
def week_days(week: Week) -> str:
    """``13 to 19 Oct``, or ``29 Sep to 5 Oct`` across months."""
    return days_between(week.first_day, week.last_day)


def days_between(first: date, last: date) -> str:
    """Two calendar days as a range, the month once where it is the same."""
    if first == last:
        return format_date(last, "j M")
    begin = format_date(first, "j" if first.month == last.month else "j M")
    return _("%(first)s to %(last)s") % {"first": begin, "last": format_date(last, "j M")}


@register.simple_tag(takes_context=True)
def change_query(context: template.Context, **changes: object) -> SafeString:
    """The page's own address with some parameters changed; an empty value drops one, ``page`` starts again."""
    parameters = context["request"].GET.copy()
    parameters.pop("page", None)
    for name, value in changes.items():
        if value in ("", None):
            parameters.pop(name, None)
        else:
            parameters[name] = str(value)
    text = parameters.urlencode()
    return format_html("?{}", mark_safe(escape(text))) if text else mark_safe("?")  # noqa: S308


@register.filter
def without_key(reason: str, key: str | None) -> str:
    """A reason without the machine's name of its resource in brackets; the page shows that beside it."""
    return reason.replace(f" ({key})", "") if key else reason


@register.filter
def interval_reason(interval: Interval) -> str:
    """Why an interval is in its state, in people's words."""
    return without_key(interval.reason, interval.causes[0].resource_key if interval.causes else None)


@register.filter
def why_missing(part: PartTimeline) -> str:
    """Why a part is not collected, without its title, which stands in the same row."""
    reason = part.missing_reason.removeprefix(f"{part.title} is not collected yet: ")
    return reason[:1].upper() + reason[1:]


CATEGORIES = {
    "security": gettext_lazy("Security"),
    "availability": gettext_lazy("Availability"),
    "confidentiality": gettext_lazy("Confidentiality"),
    "processing_integrity": gettext_lazy("Processing integrity"),
    "privacy": gettext_lazy("Privacy"),
}


@register.filter
def category_name(category: str) -> str:
    """The word for a category of criteria."""
    return str(CATEGORIES.get(category, category))


@register.filter
def missed(part: PartTimeline) -> int:
    """Planned runs that were not done."""
    return max(0, part.coverage_planned - part.coverage_done)


@register.filter
def short_hash(digest: object) -> str:
    """``9f3c…a71e``; the full hash stands in the title."""
    text = digest.hex() if isinstance(digest, bytes | memoryview) else str(digest)
    return f"{text[:4]}…{text[-4:]}" if len(text) > 12 else text


@register.filter
def stream_name(key: str) -> str:
    """What a stream reads, in words; its key where the catalog does not know it."""
    stream = streams().get(key)
    return stream.name if stream else key
