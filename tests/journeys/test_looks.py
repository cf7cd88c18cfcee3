"""How posts stand in a channel: what belongs together stands together."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.app import open_app
from bot.sandbox.newsroom import OLD_AT_START, sample_stories
from bot.sandbox.server import open_sandbox
from bot.sandbox.world import CHANNEL, GROUP_ID, WALL
from tests.journeys.newsroom import EDITOR, asks, fresh, has_read, headlines, said, settings
from tests.waiting import until, until_true

CHANNELS = [{"name": "channel", "platform": "telegram", "target": "@digest"}]


async def test_a_follow_up_answers_its_story(tmp_path: Path) -> None:
    """The page of the second article names the address of the first: in the channel it is an answer to that post; an
    article between the two is none."""
    async with open_sandbox() as sandbox, open_app(settings(sandbox, tmp_path, channels=CHANNELS)):
        await has_read(sandbox)
        story = sample_stories()[OLD_AT_START]
        address = sandbox.newsroom.page_url(story.slug)
        earlier = f"Earlier: {address}."
        goes_on = replace(story, slug="goes-on", headline="Le Courrier: what came of it", body=(earlier,))
        sandbox.newsroom.publish_next()
        sandbox.newsroom.publish_next()
        await until(lambda: headlines(sandbox, CHANNEL) == fresh(sandbox), "both are out")
        sandbox.newsroom.add(goes_on, first=True)
        sandbox.newsroom.publish_next()
        await until(lambda: headlines(sandbox, CHANNEL) == fresh(sandbox), "so is the follow-up")
        first, between, last = sandbox.world.chat(CHANNEL).messages.values()
        assert last.raw["reply_to_message"]["message_id"] == first.id
        assert "reply_to_message" not in between.raw


async def test_what_waits_goes_out_as_a_round_up_and_each_article_tells_of_it(tmp_path: Path) -> None:
    """Three articles wait through quiet hours; after them one post on each network holds their headlines, and `/why`
    tells of each that it is out, with the link."""
    now = datetime.now(ZoneInfo("Europe/Moscow"))
    quiet = {"quiet": f"{now - timedelta(hours=2):%H:%M}-{now + timedelta(hours=2):%H:%M}"}
    channels = [
        {"name": "channel", "platform": "telegram", "target": "@digest", "round_up": True},
        {"name": "wall", "platform": "vk", "target": f"-{GROUP_ID}", "round_up": True},
    ]
    async with open_sandbox() as sandbox:
        asleep = settings(sandbox, tmp_path, channels=[one | quiet for one in channels])
        async with open_app(asleep) as app:
            await has_read(sandbox)
            slugs = [sandbox.newsroom.publish_next() for _ in range(3)]

            async def all_wait() -> bool:
                return len(await app.store.queues.waiting("wall")) == len(slugs)

            await until_true(all_wait, "all of them wait")
        async with open_app(settings(sandbox, tmp_path, channels=channels)):
            await until(lambda: said(sandbox, CHANNEL) and said(sandbox, WALL), "the round-ups are out")
            for place in (CHANNEL, WALL):
                [text] = said(sandbox, place)
                assert [one.story.slug for one in sandbox.newsroom.published if one.story.headline in text] == slugs
            [post] = sandbox.world.channel.messages.values()
            await asks(sandbox, EDITOR, "/start")
            addresses = [sandbox.newsroom.page_url(slug) for slug in slugs]
            for address in addresses:
                assert f"https://t.me/digest/{post.id}" in await asks(sandbox, EDITOR, f"/why {address}")
