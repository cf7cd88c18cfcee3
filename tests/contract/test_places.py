"""Where people subscribe: groups, topics and channels belong to their admins, on both platforms."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.chats import ChatKind, FoundChat
from bot.errors import TryLater
from bot.model import Article, Place, Platform
from bot.serving import digest_composer, reader_composer
from bot.store import Store
from handlers.hearing import Membership, Promotion, Relocation
from handlers.rights import DOUBTED, TRUSTED
from handlers.texts import Texts
from handlers.throttling import Allowance, Crowd
from scheduler.digests import Due
from tests.fakes import NOON, Person, TalkingBot, buttons_of, text_of

GROUPS = {Platform.TELEGRAM: "-1005", Platform.VK: "2000000001"}
CHANNEL = Place(Platform.TELEGRAM, "-1001234567890")
GARDEN = FoundChat(CHANNEL, ChatKind.CHANNEL, "The garden", may_post=True, username="garden")


@pytest.fixture
def bot(store: Store) -> TalkingBot:
    """A bot that nobody runs."""
    return TalkingBot(store)


@pytest.fixture(params=list(Platform))
def group(bot: TalkingBot, request: pytest.FixtureRequest) -> Person:
    """A group with the admin 1002, on each platform by turns."""
    person = bot.person(request.param, GROUPS[request.param])
    bot.chats.admins[person.place.chat] = {"1002"}
    return person


async def tags_of(bot: TalkingBot, place: Place) -> tuple[str, ...]:
    reader = await bot.store.subscriptions.reader(place)
    return reader.labels if reader else ()


class TestGroups:
    async def test_a_press_by_somebody_else_is_only_told_so(self, bot: TalkingBot, group: Person) -> None:
        """A short word on the screen of who pressed; the group is not disturbed."""
        await group.says("/subscribe Gardens", person="1002", private=False)
        said = len(group.inbox.posts)
        assert await group.says("/unsubscribe *", person="1001", private=False, pressed="7", callback="cb") == ""
        assert len(group.inbox.posts) == said + 1
        assert await tags_of(bot, group.place) == ("Gardens",)

    async def test_who_speaks_as_the_group_is_an_admin(self, bot: TalkingBot) -> None:
        """Telegram lets nobody else; there is nobody to ask about."""
        group = bot.person(chat="-1005")
        await group.says("/subscribe Gardens", person="-1005", private=False, as_chat=True)
        assert await tags_of(bot, group.place) == ("Gardens",)
        assert bot.chats.asked == []

    async def test_an_admin_is_asked_about_once(self, bot: TalkingBot, group: Person) -> None:
        """What the platform said is remembered for a while."""
        for _ in range(3):
            await group.says("/subscribe Gardens", person="1002", private=False)
        assert bot.chats.asked == [("1002", group.place.chat)]
        bot.clock.advance(TRUSTED)
        await group.says("/subscribe Owls", person="1002", private=False)
        assert len(bot.chats.asked) == 2

    async def test_a_demoted_admin_is_none_at_once(self, bot: TalkingBot, group: Person) -> None:
        """The platform tells of the change, and everybody in the chat is asked about anew."""
        await group.says("/subscribe Gardens", person="1002", private=False)
        bot.chats.admins[group.place.chat] = {"1001"}
        await group.talk.changed(Promotion(group.place))
        await group.says("/subscribe Owls", person="1002", private=False)
        assert await tags_of(bot, group.place) == ("Gardens",)
        await group.says("/subscribe Trains", person="1001", private=False)
        assert await tags_of(bot, group.place) == ("Gardens", "Trains")

    async def test_a_new_admin_waits_seconds_where_nobody_tells(self, bot: TalkingBot, group: Person) -> None:
        """Where the bot is no admin itself it hears of no promotion."""
        await group.says("/subscribe Owls", person="1001", private=False)
        bot.chats.admins[group.place.chat] = {"1001"}
        await group.says("/subscribe Owls", person="1001", private=False)
        assert await tags_of(bot, group.place) == ()
        bot.clock.advance(DOUBTED)
        await group.says("/subscribe Owls", person="1001", private=False)
        assert await tags_of(bot, group.place) == ("Owls",)

    async def test_when_nobody_can_tell_nothing_changes(self, bot: TalkingBot, group: Person) -> None:
        """The person is asked to try again."""
        bot.chats.faults.append(TryLater("busy", after=timedelta(seconds=1)))
        assert "try again" in await group.says("/subscribe Owls", person="1002", private=False)
        assert await tags_of(bot, group.place) == ()
        await group.says("/subscribe Owls", person="1002", private=False)
        assert await tags_of(bot, group.place) == ("Owls",)


class TestTopics:
    async def test_each_topic_has_its_own(self, bot: TalkingBot) -> None:
        """`/subscribe` in one topic speaks to that topic; the group's admins are the topics' admins."""
        bot.chats.admins["-1005"] = {"1002"}
        topics = [
            Person(bot.talk, bot.inboxes[Platform.TELEGRAM], Place(Platform.TELEGRAM, "-1005", n)) for n in (4, 9)
        ]
        await topics[0].says("/subscribe Gardens", person="1002", private=False)
        await topics[1].says("/subscribe Owls", person="1002", private=False)
        assert [await tags_of(bot, topic.place) for topic in topics] == [("Gardens",), ("Owls",)]
        assert bot.chats.asked == [("1002", "-1005")]

    async def test_removed_and_added_again(self, bot: TalkingBot) -> None:
        """A group that puts the bot out silences all its topics, and one that takes it back has them all again."""
        bot.chats.admins["-1005"] = {"1002"}
        places = [Place(Platform.TELEGRAM, "-1005", thread) for thread in (None, 4, 9)]
        for place in places:
            topic = Person(bot.talk, bot.inboxes[Platform.TELEGRAM], place)
            await topic.says("/subscribe Gardens", person="1002", private=False)
        for number, reachable in enumerate((False, True)):
            await bot.talk.changed(Membership(places[0], reachable, event=str(number)))
            readers = [await bot.store.subscriptions.reader(place) for place in places]
            assert [reader.active for reader in readers if reader] == [reachable] * 3
            assert [reader.labels for reader in readers if reader] == [("Gardens",)] * 3


class TestChanges:
    async def test_an_event_that_comes_again_changes_nothing(self, bot: TalkingBot) -> None:
        """Denied, allowed, and the first event once more, as VK sometimes delivers it."""
        ann = bot.person(Platform.VK, "42")
        await ann.says("подписаться Gardens")
        for event, reachable in (("e1", False), ("e2", True), ("e1", False)):
            await bot.talk.changed(Membership(ann.place, reachable, event))
        reader = await bot.store.subscriptions.reader(ann.place)
        assert reader is not None
        assert reader.active

    async def test_an_upgraded_group_keeps_all(self, bot: TalkingBot) -> None:
        """Under its new number, whatever order the news come in."""
        bot.chats.admins["-40"] = bot.chats.admins["-10040"] = {"1002"}
        old, new = (bot.person(chat=chat) for chat in ("-40", "-10040"))
        await old.says("/subscribe Gardens", person="1002", private=False)
        await bot.talk.changed(Membership(old.place, reachable=False, event="1"))
        await bot.talk.changed(Relocation(old.place, new.place))
        await bot.talk.changed(Relocation(old.place, new.place))
        assert await tags_of(bot, new.place) == ("Gardens",)
        assert await tags_of(bot, old.place) == ()
        assert await bot.store.subscriptions.count() == {"telegram": 1, "vk": 0}


class TestChannels:
    """In private, by its name, and only by who administers it."""

    @pytest.fixture
    def ann(self, bot: TalkingBot) -> Person:
        """An admin of the garden's channel."""
        bot.chats.found |= {"@garden": GARDEN, CHANNEL.chat: GARDEN}
        bot.chats.admins[CHANNEL.chat] = {"1001"}
        return bot.person()

    @pytest.mark.parametrize("name", ["@garden", "t.me/garden", "https://t.me/garden", CHANNEL.chat])
    async def test_an_admin_subscribes_a_channel(self, bot: TalkingBot, ann: Person, name: str) -> None:
        """The answer says which chat it is about; the person's own subscriptions are not touched."""
        assert "The garden" in await ann.says(f"/subscribe {name} Gardens, Owls")
        assert await tags_of(bot, CHANNEL) == ("Gardens", "Owls")
        assert await tags_of(bot, ann.place) == ()

    async def test_what_comes_there_has_no_buttons(self, bot: TalkingBot, ann: Person) -> None:
        """Its readers subscribed to nothing and could press nothing; a person's article has them."""
        await ann.says("/subscribe @garden Gardens")
        await ann.says("/subscribe Gardens")
        article = Article("1", "https://news.example/1", "Roses", tags=("Gardens",))
        at, write, digest = NOON, reader_composer(Texts("en")), digest_composer(Texts("en"))
        for place, has_buttons in ((CHANNEL, False), (ann.place, True)):
            reader = await bot.store.subscriptions.reader(place)
            assert reader is not None
            posts = [write([article], reader, "")[0], digest(reader, [article], Due(at, frozenset()), 0)[0]]
            assert [bool(buttons_of(post)) for post in posts] == [has_buttons] * 2
            assert ("By your subscription" in text_of(posts[0])) is has_buttons

    async def test_the_buttons_stay_with_the_channel(self, bot: TalkingBot, ann: Person) -> None:
        """A press under the answer changes the channel's subscriptions."""
        await ann.says("/subscribe Owls")
        await ann.says("/subscribe @garden Gardens, Owls")
        await ann.says(f"/mytags {CHANNEL.chat}")
        assert all(len(press.encode()) <= 64 for press in ann.buttons.values())
        await ann.presses("✕ Owls")
        assert await tags_of(bot, CHANNEL) == ("Gardens",)
        assert await tags_of(bot, ann.place) == ("Owls",)

    async def test_what_to_type_names_the_channel(self, bot: TalkingBot, ann: Person) -> None:
        """A command in an answer about it is about it, too; a week's rest as well."""
        assert "/subscribe @garden Science" in await ann.says("/mytags @garden")
        await ann.says("/subscribe @garden Gardens, Owls")
        assert "/digest @garden daily 9:00" in await ann.says("/digest @garden weekly fri Owls")
        assert "“Owls” rests until" in await ann.says("/snooze @garden Owls")
        await ann.presses("Bring back: Owls")
        reader = await bot.store.subscriptions.reader(CHANNEL)
        assert reader is not None
        assert reader.preferences.snoozed == {}

    async def test_nobody_else_points_the_bot_there(self, bot: TalkingBot, ann: Person) -> None:
        """Neither typed nor by a button of somebody else's; whether the channel exists is not said."""
        await ann.says("/subscribe @garden Gardens")
        ben = bot.person(chat="1002")
        there, nowhere = [(await ben.says(f"/subscribe {name} Owls")) for name in ("@garden", "@nowhere")]
        assert there.replace("@garden", "") == nowhere.replace("@nowhere", "")
        for text in (f"/unsubscribe {CHANNEL.chat} *", f"/forget {CHANNEL.chat} yes", f"/language {CHANNEL.chat} ru"):
            await ben.says(text)
            await ben.says(text, pressed="7", callback="cb")
        reader = await bot.store.subscriptions.reader(CHANNEL)
        assert reader is not None
        assert (reader.labels, reader.language) == (("Gardens",), "en")

    async def test_the_bot_must_be_let_write_there(self, bot: TalkingBot, ann: Person) -> None:
        """Else nothing would come; what to do is said."""
        bot.chats.found["@garden"] = FoundChat(CHANNEL, ChatKind.CHANNEL, "The garden", may_post=False)
        assert "may post messages" in await ann.says("/subscribe @garden Gardens")
        assert await tags_of(bot, CHANNEL) == ()

    async def test_the_newsrooms_own_channels_need_no_subscription(self, bot: TalkingBot, ann: Person) -> None:
        """They would get each article twice."""
        for place, username in ((CHANNEL, "digest"), (Place(Platform.TELEGRAM, "-1009"), None)):
            bot.chats.admins[place.chat] = {"1001"}
            bot.chats.found["@digest"] = FoundChat(place, ChatKind.CHANNEL, "Digest", True, username)
            assert "newsroom" in await ann.says("/subscribe @digest Gardens")
            assert await tags_of(bot, place) == ()

    async def test_forgetting_a_channel_leaves_the_person_alone(self, bot: TalkingBot, ann: Person) -> None:
        """And the other way round."""
        await ann.says("/subscribe Owls")
        await ann.says("/subscribe @garden Gardens")
        await ann.says("/forget @garden")
        await ann.presses("Yes, erase")
        assert await tags_of(bot, CHANNEL) == ()
        assert await tags_of(bot, ann.place) == ("Owls",)


