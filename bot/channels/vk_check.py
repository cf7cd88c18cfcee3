"""What is wrong with VK's keys and settings, as sentences that say what to do. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from bot.channels.vk_outcomes import VkFault, missing_events, missing_rights

_KEYS = "Manage, API usage, Access tokens"
_LONG_POLL = "Manage, API usage, Long Poll API"


UNKNOWN_METHOD = 3
"""VK's error for a method it does not have (errors.json)."""


def key_problems(answer: object) -> list[str]:
    """What groups.getTokenPermissions says against the community key."""
    if isinstance(answer, VkFault) and answer.code is None:
        return [f"VK can't be reached ({answer.words}). Check the network and vk.api_base."]
    if isinstance(answer, VkFault) and answer.code == UNKNOWN_METHOD:
        return []  # a server that can't be asked about rights; a post will tell
    if isinstance(answer, VkFault):
        refusal = f"error {answer.code}: {answer.words}"
        return [f"VK does not take vk.token as a community key ({refusal}). Make one in the community: {_KEYS}."]
    missing = missing_rights(answer) if isinstance(answer, Mapping) else []
    if missing:
        return [f"The VK key lacks the rights: {', '.join(missing)}. Make a new one with them: {_KEYS}."]
    return []


def community_problems(answer: object, group_id: int) -> list[str]:
    """What groups.getById says against the community's number."""
    if isinstance(answer, VkFault):
        return [f"VK does not show the community {group_id} ({answer.words}). Check vk.group_id."]
    groups = answer.get("groups") if isinstance(answer, Mapping) else None
    ids = {group.get("id") for group in groups or () if isinstance(group, Mapping)}
    if group_id in ids:
        return []
    return [f"VK knows no community {group_id}. Put the number from its address (club123) into vk.group_id."]


def long_poll_problems(answer: object) -> list[str]:
    """What groups.getLongPollSettings says: without it the bot hears nobody."""
    if isinstance(answer, VkFault):
        return [f"VK does not show its Long Poll settings ({answer.words}). Give the key the right “manage”: {_KEYS}."]
    settings = answer if isinstance(answer, Mapping) else {}
    if not settings.get("is_enabled"):
        return [f"VK's Long Poll is off, so the bot hears nobody. Turn it on: {_LONG_POLL}."]
    events = settings.get("events")
    missing = missing_events(events if isinstance(events, Mapping) else {})
    if missing:
        return [f"VK does not tell the bot about: {', '.join(missing)}. Tick them: {_LONG_POLL}, Event types."]
    return []


def user_problem(answer: object) -> str | None:
    """What users.get, which answers a community key with nobody, says against the user token."""
    if isinstance(answer, VkFault):
        return (
            f"VK does not take vk.user_token ({answer.words}). Leave it out, or get a new one: it only adds pictures."
        )
    if not answer:
        return "vk.user_token is a community key, not a person's. Leave it out: it only adds pictures."
    return None
