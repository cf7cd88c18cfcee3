"""The conversation keeps its promises on every platform, in every language, for every role, over the real store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.conditions import ChannelStatus, Planned, SourceState, SourceStatus, Status
from bot.errors import DeliveryError, Gone, OutcomeUnknown, Refused, StoreError, TryLater
from bot.model import Article, Attempt, Outlet, Place, Platform, Receipt, Slot, SlotState
from bot.readers import Reader
from bot.store import Store
from bot.tags import tag_id
from bot.talk import Span
from handlers.commands import _WORDS, ADMIN_COMMANDS, READER_COMMANDS, in_russian
from handlers.hearing import Membership
from handlers.texts import LANGUAGES
from tests.fakes import NOON, FixedClock, Person, PreparedDesk, TalkingBot
from tests.readers import a_reader, who

ADMIN = "7"
MAIN = Place(Platform.TELEGRAM, "@digest")
WALL = Place(Platform.VK, "-220")
ROSES = Article(
    id="1",
    url="https://example.org/roses",
    headline="Roses that need no water",
    tags=("Gardens", "New Science", "Côte d’Azur"),
    outlet=Outlet("The Green Page"),
    country="France",
    published_at=NOON,
)
BUSY = Status(
    sources=(
        SourceStatus("digest", "https://example.org/rss", SourceState(succeeded_at=NOON, problems=("a", "b", "c"))),
        SourceStatus(
            "old",
            "https://example.org/old",
            SourceState(succeeded_at=NOON - timedelta(days=2), failures=3, error="no answer in 20 s"),
        ),
        SourceStatus("new", "https://example.org/new", SourceState()),
        *(SourceStatus(f"more-{n}", "https://example.org", SourceState(succeeded_at=NOON)) for n in range(10)),
    ),
    channels=(
        ChannelStatus(
            "main",
            MAIN,
            waiting=3,
            next_post=NOON + timedelta(minutes=20),
            last_sent=NOON,
            oldest=NOON - timedelta(hours=3),
            put_off=NOON + timedelta(minutes=5),
        ),
        ChannelStatus("wall", WALL, waiting=0, problem="the token is refused"),
    ),
    readers={"telegram": 1200, "vk": 30},
    tally={SlotState.SENT: 5, SlotState.REFUSED: 1, SlotState.UNCONFIRMED: 2},
    started_at=NOON - timedelta(days=1, hours=2, minutes=3),
    version="1.2.3",
    problems=("subscriptions are off",),
    breakers=(("vk posts: captcha", NOON + timedelta(minutes=40)),),
)
SENT = Attempt(Slot("a", MAIN), NOON, SlotState.SENT, receipt=Receipt("9", NOON, "https://t.me/digest/9"))
DEFERRED = Attempt(Slot("a", WALL), NOON, SlotState.DEFERRED, reason="VK is slow")


@pytest.fixture
async def bot(store: Store) -> TalkingBot:
    """A bot with one article, a busy desk, and one admin on each platform."""
    await store.articles.add(ROSES, source="digest", at=NOON, queues=())
    desk = PreparedDesk(BUSY, [Planned(NOON + timedelta(minutes=20), "main", ROSES, "the slot at 12:20")])
    desk.attempts = [SENT, DEFERRED]
    return TalkingBot(store, desk=desk, admins={platform: frozenset({ADMIN}) for platform in Platform})


@pytest.fixture(autouse=True)
def whole_sentences() -> Iterator[None]:
    """No sentence of this module's conversations may lack an argument."""
    with capture_logs() as logs:
        yield
    assert [entry for entry in logs if entry["event"] == "sentence incomplete"] == []


@pytest.fixture(params=list(Platform))
def ann(bot: TalkingBot, request: pytest.FixtureRequest) -> Person:
    """A reader, on each platform by turns."""
    return bot.person(request.param, "1001")


@pytest.fixture(params=list(Platform))
def admin(bot: TalkingBot, request: pytest.FixtureRequest) -> Person:
    """An admin, on each platform by turns."""
    return bot.person(request.param, ADMIN)


async def tags_of(bot: TalkingBot, person: Person) -> tuple[str, ...]:
    reader = await bot.store.subscriptions.reader(person.place)
    return reader.labels if reader else ()