class TestFlood:
    """Who asks too much waits; nobody else does."""

    @pytest.fixture
    def bot(self, store: Store) -> TalkingBot:
        """Five at once, then one a second; a group eight."""
        one = timedelta(seconds=1)
        admins = {Platform.TELEGRAM: frozenset({"9"})}
        return TalkingBot(store, admins=admins, crowd=Crowd(Allowance(5, one), Allowance(8, one)))

    async def test_the_flood_is_told_once_and_the_others_hear_nothing_of_it(self, bot: TalkingBot) -> None:
        """Five answers, one kind word, silence; another person is answered as ever."""
        ann, ben = bot.person(chat="1001"), bot.person(chat="1002")
        answers = [await ann.says("/mytags") for _ in range(50)]
        assert "too fast" in answers[5]
        assert [bool(answer) for answer in answers] == [True] * 6 + [False] * 44
        assert "too fast" not in await ben.says("/mytags")
        bot.clock.advance(timedelta(seconds=1))
        assert "subscriptions" in await ann.says("/mytags")
        assert "too fast" in await ann.says("/mytags")

    async def test_one_person_does_not_use_up_the_groups_allowance(self, bot: TalkingBot) -> None:
        """What one said too much counts only against that person."""
        group = bot.person(chat="-1005")
        for _ in range(30):
            await group.says("/tags", person="1001", private=False)
        assert "too fast" not in await group.says("/tags", person="1002", private=False)

    async def test_a_group_has_an_allowance_too(self, bot: TalkingBot) -> None:
        """Many people together are as bad as one."""
        group = bot.person(chat="-1005")
        answers = [await group.says("/tags", person=str(n), private=False) for n in range(100, 112)]
        assert ["too fast" in answer for answer in answers] == [False] * 8 + [True] + [False] * 3

    async def test_the_bots_admins_are_trusted(self, bot: TalkingBot) -> None:
        """An admin in trouble presses much."""
        editor = bot.person(chat="9")
        assert all([await editor.says("/status") for _ in range(20)])


async def test_a_press_on_a_button_that_is_not_there_does_nothing(bot: TalkingBot) -> None:
    """It is acknowledged with a word, and that is all."""
    ann = bot.person()
    await ann.says("/subscribe Owls")
    before = len(ann.inbox.posts)
    await ann.says("", pressed="7", callback="cb")
    assert [post.method for post in ann.inbox.posts[before:]] == ["answerCallbackQuery"]
    assert await tags_of(bot, ann.place) == ("Owls",)
