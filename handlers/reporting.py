"""Tells the editors the numbers of the week, in their chats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import structlog

from bot.errors import DeliveryError, OutcomeUnknown
from bot.model import Place, Platform
from bot.ports import Drawing, Publisher, Subscriptions
from bot.render import reply_for
from bot.statistics import Sheet
from bot.talk import Heard, Picture, Reply
from handlers.counting import chart, overview
from handlers.texts import Texts, joined

log = structlog.get_logger(__name__)


class Reporter:
    """The port of the weekly report. `offices` are the editors' chats."""

    def __init__(
        self,
        offices: Sequence[Place],
        *,
        publishers: Mapping[Platform, Publisher],
        subscriptions: Subscriptions,
        texts: Texts,
        draw: Drawing,
    ) -> None:
        self._offices = [place for place in offices if place.platform in publishers]
        self._publishers = publishers
        self._subscriptions = subscriptions
        self._texts = texts
        self._draw = draw

    async def tell(self, sheet: Sheet) -> bool:
        """False: it reached nobody."""
        return any([await self._tell(place, sheet) for place in self._offices])

    async def _tell(self, place: Place, sheet: Sheet) -> bool:
        reader = await self._subscriptions.reader(place)
        say = self._texts(reader.language if reader else None)
        picture = Picture("week.png", await self._draw(chart(sheet, say)))
        reply = Reply(joined(say.spans("weekly-report"), overview(sheet, say)), picture=picture)
        heard = Heard(place, place.chat, "", f"week {sheet.first}", private=False)
        reached = False
        for post in reply_for(reply, heard):
            try:
                await self._publishers[place.platform].publish(post)
            except OutcomeUnknown:
                pass  # it may be there; twice is worse
            except DeliveryError as error:
                log.warning("report_not_told", platform=str(place.platform), reason=str(error))
                return reached
            reached = True
        return reached
