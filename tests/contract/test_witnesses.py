"""The contract of both witnesses, over the sandbox and under its faults: they see what is there, and leave nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.channels.deadlines import Deadlines
from bot.channels.telegram import Telegram, open_telegram
from bot.channels.telegram_witness import HOLES, TelegramWitness
from bot.channels.vk import Vk, open_vk
from bot.channels.vk_witness import REMEMBERED, VkWitness, wall_post
from bot.errors import OutcomeUnknown, TryLater
from bot.model import Article, Image, Place, Platform, Slot
from bot.render import Style, post_for, removals_for
from bot.sandbox import faults as fault
from bot.sandbox.server import Sandbox, open_sandbox
from bot.sandbox.state import Message
from bot.sandbox.world import CHANNEL, LOG_CHAT
from bot.sightings import Doubt, Seen, Sighting
from scheduler.evidence import Absent, There, Unknown, judge
from tests.fakes import NOON, FixedClock

LIMITS = Deadlines(connect=1.0, total=1.5, grace=1.0, pause=0.02)
LOG_CHAT_ID = int(LOG_CHAT.partition(":")[2])
PLACE = Place(Platform.TELEGRAM, "@digest")
WALL = Place(Platform.VK, "-220")
FIRST = Article("1", "https://news.example/1", "Roses in March", lead="Early.")
SECOND = Article("2", "https://news.example/2", "Night trains are back", lead="After ten years.")
LOST_BEFORE = [fault.DropBefore(), fault.Hang(), fault.Status(500), fault.HtmlPage(502)]
LOST_AFTER = [fault.AcceptThenDrop(), fault.Cut(), fault.AcceptThenHang()]


def name_of(value: object) -> str:
    return type(value).__name__


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with open_sandbox() as running:
        running.world.channel.can_edit = False
        yield running


@pytest.fixture
async def telegram(sandbox: Sandbox) -> AsyncIterator[Telegram]:
    clock = FixedClock()
    async with open_telegram(sandbox.telegram_token, sandbox.telegram_api, clock=clock, deadlines=LIMITS) as opened:
        yield opened


@pytest.fixture
async def vk(sandbox: Sandbox) -> AsyncIterator[Vk]:
    async with open_vk(sandbox.vk_token, sandbox.vk_api, 220, clock=FixedClock(), deadlines=LIMITS) as opened:
        yield opened


def doubt(article: Article = SECOND, place: Place = PLACE, *, after: int | None = 1) -> Doubt:
    known = frozenset(() if after is None else (str(after),))
    return Doubt(Slot(article.key, place), post_for(article, place, Style()), NOON, after, known)


def verdict(of: Doubt, sighting: Sighting) -> There | Absent | Unknown:
    return judge(of, sighting, rivals=0, now=NOON)


def somebody_posts(sandbox: Sandbox, text: str | None, *, sender: str = "person") -> None:
    """A message in the channel that is none of the bot's posts; without a text a service message."""
    chat = sandbox.world.channel
    number = chat.next_id()
    raw = {"message_id": number, "date": 1, "chat": {"id": chat.id, "type": "channel", "title": chat.title}}
    content = {"text": text} if text is not None else {}
    chat.messages[number] = Message(number, "bot" if sender == "bot" else "person", sandbox.world.now(), raw | content)