class TestEveryCommand:
    """Each command is answered on each platform, in each language, by each of its words."""

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("name", [*READER_COMMANDS, *ADMIN_COMMANDS])
    async def test_every_word_for_a_command_gets_its_answer(self, admin: Person, name: str, language: str) -> None:
        """An admin gets an answer to each; nobody gets «I don't understand» for what help offers."""
        admin.language = language
        hint = await admin.says("/nonsense")
        for word in _WORDS[name]:
            answer = await admin.says(f"/{word}")
            assert answer
            assert answer != hint

    async def test_help_offers_each_role_what_it_can_do(self, ann: Person, bot: TalkingBot) -> None:
        """Readers see no word of the admins' commands."""
        editor = bot.person(ann.place.platform, ADMIN)
        for language in LANGUAGES:
            ann.language = editor.language = language
            readers = await ann.says("/help")
            lines = [Span(f"/{name} ") for name in READER_COMMANDS]
            if (ann.place.platform, language) == (Platform.VK, "ru"):
                lines = list(in_russian(lines))
            assert all(line.text in readers for line in lines)
            assert not any(f"/{name} " in readers for name in ADMIN_COMMANDS)
            admins = await editor.says("/help")
            assert all(line.text in admins for line in lines)
            assert all(f"/{name} " in admins for name in ADMIN_COMMANDS)

    async def test_no_button_is_dead(self, ann: Person) -> None:
        """Each button of each answer does something that is understood."""
        await ann.says("/subscribe Gardens, Owls")
        for text in (
            "/start",
            "/tags",
            "/subscribe",
            "/unsubscribe",
            "/mytags",
            "/latest Owls",
            "/language",
            "/forget",
        ):
            await ann.says(text)
            for press in list(ann.buttons.values()):
                assert len(press.encode()) <= 64
                assert "understand" not in await ann.says(press, pressed="7", callback="cb"), press


class TestPermissions:
    """Who may not has no way to find out that there is something."""

    @pytest.mark.parametrize("language", LANGUAGES)
    async def test_an_admins_command_does_not_exist_for_others(self, ann: Person, language: str) -> None:
        """The same calls, byte for byte, as for a word that means nothing, with any argument, typed or pressed."""
        ann.language = language
        expected: list[list[object]] = []
        texts = ["/nonsense", *(f"/{name}" for name in ADMIN_COMMANDS)]
        texts += ["/now main", "/now no such channel", "/queue -1", "/status@digest_bot", "/статус", "/now\x00"]
        for fields in ({}, {"pressed": "7", "callback": "cb"}):
            for text in texts:
                before = len(ann.inbox.posts)
                await ann.says(text, event=f"{text} {fields}", **fields)
                calls = ann.inbox.posts[before:]
                expected.append([(c.method, {**c.params, "random_id": 0}) for c in calls])
        typed, pressed = expected[: len(texts)], expected[len(texts) :]
        assert all(calls == typed[0] for calls in typed)
        assert all(calls == pressed[0] for calls in pressed)
        assert typed[0] != []

    async def test_the_desk_is_not_even_asked(self, ann: Person, bot: TalkingBot) -> None:
        """No channel is told to post by somebody who may not."""
        await ann.says("/now")
        await ann.says("/now main", pressed="7", callback="cb")
        assert bot.desk.asked == []

    async def test_an_id_is_an_admin_only_on_its_own_platform(self, store: Store) -> None:
        """The same number is another person elsewhere."""
        bot = TalkingBot(store, admins={Platform.TELEGRAM: frozenset({ADMIN})})
        assert "1.2.3" in await bot.person(Platform.TELEGRAM, ADMIN).says("/status")
        assert "understand" in await bot.person(Platform.VK, ADMIN).says("/status")

    async def test_an_admin_in_a_group_is_not_answered_there(self, bot: TalkingBot) -> None:
        """Others read along: in a group an admin's command is nobody's, and help does not name it."""
        group = bot.person(chat="-1005")
        assert await group.says("/status", person=ADMIN, private=False) == ""
        assert "/status" not in await group.says("/help", person=ADMIN, private=False)

    async def test_in_a_group_only_its_admins_change_the_subscriptions(self, bot: TalkingBot) -> None:
        """They are everybody's; the bot's own admins are passers-by there."""
        group = bot.person(chat="-1005")
        bot.chats.admins["-1005"] = {"1002"}
        for person in ("1001", ADMIN):
            for text in ("/subscribe Gardens", "/unsubscribe *", "/language ru", "/forget yes"):
                assert "Only the group's admins" in await group.says(text, person=person, private=False)
            await group.says(f"/start t_{tag_id('Gardens')}", person=person, private=False)
        assert await tags_of(bot, group) == ()
        await group.says("/subscribe Gardens", person="1002", private=False)
        assert await tags_of(bot, group) == ("Gardens",)


