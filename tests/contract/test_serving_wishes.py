"""Readers say when and how they want to be served, on both platforms and in both languages."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from bot.model import Article, Platform
from bot.readers import Delivery, Form, Reader
from bot.store import Store
from bot.talk import Span
from handlers.commands import in_russian
from tests.fakes import NOON, Person, TalkingBot


@pytest.fixture
async def bot(store: Store) -> TalkingBot:
    """One article is out."""
    url = "https://news.example/1"
    article = Article(id=url, url=url, headline="Новость", tags=("Наука", "Море"), published_at=NOON)
    await store.articles.add(article, source="лента", at=NOON, queues=())
    return TalkingBot(store)


@pytest.fixture(params=list(Platform))
def anna(request: pytest.FixtureRequest, bot: TalkingBot) -> Person:
    """A Russian reader."""
    return bot.person(request.param, "1001", "ru")


async def kept(bot: TalkingBot, person: Person) -> Reader:
    reader = await bot.store.subscriptions.reader(person.place)
    assert reader is not None
    return reader


async def ways(bot: TalkingBot, person: Person) -> dict[str, Delivery]:
    """How each subscription comes."""
    return {one.label: one.delivery for one in (await kept(bot, person)).subscriptions}


async def test_each_subscription_has_its_own_way(bot: TalkingBot, anna: Person) -> None:
    """All of them, or those that are named in any form, queries too; the list shows each."""
    await anna.says("/subscribe Наука, Море, Наука & !Спорт")
    answer = await anna.says("/digest раз в день в 9 вечера")
    assert "Теперь так" in answer
    assert "Каждый день в 21:00: 3 подписки" in answer
    assert set((await ways(bot, anna)).values()) == {Delivery.DAILY}
    await anna.says("/digest сразу науки")
    answer = await anna.says("/digest по пятницам Наука & !спорт")
    assert "Раз в неделю, в пятницу в 21:00: 1 подписка" in answer
    assert await ways(bot, anna) == {
        "Наука": Delivery.NOW,
        "Море": Delivery.DAILY,
        "Наука & !Спорт": Delivery.WEEKLY,
    }
    mine = await anna.says("/mytags")
    assert "«Наука», «Море» (раз в день), «Наука & !Спорт» (раз в неделю)." in mine


async def test_what_comes_next_comes_as_was_chosen(bot: TalkingBot, anna: Person) -> None:
    """The way that was chosen for all is that of new subscriptions, and is said with them."""
    await anna.says("/digest каждый вечер")
    assert "Они придут раз в день, как вы выбрали" in await anna.says("/subscribe Наука")
    assert await ways(bot, anna) == {"Наука": Delivery.DAILY}
    assert (await kept(bot, anna)).preferences.digest_at == time(19)


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ("/digest максимум 0", "число от 1 до 50: /digest максимум 10"),
        ("/digest пояс Нигде", "/digest пояс Берлин"),
        ("/digest 25:00", "Такого времени нет"),
        ("/digest абракадабра", "Не понимаю «абракадабра»"),
        ("/digest раз в день Рыбы", "Не понимаю «Рыбы»: такой подписки у вас нет"),
        ("/quiet днём", "/quiet 22:00-07:00"),
        ("/pause вечно", "/pause 3 дня"),
        ("/snooze", "/snooze Наука"),
        ("/snooze Рыбы", "Подписки «Рыбы» у вас нет"),
    ],
)
async def test_what_is_not_understood_is_answered_with_what_to_type(
    bot: TalkingBot, anna: Person, said: str, instead: str
) -> None:
    """And nothing changes. On VK it is the Russian word."""
    if anna.place.platform is Platform.VK:
        [span] = in_russian([Span(instead)])
        instead = span.text
    await anna.says("/subscribe Наука")
    before = await kept(bot, anna)
    assert instead in await anna.says(said)
    assert await kept(bot, anna) == before


async def test_the_panel_shows_how_and_changes_it(bot: TalkingBot, anna: Person) -> None:
    """Zone, cap, sound and length in the reader's words; each button changes one thing and keeps the panel."""
    await anna.says("/subscribe Наука")
    await anna.says("/digest пояс Екатеринбург")
    answer = await anna.says("/digest максимум 3")
    assert "Часовой пояс: Екатеринбург; со звуком; с кратким содержанием; сразу не больше 3 в день." in answer
    await anna.presses("Без звука")
    await anna.presses("Только заголовки")
    preferences = (await kept(bot, anna)).preferences
    assert (preferences.silent, preferences.form, preferences.daily_cap) == (True, Form.HEADLINE, 3)
    assert {"Со звуком", "С кратким содержанием", "Раз в неделю"} <= set(anna.buttons)


async def test_quiet_hours_are_set_shown_and_ended(bot: TalkingBot, anna: Person) -> None:
    """By the reader's own clock, ended by a button."""
    assert "В тихие часы я молчу" in await anna.says("/quiet")
    assert "С 22:00 до 07:00 (Москва) я молчу" in await anna.says("/quiet с 10 вечера до 7 утра")
    assert "Тихие часы: с 22:00 до 07:00 (Москва)" in await anna.says("/quiet")
    assert "Тихих часов больше нет" in await anna.presses("Без тихих часов")
    assert (await kept(bot, anna)).preferences.quiet is None


async def test_a_break_is_taken_and_ended(bot: TalkingBot, anna: Person) -> None:
    """With buttons for the usual lengths."""
    await anna.says("/pause")
    assert "Перерыв до 17 мая, 12:00" in await anna.presses("3 дня")
    assert (await kept(bot, anna)).preferences.paused_until == NOON + timedelta(days=3)
    assert "Я снова с вами" in await anna.presses("Закончить перерыв")
    assert "Перерыва нет" in await anna.says("/resume")


async def test_a_week_without_a_subject(bot: TalkingBot, anna: Person) -> None:
    """Only that subscription rests; the list says so, and a button brings it back."""
    await anna.says("/subscribe Наука, Море")
    assert "«Наука» молчит до 21 мая, 12:00" in await anna.says("/snooze науки")
    assert "«Наука» (молчит до 21 мая, 12:00), «Море»." in await anna.says("/mytags")
    await anna.says("/snooze Наука")
    assert "«Наука» снова приходит" in await anna.presses("Вернуть: Наука")
    assert "«Наука», «Море»." in await anna.says("/mytags")


async def test_why_an_article_came(bot: TalkingBot, anna: Person) -> None:
    """By which subscriptions and how, with what can be done about each."""
    [article] = await bot.store.articles.recent(1)
    await anna.says("/subscribe Наука, Море, Рыбы")
    answer = await anna.says(f"/because {article.key}")
    assert "Пришла по подпискам «Наука», «Море»" in answer
    assert "Такие статьи приходят сразу" in answer
    assert {"✕ Наука", "✕ Море", "Когда присылать"} <= set(anna.buttons)


async def test_in_english_too(bot: TalkingBot) -> None:
    """The same wishes in English words."""
    ann = bot.person(Platform.TELEGRAM, "1002", "en")
    await ann.says("/subscribe Наука")
    assert "Every day at 21:30: 1 subscription" in await ann.says("/digest once a day at 9:30 pm")
    assert "From 22:00 to 07:00 (Moscow)" in await ann.says("/quiet 10 pm - 7 a.m.")
    assert "“Наука” (once a day)" in await ann.says("/mytags")
