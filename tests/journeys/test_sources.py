"""Sources added, paused and removed by command, over the death of the process."""

from __future__ import annotations

from pathlib import Path

from bot.sandbox.server import open_sandbox
from bot.sandbox.world import CHANNEL
from tests.journeys.newsroom import EDITOR, asks, fresh, has_read, headlines, said
from tests.journeys.process import depeche, write_settings
from tests.waiting import until


async def test_what_was_decided_about_sources_outlives_the_process(tmp_path: Path) -> None:
    """One is added, one paused, one removed, one paused and resumed; after kill -9 all of it is so, and what the
    paused one still shows is posted when it is resumed: nothing lost, nothing twice."""
    async with open_sandbox() as sandbox:
        env = write_settings(tmp_path, sandbox)
        atom, rss = sandbox.feed_url.replace("/rss", "/atom"), sandbox.feed_url
        async with depeche("run", cwd=tmp_path, env=env) as bot:
            await has_read(sandbox)
            await asks(sandbox, EDITOR, "/language en")
            for command, answer in (
                (f"/sources add second {atom}", "second is added"),
                (f"/sources add gone {rss}", "gone is added"),
                ("/sources pause second", "second is paused"),
                ("/sources resume second", "second is read again"),
                ("/sources pause second", "second is paused"),
                ("/sources remove gone", "gone is removed"),
                ("/sources pause digest", "digest is paused"),
            ):
                assert answer in await asks(sandbox, EDITOR, command)
            bot.process.kill()
            await bot.ends()
        sandbox.newsroom.publish_next()
        async with depeche("run", cwd=tmp_path, env=env) as bot:
            await bot.has_said("started")
            await sandbox.world.say(EDITOR, "/sources")
            await until(lambda: "⏸ digest: paused" in said(sandbox, EDITOR)[-1], "the list after the start")
            listed = said(sandbox, EDITOR)[-1]
            assert "⏸ second: paused" in listed
            assert "(added here)" in listed
            assert "gone" not in listed
            assert headlines(sandbox, CHANNEL) == []
            await asks(sandbox, EDITOR, "/sources resume digest")
            await until(lambda: headlines(sandbox, CHANNEL) == fresh(sandbox), "what it still shows is posted")