class TestSubscribing:
    """What is typed becomes tags."""

    @pytest.mark.parametrize(
        ("argument", "expected"),
        [
            ("gardens", ("Gardens",)),
            ("#Gardens, cote d'azur", ("Gardens", "Côte d’Azur")),
            ("new science", ("New Science",)),
            ("gardens france", ("Gardens", "France")),
            ("gardens owls", ("gardens owls",)),
            ("Owls; owls\nOWLS", ("Owls",)),
            ("t:" + tag_id("gardens"), ("Gardens",)),
            ("Owls from:tags", ("Owls from:tags",)),
            ("*, Owls, ?!", ("Owls",)),
        ],
    )
    async def test_tags_are_told_apart(
        self, ann: Person, bot: TalkingBot, argument: str, expected: tuple[str, ...]
    ) -> None:
        """By commas; by spaces only where each word is a tag and the whole is none; spelled as the archive does."""
        await ann.says(f"/subscribe {argument}")
        assert await tags_of(bot, ann) == expected

    async def test_the_confirmation_says_what_was_there_and_what_is_new(self, ann: Person) -> None:
        """Each with its button to drop it."""
        await ann.says("/subscribe Gardens")
        answer = await ann.says("/subscribe gardens, France, Owls")
        assert answer.split("\n\n") == [
            "Done! You are subscribed to “France” (country), “Owls”. New articles come here.",
            "The tag “Owls” has not been seen yet. As soon as there is such an article, I will send it.",
            "You had this already: “Gardens”.",
        ]
        assert list(ann.buttons) == ["✕ France", "✕ Owls", "✕ Gardens"]

    @pytest.mark.parametrize("argument", ["", " ", ",,,", "#"])
    async def test_without_a_tag_it_explains_and_offers(self, ann: Person, argument: str) -> None:
        """The next step is always there."""
        assert "/subscribe Science, Gardens" in await ann.says(f"/subscribe {argument}")

    async def test_a_tag_too_long_is_declined_and_the_others_kept(self, ann: Person, bot: TalkingBot) -> None:
        """One mistake does not cost the rest."""
        answer = await ann.says(f"/subscribe Gardens, {'x' * 101}")
        assert "100 characters at most" in answer
        assert await tags_of(bot, ann) == ("Gardens",)
        await ann.says(f"/subscribe {'y' * 100}")
        assert await tags_of(bot, ann) == ("Gardens", "y" * 100)

    async def test_more_than_a_hundred_tags_are_declined_by_name(self, ann: Person, bot: TalkingBot) -> None:
        """The reader learns which were left out, and how to make room."""
        await ann.says("/subscribe " + ",".join(f"tag {n}" for n in range(99)))
        answer = await ann.says("/subscribe owls, bears")
        assert "100 subscriptions, so these were not added: “bears”" in answer
        assert len(await tags_of(bot, ann)) == 100

    async def test_a_long_list_is_turned_page_by_page(self, ann: Person) -> None:
        """Every tag can be reached by buttons, in the same message."""
        await ann.says("/subscribe " + ",".join(f"tag {n}" for n in range(14)))
        await ann.says("/mytags")
        seen = set(ann.buttons)
        while "›" in ann.buttons:
            await ann.presses("›")
            assert ann.methods[-1] in {"editMessageText", "messages.edit"}
            seen |= set(ann.buttons)
        assert {f"✕ tag {n}" for n in range(14)} <= seen

    async def test_unsubscribing_from_what_one_never_had_is_said(self, ann: Person) -> None:
        """And the list stays in view."""
        await ann.says("/subscribe Gardens")
        answer = await ann.says("/unsubscribe Owls")
        assert "You were not subscribed to this: “Owls”." in answer
        assert "“Gardens”" in answer

    @pytest.mark.parametrize("word", ["*", "всё", "Все", "all"])
    async def test_everything_goes_with_one_word(self, ann: Person, bot: TalkingBot, word: str) -> None:
        """The reader stays, without tags."""
        await ann.says("/subscribe Gardens, Owls")
        await ann.says(f"/unsubscribe {word}")
        assert await tags_of(bot, ann) == ()

    async def test_a_button_whose_tag_is_forgotten_says_so(self, ann: Person) -> None:
        """Old messages stay on people's screens for years."""
        answer = await ann.says("/subscribe t:aaaaaaaaaa from:tags", pressed="7", callback="cb")
        assert answer == "This button is too old. Open the list again: /tags"

    async def test_a_button_under_an_article_leaves_the_article_alone(self, ann: Person, bot: TalkingBot) -> None:
        """Only our own lists are drawn anew; elsewhere the confirmation is a message of its own."""
        await ann.says("/subscribe Gardens")
        await ann.says(f"/unsubscribe t:{tag_id('Gardens')}", pressed="7", callback="cb")
        assert await tags_of(bot, ann) == ()
        assert ann.methods[-1] in {"sendMessage", "messages.send"}

    async def test_the_list_of_articles_stays_when_its_tag_is_followed(self, ann: Person, bot: TalkingBot) -> None:
        """One reads on after subscribing."""
        await ann.says("/latest gardens")
        answer = await ann.presses("Subscribe: Gardens")
        assert "Roses that need no water" in answer
        assert await tags_of(bot, ann) == ("Gardens",)
        assert list(ann.buttons) == ["✕ Gardens"]

    async def test_an_old_deep_link_still_opens_the_door(self, ann: Person) -> None:
        """A tag nobody remembers: the reader is greeted as anybody."""
        assert (await ann.says("/start t_aaaaaaaaaa")).startswith("Hello! I send you")
        assert (await ann.says("/start something")).startswith("Hello! I send you")


