"""How posts stand in a channel: what belongs together stands together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bot.app import open_app
from bot.sandbox.newsroom import OLD_AT_START, sample_stories
from bot.sandbox.server import open_sandbox
from bot.sandbox.world import CHANNEL
from tests.journeys.newsroom import fresh, has_read, headlines, settings
from tests.waiting import until

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
