"""A channel's post shown to editors in another chat: the very same where the network is the same, else its text."""

from __future__ import annotations

from bot.model import Place, Platform, Post
from bot.render import telegram, vk
from bot.talk import Heard, Reply, Span


def shown(post: Post, place: Place, *, event: str) -> tuple[Post, ...]:
    """The calls that show a post at a place. `event` names the asking: on VK the same one shows it once."""
    if post.platform is Platform.TELEGRAM and place.platform is Platform.TELEGRAM:
        return (telegram.aimed(post, place),)
    reply, heard = Reply((Span(_text(post)),)), Heard(place, place.chat, "", f"shown {event}")
    if place.platform is Platform.TELEGRAM:
        return telegram.reply_for(reply, heard, edit=False)
    return vk.reply_for(reply, heard, edit=False)


def words_of(post: Post) -> str:
    """What people read of it; of an album the words under its first picture."""
    first = (post.params.get("media") or [{}])[0]
    words = (post.params.get(name) for name in ("text", "caption", "message"))
    return str(next((one for one in words if one), "") or first.get("caption") or "")


def _text(post: Post) -> str:
    """All of that, with the link that stands under it as a card."""
    below = [str(post.params[name]) for name in ("attachments", "copyright") if post.params.get(name)]
    return "\n\n".join([words_of(post), *below])
