"""VK's keyboards, read and refused as VK does (dev.vk.com, bots/development/keyboard): error 911."""

from __future__ import annotations

import json
from typing import Any

from bot.sandbox.state import Json, Key, Keys
from bot.sandbox.vk_core import VkRefusal

MAX_PER_ROW, MAX_LABEL, MAX_PAYLOAD = 5, 40, 255
_ROWS, _BUTTONS = {False: 10, True: 6}, {False: 40, True: 10}
_COLOURS = frozenset({"primary", "secondary", "negative", "positive"})
_TYPES = frozenset({"text", "callback", "open_link", "open_app", "location", "vkpay"})
_COLOURED = frozenset({"text", "callback"})


def read_keyboard(text: str) -> tuple[dict[str, Any], Keys]:
    """A keyboard's JSON, and the buttons people see. Raises VkRefusal 911."""
    try:
        keyboard = json.loads(text)
    except ValueError:
        raise VkRefusal(911, "keyboard is not valid JSON") from None
    if not isinstance(keyboard, dict) or not isinstance(keyboard.get("buttons"), list):
        raise VkRefusal(911, "buttons field is missing or is not an array")
    inline = bool(keyboard.get("inline", False))
    if inline and keyboard.get("one_time"):
        raise VkRefusal(911, "inline keyboard can't be one_time")
    rows = keyboard["buttons"]
    _check_size(rows, inline=inline)
    return keyboard, tuple(tuple(_key(button) for button in row) for row in rows)


def _check_size(rows: list[Any], *, inline: bool) -> None:
    if not all(isinstance(row, list) for row in rows):
        raise VkRefusal(911, "each row must be an array of buttons")
    if any(len(row) > MAX_PER_ROW for row in rows):
        raise VkRefusal(911, f"row must contain at most {MAX_PER_ROW} buttons")
    if len(rows) > _ROWS[inline]:
        raise VkRefusal(911, f"keyboard must contain at most {_ROWS[inline]} rows")
    if sum(map(len, rows)) > _BUTTONS[inline]:
        raise VkRefusal(911, f"keyboard must contain at most {_BUTTONS[inline]} buttons")


def _key(button: Json) -> Key:
    action = button.get("action") if isinstance(button, dict) else None
    if not isinstance(action, dict) or action.get("type") not in _TYPES:
        raise VkRefusal(911, "button action has no known type")
    kind, label = action["type"], action.get("label", "")
    payload = _payload(action)
    if "color" in button and (button["color"] not in _COLOURS or kind not in _COLOURED):
        raise VkRefusal(911, f"button color {button['color']!r} is not allowed here")
    if kind not in ("text", "callback", "open_link"):
        return Key(label or kind, "other", payload)
    if not isinstance(label, str) or not 1 <= len(label) <= MAX_LABEL:
        raise VkRefusal(911, f"button label must have 1 to {MAX_LABEL} letters")
    if kind != "open_link":
        return Key(label, "text" if kind == "text" else "callback", payload)
    if not str(action.get("link", "")).startswith(("http://", "https://")):
        raise VkRefusal(911, "button link is not an address")
    return Key(label, "url", action["link"])


def _payload(action: dict[str, Any]) -> str:
    """The payload as JSON text; VK also takes an object in its place."""
    payload = action.get("payload", "")
    text = payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)
    if len(text) > MAX_PAYLOAD:
        raise VkRefusal(911, f"button payload must have at most {MAX_PAYLOAD} letters")
    if text:
        try:
            json.loads(text)
        except ValueError:
            raise VkRefusal(911, "button payload is not valid JSON") from None
    return text
