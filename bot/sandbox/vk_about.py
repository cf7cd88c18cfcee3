"""VK's methods about people, the community, its Long Poll, photos and the server itself."""

from __future__ import annotations

from hashlib import blake2b

from bot.sandbox.state import Chat, Json
from bot.sandbox.vk_core import MESSAGES_ALBUM, WALL_ALBUM, Args, VkRefusal, VkState
from bot.sandbox.vk_rules import GROUP, LONG_POLL_EVENTS
from bot.sandbox.vk_wall import Method

RIGHTS = {"photos": 4, "wall": 8192, "messages": 4096, "docs": 131072, "manage": 262144}


def users(state: VkState, args: Args) -> list[Args]:
    """users.get. Without ids it tells about the key's owner, and a community key has none."""
    wanted = args.get("user_ids")
    if not wanted:
        return [] if args["kind"] == GROUP else [_user(state.user_id, "Редактор")]
    found = [state.person(int(name)) for name in wanted if name.isdigit()]
    return [_user(chat.id, chat.title) for chat in found if chat]


def _user(user_id: int, name: str) -> Args:
    return {"id": user_id, "first_name": name, "last_name": "", "can_access_closed": True, "is_closed": False}


def groups(state: VkState, args: Args) -> Json:
    """groups.getById. Since 5.139 the answer is {groups, profiles}."""
    named = [*args.get("group_ids", []), *([args["group_id"]] if args.get("group_id") else [])]
    known = {str(state.group_id), state.wall.username}
    if any(name.removeprefix("club") not in known for name in named) or (not named and args["kind"] != GROUP):
        raise VkRefusal(100, "group_ids is undefined or invalid")
    group = _group(state, state.wall)
    return {"groups": [group], "profiles": []} if args["version"] >= (5, 139) else [group]


def _group(state: VkState, wall: Chat) -> Args:
    about = {"id": state.group_id, "name": wall.title, "screen_name": wall.username, "is_closed": 0, "type": "page"}
    return about | {"photo_50": "", "photo_100": "", "photo_200": ""}


def permissions(state: VkState, args: Args) -> Args:  # noqa: ARG001 - every method has the same form
    """groups.getTokenPermissions."""
    settings = [{"name": name, "setting": bit} for name, bit in RIGHTS.items()]
    return {"mask": sum(RIGHTS.values()), "permissions": settings}


def longpoll_server(state: VkState, args: Args) -> Args:
    """groups.getLongPollServer."""
    state.own_group(args["group_id"])
    if not state.longpoll.enabled:
        raise VkRefusal(100, "longpoll for this group is not enabled")
    return {"key": state.longpoll.key, "server": state.longpoll.server, "ts": str(state.longpoll.ts)}


def longpoll_settings(state: VkState, args: Args) -> Args:
    """groups.getLongPollSettings."""
    state.own_group(args["group_id"])
    events = {kind: int(is_on) for kind, is_on in state.longpoll.events.items()}
    return {"is_enabled": state.longpoll.enabled, "api_version": state.longpoll.api_version, "events": events}


def set_longpoll(state: VkState, args: Args) -> int:
    """groups.setLongPollSettings: only what is sent changes."""
    state.own_group(args["group_id"])
    state.longpoll.enabled = args.get("enabled", state.longpoll.enabled)
    state.longpoll.api_version = args.get("api_version", state.longpoll.api_version)
    state.longpoll.events |= {kind: args[kind] for kind in LONG_POLL_EVENTS if kind in args}
    return 1


def wall_upload(state: VkState, args: Args) -> Args:
    """photos.getWallUploadServer."""
    state.own_group(abs(args.get("group_id", state.group_id)))
    return _upload_server(state, WALL_ALBUM)


def messages_upload(state: VkState, args: Args) -> Args:  # noqa: ARG001 - every method has the same form
    """photos.getMessagesUploadServer."""
    return _upload_server(state, MESSAGES_ALBUM)


def _upload_server(state: VkState, album: int) -> Args:
    return {
        "upload_url": f"{state.url}/upload/{abs(album)}",
        "album_id": album,
        "user_id": 0,
        "group_id": state.group_id,
    }


def save_wall_photo(state: VkState, args: Args) -> list[Args]:
    """photos.saveWallPhoto."""
    return [state.save_photo(-state.group_id, WALL_ALBUM, _uploaded(args["photo"])).raw()]


def save_messages_photo(state: VkState, args: Args) -> list[Args]:
    """photos.saveMessagesPhoto. Such a photo does not show on a wall."""
    return [state.save_photo(-state.group_id, MESSAGES_ALBUM, _uploaded(args["photo"])).raw()]


def _uploaded(photo: str) -> str:
    if photo in ("", "[]"):
        raise VkRefusal(100, "photo is undefined")
    return photo


def server_time(state: VkState, args: Args) -> int:  # noqa: ARG001 - every method has the same form
    """utils.getServerTime."""
    return int(state.world.now().timestamp())


def short_link(state: VkState, args: Args) -> Args:
    """utils.getShortLink: the same address has the same short one."""
    if not args["url"].startswith(("http://", "https://")):
        raise VkRefusal(100, "url is invalid")
    key = blake2b(args["url"].encode(), digest_size=4).hexdigest()
    state.short_links[key] = args["url"]
    return {"short_url": f"https://vk.cc/{key}", "access_key": key[::-1], "key": key, "url": args["url"]}


def link_stats(state: VkState, args: Args) -> Args:
    """utils.getLinkStats: how often a short address was opened, here in one sum."""
    if args["key"] not in state.short_links:
        raise VkRefusal(104)
    opened = state.opened.get(args["key"], 0)
    return {"key": args["key"], "stats": [{"timestamp": 0, "views": opened}] if opened else []}


def resolve(state: VkState, args: Args) -> Json:
    """utils.resolveScreenName: an empty list for a name nobody has."""
    if args["screen_name"] in (state.wall.username, f"club{state.group_id}", f"public{state.group_id}"):
        return {"type": "group", "object_id": state.group_id}
    return []


def execute(state: VkState, args: Args) -> Json:  # noqa: ARG001 - every method has the same form
    """execute: scripts are not run here."""
    raise VkRefusal(100, "the sandbox runs no scripts; please call each method by itself")


METHODS: dict[str, Method] = {
    "users.get": users,
    "groups.getById": groups,
    "groups.getTokenPermissions": permissions,
    "groups.getLongPollServer": longpoll_server,
    "groups.getLongPollSettings": longpoll_settings,
    "groups.setLongPollSettings": set_longpoll,
    "photos.getWallUploadServer": wall_upload,
    "photos.saveWallPhoto": save_wall_photo,
    "photos.getMessagesUploadServer": messages_upload,
    "photos.saveMessagesPhoto": save_messages_photo,
    "utils.getServerTime": server_time,
    "utils.getShortLink": short_link,
    "utils.getLinkStats": link_stats,
    "utils.resolveScreenName": resolve,
    "execute": execute,
}
