"""The whole bot behind a webhook, against the sandbox's Telegram."""

from __future__ import annotations

import socket
from pathlib import Path

from aiohttp import ClientSession

from bot.app import open_app
from bot.sandbox.server import Sandbox, open_sandbox
from bot.sandbox.world import CHANNEL, EDITOR_ID
from tests.journeys.newsroom import ANNA, asks, fresh, has_read, headlines, said, settings
from tests.waiting import until, until_true


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def behind(sandbox: Sandbox, port: int) -> dict[str, object]:
    return {
        "telegram": {
            "token": sandbox.telegram_token,
            "api_base": sandbox.telegram_api,
            "admins": [EDITOR_ID],
            "mode": "webhook",
            "webhook_url": f"http://127.0.0.1:{port}/telegram/hook",
            "webhook_secret": "Open-Sesame_42",
        },
        "web": {"port": port},
    }


async def test_the_bot_hears_by_webhook_and_by_polling_again(tmp_path: Path) -> None:
    """Questions come through the webhook, articles go out as always; a later start with polling takes it back."""
    port = free_port()
    async with open_sandbox() as sandbox:
        async with open_app(settings(sandbox, tmp_path, **behind(sandbox, port))):
            await until(lambda: sandbox.telegram.updates.webhook, "the webhook is set")
            await has_read(sandbox)
            await asks(sandbox, ANNA, "/subscribe наука")
            assert not any(call.method == "getUpdates" for call in sandbox.world.calls)
            async with ClientSession() as http, http.get(f"http://127.0.0.1:{port}/health") as answer:
                assert answer.status == 200
            sandbox.newsroom.publish_next()
            await until(lambda: headlines(sandbox, CHANNEL) == fresh(sandbox), "posted")
        async with open_app(settings(sandbox, tmp_path)):
            assert "наука" in (await asks(sandbox, ANNA, "/mytags")).casefold()
            assert sandbox.telegram.updates.webhook == ""


async def test_what_was_said_while_the_bot_was_off_is_heard_after_it(tmp_path: Path) -> None:
    """Telegram delivers again until it is answered; each message is answered once."""
    port = free_port()
    async with open_sandbox() as sandbox:
        async with open_app(settings(sandbox, tmp_path, **behind(sandbox, port))):
            await until(lambda: sandbox.telegram.updates.webhook, "the webhook is set")
        await sandbox.world.say(ANNA, "/start")

        async def failed() -> bool:
            return bool(sandbox.telegram.updates.last_error)

        await until_true(failed, "Telegram finds nobody")
        async with open_app(settings(sandbox, tmp_path, **behind(sandbox, port))):
            await until(lambda: said(sandbox, ANNA), "answered after all", within=40)
            await asks(sandbox, ANNA, "/help")
        assert len(said(sandbox, ANNA)) == 2
