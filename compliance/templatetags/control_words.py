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
from compliance.pages.drawing import Lane
from compliance.selectors.control_page import split_resource
from compliance.selectors.standing import Next, Standing
from compliance.selectors.weekly_review import HeatRow
from compliance.timeline.types import PartTimeline, State
from compliance.timeline.weeks import Cell
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
CELL_CLASS = {
    State.OPERATING: "p",
    State.AT_RISK: "r",
    State.EXCEPTION: "x",
    State.NOT_OBSERVED: "n",
    State.DUE: "d",
    State.NO_OCCURRENCE: "z",
    State.NOT_SCHEDULED: "o",
}
STATE_IN_CELL = {
    State.OPERATING: gettext_lazy("operating"),
    State.AT_RISK: gettext_lazy("at risk"),
    State.EXCEPTION: gettext_lazy("exception candidate"),
    State.NOT_OBSERVED: gettext_lazy("not observed"),
    State.DUE: gettext_lazy("due this week"),
    State.NO_OCCURRENCE: gettext_lazy("no occurrence"),
    State.NOT_SCHEDULED: gettext_lazy("not scheduled"),
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


def cell_text(cell: Cell) -> tuple[str, str]:
    """(what stands in the cell, what a screen reader says) for a week that has begun."""
    assert cell.state is not None
    said = str(STATE_IN_CELL[cell.state])
    length = (cell.week.last_day - cell.week.first_day).days + 1
    if cell.state is State.EXCEPTION and cell.events and not _longer_than_events(cell):
        said += ", " + ngettext("%(n)d event", "%(n)d events", cell.events) % {"n": cell.events}
        return str(cell.events), said
    if cell.state in (State.EXCEPTION, State.AT_RISK):
        said += ", " + _("%(days)d of %(length)d days") % {"days": cell.days, "length": length}
        return str(cell.days), said
    return {State.NOT_OBSERVED: "?", State.DUE: "•", State.NO_OCCURRENCE: "0"}.get(cell.state, ""), said


def _longer_than_events(cell: Cell) -> bool:
    """Days beyond those on which events happened mean that a lasting failure is in the week too."""
    return cell.days > cell.events


@register.simple_tag
def heat_cells(row: HeatRow, url: str, now: int | None) -> SafeString:
    """The cells of one control: links for weeks that have begun, outlines for the others.

    The name of a link is put together from the row's head, the column's head and the cell itself
    (``aria-labelledby``), so that 300 cells do not repeat the control's name 300 times.
    """
    key = escape(row.standing.key)
    future = f'<span class="cell f"><span class="vh">{escape(_("not reached yet"))}</span></span>'
    out = []
    for cell in row.cells:
        number = cell.week.number
        css = ' class="now"' if number == now else ""
        if cell.state is None:
            out.append(f"<td{css}>{future}</td>")
            continue
        text, said = cell_text(cell)
        out.append(
            f'<td{css}><a class="cell {CELL_CLASS[cell.state]}" id="{key}.{number}" href="{escape(url)}?week={number}"'
            f' aria-label="{escape(said)}" aria-labelledby="{key} w{number} {key}.{number}">{text}</a></td>'
        )
    return mark_safe("".join(out))  # noqa: S308 - every value above is escaped or a number


@register.simple_tag
def lane_words(lane: Lane) -> str:
    """The lane in one sentence: how often it was in which state. The list below has the moments."""
    if lane.missing:
        return _("Not collected: %(reason)s") % {"reason": lane.missing}
    worth = [i for i in lane.intervals if i.state not in (State.OPERATING, State.NOT_SCHEDULED)]
    if not lane.intervals:
        return _("The window has not started")
    if not worth:
        return _("Operating throughout")
    said = [
        f"{STATE_IN_CELL[i.state]} {format_date(localtime(i.from_at), 'j M')}"
        + (f"–{format_date(localtime(i.until), 'j M')}" if i.until.date() != i.from_at.date() else "")
        for i in worth[:6]
    ]
    if len(worth) > 6:
        said.append(_("and %(n)d more") % {"n": len(worth) - 6})
    return ", ".join(said)


@register.simple_tag
def lane_bars(lane: Lane, now: str) -> SafeString:
    """The rectangles of one lane; positions are attributes, patterns come from the page's own definitions."""
    fills = {"r": ' fill="url(#stripes)"', "n": ' fill="url(#hatch)"'}
    out = [
        f'<rect class="{bar.kind}"{fills.get(bar.kind, "")} x="{bar.x}" width="{bar.width}" height="100%"/>'
        for bar in lane.bars
    ]
    if now:
        out.append(f'<rect class="now" x="{now}" width="2" height="100%"/>')
    return mark_safe("".join(out))  # noqa: S308 - numbers and class names of this module only


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
def short_resource(key: str) -> str:
    """The name of a resource without its account, as people call it."""
    return split_resource(key)[1]


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
