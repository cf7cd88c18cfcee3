"""Puts a post at the top of its channel, where editors want it there. On Telegram: VK's community keys can't."""

from __future__ import annotations

from collections.abc import Mapping

from bot.errors import DeliveryError
from bot.model import Article, Platform, Post, Receipt
from bot.ports import Publisher
from bot.problems import Problems
from scheduler.selection import Channel


class Pinning:
    """A post that can't be pinned stands all the same; an admin is told of it."""

    def __init__(self, publishers: Mapping[Platform, Publisher], problems: Problems) -> None:
        self._publishers = publishers
        self._problems = problems

    async def pin(self, channel: Channel, article: Article, receipt: Receipt) -> None:
        """Without a sound: the post itself has made one."""
        publisher = self._publishers.get(channel.place.platform)
        if publisher is None or channel.place.platform is not Platform.TELEGRAM:
            return
        number = int(receipt.message_id) if receipt.message_id.isdecimal() else 0
        params = {"chat_id": channel.place.chat, "message_id": number, "disable_notification": True}
        try:
            await publisher.publish(Post(Platform.TELEGRAM, "pinChatMessage", params))
        except DeliveryError as error:
            what = f"“{article.headline}” is out, but can't be pinned: {error}"
            self._problems.mention(f"channel {channel.name}", what)
