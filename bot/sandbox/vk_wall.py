"""VK's wall: posting, postponing, reading, editing and deleting."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.runs import vk_runs
from bot.sandbox.state import Card, Comment, Json, Message
from bot.sandbox.vk_core import MESSAGES_ALBUM, Args, Postponed, VkRefusal, VkState
from bot.sandbox.vk_rules import GROUP

Method = Callable[[VkState, Args], Any]
MAX_POST = 15_000
_MAX_PHOTOS, _MAX_POSTPONED = 10, 150
_GUID_LIVES = timedelta(hours=1)
_MEDIA = re.compile(r"(photo|video|audio|doc|poll|note|page|album|wall|market)(-?\d+)_(\d+)(_\w+)?")
_LINK = re.compile(r"https?://\S+")


def post(state: VkState, args: Args) -> Args:
    """wall.post. The same `guid` within one hour is the same post."""
    _own_wall(state, args)
    now = state.world.now()
    known = state.guids.get(args.get("guid", ""))
    if known and now - known[0] < _GUID_LIVES:
        return {"post_id": known[1]}
    attachments, card, photo = _attachments(state, args)
    text = _text(args)
    if not text and not attachments:
        raise VkRefusal(100, "message or attachments are required")
    due = _due(state, args, now)
    _check_day(state, now)
    post_id = state.wall.next_id()
    raw = _raw(state, args, post_id, now) | {"text": text, "attachments": attachments}
    message = Message(post_id, "bot", now, raw, vk_runs(text), card, photo)
    _set_source(message, args)
    if args.get("guid"):
        state.guids[args["guid"]] = (now, post_id)
    if due:
        raw |= {"post_type": "postpone", "date": int(due.timestamp())}
        state.postponed.append(Postponed(message, due))
    else:
        _publish(state, message)
    return {"post_id": post_id}


def _own_wall(state: VkState, args: Args) -> None:
    owner = args.get("owner_id")
    if owner is None and args["kind"] == GROUP:
        raise VkRefusal(100, "owner_id is undefined")
    if owner != -state.group_id:
        raise VkRefusal(214, "access denied")


def _text(args: Args) -> str:
    text: str = args.get("message", "").strip()
    if len(text) > MAX_POST:
        raise VkRefusal(100, "message is too long")
    return text


def _raw(state: VkState, args: Args, post_id: int, now: datetime) -> Args:
    from_group = args.get("from_group") or args["kind"] == GROUP
    author = -state.group_id if from_group else state.user_id
    counts = {
        "likes": {"count": 0, "user_likes": 0, "can_like": 1, "can_publish": 1},
        "comments": {"count": 0, "can_post": 1},
        "reposts": {"count": 0},
        "views": {"count": 0},
    }
    head = {"inner_type": "wall_wallpost", "id": post_id, "owner_id": -state.group_id, "from_id": author}
    more = {"date": int(now.timestamp()), "post_type": "post", "marked_as_ads": int(bool(args.get("mark_as_ads")))}
    return head | more | counts | {"post_source": {"type": "api"}, "created_by": state.user_id}


def _attachments(state: VkState, args: Args) -> tuple[list[Args], Card | None, str | None]:
    """The attachments as VK keeps them, with the card and the photo people see. A photo VK can't show is left out."""
    found, card, photo, links, photos = [], None, None, 0, 0
    for part in args.get("attachments", []):
        media = _MEDIA.fullmatch(part)
        if _LINK.fullmatch(part):
            links += 1
            attached, card = state.link(part.replace("%2C", ","))
            found.append(attached)
        elif media and media[1] == "photo":
            photos += 1
            saved = state.photos.get(f"photo{media[2]}_{media[3]}")
            if saved and saved.album_id != MESSAGES_ALBUM:
                photo = photo or saved.url
                found.append({"type": "photo", "photo": saved.raw()})
        elif media:
            found.append({"type": media[1], media[1]: {"owner_id": int(media[2]), "id": int(media[3])}})
        else:
            raise VkRefusal(100, f"attachments: {part} is invalid")
    if links > 1:
        raise VkRefusal(100, "attachments can contain only one link")
    if photos > _MAX_PHOTOS:
        raise VkRefusal(100, f"attachments can contain at most {_MAX_PHOTOS} photos")
    return found, card, photo


def _set_source(message: Message, args: Args) -> None:
    address = args.get("copyright")
    if not address:
        return
    host = urlsplit(address).hostname or ""
    if not _LINK.fullmatch(address) or "." not in host:
        raise VkRefusal(100, "copyright is invalid")
    message.source = address
    message.raw["copyright"] = {"link": address, "name": host, "type": "link"}


