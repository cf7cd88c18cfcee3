"""The sandbox's VK answers the real vk_api library as VK does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from vk_api import ApiError, ApiHttpError, VkApi
from vk_api.upload import VkUpload

from bot.sandbox import faults
from bot.sandbox.server import Sandbox, open_sandbox

WALL = -220
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
Api = Callable[..., Any]


class ToSandbox(HTTPAdapter):
    """vk_api's address is wired in; this sends its requests to the sandbox, with a deadline."""

    def __init__(self, base: str, seconds: float) -> None:
        super().__init__()
        self._base = base
        self._seconds = seconds

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """The same request, elsewhere."""
        request.url = (request.url or "").replace("https://api.vk.ru", self._base)
        request.headers.pop("Host", None)
        return super().send(request, *args, **kwargs | {"timeout": self._seconds})


def client(base: str, token: str, seconds: float = 5.0) -> VkApi:
    """vk_api pointed at a sandbox."""
    session = requests.Session()
    session.mount("https://", ToSandbox(base, seconds))
    vk = VkApi(token=token, api_version="5.199", session=session)
    vk.RPS_DELAY = 0
    vk.error_handlers.clear()
    return vk


class Stopped:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2026, 5, 1, 9, tzinfo=UTC)

    def now(self) -> datetime:
        """The time it shows."""
        return self.time


@pytest.fixture
def clock() -> Stopped:
    """The sandbox's clock."""
    return Stopped()


@pytest.fixture
async def sandbox(clock: Stopped) -> AsyncIterator[Sandbox]:
    """A fresh sandbox."""
    async with open_sandbox(clock=clock) as opened:
        yield opened


def caller(vk: VkApi) -> Api:
    """Calls methods from asyncio: vk_api itself blocks."""

    async def call(method: str, **params: Any) -> Any:
        return await asyncio.to_thread(vk.method, method, params)

    return call


@pytest.fixture
def group(sandbox: Sandbox) -> Api:
    """Calls with the community key."""
    return caller(client(sandbox.vk_api, sandbox.vk_token))


@pytest.fixture
def user(sandbox: Sandbox) -> Api:
    """Calls with the administrator's key."""
    return caller(client(sandbox.vk_api, sandbox.vk_user_token))


async def error_of(call: Any) -> ApiError:
    """The error a call ends in."""
    with pytest.raises(ApiError) as caught:
        await call
    return caught.value


async def test_a_community_key_posts_text_and_a_link(group: Api, sandbox: Sandbox) -> None:
    """The post stands on the wall with its card, its source and its hashtags, and comes back as an event."""
    address = sandbox.newsroom.page_url(sandbox.newsroom.publish_next())
    source = "https://outlet.example/a"
    text = "Хлеб и звёзды #Наука [club1|Клуб]"
    answer = await group("wall.post", owner_id=WALL, from_group=1, message=text, attachments=address, copyright=source)

    post = sandbox.world.snapshot()["wall"]["messages"][0]
    assert post["id"] == str(answer["post_id"])
    assert post["card"]["title"] == sandbox.newsroom.published[-1].story.headline
    assert post["source"] == source
    runs = [(run["text"], run["url"], run["hashtag"]) for run in post["runs"]]
    assert runs == [
        ("Хлеб и звёзды ", None, False),
        ("#Наука", None, True),
        (" ", None, False),
        ("Клуб", "https://vk.com/club1", False),
    ]
    checked = await sandbox.vk.longpoll.check(sandbox.vk.longpoll.key, "1", 0)
    assert [event["type"] for event in checked["updates"]] == ["wall_post_new"]
    event = checked["updates"][0]
    assert (event["group_id"], event["v"], event["object"]["id"]) == (220, "5.199", answer["post_id"])
    assert event["object"]["copyright"]["link"] == source


