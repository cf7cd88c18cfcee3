"""`/stats`: what came of the posts, in lines and as a picture; and the same of a week, for the editors' chat."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from bot.charts import Chart, Panel, series
from bot.statistics import UNKNOWN, Response, Row, Sheet, View, rows, total
from bot.talk import Button, Picture, Reply, Span
from handlers.hearing import Asked, Doors
from handlers.queueing import staff_of
from handlers.texts import Phrases, joined

PERIODS = (7, 30, 90)
"""Days to choose from; posts and what came back of them are kept for ninety."""
FEW, MANY = 5, 20
_VIEWS = {
    "day": View.DAY, "days": View.DAY, "день": View.DAY, "дни": View.DAY,
    "channel": View.CHANNEL, "channels": View.CHANNEL, "канал": View.CHANNEL, "каналы": View.CHANNEL,
    "tag": View.TAG, "tags": View.TAG, "тег": View.TAG, "теги": View.TAG,
    "outlet": View.OUTLET, "outlets": View.OUTLET, "издание": View.OUTLET, "издания": View.OUTLET,
}  # fmt: skip


async def stats(asked: Asked, doors: Doors) -> Reply:
    """`/stats`, `/stats 30`, `/stats 30 tags`. A view changes the message it was pressed under; another period comes
    with a picture of its own."""
    staff, words = staff_of(doors), asked.command.argument.casefold().split()
    if staff.statistics is None:
        return Reply(asked.say.spans("stats-none"))
    days = next((min(int(word), PERIODS[-1]) for word in words if word.isdecimal() and len(word) < 4), PERIODS[0])
    view = next((_VIEWS[word] for word in words if word in _VIEWS), None)
    last = staff.statistics.today(asked.now)
    sheet = await staff.statistics.sheet(last - timedelta(days=max(days, 1) - 1), last)
    buttons = _buttons(days, view, asked.say)
    if view is not None:
        notice = asked.say("stats-shown") if asked.pressed else None
        return Reply(joined(_heading(sheet, asked.say), *_table(sheet, view, MANY, asked.say)), buttons, notice=notice)
    picture = Picture("statistics.png", await staff.draw(chart(sheet, asked.say))) if staff.draw else None
    return Reply(overview(sheet, asked.say), buttons, picture=picture)


def overview(sheet: Sheet, say: Phrases) -> tuple[Span, ...]:
    """The sums, and the first lines of each table but the days'."""
    views = (View.CHANNEL, View.TAG, View.OUTLET)
    return joined(_heading(sheet, say), *(part for view in views for part in _table(sheet, view, FEW, say)))


def chart(sheet: Sheet, say: Phrases) -> Chart:
    """Posts, what came back, and who came and went, day by day."""
    days = rows(sheet, View.DAY)
    channels = list(dict.fromkeys(posting.channel for posting in sheet.postings))
    posts = ((name, [_posts(sheet, day, name) for day in sheet.days]) for name in channels)
    back = ((say("stats-response", kind=str(kind)), [row.responses.get(kind, 0) for row in days]) for kind in Response)
    readers = ((say("stats-gained"), [row.gained for row in days]), (say("stats-lost"), [-row.lost for row in days]))
    panels = (
        Panel(say("stats-chart-posts"), series(posts)),
        Panel(say("stats-chart-responses"), series(back), "lines"),
        Panel(say("stats-chart-readers"), series(readers)),
    )
    drawn = tuple(panel for panel in panels if panel.series)
    return Chart(_period(sheet, say), tuple(_short(day) for day in sheet.days), drawn)


def _posts(sheet: Sheet, day: date, channel: str) -> int:
    return sum(one.day == day and one.channel == channel for one in sheet.postings)


def _heading(sheet: Sheet, say: Phrases) -> tuple[Span, ...]:
    whole = total(sheet)
    lines = [say.spans("stats", period=_period(sheet, say)), (Span(_line(say("stats-all"), whole, say)),)]
    return joined(*lines, by="\n")


def _table(sheet: Sheet, view: View, most: int, say: Phrases) -> Iterable[tuple[Span, ...]]:
    """A heading with its lines; nothing where there are none. Of many days the last ones are shown."""
    found = rows(sheet, view)
    if not found:
        return
    shown = found[-most:] if view is View.DAY else found[:most]
    lines = [(Span(_line(_name(row, view, say), row, say)),) for row in shown]
    more = [say.spans("stats-more", count=len(found) - most)] if len(found) > most else []
    yield joined(say.spans("stats-by", view=str(view)), *lines, *more, by="\n")


def _name(row: Row, view: View, say: Phrases) -> str:
    if row.name == UNKNOWN:
        return say("stats-other", view=str(view))
    return _short(date.fromisoformat(row.name)) if view is View.DAY else row.name


def _line(name: str, row: Row, say: Phrases) -> str:
    """Only what there is any of."""
    parts = [
        say("stats-posts", count=row.posts),
        *(say("stats-count", kind=str(kind), count=count) for kind, count in row.responses.items()),
    ]
    if row.gained or row.lost:
        parts.append(say("stats-readers", gained=row.gained, lost=row.lost))
    return say("stats-line", name=name, parts=", ".join(parts))


def _period(sheet: Sheet, say: Phrases) -> str:
    return say("stats-period", first=_short(sheet.first), last=f"{sheet.last:%d.%m.%Y}")


def _short(day: date) -> str:
    return f"{day:%d.%m}"


def _buttons(days: int, view: View | None, say: Phrases) -> tuple[tuple[Button, ...], ...]:
    views = tuple(
        Button(say("stats-button", view=str(one)), press=f"/stats {days} {one}") for one in View if one is not view
    )
    periods = tuple(
        Button(say("stats-days", count=one), press=f"/stats {one}")
        for one in PERIODS
        if view is not None or one != days
    )
    return (views[:2], views[2:], periods)
