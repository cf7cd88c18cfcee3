"""What the buttons of both networks share: a label that fits, and a command or an address that can travel."""

from __future__ import annotations

from bot.render.shorten import ELLIPSIS, hard_cut, shorten
from bot.render.typography import clean, tidy, visible, web_url
from bot.talk import Button

PRESS_LIMIT = 64
"""Longest command a button carries, in bytes: Telegram's `callback_data`."""


def label(button: Button, limit: int) -> str:
    """The button's words in at most `limit` UTF-16 units; never empty, which both networks refuse."""
    words = tidy(button.label)
    if not visible(words):
        return ELLIPSIS
    return shorten(words, limit) or hard_cut(words, limit) or ELLIPSIS


def target(button: Button) -> tuple[str | None, str | None]:
    """The address the button opens, else the command it sends; (None, None) for one that must be left out.

    A command is never cut: it would become another command.
    """
    if url := web_url(button.url):
        return url, None
    press = button.press
    if press and press == clean(press) and len(press.encode("utf-8")) <= PRESS_LIMIT:
        return None, press
    return None, None
