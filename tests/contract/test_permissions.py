"""Who may do what: a matrix of roles, commands and kinds of chats. A right is a person's, wherever they speak."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.config import given
from bot.errors import SettingsError
from bot.model import ChannelStatus, Place, Platform
from bot.roles import Grant, Rights, Role
from bot.store import Store
from handlers.commands import STAFF_COMMANDS
from tests.fakes import NOON, PreparedDesk, TalkingBot, quiet

OFFICE = "-1007"
PEOPLE = {"1": None, "2": Role.VIEWER, "3": Role.EDITOR, "4": Role.OWNER}
RANKS = [None, *Role]
CHATS = {"private": {}, "group": {"private": False}, "office": {"private": False}}
MAIN = ChannelStatus("main", Place(Platform.TELEGRAM, "@digest"), waiting=0)
WALL = ChannelStatus("wall", Place(Platform.VK, "-220"), waiting=0)


@pytest.fixture
def bot(store: Store) -> TalkingBot:
    grants = [Grant(f"telegram:{person}", role) for person, role in PEOPLE.items() if role is not None]
    desk = PreparedDesk(state=replace(quiet(), channels=(MAIN, WALL)))
    return TalkingBot(store, desk=desk, roles=grants, offices={Platform.TELEGRAM: OFFICE})


def where(kind: str, person: str) -> str:
    """The chat's address."""
    return {"private": person, "group": "-1009", "office": OFFICE}[kind]


@pytest.mark.parametrize("kind", CHATS)
@pytest.mark.parametrize("person", PEOPLE)
async def test_each_command_is_for_its_role_and_its_chats(bot: TalkingBot, person: str, kind: str) -> None:
    """Whoever may not gets word by word what a command gets that does not exist: nobody learns that there is one."""
    speaker = bot.person(chat=where(kind, person))
    nothing = await speaker.says("/nonsense", person=person, **CHATS[kind])
    for command, role in STAFF_COMMANDS.items():
        answer = await speaker.says(f"/{command}", person=person, **CHATS[kind])
        may = kind != "group" and RANKS.index(PEOPLE[person]) >= RANKS.index(role)
        assert (answer != nothing) == may, command


async def test_an_anonymous_admin_of_the_editors_chat_is_asked_for_a_name(bot: TalkingBot) -> None:
    """The chat has no rights, only people have; elsewhere an anonymous admin learns nothing."""
    office, group = bot.person(chat=OFFICE), bot.person(chat="-1009")
    answer = await office.says("/queue", person=OFFICE, private=False, as_chat=True)
    assert answer == "I can't see who you are. Please write under your own name, not as the group."
    assert await group.says("/queue", person="-1009", private=False, as_chat=True) == ""


async def test_a_command_that_is_passed_on_does_nothing(bot: TalkingBot) -> None:
    """An owner who forwards somebody's "/grant owner 666" has not said it."""
    owner = bot.person(chat="4")
    assert await owner.says("/grant owner 666", forwarded=True) == await owner.says("/nonsense")
    assert await bot.store.grants.given() == []


async def test_a_right_is_given_and_taken(bot: TalkingBot) -> None:
    """At once, for everything or for one channel, and both are in the log with who did it."""
    owner, ann = bot.person(chat="4"), bot.person(chat="55")
    assert await ann.says("/status") == await ann.says("/nonsense")
    assert await owner.says("/grant editor 55 wall") == "telegram:55 is now an editor on wall."
    assert await ann.says("/status") != await ann.says("/nonsense")
    assert "telegram:55@wall: editor" in await owner.says("/grant")
    assert await owner.says("/revoke 55 wall") == "telegram:55@wall has this right no longer."
    assert await ann.says("/status") == await ann.says("/nonsense")
    log = await owner.says("/audit")
    assert "telegram 4: /grant editor 55 wall\ntelegram:55 is now an editor on wall." in log
    assert log.index("/revoke") < log.index("/grant")


@pytest.mark.parametrize(
    ("said", "answered"),
    [
        ("/grant boss 55", "To give a right"),
        ("/grant editor", "To give a right"),
        ("/grant editor bob", "To give a right"),
        ("/grant editor 55 mian", "There is no such channel. There are: main, wall, telegram, vk"),
        ("/revoke", "Name the person"),
        ("/revoke 4", "This right stands in the settings"),
        ("/revoke 77", "Nobody gave this right"),
    ],
)
async def test_what_is_wrong_with_a_right_is_said(bot: TalkingBot, said: str, answered: str) -> None:
    """And nothing is given or taken, nor logged."""
    owner = bot.person(chat="4")
    assert (await owner.says(said)).startswith(answered)
    assert await owner.says("/audit") == "Nobody has done anything yet."


async def test_the_help_shows_each_what_they_may(bot: TalkingBot) -> None:
    """A viewer sees no command of editors, an editor none of owners."""
    viewer, editor = [await bot.person(chat=one).says("/help") for one in ("2", "3")]
    assert "/queue" in viewer
    assert "/retract" not in viewer
    assert "/retract" in editor
    assert "/grant" not in editor


async def test_the_log_is_capped_and_comes_back_in_order(any_store: Store) -> None:
    """The newest first, as they were written."""
    owner = TalkingBot(any_store, roles=[Grant("telegram:4", Role.OWNER)]).person(chat="4")
    for person in range(100, 125):
        await owner.says(f"/grant viewer {person}")
    deeds = await any_store.audit.deeds(3)
    assert [deed.what for deed in deeds] == [f"/grant viewer {person}" for person in (124, 123, 122)]
    assert deeds[0].at == NOON
    assert len((await owner.says("/audit 5")).split("telegram 4:")) == 6


def test_a_right_holds_for_its_channel_its_platform_or_everything() -> None:
    """And an owner's includes an editor's."""
    rights = Rights((Grant("vk:1", Role.EDITOR, "wall"), Grant("vk:1", Role.VIEWER, "telegram")))
    assert rights.on(Role.EDITOR, "wall", Platform.VK)
    assert not rights.on(Role.EDITOR, "main", Platform.TELEGRAM)
    assert rights.on(Role.VIEWER, "main", Platform.TELEGRAM)
    assert not rights.everywhere(Role.VIEWER)
    assert Rights((Grant("vk:1", Role.OWNER),)).on(Role.EDITOR, "any", Platform.VK)


def test_roles_in_the_settings_are_checked() -> None:
    """A person, and a channel that there is."""
    channel = {"name": "wall", "platform": "vk", "target": "-220"}
    roles = {"editor": ["telegram:1", "vk:2@wall"]}
    assert given({"channels": [channel], "roles": roles}).roles.editor == ("telegram:1", "vk:2@wall")
    with pytest.raises(SettingsError) as caught:
        given({"channels": [channel], "roles": {"editor": ["bob", "vk:2@wlal"]}})
    assert [problem.split(":")[0] for problem in caught.value.problems] == ["roles.editor[0]", "roles.editor[1]"]