REFUSED: list[tuple[str, str, dict[str, Any], int, str]] = [
    (
        "two links",
        "wall.post",
        {"owner_id": WALL, "attachments": "https://a.example,https://b.example"},
        100,
        "one link",
    ),
    ("nothing", "wall.post", {"owner_id": WALL}, 100, "message or attachments"),
    ("owner as text", "wall.post", {"owner_id": "digest", "message": "x"}, 100, "owner_id not integer"),
    ("another wall", "wall.post", {"owner_id": -1, "message": "x"}, 214, "access denied"),
    ("no wall", "wall.post", {"message": "x"}, 100, "owner_id is undefined"),
    ("too long", "wall.post", {"owner_id": WALL, "message": "я" * 15_001}, 100, "too long"),
    ("odd source", "wall.post", {"owner_id": WALL, "message": "x", "copyright": "outlet"}, 100, "copyright"),
    ("odd attachment", "wall.post", {"owner_id": WALL, "attachments": "photo1"}, 100, "attachments"),
    ("the past", "wall.post", {"owner_id": WALL, "message": "x", "publish_date": 1}, 150, "timestamp"),
    ("reading back", "wall.get", {"owner_id": WALL}, 27, "unavailable with group auth"),
    ("editing", "wall.edit", {"owner_id": WALL, "post_id": 1, "message": "x"}, 27, "unavailable with group auth"),
    ("deleting", "wall.delete", {"owner_id": WALL, "post_id": 1}, 27, "unavailable with group auth"),
    ("photo for the wall", "photos.getWallUploadServer", {"group_id": 220}, 27, "unavailable with group auth"),
    ("no random_id", "messages.send", {"peer_id": 42, "message": "x"}, 100, "random_id is undefined"),
    ("nobody", "messages.send", {"random_id": 1, "message": "x"}, 100, "peer_id"),
    ("never wrote", "messages.send", {"peer_id": 42, "random_id": 1, "message": "x"}, 901, "without permission"),
    ("unknown", "messages.send", {"peer_id": 77, "random_id": 1, "message": "x"}, 901, "without permission"),
    ("conversation", "messages.send", {"peer_id": 2_000_000_001, "random_id": 1, "message": "x"}, 917, "access"),
    ("long text", "messages.send", {"peer_id": 42, "random_id": 1, "message": "я" * 4097}, 914, "too long"),
    ("longer text", "messages.send", {"peer_id": 42, "random_id": 1, "message": "я" * 9001}, 100, "9000"),
    ("empty", "messages.send", {"peer_id": 42, "random_id": 1, "message": " "}, 100, "message is empty"),
    (
        "not a keyboard",
        "messages.send",
        {"peer_id": 42, "random_id": 1, "message": "x", "keyboard": "inline"},
        911,
        "JSON",
    ),
    ("another group", "groups.getLongPollServer", {"group_id": 1}, 125, "group id"),
    ("no group", "groups.getLongPollServer", {}, 100, "group_id is undefined"),
    ("script", "execute", {"code": "return 1;"}, 100, "no scripts"),
    ("unknown method", "wall.sing", {}, 3, "Unknown method"),
]