def _due(state: VkState, args: Args, now: datetime) -> datetime | None:
    if not args.get("publish_date"):
        return None
    due = datetime.fromtimestamp(args["publish_date"], UTC)
    if due <= now:
        raise VkRefusal(150)
    if any(waiting.due == due for waiting in state.postponed):
        raise VkRefusal(214, "a post is already scheduled for this time")
    if len(state.postponed) >= _MAX_POSTPONED:
        raise VkRefusal(214, f"you can only schedule {_MAX_POSTPONED} posts")
    return due


def _check_day(state: VkState, now: datetime) -> None:
    allowed = state.limits.posts_per_day
    today = [past for past in state.wall.messages.values() if past.at > now - timedelta(days=1)]
    if allowed is not None and len(today) >= allowed:
        raise VkRefusal(214, f"you can only add {allowed} posts a day")


def _publish(state: VkState, message: Message) -> None:
    state.wall.messages[message.id] = message
    state.longpoll.add("wall_post_new", message.raw)
    state.world.touch()


def release(state: VkState) -> None:
    """Publish the postponed posts whose time has come. As on VK, the live post has another id."""
    for waiting in [one for one in state.postponed if one.due <= state.world.now()]:
        state.postponed.remove(waiting)
        message = waiting.message
        message.id, message.at = state.wall.next_id(), waiting.due
        message.raw |= {"id": message.id, "post_type": "post"}
        _publish(state, message)


def get(state: VkState, args: Args) -> Args:
    """wall.get: the newest first."""
    if args.get("owner_id", -state.group_id) != -state.group_id:
        raise VkRefusal(15)
    offset, count = args.get("offset", 0), min(args.get("count", 20), 100)
    newest = [message.raw for message in reversed(state.wall.messages.values())]
    if args.get("filter") == "postponed":
        newest = [waiting.message.raw for waiting in state.postponed]
    return {"count": len(newest), "items": newest[offset : offset + count]}


def get_by_id(state: VkState, args: Args) -> Json:
    """wall.getById. Since 5.138 the posts are wrapped in `items`; one that is gone is simply not there."""
    prefix = f"-{state.group_id}_"
    numbers = [int(name.removeprefix(prefix)) for name in args["posts"] if name.startswith(prefix)]
    found = [state.wall.messages[number].raw for number in numbers if number in state.wall.messages]
    return {"items": found} if args["version"] >= (5, 138) else found


def edit(state: VkState, args: Args) -> Args:
    """wall.edit: what is not sent again is lost, as on VK."""
    message = _find(state, args)
    attachments, card, photo = _attachments(state, args)
    text = _text(args)
    if not text and not attachments:
        raise VkRefusal(100, "message or attachments are required")
    message.source = None
    message.raw.pop("copyright", None)
    _set_source(message, args)
    message.raw |= {"text": text, "attachments": attachments, "edited": int(state.world.now().timestamp())}
    message.runs, message.card, message.photo, message.edited = vk_runs(text), card, photo, True
    state.world.touch()
    return {"post_id": message.id}


def delete(state: VkState, args: Args) -> int:
    """wall.delete."""
    del state.wall.messages[_find(state, args).id]
    state.world.touch()
    return 1


def create_comment(state: VkState, args: Args) -> Args:
    """wall.createComment. The same `guid` is the same comment."""
    message = _find(state, args)
    text = args.get("message", "").strip()
    if not text:
        raise VkRefusal(100, "message is undefined")
    known = [comment for comment in message.comments if args.get("guid") and comment.guid == args["guid"]]
    if known:
        return {"comment_id": known[0].id, "parents_stack": []}
    comment = Comment(state.wall.next_id(), text, args.get("guid", ""))
    message.comments.append(comment)
    message.raw["comments"] = {"count": len(message.comments), "can_post": 1}
    state.world.touch()
    return {"comment_id": comment.id, "parents_stack": []}


def like(state: VkState, number: int, person: int, *, takes_back: bool = False) -> None:
    """A person likes a post of the wall, or does so no longer."""
    about: Args = {"liker_id": person, "object_type": "post", "object_owner_id": -state.group_id, "object_id": number}
    kind = "like_remove" if takes_back else "like_add"
    state.longpoll.add(kind, about | {"thread_reply_id": 0, "post_id": 0})


def repost(state: VkState, number: int, person: int) -> None:
    """A person puts a post on their own wall."""
    copied = [state.wall.messages[number].raw]
    head: Args = {"id": number + 1000, "owner_id": person, "from_id": person, "post_type": "post", "text": ""}
    state.longpoll.add("wall_repost", head | {"date": int(state.world.now().timestamp()), "copy_history": copied})


def _find(state: VkState, args: Args) -> Message:
    if args.get("owner_id") != -state.group_id or args.get("post_id") not in state.wall.messages:
        raise VkRefusal(210)
    return state.wall.messages[args["post_id"]]


METHODS: dict[str, Method] = {
    "wall.post": post,
    "wall.createComment": create_comment,
    "wall.get": get,
    "wall.getById": get_by_id,
    "wall.edit": edit,
    "wall.delete": delete,
}