class TestTelegram:
    @pytest.fixture(params=[True, False], ids=["log-chat", "no-log-chat"])
    def witness(self, telegram: Telegram, request: pytest.FixtureRequest) -> TelegramWitness:
        return TelegramWitness(telegram, LOG_CHAT_ID if request.param else None)

    @pytest.fixture(autouse=True)
    async def first(self, telegram: Telegram, sandbox: Sandbox) -> None:
        """The post before the one in doubt, as number 1."""
        await telegram.publish(post_for(FIRST, PLACE, Style()))
        assert list(sandbox.world.channel.messages) == [1]

    async def tries(self, telegram: Telegram) -> None:
        with pytest.raises(OutcomeUnknown):
            await telegram.publish(post_for(SECOND, PLACE, Style()))

    @pytest.mark.parametrize("broken", LOST_AFTER, ids=name_of)
    async def test_a_post_that_is_there_is_found(
        self, witness: TelegramWitness, telegram: Telegram, sandbox: Sandbox, broken: fault.Fault
    ) -> None:
        """Its number and its address; the channel is as it was, and the log chat is empty."""
        sandbox.faults.add("telegram", "sendMessage", broken)
        await self.tries(telegram)
        found = verdict(doubt(), await witness.look(doubt()))
        assert isinstance(found, There)
        assert (found.receipt.message_id, found.receipt.url) == ("2", "https://t.me/digest/2")
        assert [message.edited for message in sandbox.world.channel.messages.values()] == [False, False]
        assert sandbox.world.chat(LOG_CHAT).messages == {}

    async def test_an_album_that_is_there_is_found_and_taken_back_whole(
        self, witness: TelegramWitness, telegram: Telegram, sandbox: Sandbox
    ) -> None:
        """All its pictures are known, in either way of looking; a stranger's behind them stays."""
        pictures = tuple(Image(f"{sandbox.url}/news/img/{number}") for number in range(3))
        album = post_for(replace(SECOND, image=pictures[0], gallery=pictures[1:]), PLACE, Style(image="photo"))
        sandbox.faults.add("telegram", "sendMediaGroup", fault.AcceptThenDrop())
        with pytest.raises(OutcomeUnknown):
            await telegram.publish(album)
        somebody_posts(sandbox, "Good evening!")
        doubtful = replace(doubt(), post=album)
        found = verdict(doubtful, await witness.look(doubtful))
        assert isinstance(found, There)
        assert (found.receipt.message_id, found.receipt.others) == ("2", ("3", "4"))
        await telegram.publish(removals_for(PLACE, "en", found.receipt, public=True, fresh=True)[0])
        assert list(sandbox.world.channel.messages) == [1, 5]

    @pytest.mark.parametrize("broken", LOST_BEFORE, ids=name_of)
    async def test_a_post_that_is_not_there_is_missed(
        self, witness: TelegramWitness, telegram: Telegram, sandbox: Sandbox, broken: fault.Fault
    ) -> None:
        """Surely: everything that could be it was looked at."""
        sandbox.faults.add("telegram", "sendMessage", broken)
        await self.tries(telegram)
        assert verdict(doubt(), await witness.look(doubt())) == Absent()

    async def test_it_is_found_behind_holes_and_strangers(
        self, witness: TelegramWitness, telegram: Telegram, sandbox: Sandbox
    ) -> None:
        """Deleted messages, service messages, and what people post."""
        for _ in range(HOLES - 1):
            sandbox.world.channel.next_id()
        somebody_posts(sandbox, "Good evening!")
        somebody_posts(sandbox, None)
        sandbox.faults.add("telegram", "sendMessage", fault.AcceptThenDrop())
        await self.tries(telegram)
        found = verdict(doubt(), await witness.look(doubt()))
        assert isinstance(found, There)
        assert found.receipt.message_id == str(HOLES + 3)

    async def test_strangers_alone_are_no_post(self, witness: TelegramWitness, sandbox: Sandbox) -> None:
        """What people post is not taken for ours."""
        somebody_posts(sandbox, "Good evening!")
        somebody_posts(sandbox, None)
        assert verdict(doubt(), await witness.look(doubt())) == Absent()

    async def test_without_a_number_to_begin_at_nothing_is_known(self, witness: TelegramWitness) -> None:
        """The very first post of a channel; no later look can help."""
        sighting = await witness.look(doubt(after=None))
        assert (sighting.whole, sighting.again) == (False, False)

    @pytest.mark.parametrize("broken", [*LOST_BEFORE, fault.TooMany(37)], ids=name_of)
    async def test_a_look_that_fails_is_only_a_delay(
        self, witness: TelegramWitness, sandbox: Sandbox, broken: fault.Fault
    ) -> None:
        """Neither there nor absent: later."""
        for method in ("forwardMessage", "editMessageReplyMarkup", "getChat"):
            sandbox.faults.add("telegram", method, broken, times=9)
        with pytest.raises(TryLater) as later:
            await witness.look(doubt())
        if isinstance(broken, fault.TooMany):
            assert later.value.after == timedelta(seconds=37)

    async def test_a_post_that_is_there_is_never_absent_whatever_fails(
        self, witness: TelegramWitness, telegram: Telegram, sandbox: Sandbox
    ) -> None:
        """A refusal in the middle of looking must not be read as an empty place."""
        sandbox.faults.add("telegram", "sendMessage", fault.AcceptThenDrop())
        await self.tries(telegram)
        refusals = [fault.TelegramError(400, words) for words in ("Bad Request: chat not found", "Bad Request: ODD")]
        for refusal in (*refusals, fault.TelegramError(403, "Forbidden: bot was kicked from the channel chat")):
            for method in ("forwardMessage", "editMessageReplyMarkup"):
                sandbox.faults.add("telegram", method, refusal)
            try:
                assert not isinstance(verdict(doubt(), await witness.look(doubt())), Absent)
            except TryLater:
                pass
            sandbox.faults.clear()

    async def test_many_messages_since_are_too_many(self, witness: TelegramWitness, sandbox: Sandbox) -> None:
        """A bounded number is looked at."""
        for _ in range(80):
            somebody_posts(sandbox, "Good evening!")
        assert isinstance(verdict(doubt(), await witness.look(doubt())), Unknown)

    async def test_what_is_accounted_for_is_not_looked_at(self, witness: TelegramWitness, sandbox: Sandbox) -> None:
        """Each look costs requests."""
        somebody_posts(sandbox, "Ours, number 2", sender="bot")
        before = len(sandbox.world.calls)
        await witness.look(replace(doubt(), known=frozenset({"1", "2"})))
        asked = [call.params.get("message_id") for call in sandbox.world.calls[before:]]
        assert "2" not in [str(number) for number in asked]

    async def test_protected_content_is_looked_at_in_the_other_way(self, telegram: Telegram, sandbox: Sandbox) -> None:
        """Nothing can be forwarded from there."""
        sandbox.world.channel.protected = True
        sandbox.faults.add("telegram", "sendMessage", fault.AcceptThenDrop())
        await self.tries(telegram)
        found = verdict(doubt(), await TelegramWitness(telegram, LOG_CHAT_ID).look(doubt()))
        assert isinstance(found, There)

    async def test_a_log_chat_that_is_gone_is_no_obstacle(self, telegram: Telegram, sandbox: Sandbox) -> None:
        """The other way is taken."""
        sandbox.world.chat(LOG_CHAT).bot_status = "kicked"
        sandbox.faults.add("telegram", "sendMessage", fault.AcceptThenDrop())
        await self.tries(telegram)
        found = verdict(doubt(), await TelegramWitness(telegram, LOG_CHAT_ID).look(doubt()))
        assert isinstance(found, There)

    async def test_a_bot_that_may_edit_everything_keeps_its_hands_off(
        self, telegram: Telegram, sandbox: Sandbox
    ) -> None:
        """It could not tell its own posts from those of others, and would take away their keyboards."""
        sandbox.world.channel.can_edit = True
        sighting = await TelegramWitness(telegram, None).look(doubt())
        assert (sighting.whole, sighting.again) == (False, False)
        assert not [call for call in sandbox.world.calls if call.method == "editMessageReplyMarkup"]

    async def test_a_group_needs_a_log_chat(self, telegram: Telegram, sandbox: Sandbox) -> None:
        """There the bot also answers people."""
        sandbox.world.chat(CHANNEL).kind = "supergroup"
        sighting = await TelegramWitness(telegram, None).look(doubt())
        assert (sighting.whole, sighting.again) == (False, False)

    async def test_a_post_with_buttons_keeps_them(self, telegram: Telegram) -> None:
        """Looking would take them away."""
        with_buttons = doubt()
        post = replace(with_buttons.post, params={**with_buttons.post.params, "reply_markup": {}})
        sighting = await TelegramWitness(telegram, None).look(replace(with_buttons, post=post))
        assert sighting.again is False


