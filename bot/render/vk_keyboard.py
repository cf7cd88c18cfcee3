"""VK's inline keyboards. Pure and total."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from bot.render.buttons import label, target
from bot.talk import Button

_LABEL_LIMIT = 40
_BUTTONS = 10
_ROWS = 6
_BUTTONS_IN_A_ROW = 5


def keyboard(rows: Sequence[Sequence[Button]]) -> dict[str, Any]:
    """An inline keyboard as VK's JSON, or nothing: at most 10 buttons, rows laid anew where there are too many."""
    drawn = [[button for part in row if (button := _button(part))] for row in rows]
    drawn = [row for row in drawn if row]
    buttons = [button for row in drawn for button in row][:_BUTTONS]
    if not buttons:
        return {}
    total = sum(map(len, drawn))
    if total > _BUTTONS or len(drawn) > _ROWS or max(map(len, drawn)) > _BUTTONS_IN_A_ROW:
        drawn = [buttons[start : start + 2] for start in range(0, len(buttons), 2)]
    return {"keyboard": as_json({"one_time": False, "inline": True, "buttons": drawn})}


def _button(button: Button) -> dict[str, Any] | None:
    url, press = target(button)
    words = label(button, _LABEL_LIMIT)
    if url:
        return {"action": {"type": "open_link", "link": url, "label": words}}
    if press:
        return {"action": {"type": "callback", "payload": as_json({"press": press}), "label": words}}
    return None


def as_json(value: object) -> str:
    """As VK reads it: no blanks, no escapes."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
