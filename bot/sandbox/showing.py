"""Posts put on the sandbox's board by the real doors, to be looked at: `depeche preview --board` and the gallery."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace

from rich.console import Console

from bot.assembly import fetcher_for
from bot.channels.telegram import open_telegram
from bot.channels.telegram_pictures import no_pictures
from bot.channels.vk import open_vk
from bot.config import Settings
from bot.errors import CommandError
from bot.model import Article, Place, Platform, Post
from bot.ports import Pictures
from bot.process import wait_for_signal
from bot.render import aimed
from bot.sandbox.server import Sandbox, open_sandbox
from bot.sandbox.state import Card
from bot.sandbox.world import GROUP_ID, SystemClock
from bot.source.picture import Pictures as FetchedPictures

CHANNEL = Place(Platform.TELEGRAM, "@digest")


async def put(sandbox: Sandbox, posts: Iterable[Post], pictures: Pictures | None = None) -> None:
    """Send posts to the sandbox's channel and wall, whatever channel they were made for. Raises DeliveryError."""
    clock = SystemClock()
    telegram = open_telegram(
        sandbox.telegram_token, sandbox.telegram_api, clock=clock, pictures=pictures or no_pictures
    )
    vk = open_vk(sandbox.vk_token, sandbox.vk_api, GROUP_ID, user_token=sandbox.vk_user_token, clock=clock)
    async with telegram as channel, vk as wall:
        for post in posts:
            if post.platform is Platform.TELEGRAM:
                await channel.publish(aimed(post, CHANNEL))
            else:
                await wall.publish(replace(post, params={**post.params, "owner_id": -GROUP_ID}))


def with_card(sandbox: Sandbox, article: Article, addresses: Iterable[str]) -> None:
    """Let the sandbox's networks know the article's link card, under each address that posts give it."""
    site = article.outlet.name if article.outlet else None
    for address in addresses:
        image = article.image.url if article.image else None
        sandbox.newsroom.cards[address] = Card(address, article.headline, article.lead, image, site)


def addresses_of(posts: Sequence[Post]) -> set[str]:
    """The addresses whose cards stand under these posts."""
    previews = {str((post.params.get("link_preview_options") or {}).get("url") or "") for post in posts}
    attached = {str(post.params.get("attachments") or "").replace("%2C", ",") for post in posts}
    return {address for address in previews | attached if address}


async def run(settings: Settings, article: Article, posts: Sequence[Post], *, port: int) -> None:
    """Show posts on a board until a signal comes. Raises CommandError when the port is taken."""
    try:
        async with open_sandbox(port=port) as sandbox:
            with_card(sandbox, article, addresses_of(posts))
            async with fetcher_for(settings) as fetcher:
                await put(sandbox, posts, FetchedPictures(fetcher))
            Console().print(f"The posts are on the board: {sandbox.url}  (Ctrl+C ends it)")
            stopping = asyncio.Event()
            wait_for_signal(stopping)
            await stopping.wait()
    except OSError as error:
        raise CommandError(f"the board can't be opened on port {port}: {error.strerror}") from error