class TestAdministering:
    """What an admin sees and does."""

    async def test_status_shows_what_is_broken_first(self, admin: Person) -> None:
        """Version, sources, channels, readers, posts: one screen."""
        lines = (await admin.says("/status")).splitlines()
        assert lines[0] == "Depeche 1.2.3 up 1 d 2 h 3 min"
        text = "\n".join(lines)
        assert "! subscriptions are off" in text
        assert "✕ old: no answer in 20 s (in a row: 3), last success 12 May, 12:00\n✓ digest: read 12:00" in text
        assert "– a" in text
        assert "– and 1 more" in text
        assert "· new: not read yet" in text
        assert "…and 3 more" in text
        assert "): 3 waiting, next 12:20, last 12:00\n   – the oldest undelivered: since 09:00" in text
        assert "since 09:00\n   – Telegram asked to wait until 12:05\nwall (" in text
        assert text.count("undelivered") == text.count("asked to wait") == 1, "the wall has nothing of the kind"
        assert "Circuit breakers: vk posts: captcha, open until 12:40" in text
        assert "! the token is refused" in text
        assert "Readers: Telegram 1,200, VK 30" in text
        assert "Posts: sent 5, refused 1" in text
        assert "Unconfirmed: 2." in text

    async def test_status_of_an_empty_newsroom_has_no_empty_headings(self, store: Store) -> None:
        """Nothing is set up yet, and that is no error."""
        bot = TalkingBot(store, admins={Platform.TELEGRAM: frozenset({ADMIN})})
        answer = await bot.person(chat=ADMIN).says("/status")
        assert "Sources" not in answer
        assert "Circuit breakers: all closed" in answer
        assert "Unconfirmed: 0" in answer

    async def test_queue_shows_time_channel_headline_and_reason(self, admin: Person, bot: TalkingBot) -> None:
        """By the newsroom's clock, by pages, with a button for each."""
        answer = await admin.says("/queue")
        assert answer.startswith("1 article waits\n\n1. 12:20 main\nRoses that need no water\n")
        assert answer.endswith("at once")
        bot.desk.planned = [replace(bot.desk.planned[0], channel=f"c{n}") for n in range(25)]
        assert (await admin.says("/queue")).startswith("25 articles wait, page 1 of 4\n\n1. ")
        assert (await admin.presses("›")).startswith("25 articles wait, page 2 of 4\n\n9. ")
        bot.desk.planned = []
        assert "Nothing waits" in await admin.says("/queue")

    async def test_now_says_what_happened_on_each_channel(self, admin: Person, bot: TalkingBot) -> None:
        """With a link where there is something to see, and the reason where there is none."""
        answer = await admin.says("/now")
        assert answer == "main: sent https://t.me/digest/9\nwall: deferred (VK is slow)"
        assert await admin.says("/now wall") == "wall: deferred (VK is slow)"
        assert bot.desk.asked == [None, "wall"]
        bot.desk.attempts = []
        assert "nothing to send" in await admin.says("/now")

    async def test_a_channel_that_does_not_exist_is_named(self, admin: Person) -> None:
        """The desk's own sentence is the answer."""
        assert await admin.says("/now nowhere") == "No such channel: nowhere"


