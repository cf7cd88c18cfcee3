"""The story of an article in sentences: `/why ARTICLE`, and `depeche why` says the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo

from bot.model import Attempt, Platform, SlotState
from bot.story import (
    ABSENT,
    ADMIN_AGAIN,
    ADMIN_DROP,
    ADMIN_THERE,
    FOUND,
    NOT_REPEATED,
    REPEATED,
    TAKEN_BACK,
    Chapter,
    Due,
    Story,
    Told,
)
from bot.talk import Reply, Span
from handlers.hearing import Asked, Doors
from handlers.texts import Phrases, joined
from handlers.times import moment

_REASONS = {
    FOUND: "reason-found",
    ABSENT: "reason-absent",
    NOT_REPEATED: "reason-not-repeated",
    REPEATED: "reason-repeated",
    TAKEN_BACK: "reason-taken-back",
    ADMIN_THERE: "reason-admin-there",
    ADMIN_AGAIN: "reason-admin-again",
    ADMIN_DROP: "reason-admin-drop",
}
_MINUTES_FROM = timedelta(minutes=2)


async def why(asked: Asked, doors: Doors) -> Reply:
    """`/why ARTICLE`: by id, URL, key, or the address of a post."""
    name = asked.command.argument
    if not name or doors.stories is None:
        return Reply(asked.say.spans("why-how"))
    story = await doors.stories.story(name, now=asked.now)
    if story is None:
        return Reply(asked.say.spans("why-unknown", name=name))
    headline = asked.link(story.article.headline, story.article.link)
    return Reply(joined(headline, told(story, asked.say, zone=asked.zone, now=asked.now)))


def told(story: Story, say: Phrases, *, zone: tzinfo, now: datetime) -> tuple[Span, ...]:
    """The story, a line a place. Times are those of `zone`; the day is said where it is not today."""
    teller = _Teller(say, zone, now)
    lines = [teller.collected(story), *(teller.chapter(chapter) for chapter in story.chapters), teller.readers(story)]
    if not story.chapters and not story.readers:
        lines.append(say.spans("story-nothing"))
    return joined(*lines, by="\n")


class _Teller:
    """Says the parts of a story."""

    def __init__(self, say: Phrases, zone: tzinfo, now: datetime) -> None:
        self._say = say
        self._zone = zone
        self._now = now

    def collected(self, story: Story) -> tuple[Span, ...]:
        if story.origin is None:
            return ()
        told = self._say.spans("story-collected", time=self._time(story.origin.at), source=story.origin.source)
        same = story.origin.same_as
        return (*told, *self._say.spans("story-same-as", key=same)) if same else told

    def chapter(self, chapter: Chapter) -> tuple[Span, ...]:
        """`main: due 12:20; Telegram asked to wait 37 s; sent 12:20:41, message 512`."""
        parts = [*self._due(chapter), *(self._attempt(one, chapter.platform) for one in chapter.attempts)]
        parts += self._coming(chapter)
        return (*self._say.spans("story-place", place=chapter.name), Span(" "), *joined(*parts, by="; "))

    def readers(self, story: Story) -> tuple[Span, ...]:
        if not story.readers:
            return ()
        counts = ", ".join(
            self._say("status-count", state=self._say("slot-state", state=str(state)), count=count)
            for state, count in story.readers.items()
        )
        return self._say.spans("story-readers", counts=counts)

    def _due(self, chapter: Chapter) -> Iterator[tuple[Span, ...]]:
        if chapter.due is not None:
            yield self._say.spans("story-due", time=self._time(chapter.due.at), why=self._why(chapter.due))

    def _coming(self, chapter: Chapter) -> Iterator[tuple[Span, ...]]:
        if chapter.planned is not None:
            yield self._say.spans("story-planned", time=self._time(chapter.planned.time))
        elif chapter.waiting:
            yield self._say.spans("story-waiting")

    def _why(self, due: Due) -> str:
        """`slot */20 8-22 * * *`, `at once` or `now`, as the scheduler names them."""
        kind, _, schedule = due.why.partition(" ")
        return self._say("due-why", kind=kind, schedule=schedule)

    def _attempt(self, one: Told, platform: Platform) -> tuple[Span, ...]:
        attempt = one.attempt
        if one.asked_to_wait is not None:
            network = self._say("platform", platform=str(platform))
            return self._say.spans("story-asked-to-wait", platform=network, wait=self._length(one.asked_to_wait))
        if attempt.state is SlotState.SENT:
            return self._sent(attempt)
        return self._say.spans(
            "story-attempt",
            state=str(attempt.state),
            time=self._time(attempt.since or attempt.at, seconds=True),
            until=self._time(attempt.until, seconds=True) if attempt.until else "",
            reason=self._reason(attempt.reason) or self._say("never"),
        )

    def _sent(self, attempt: Attempt) -> tuple[Span, ...]:
        receipt, time = attempt.receipt, self._time(attempt.at, seconds=True)
        number = receipt.message_id if receipt is not None else ""
        line = [Span(self._say("story-sent", time=time))]
        if number:
            line.append(Span(self._say("story-number", number=number)))
        if receipt is not None and receipt.url:
            line += [Span(" "), Span(receipt.url, url=receipt.url)]
        if attempt.reason:
            line.append(Span(f" ({self._reason(attempt.reason)})"))
        return tuple(line)

    def _reason(self, reason: str | None) -> str:
        """Our own reasons in the reader's language; a platform's words as they are. Who decided stands in brackets."""
        for known, message in _REASONS.items():
            if reason is not None and reason.startswith(known):
                return self._say(message) + reason.removeprefix(known)
        return reason or ""

    def _length(self, wait: timedelta) -> str:
        seconds = round(wait.total_seconds())
        if wait < _MINUTES_FROM:
            return self._say("seconds", count=seconds)
        return self._say("minutes", count=seconds // 60)

    def _time(self, at: datetime, *, seconds: bool = False) -> str:
        return moment(at, self._say, zone=self._zone, now=self._now, seconds=seconds)
