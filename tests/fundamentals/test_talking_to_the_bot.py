"""How people talk to the bot, from hello to goodbye. Read from top to bottom."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.model import Article, Outlet, Platform
from bot.store import Store
from tests.fakes import NOON, TalkingBot
from tests.readers import a_reader, who

GARDENS = Article(
    id="1",
    url="https://example.org/roses",
    headline="Roses that need no water",
    tags=("Gardens", "Science"),
    outlet=Outlet("The Green Page"),
    published_at=NOON - timedelta(hours=2),
)
TRAINS = Article(
    id="2",
    url="https://example.org/night-train",
    headline="A night train across the Alps",
    tags=("Trains",),
    outlet=Outlet("Le Rail"),
    published_at=NOON - timedelta(days=1),
)


@pytest.fixture
async def bot(store: Store) -> TalkingBot:
    """A bot whose archive has two articles."""
    for article in (TRAINS, GARDENS):
        await store.articles.add(article, source="digest", at=NOON, queues=())
    return TalkingBot(store)


async def test_a_reader_says_hello(bot: TalkingBot) -> None:
    """The bot greets, says what it does, and offers tags to press."""
    ann = bot.person()
    answer = await ann.says("/start")
    assert answer.startswith("Hello! I send you new articles on the subjects you choose.")
    assert {"Gardens · 1", "Science · 1", "Trains · 1", "Help"} <= ann.buttons.keys()


async def test_a_reader_subscribes_to_two_tags(bot: TalkingBot) -> None:
    """Several tags are separated by commas; case does not matter; the archive's spelling is kept."""
    ann = bot.person()
    answer = await ann.says("/subscribe gardens, TRAINS")
    assert answer == "Done! You are subscribed to the tags “Gardens”, “Trains”. New articles come here."
    assert await bot.store.subscriptions.reader(ann.place) == a_reader(ann.place, "en", "Gardens", "Trains")
    assert await who(bot.store, "gardens") == [ann.place]


async def test_a_reader_on_vk_uses_plain_russian_words(bot: TalkingBot) -> None:
    """No slash is needed, and the answer is in Russian."""
    ben = bot.person(Platform.VK, "42", language="ru")
    answer = await ben.says("подписаться Gardens, Trains")
    assert answer == "Готово! Вы подписаны на теги: «Gardens», «Trains». Новые статьи придут сюда."
    assert (await ben.says("мои теги")).startswith("У вас 2 подписки: «Gardens», «Trains».")


async def test_a_reader_subscribes_with_a_button(bot: TalkingBot) -> None:
    """The list under the finger changes in place: the tag gets its tick."""
    ann = bot.person()
    await ann.says("/tags")
    await ann.presses("Gardens · 1")
    assert ann.methods == ["sendMessage", "answerCallbackQuery", "editMessageText"]
    assert "✓ Gardens · 1" in ann.buttons
    await ann.presses("✓ Gardens · 1")
    assert "Gardens · 1" in ann.buttons


async def test_a_reader_follows_a_link_to_a_tag(bot: TalkingBot) -> None:
    """A deep link from the channel greets and subscribes at once."""
    ann = bot.person()
    await ann.says("/tags")
    tag = ann.buttons["Trains · 1"].split()[1].removeprefix("t:")
    assert (await ann.says(f"/start t_{tag}")).startswith("Hello!\n\nDone! You are subscribed to the tag “Trains”.")


async def test_a_reader_names_a_tag_nobody_has_used(bot: TalkingBot) -> None:
    """It is kept, and the reader is told that nothing has come with it so far."""
    answer = await bot.person().says("/subscribe Lighthouses")
    assert "You are subscribed to the tag “Lighthouses”" in answer
    assert "The tag “Lighthouses” has not been seen yet." in answer


async def test_a_reader_reads_the_latest(bot: TalkingBot) -> None:
    """Headline, outlet, time; of one tag when it is named."""
    ann = bot.person()
    everything = await ann.says("/latest")
    assert everything.index("Roses that need no water\nThe Green Page · 10:00") < everything.index("A night train")
    trains = await ann.says("/latest trains")
    assert trains == ("Latest articles with the tag “Trains”\n\nA night train across the Alps\nLe Rail · 13 May, 12:00")
    assert ann.inbox.posts[-1].params["entities"][-1]["url"] == "https://example.org/night-train"


async def test_a_reader_changes_their_mind(bot: TalkingBot) -> None:
    """Unsubscribing works by name, by button, and for everything at once."""
    ann = bot.person()
    await ann.says("/subscribe Gardens, Trains, Science")
    assert "unsubscribed from “Trains”" in await ann.says("/unsubscribe trains")
    await ann.presses("✕ Gardens")
    assert (await bot.store.subscriptions.reader(ann.place)) == a_reader(ann.place, "en", "Science")
    await ann.says("/unsubscribe *")
    assert (await ann.says("/mytags")).startswith("You have no subscriptions yet.")


async def test_a_reader_prefers_another_language(bot: TalkingBot) -> None:
    """What they choose outlives what the platform says of them."""
    ann = bot.person()
    assert await ann.says("/language ru") == "Теперь я говорю по-русски. Что я умею: /help"
    assert (await ann.says("/mytags")).startswith("Подписок пока нет.")


async def test_a_reader_wants_to_be_forgotten(bot: TalkingBot) -> None:
    """One more press, and nothing of them is left."""
    ann = bot.person()
    await ann.says("/subscribe Gardens")
    assert await ann.says("/forget") == "Erase all I keep about you, with 1 subscription? There is no way back."
    assert await bot.store.subscriptions.reader(ann.place) is not None
    assert await ann.presses("Yes, erase") == "All is erased. To come back, type /start"
    assert await bot.store.subscriptions.reader(ann.place) is None


async def test_somebody_just_talks(bot: TalkingBot) -> None:
    """The bot can't chat, says so kindly, and shows the way."""
    ann = bot.person()
    assert await ann.says("What a lovely day!") == (
        "I don't understand. I only know commands, for example: /subscribe Science or /search trains\n"
        "Choose tags: /tags\nSee all I can do: /help"
    )
    assert list(ann.buttons.values()) == ["/tags", "/help"]