class TestRedelivery:
    """Platforms deliver an update again when they are not sure."""

    async def test_an_event_is_answered_once(self, ann: Person, bot: TalkingBot) -> None:
        """Also by a bot that was started anew in between."""
        assert await ann.says("/help", event="same")
        assert await ann.says("/help", event="same") == ""
        ann.talk = bot.restarted()
        assert await ann.says("/help", event="same") == ""
        assert await ann.says("/help", event="another")

    async def test_a_crash_in_the_middle_loses_nothing_and_repeats_little(self, ann: Person, bot: TalkingBot) -> None:
        """The first delivery dies, the second is answered; were it to die too, there is no third."""
        ann.inbox.faults = [Crash()]
        with pytest.raises(Crash):
            await ann.says("/help", event="same")
        ann.talk = bot.restarted()
        assert await ann.says("/help", event="same")
        assert await ann.says("/help", event="same") == ""

    async def test_an_event_that_always_crashes_the_bot_does_so_twice(self, ann: Person, bot: TalkingBot) -> None:
        """And not at every start for ever."""
        ann.inbox.faults = [Crash(), Crash(), Crash()]
        for _ in range(2):
            with pytest.raises(Crash):
                await ann.says("/help", event="same")
            ann.talk = bot.restarted()
        assert await ann.says("/help", event="same") == ""
        assert len(ann.inbox.faults) == 1

    async def test_posting_in_public_is_not_repeated_after_a_crash(self, admin: Person, bot: TalkingBot) -> None:
        """Zero beats two: an admin looks and asks again."""
        admin.inbox.faults = [Crash()]
        with pytest.raises(Crash):
            await admin.says("/now", event="same")
        assert await admin.says("/now", event="same") == ""
        assert bot.desk.asked == [None]

    async def test_while_the_state_is_away_the_event_waits(self, ann: Person, bot: TalkingBot) -> None:
        """The error says so to whoever delivers; nothing is sent, and the event is answered when it comes again."""
        ann.talk = TalkingBot(replace(bot.store, subscriptions=_Away())).talk  # type: ignore[arg-type]  # a fake port
        with pytest.raises(StoreError):
            await ann.says("/help", event="same")
        assert ann.inbox.posts == []
        ann.talk = bot.talk
        assert await ann.says("/help", event="same")


