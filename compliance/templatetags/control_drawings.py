"""What is drawn: the heatmap's cells and the timeline's lanes (ux.md section 4), as markup with its words."""

from __future__ import annotations

from django import template
from django.utils.dateformat import format as format_date
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from compliance.pages.drawing import CLASSES, Lane
from compliance.selectors.weekly_review import HeatRow
from compliance.timeline.types import State
from compliance.timeline.weeks import Cell

register = template.Library()

STATE_IN_CELL = {
    State.OPERATING: gettext_lazy("operating"),
    State.AT_RISK: gettext_lazy("at risk"),
    State.EXCEPTION: gettext_lazy("exception candidate"),
    State.NOT_OBSERVED: gettext_lazy("not observed"),
    State.DUE: gettext_lazy("due this week"),
    State.NO_OCCURRENCE: gettext_lazy("no occurrence"),
    State.NOT_SCHEDULED: gettext_lazy("not scheduled"),
}


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
            f'<td{css}><a class="cell {CLASSES[cell.state]}" id="{key}.{number}" href="{escape(url)}?week={number}"'
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