@pytest.mark.parametrize(
    ("method", "params", "code", "words"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
async def test_a_bad_call_is_refused_with_vks_code(
    group: Api, sandbox: Sandbox, method: str, params: dict[str, Any], code: int, words: str
) -> None:
    """The error carries its code and the request's own parameters, never the token."""
    error = await error_of(group(method, **params))
    assert error.code == code
    assert words in error.error["error_msg"]
    told = {pair["key"]: pair["value"] for pair in error.error["request_params"]}
    assert told["method"] == method
    assert "access_token" not in told
    assert not sandbox.world.wall.messages


async def test_keys_and_versions(sandbox: Sandbox, user: Api) -> None:
    """A wrong key is 5, a missing version 8, a community's method with a user's key 15; all with HTTP 200."""
    assert (await error_of(caller(client(sandbox.vk_api, "vk1.a.wrong"))("users.get"))).code == 5
    assert (await error_of(user("users.get", v=""))).code == 8
    assert (await error_of(user("groups.getTokenPermissions"))).code == 15
    answer = await asyncio.to_thread(requests.get, f"{sandbox.vk_api}/method/users.get?v=5.199", timeout=5)
    assert (answer.status_code, answer.json()["error"]["error_code"]) == (200, 5)
    bearer = {"Authorization": f"Bearer {sandbox.vk_token}"}
    answer = await asyncio.to_thread(
        requests.post, f"{sandbox.vk_api}/method/users.get", {"v": "5.199"}, headers=bearer, timeout=5
    )
    assert answer.json() == {"response": []}


async def test_the_same_guid_is_the_same_post_for_an_hour(group: Api, sandbox: Sandbox, clock: Stopped) -> None:
    """A repeated call does not post again; after the hour it does."""
    post = {"owner_id": WALL, "message": "Раз", "guid": "abc"}
    first = await group("wall.post", **post)
    clock.time += timedelta(minutes=59)
    assert await group("wall.post", **post) == first
    clock.time += timedelta(minutes=2)
    assert await group("wall.post", **post) != first
    assert len(sandbox.world.wall.messages) == 2


async def test_a_postponed_post_waits_and_gets_another_id(group: Api, sandbox: Sandbox, clock: Stopped) -> None:
    """It is not on the wall before its time; the time itself is taken."""
    due = int((clock.time + timedelta(hours=1)).timestamp())
    first = await group("wall.post", owner_id=WALL, message="Потом", publish_date=due)
    again = await error_of(group("wall.post", owner_id=WALL, message="Тоже потом", publish_date=due))
    assert (again.code, "already scheduled" in again.error["error_msg"]) == (214, True)
    assert not sandbox.world.wall.messages
    clock.time += timedelta(hours=1)
    await group("utils.getServerTime")
    assert [message.text for message in sandbox.world.wall.messages.values()] == ["Потом"]
    assert first["post_id"] not in sandbox.world.wall.messages


async def test_fifty_posts_a_day(group: Api, sandbox: Sandbox, clock: Stopped) -> None:
    """The limit is off until it is set, and over the next day."""
    sandbox.vk.limits.posts_per_day = 1
    await group("wall.post", owner_id=WALL, message="1")
    error = await error_of(group("wall.post", owner_id=WALL, message="2"))
    assert (error.code, "1 posts a day" in error.error["error_msg"]) == (214, True)
    clock.time += timedelta(days=1, seconds=1)
    await group("wall.post", owner_id=WALL, message="2")


async def test_a_users_key_reads_edits_and_deletes(group: Api, user: Api, sandbox: Sandbox) -> None:
    """What a community key may not do."""
    post_id = (await group("wall.post", owner_id=WALL, message="Было"))["post_id"]
    assert (await user("wall.get", owner_id=WALL))["items"][0]["text"] == "Было"
    assert await user("wall.edit", owner_id=WALL, post_id=post_id, message="Стало") == {"post_id": post_id}
    found = await user("wall.getById", posts=f"{WALL}_{post_id}")
    assert found["items"][0]["text"] == "Стало"
    assert (await user("wall.getById", posts=f"{WALL}_{post_id}", v="5.131"))[0]["id"] == post_id
    assert sandbox.world.snapshot()["wall"]["messages"][0]["edited"] is True
    assert await user("wall.delete", owner_id=WALL, post_id=post_id) == 1
    assert (await error_of(user("wall.delete", owner_id=WALL, post_id=post_id))).code == 210


async def test_a_photo_is_uploaded_by_vk_apis_own_uploader(
    user: Api, group: Api, sandbox: Sandbox, tmp_path: Any
) -> None:
    """With a user's key; a community's photo of the messages kind does not show on the wall."""
    file = tmp_path / "a.png"
    file.write_bytes(PNG)
    upload = VkUpload(client(sandbox.vk_api, sandbox.vk_user_token))
    photo = (await asyncio.to_thread(upload.photo_wall, str(file), group_id=220))[0]
    attachment = f"photo{photo['owner_id']}_{photo['id']}"
    await group("wall.post", owner_id=WALL, attachments=attachment)
    url = sandbox.world.snapshot()["wall"]["messages"][0]["photo"]
    assert (await asyncio.to_thread(requests.get, url, timeout=5)).content == PNG

    community = VkUpload(client(sandbox.vk_api, sandbox.vk_token))
    photo = (await asyncio.to_thread(community.photo_messages, str(file)))[0]
    await group("wall.post", owner_id=WALL, message="x", attachments=f"photo{photo['owner_id']}_{photo['id']}")
    assert sandbox.world.snapshot()["wall"]["messages"][1]["photo"] is None
    file.write_bytes(b"not a picture")
    with pytest.raises(ApiError, match="photo is undefined"):
        await asyncio.to_thread(upload.photo_wall, str(file), group_id=220)


@pytest.mark.parametrize(
    ("fault", "error", "posted"),
    [
        (faults.TooMany(), ApiError, 0),
        (faults.VkError(9, "Flood control"), ApiError, 0),
        (faults.VkError(14, "Captcha needed", redirect_uri="https://id.vk.ru/captcha"), ApiError, 0),
        (faults.Status(500), ApiHttpError, 0),
        (faults.HtmlPage(), ApiHttpError, 0),
        (faults.HtmlPage(200), requests.exceptions.JSONDecodeError, 0),
        (faults.DropBefore(), requests.ConnectionError, 0),
        (faults.Hang(), requests.Timeout, 0),
        (faults.AcceptThenDrop(), requests.ConnectionError, 1),
        (faults.AcceptThenHang(), requests.Timeout, 1),
        (faults.Cut(), requests.RequestException, 1),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, type | int) else None,
)
async def test_every_fault_as_the_client_sees_it(
    sandbox: Sandbox, fault: faults.Fault, error: type[Exception], posted: int
) -> None:
    """Each fault raises what vk_api and requests raise for it, posts or doesn't, and is over after one request."""
    call = caller(client(sandbox.vk_api, sandbox.vk_token, seconds=0.5))
    sandbox.faults.add("vk", "wall.post", fault)
    with pytest.raises(error):
        await call("wall.post", owner_id=WALL, message="x")
    assert len(sandbox.world.wall.messages) == posted
    await call("wall.post", owner_id=WALL, message="y")
    assert len(sandbox.world.wall.messages) == posted + 1
