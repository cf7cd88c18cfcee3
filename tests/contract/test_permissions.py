"""Who may do what: a matrix of roles, commands and kinds of chats. A right is a person's, wherever they speak."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from bot.conditions import ChannelStatus
from bot.config import given
from bot.editions import Fate, Retraction, Standing
from bot.errors import SettingsError, TryLater
from bot.model import Article, Place, Platform
from bot.roles import Grant, Rights, Role
from bot.sightings import Choice, OpenDoubt
from bot.store import Store
from handlers.commands import STAFF_COMMANDS
from tests.fakes import NOON, Person, PreparedDesk, TalkingBot, quiet

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


@pytest.mark.parametrize("platform", list(Platform))
async def test_in_a_group_the_help_is_for_its_people(bot: TalkingBot, platform: Platform) -> None:
    """Its admins see what changes its subscriptions, the others what they may read; nobody the newsroom's commands, and
    what is personal is left to a private chat. While nobody can tell who is an admin, the help is for all."""
    group = bot.person(platform, "-1005" if platform is Platform.TELEGRAM else "2000000001")
    bot.chats.admins[group.place.chat] = {"1002"}
    everybody = await group.says("/help", person="1001", private=False)
    admin = await group.says("/help", person="1002", private=False)
    for said in (everybody, admin):
        assert "/search" in said
        assert not any(f"/{name} " in said for name in ("forget", "export", "queue", "status", "grant"))
    assert "/subscribe —" not in everybody
    assert "write to me in private" in everybody
    assert "/subscribe —" in admin
    assert "You decide what this group gets" in admin
    bot.chats.faults = [TryLater("flood", after=timedelta(minutes=1))]
    assert "/subscribe —" not in await group.says("/help", person="1003", private=False)


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


@pytest.mark.parametrize("platform", Platform)
async def test_the_matrix_holds_on_either_network(store: Store, platform: Platform) -> None:
    """The same roles, commands and kinds of chats on VK: a right of one network's person is none on the other."""
    grants = [Grant(f"{platform}:{person}", role) for person, role in PEOPLE.items() if role is not None]
    office, group = {Platform.TELEGRAM: ("-1007", "-1009"), Platform.VK: ("2000000007", "2000000009")}[platform]
    desk = PreparedDesk(state=replace(quiet(), channels=(MAIN, WALL)))
    bot = TalkingBot(store, desk=desk, roles=grants, offices={platform: office})
    for person, rank in PEOPLE.items():
        for kind, chat in {"private": person, "office": office, "group": group}.items():
            speaker, fields = bot.person(platform, chat=chat), CHATS[kind]
            nothing = await speaker.says("/nonsense", person=person, **fields)
            for command, role in STAFF_COMMANDS.items():
                event = f"{person} {kind} {command}"
                answer = await speaker.says(f"/{command}", person=person, event=event, **fields)
                may = kind != "group" and RANKS.index(rank) >= RANKS.index(role)
                assert (answer != nothing) == may, (person, kind, command)
    stranger = bot.person(next(one for one in Platform if one is not platform), chat="4")
    assert await stranger.says("/status") == await stranger.says("/nonsense")


NOT_YOURS = "This channel is not in your hands."


def an_editor_of(scope: str, store: Store, **desk: Any) -> tuple[TalkingBot, Person]:
    """Of one channel, or of one network's."""
    given = PreparedDesk(state=replace(quiet(), channels=(MAIN, WALL)), **desk)
    confirming = OpenQuestions([DOUBT])
    bot = TalkingBot(store, desk=given, roles=[Grant("telegram:3", Role.EDITOR, scope)], confirming=confirming)
    return bot, bot.person(chat="3")


DOUBT = OpenDoubt("t1", "Doubtful", None, "wall", NOON, "no answer", WALL.place)


@dataclass
class OpenQuestions:
    """Posts of which nobody knows."""

    doubts: list[OpenDoubt]

    async def open(self) -> list[OpenDoubt]:
        return list(self.doubts)

    async def decide(self, token: str, choice: Choice, *, by: str) -> OpenDoubt | None:  # noqa: ARG002 - the port's arguments
        found = [one for one in self.doubts if one.token == token]
        self.doubts = [one for one in self.doubts if one.token != token]
        return found[0] if found else None


@pytest.mark.parametrize(("scope", "may"), [("wall", True), ("vk", True), ("main", False), ("telegram", False)])
async def test_what_goes_out_is_changed_only_on_ones_own_channels(store: Store, scope: str, may: bool) -> None:
    """`/now`, `/unconfirmed` and `/retract` ask for an editor of the channel concerned, not of any."""
    article = Article(id="a", url="https://news.example/a", headline="Taken back")
    stands = Retraction(article, (Standing(WALL.place, Fate.LATER),), token="t2")
    bot, editor = an_editor_of(scope, store, retractable={"a": stands})
    assert (NOT_YOURS not in await editor.says("/now wall")) == may
    assert bot.desk.asked == (["wall"] if may else [])
    await editor.says("/now")
    assert bot.desk.asked[-1] == ("wall" if may else "main")
    assert ("Doubtful" in await editor.says("/unconfirmed")) == may
    assert (NOT_YOURS not in await editor.says("/unconfirmed drop t1")) == may
    assert (NOT_YOURS not in await editor.says("/retract a")) == may
    bot.desk.proposed["t2"] = stands
    assert (NOT_YOURS not in await editor.says("/retract !yes t2")) == may
    assert ("t2" not in bot.desk.proposed) == may


async def test_what_only_readers_have_is_taken_back_by_an_editor_of_everything(store: Store) -> None:
    """It concerns no channel, and so all of them."""
    article = Article(id="a", url="https://news.example/a", headline="Taken back")
    _, editor = an_editor_of("wall", store, retractable={"a": Retraction(article, token="t2")})
    assert NOT_YOURS in await editor.says("/retract a")


async def test_an_owner_of_one_channel_gives_no_rights_beyond_it(store: Store) -> None:
    """Neither everything nor another channel, nor takes them away; sources are everybody's."""
    bot = TalkingBot(
        store,
        desk=PreparedDesk(state=replace(quiet(), channels=(MAIN, WALL))),
        roles=[Grant("telegram:4", Role.OWNER, "wall")],
    )
    await store.grants.give(Grant("telegram:9", Role.EDITOR))
    owner = bot.person(chat="4")
    for said in ("/grant owner 666", "/grant owner 4 main", "/grant viewer 666 vk", "/revoke 9"):
        assert (await owner.says(said)).startswith("You can give and take rights only where you are an owner."), said
    assert await owner.says("/grant editor 55 wall") == "telegram:55 is now an editor on wall."
    assert [str(one) for one in await store.grants.given()] == ["telegram:55@wall", "telegram:9"]