class TestVk:
    @pytest.mark.parametrize("broken", [*LOST_AFTER, *LOST_BEFORE], ids=name_of)
    async def test_looking_leaves_exactly_one_post(self, vk: Vk, sandbox: Sandbox, broken: fault.Fault) -> None:
        """Whether the first arrived or not."""
        sandbox.faults.add("vk", "wall.post", broken, times=2)
        post = post_for(SECOND, WALL, Style())
        with pytest.raises(OutcomeUnknown):
            await vk.publish(post)
        found = verdict(
            doubt(place=WALL, after=None), await VkWitness(vk, FixedClock()).look(doubt(place=WALL, after=None))
        )
        assert isinstance(found, There)
        assert [str(number) for number in sandbox.world.wall.messages] == [found.receipt.message_id]

    @pytest.mark.parametrize("broken", [*LOST_BEFORE, fault.VkError(10), fault.VkError(214)], ids=name_of)
    async def test_a_repeat_that_fails_tells_nothing(self, vk: Vk, sandbox: Sandbox, broken: fault.Fault) -> None:
        """Not even a refusal: the first may stand all the same."""
        sandbox.faults.add("vk", "wall.post", broken, times=9)
        found = verdict(
            doubt(place=WALL, after=None), await VkWitness(vk, FixedClock()).look(doubt(place=WALL, after=None))
        )
        assert isinstance(found, Unknown)

    async def test_after_its_hour_nothing_is_repeated(self, vk: Vk, sandbox: Sandbox) -> None:
        """VK has forgotten the key by then, and would post a second time."""
        late = FixedClock(NOON + REMEMBERED + timedelta(seconds=1))
        sighting = await VkWitness(vk, late).look(doubt(place=WALL, after=None))
        assert (sighting.receipt, sighting.again) == (None, False)
        assert not [call for call in sandbox.world.calls if call.method == "wall.post"]

    async def test_a_post_without_a_key_is_not_repeated(self, vk: Vk, sandbox: Sandbox) -> None:
        """Nothing tells it from a second one."""
        bare = doubt(place=WALL, after=None)
        params = {name: value for name, value in bare.post.params.items() if name != "guid"}
        sighting = await VkWitness(vk, FixedClock()).look(replace(bare, post=replace(bare.post, params=params)))
        assert (sighting.receipt, sighting.again) == (None, False)
        assert sandbox.world.wall.messages == {}

    async def test_the_event_of_a_post_is_recognised(self, vk: Vk, sandbox: Sandbox) -> None:
        """By its text and its link, and it tells whether the link arrived."""
        _, ts = await vk.events(None) if sandbox.vk.longpoll.ts > 1 else ([], "1")
        await vk.publish(post_for(SECOND, WALL, Style()))
        events, _ = await vk.events(ts)
        [told] = [one for event in events if (one := wall_post(event))]
        place, seen = told
        assert str(place) == str(WALL)
        assert seen.links == (SECOND.url,)
        found = verdict(doubt(place=WALL, after=None), Sighting((seen,)))
        assert isinstance(found, There)
        assert found.receipt.url == "https://vk.com/wall-220_1"


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"type": "message_new", "object": {"id": 1, "owner_id": -220}},
        {"type": "wall_post_new", "object": {"id": "1", "owner_id": -220}},
        {"type": "wall_post_new", "object": {"id": 1, "owner_id": -220, "post_type": "suggest"}},
        {"type": "wall_post_new", "object": {"id": 1, "owner_id": -220, "post_type": "postpone"}},
        {"type": "wall_post_new", "object": None},
    ],
)
def test_other_events_tell_of_no_post(event: dict[str, object]) -> None:
    """Suggested and postponed posts do not stand on the wall."""
    assert wall_post(event) is None


def test_an_odd_event_is_read_as_far_as_it_goes() -> None:
    """VK's events are not always whole."""
    event = {"type": "wall_post_new", "object": {"id": 5, "owner_id": -220, "attachments": [None, {"type": "link"}]}}
    assert wall_post(event) == (WALL, Seen("5", "", (), "https://vk.com/wall-220_5"))
