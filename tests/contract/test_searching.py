"""Searching the archive: by words in the bot's chat on both platforms, and inline from any chat of Telegram."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiogram.methods import AnswerInlineQuery

from bot.editions import Edition
from bot.model import Article, Image, Outlet, Platform
from bot.names import Name
from bot.store import Store
from handlers.hearing import Inquiry
from tests.fakes import NOON, Person, TalkingBot

QUERY = Inquiry("77", "1001", "", language="ru")


def _article(number: int, headline: str, *tags: str, country: str | None = None) -> Article:
    url = f"https://news.example/{number}"
    at = NOON - timedelta(minutes=number)
    outlet, image = Outlet("La Dépêche"), Image("https://news.example/a.jpg")
    return Article(
        id=url, url=url, headline=headline, tags=tags, country=country, outlet=outlet, image=image, published_at=at
    )


ARTICLES = [
    _article(1, "Во Франции прошли выборы", "выборы", country="Франция"),
    _article(2, "Вьетнам открыл новую железную дорогу", "поезда", country="Вьетнам"),
    *(_article(number, f"Поезд номер {number} опоздал", "поезда", country="Франция") for number in range(3, 15)),
]


@pytest.fixture
async def bot(store: Store) -> TalkingBot:
    """Fourteen articles are out."""
    for article in ARTICLES:
        await store.articles.add(article, source="лента", at=NOON, queues=())
    return TalkingBot(store)


@pytest.fixture(params=list(Platform))
def anna(request: pytest.FixtureRequest, bot: TalkingBot) -> Person:
    """A Russian reader."""
    return bot.person(request.param, "1001", "ru")


@pytest.mark.parametrize(
    ("words", "headline"),
    [
        ("франция выборы", "Во Франции прошли выборы"),
        ("железных дорог", "Вьетнам открыл новую железную дорогу"),
        ("вьетнамом", "Вьетнам открыл новую железную дорогу"),
        ("la depeche выборам", "Во Франции прошли выборы"),
        ("желез", "Вьетнам открыл новую железную дорогу"),
    ],
)
async def test_words_are_found_in_any_form(anna: Person, words: str, headline: str) -> None:
    """Also among outlets, countries and tags; the last word may be a beginning."""
    answer = await anna.says(f"/search {words}")
    assert "Нашлась 1 статья" in answer
    assert headline in answer


async def test_what_is_found_is_turned_page_by_page(anna: Person) -> None:
    """The newest first, five on a page, each once."""
    answer = await anna.says("/search поезда")
    assert "Нашлось 13 статей" in answer
    met = [line for line in answer.splitlines() if "Поезд" in line or "дорогу" in line]
    for _ in range(2):
        answer = await anna.presses("›")
        met += [line for line in answer.splitlines() if "Поезд " in line or "дорогу" in line]
    assert len(met) == len(set(met)) == 13
    assert "›" not in anna.buttons


async def test_a_long_search_is_turned_too(anna: Person) -> None:
    """Words that are too many for a button are kept in mind; one that is forgotten says what to do."""
    words = "поезд номер опоздал франция поезда la depeche"
    await anna.says(f"/search {words}")
    assert "Нашлось 12 статей" in await anna.presses("›")
    assert "Повторите" in await anna.says("/search 2: q:aaaaaaaaaa")


async def test_a_search_for_a_name_offers_to_follow_it(bot: TalkingBot, anna: Person) -> None:
    """Whoever looks for Vietnam may want it to come by itself."""
    await anna.says("/search вьетнам")
    await anna.presses("Подписаться: Вьетнам")
    reader = await bot.store.subscriptions.reader(anna.place)
    assert reader is not None
    assert reader.labels == ("Вьетнам",)


async def test_what_is_not_there_is_said_with_what_to_do(anna: Person) -> None:
    """No dead end."""
    assert "Попробуйте меньше слов" in await anna.says("/search щука")
    command = {Platform.TELEGRAM: "/search", Platform.VK: "/поиск"}[anna.place.platform]
    assert f"{command} выборы" in await anna.says("/search ?!")


async def test_a_new_article_is_found_and_a_retracted_one_is_not(bot: TalkingBot, anna: Person) -> None:
    """The index follows the archive."""
    assert "ничего не нашлось" in await anna.says("/search кит")
    whale = _article(0, "Кит приплыл")
    await bot.store.articles.add(whale, source="лента", at=NOON, queues=())
    assert "Кит приплыл" in await anna.says("/search киты")
    await bot.store.editions.replace(Edition(whale, 2, NOON, retracted="editor"), at=NOON)
    assert "ничего не нашлось" in await anna.says("/search кит")


async def _inline(bot: TalkingBot, inquiry: Inquiry) -> dict[str, Any]:
    await bot.talk.inquire(inquiry)
    post = bot.inboxes[Platform.TELEGRAM].posts[-1]
    assert post.method == "answerInlineQuery"
    AnswerInlineQuery.model_validate(dict(post.params))
    return dict(post.params)


async def test_an_article_is_shared_from_any_chat(bot: TalkingBot) -> None:
    """The whole message goes there; above it stands the way to subscribe."""
    answer = await _inline(bot, replace(QUERY, text="вьетнам"))
    [result] = answer["results"]
    assert result["title"] == "Вьетнам открыл новую железную дорогу"
    assert "Вьетнам открыл" in result["input_message_content"]["message_text"]
    assert answer["button"]["text"] == "Подписаться: Вьетнам"
    assert answer["button"]["start_parameter"] == f"t_{Name('Вьетнам').id}"


async def test_without_words_the_newest_are_offered(bot: TalkingBot) -> None:
    """Elsewhere articles alone; with nothing found there is still a way to the bot."""
    answer = await _inline(bot, QUERY)
    assert [result["title"] for result in answer["results"]] == [article.headline for article in ARTICLES]
    answer = await _inline(bot, replace(QUERY, text="щука"))
    assert answer["results"] == []
    assert "Ничего не нашлось" in answer["button"]["text"]


async def test_in_the_bots_own_chat_tags_complete(bot: TalkingBot) -> None:
    """Choosing one types the command that subscribes to it."""
    answer = await _inline(bot, replace(QUERY, text="вь", at_home=True))
    assert answer["results"][0]["title"] == "Подписаться: «Вьетнам» (страна)"
    typed = answer["results"][0]["input_message_content"]["message_text"]
    assert "«Вьетнам» (страна)" in await bot.person(language="ru").says(typed)


async def test_inline_results_are_turned(bot: TalkingBot) -> None:
    """What doesn't fit follows when the person scrolls, nothing twice."""
    for number in range(20, 40):
        await bot.store.articles.add(_article(number, f"Весть {number}"), source="лента", at=NOON, queues=())
    first = await _inline(bot, QUERY)
    second = await _inline(bot, replace(QUERY, offset=first["next_offset"]))
    shown = [result["id"] for result in (*first["results"], *second["results"])]
    assert len(shown) == len(set(shown)) == 34
    assert second["next_offset"] == ""


async def test_who_types_like_a_machine_is_not_answered_for_ever(bot: TalkingBot) -> None:
    """Others are."""
    posts = bot.inboxes[Platform.TELEGRAM].posts
    for _ in range(60):
        await bot.talk.inquire(QUERY)
    assert len(posts) == 40
    await bot.talk.inquire(replace(QUERY, person="1002"))
    assert len(posts) == 41
