"""A channel's post shown to editors in another chat: the very same where the network is the same, else its text."""

from __future__ import annotations

from bot.model import Heard, Place, Platform, Post, Reply, Span
from bot.render import telegram, vk


def shown(post: Post, place: Place, *, event: str) -> tuple[Post, ...]:
    """The calls that show a post at a place. `event` names the asking: on VK the same one shows it once."""
    if post.platform is Platform.TELEGRAM and place.platform is Platform.TELEGRAM:
        return (telegram.aimed(post, place),)
    reply, heard = Reply((Span(_text(post)),)), Heard(place, place.chat, "", f"shown {event}")
    if place.platform is Platform.TELEGRAM:
        return telegram.reply_for(reply, heard, edit=False)
    return vk.reply_for(reply, heard, edit=False)


def _text(post: Post) -> str:
    """All that people read of it, with the link that stands under it as a card."""
    params = post.params
    said = str(params.get("text") or params.get("caption") or params.get("message") or "")
    below = [str(params[name]) for name in ("attachments", "copyright") if params.get(name)]
    return "\n\n".join([said, *below])