class TestMishaps:
    """One person's mishap is nobody else's."""

    async def test_a_short_wait_is_waited_for_once(self, ann: Person, bot: TalkingBot) -> None:
        """Flood control of a few seconds costs a person a few seconds."""
        ann.inbox.faults = [TryLater("flood", after=timedelta(seconds=3))]
        assert await ann.says("/help")
        assert bot.naps == [3.0]

    @pytest.mark.parametrize(
        "faults",
        [
            [TryLater("flood", after=timedelta(seconds=6))],
            [TryLater("flood", after=timedelta(seconds=1))] * 2,
            [Refused("bad request")],
            [OutcomeUnknown("no answer")],
        ],
    )
    async def test_an_answer_that_cannot_go_out_is_logged_without_its_text(
        self, ann: Person, faults: list[DeliveryError]
    ) -> None:
        """The conversation goes on with the next person."""
        ann.inbox.faults = list(faults)
        with capture_logs() as logs:
            assert await ann.says("/subscribe secret hobby") == ""
        assert [entry["event"] for entry in logs] == ["reply not delivered"]
        assert "secret" not in str(logs)
        assert await ann.says("/mytags")

    async def test_an_unexpected_error_is_owned_up_to(self, admin: Person, bot: TalkingBot) -> None:
        """The person hears that it is not their fault; the log has the error."""
        bot.desk.state = replace(BUSY, started_at=None)  # type: ignore[arg-type]  # broken on purpose
        with capture_logs() as logs:
            assert (
                await admin.says("/status") == "Something broke, and we know already. Please try again a little later."
            )
        assert [entry["event"] for entry in logs] == ["answer failed"]
        assert await admin.says("/help")

    async def test_even_an_apology_may_fail(self, admin: Person, bot: TalkingBot) -> None:
        """Nothing reaches the loop."""
        bot.desk.state = replace(BUSY, started_at=None)  # type: ignore[arg-type]  # broken on purpose
        admin.inbox.faults = [ValueError("a bug")]
        with capture_logs() as logs:
            assert await admin.says("/status") == ""
        assert [entry["event"] for entry in logs] == ["answer failed", "apology failed"]

    async def test_a_reader_who_blocked_the_bot_is_switched_off_and_comes_back(
        self, ann: Person, bot: TalkingBot
    ) -> None:
        """With all their tags."""
        await ann.says("/subscribe Gardens")
        ann.inbox.faults = [Gone("blocked")]
        await ann.says("/help")
        off = await bot.store.subscriptions.reader(ann.place)
        assert off == a_reader(ann.place, "en", "Gardens", active=False)
        assert await who(bot.store, "gardens") == []
        await ann.says("/help")
        assert await bot.store.subscriptions.reader(ann.place) == replace(off, active=True)
        assert await who(bot.store, "gardens") == [ann.place]

    async def test_blocking_and_unblocking_switches_a_reader(self, ann: Person, bot: TalkingBot) -> None:
        """A stranger who blocks the bot is not made a reader by that."""
        await ann.talk.membership(Membership(ann.place, reachable=False))
        assert await bot.store.subscriptions.reader(ann.place) is None
        await ann.says("/subscribe Gardens")
        for reachable in (False, True):
            await ann.talk.membership(Membership(ann.place, reachable))
            reader = await bot.store.subscriptions.reader(ann.place)
            assert reader is not None
            assert reader.active is reachable
            assert reader.labels == ("Gardens",)


class TestLanguage:
    """Everybody is spoken to in a language they know."""

    @pytest.mark.parametrize(
        ("language", "expected"), [("en", "Hello!"), ("ru", "Здравствуйте!"), ("it", "Здравствуйте!")]
    )
    async def test_the_platform_says_which(self, ann: Person, language: str, expected: str) -> None:
        """What we don't speak becomes the newsroom's language."""
        ann.language = language
        assert (await ann.says("/start")).startswith(expected)

    async def test_a_press_without_a_language_is_answered_in_the_readers_own(self, ann: Person) -> None:
        """VK does not tell a language with a pressed button."""
        await ann.says("/language en")
        ann.language = None
        assert (await ann.says("/mytags", pressed="7", callback="cb")).startswith("You have no subscriptions")

    async def test_an_unknown_language_is_asked_for(self, ann: Person) -> None:
        """With a button for each that there is."""
        await ann.says("/language klingon")
        assert list(ann.buttons) == ["Русский", "English"]
        assert await ann.presses("Русский") == "Теперь я говорю по-русски. Что я умею: /help"


async def test_vk_shows_addresses_in_full(bot: TalkingBot) -> None:
    """It has no hidden links: a headline without its address leads nowhere."""
    answer = await bot.person(Platform.VK).says("latest")
    assert "Roses that need no water\nhttps://example.org/roses\nThe Green Page · 12:00" in answer


async def test_an_empty_archive_is_no_dead_end(store: Store) -> None:
    """Nothing to show yet, and still something to do."""
    ann = TalkingBot(store, clock=FixedClock()).person()
    assert "/subscribe" in await ann.says("/start")
    assert "/subscribe" in await ann.says("/tags")
    assert await ann.says("/latest") == "There are no articles yet. Please look in a little later."
    assert "no articles with the tag “Owls”" in await ann.says("/latest Owls")
    assert "You are subscribed to the tag “Owls”" in await ann.presses("Subscribe: Owls")
    await ann.says(f"/latest {'long ' * 10}")
    assert list(ann.buttons) == ["✕ Owls"]


class Crash(BaseException):
    """The process dies while it sends: nothing below the loop may catch it."""


class _Away:
    """Subscriptions of a redis that has gone."""

    async def reader(self, place: Place) -> Reader | None:  # noqa: ARG002 - the port's argument
        raise StoreError("redis is away")
