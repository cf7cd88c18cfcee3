"""A digest over the whole bot: real clients over real HTTP, a real store, a bot that is off at the hour."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.app import SystemClock, open_app
from bot.model import Place
from bot.readers import Delivery
from bot.sandbox.server import open_sandbox
from bot.service import App
from scheduler import digesting
from tests.journeys.newsroom import ANNA, ILYA, asks, fresh, has_read, headlines, is_listening, said, settings
from tests.waiting import until, until_true

PLACES = [Place.parse(ANNA), Place.parse(ILYA)]
HOUR = timedelta(hours=1)


async def an_hour_ago(app: App) -> None:
    """Let the digests have been due an hour ago, while the bot is off."""
    app.stop()
    moment = SystemClock().now() - HOUR
    for place, plan in zip(PLACES, await app.store.agenda.plans(PLACES), strict=True):
        await app.store.agenda.keep(place, replace(plan, planned={Delivery.DAILY: moment}))
        await app.store.agenda.set(place, moment)


async def test_a_digest_a_day_through_a_restart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two readers on two networks ask for a digest; nothing comes before its hour, at which the bot is off; when it is
    back each of them gets one message with all the articles, and no second one."""
    monkeypatch.setattr(digesting, "LOOK", timedelta(seconds=0.2))
    async with open_sandbox() as sandbox:
        later = (SystemClock().now() + 2 * HOUR).astimezone(ZoneInfo("Europe/Moscow"))
        async with open_app(settings(sandbox, tmp_path)) as app:
            await has_read(sandbox)
            await is_listening(sandbox)
            for chat, wish in ((ANNA, "/subscribe Наука, Поезда, Европа"), (ILYA, "подписаться Наука, Поезда, Европа")):
                await asks(sandbox, chat, wish)
                await asks(sandbox, chat, f"/digest daily {later:%H:%M}")

            async def is_planned() -> bool:
                return all(plan.planned for plan in await app.store.agenda.plans(PLACES))

            await until_true(is_planned, "both digests are planned")
            for _ in range(5):
                sandbox.newsroom.publish_next()
            stories = [one.story for one in sandbox.newsroom.published[-5:]]
            wanted = [one.slug for one in stories if {"Наука", "Поезда"} & set(one.tags) or "Европа" in one.region]
            await until(lambda: headlines(sandbox, "telegram:-1001000000001") == fresh(sandbox), "the channel has them")
            assert headlines(sandbox, ANNA) == headlines(sandbox, ILYA) == []
            await an_hour_ago(app)
        before = {chat: len(said(sandbox, chat)) for chat in (ANNA, ILYA)}
        async with open_app(settings(sandbox, tmp_path)) as app:
            await until(lambda: headlines(sandbox, ANNA) and headlines(sandbox, ILYA), "both have a digest")

            async def is_planned_anew() -> bool:
                return all(plan.planned[Delivery.DAILY] > later - HOUR for plan in await app.store.agenda.plans(PLACES))

            await until_true(is_planned_anew, "both are served")
    for chat in (ANNA, ILYA):
        assert sorted(headlines(sandbox, chat)) == sorted(wanted)
        assert len(said(sandbox, chat)) == before[chat] + 1
