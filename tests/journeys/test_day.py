"""A day in the life: the whole bot over the sandbox, real clients over real HTTP, a real store."""

from __future__ import annotations

from pathlib import Path

from bot.app import open_app
from bot.sandbox.server import open_sandbox
from bot.sandbox.world import CHANNEL, WALL
from tests.journeys.newsroom import (
    ANNA,
    EDITOR,
    ILYA,
    YOU,
    asks,
    fresh,
    has_read,
    headlines,
    is_listening,
    said,
    settings,
)
from tests.waiting import until, until_true


async def test_a_new_article_reaches_everybody_once(tmp_path: Path) -> None:
    """What was in the feed before stays unposted. A new article goes to the channel, to the wall, and to the reader
    on each platform whose tag it has; nobody else gets it, and nobody twice."""
    async with open_sandbox() as sandbox, open_app(settings(sandbox, tmp_path)):
        await has_read(sandbox)
        await is_listening(sandbox)
        await asks(sandbox, ANNA, "/subscribe наука")
        await asks(sandbox, ILYA, "подписаться ПОЕЗДА")
        await asks(sandbox, YOU, "/start")
        for _ in range(4):
            sandbox.newsroom.publish_next()
        await until(lambda: headlines(sandbox, CHANNEL) == fresh(sandbox), "the channel has them all, in order")
        await until(lambda: headlines(sandbox, WALL) == fresh(sandbox), "the wall has them all, in order")
        stories = {one.story.slug: one.story for one in sandbox.newsroom.published}
        science = [slug for slug in fresh(sandbox) if "Наука" in stories[slug].tags]
        trains = [slug for slug in fresh(sandbox) if "Поезда" in stories[slug].tags]
        await until(lambda: headlines(sandbox, ANNA) == science, "Anna has the science")
        await until(lambda: headlines(sandbox, ILYA) == trains, "Илья has the trains")
        assert headlines(sandbox, YOU) == []


async def test_a_restart_repeats_nothing_and_loses_nothing(tmp_path: Path) -> None:
    """Stopped between two articles and started again: both are posted, each once."""
    async with open_sandbox() as sandbox:
        async with open_app(settings(sandbox, tmp_path)):
            await has_read(sandbox)
            sandbox.newsroom.publish_next()
            await until(lambda: headlines(sandbox, CHANNEL) == fresh(sandbox), "the first is posted")
        sandbox.newsroom.publish_next()
        async with open_app(settings(sandbox, tmp_path)):
            await until(lambda: headlines(sandbox, CHANNEL) == fresh(sandbox), "the second is posted, after the first")
            await until(lambda: headlines(sandbox, WALL) == fresh(sandbox), "on the wall too")
    assert len(fresh(sandbox)) == 2


async def test_backfill_posts_as_many_old_articles_as_asked(tmp_path: Path) -> None:
    """`backfill = 2`: the newest two of the three old ones, oldest first."""
    async with open_sandbox() as sandbox:
        source = [{"name": "digest", "url": sandbox.feed_url, "every": "1s", "backfill": 2}]
        async with open_app(settings(sandbox, tmp_path, sources=source)):
            old = [one.story.slug for one in sandbox.newsroom.published]
            await until(lambda: len(headlines(sandbox, CHANNEL)) == 2, "two old articles are posted")
            assert headlines(sandbox, CHANNEL) == old[-2:]


async def test_a_filter_keeps_out_what_it_does_not_match_and_says_why(tmp_path: Path) -> None:
    """The channel takes science alone; the rest is skipped with its reason, and the wall has everything."""
    async with open_sandbox() as sandbox:
        channels = [
            {"name": "science", "platform": "telegram", "target": "@digest", "filter": "Наука"},
            {"name": "wall", "platform": "vk", "target": "-220"},
        ]
        async with open_app(settings(sandbox, tmp_path, channels=channels)) as app:
            await has_read(sandbox)
            for _ in range(4):
                sandbox.newsroom.publish_next()
            stories = {one.story.slug: one.story for one in sandbox.newsroom.published}
            science = [slug for slug in fresh(sandbox) if "Наука" in stories[slug].tags]
            await until(lambda: headlines(sandbox, WALL) == fresh(sandbox), "the wall has them all")
            await until(lambda: headlines(sandbox, CHANNEL) == science, "the channel has the science")
            other = next(slug for slug in fresh(sandbox) if slug not in science)
            article = await app.store.articles.find(sandbox.newsroom.page_url(other))
            assert article is not None

            async def is_skipped() -> bool:
                reasons = [one.reason for one in await app.store.ledger.story(article.key) if one.reason]
                return reasons == ["does not match the filter Наука"]

            await until_true(is_skipped, "the channel has left it out, and says why")


async def test_an_editor_sees_the_state_of_things_and_posts_at_once(tmp_path: Path) -> None:
    """The channel posts at nine in the morning of the first of January; `/queue` knows, and `/now` does not wait."""
    async with open_sandbox() as sandbox:
        channels = [{"name": "slow", "platform": "telegram", "target": "@digest", "schedule": "0 9 1 1 *"}]
        async with open_app(settings(sandbox, tmp_path, channels=channels)) as app:
            await has_read(sandbox)
            sandbox.newsroom.publish_next()
            await until_true(lambda: app.store.queues.waiting("slow"), "an article waits")
            status = await asks(sandbox, EDITOR, "/status")
            assert "digest" in status
            assert "slow" in status
            assert headlines(sandbox, CHANNEL) == []
            answer = await asks(sandbox, EDITOR, "/now")
            assert "slow" in answer
            assert headlines(sandbox, CHANNEL) == fresh(sandbox)


async def test_a_stranger_learns_nothing(tmp_path: Path) -> None:
    """An admin's command and a word that is none get the same answer."""
    async with open_sandbox() as sandbox, open_app(settings(sandbox, tmp_path)):
        answers = {await asks(sandbox, YOU, text) for text in ("/status", "/queue", "/now", "/now wall", "/nonsense")}
        assert len(answers) == 1


async def test_the_reader_can_stop(tmp_path: Path) -> None:
    """After the press of the button under an article no more of that tag comes."""
    async with open_sandbox() as sandbox, open_app(settings(sandbox, tmp_path)):
        await has_read(sandbox)
        await asks(sandbox, ANNA, "/subscribe Европа")
        while not headlines(sandbox, ANNA):
            sandbox.newsroom.publish_next()
            await until(lambda: headlines(sandbox, CHANNEL) == fresh(sandbox), "posted")
            if "Европа" in sandbox.newsroom.published[-1].story.region:
                await until(lambda: headlines(sandbox, ANNA), "Anna has it")
        got = headlines(sandbox, ANNA)
        last = list(sandbox.world.chat(ANNA).messages.values())[-1]
        await sandbox.world.press(ANNA, str(last.id), 0, 0)
        await until(lambda: "“Европа”" in said(sandbox, ANNA)[-1], "the bot says that it is over")
        for _ in range(3):
            sandbox.newsroom.publish_next()
        await until(lambda: headlines(sandbox, CHANNEL) == fresh(sandbox), "posted")
        assert headlines(sandbox, ANNA) == got
