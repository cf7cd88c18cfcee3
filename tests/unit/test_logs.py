"""The log names no person."""

from __future__ import annotations

from bot.logs import without_people


def hidden(value: object) -> object:
    """What a value becomes in the log."""
    return without_people(None, "info", {"value": value})["value"]


def test_a_persons_number_becomes_a_word() -> None:
    """Wherever it stands, the same word for the same person, and another for another."""
    ann, ben = str(hidden("telegram:2002")), str(hidden("vk:43"))
    assert ann.startswith("telegram:~")
    assert ben.startswith("vk:~")
    assert "2002" not in ann
    assert hidden("abc@telegram:2002 was refused") == f"abc@{ann} was refused"
    assert hidden(["telegram:2002", {"vk:43": 1}]) == [ann, {ben: 1}]
    assert hidden("by telegram 2002") == f"by {ann}"
    assert hidden("telegram:2003") != ann


def test_channels_groups_and_walls_keep_their_names() -> None:
    """They are nobody's; an operator looks for them."""
    for name in ("telegram:@digest", "telegram:-1001", "vk:-220", "vk:2000000001", "telegram:-1005:4"):
        assert hidden(name) == name
    assert hidden(17) == 17
