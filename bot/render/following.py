"""Under a public post: ways to subscribe to its first tags. Buttons on Telegram, on VK lines with links."""

from __future__ import annotations

from bot.model import Article
from bot.render.article import hashtags
from bot.render.style import Style, labels
from bot.tags import deep_link, hashtag, vk_deep_link
from bot.talk import Button


def buttons(article: Article, style: Style) -> list[tuple[Button, ...]]:
    """Each opens a chat with the bot on Telegram, and subscribes there."""
    return [(Button(words, url=deep_link(style.bot, tag)),) for words, tag in _followed(article, style)]


def lines(article: Article, style: Style) -> tuple[str, ...]:
    """Each opens the community's messages on VK, and subscribes with the first word said there."""
    return tuple(f"{words}: {vk_deep_link(style.group, tag)}" for words, tag in _followed(article, style))


def _followed(article: Article, style: Style) -> list[tuple[str, str]]:
    """What is said of each tag, and the tag."""
    words = labels(style.language).follow
    named = {word: tag for tag in reversed(article.tags) if (word := hashtag(tag))}
    return [(f"{words} {word}", named[word]) for word in hashtags(article.tags, style.subscribe_buttons)]
