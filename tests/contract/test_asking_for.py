"""What readers ask for in their own words, on both platforms: forms, doubts, queries and the lists to choose from."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.model import Article, Outlet, Platform
from bot.store import Store
from tests.fakes import NOON, Person, TalkingBot


def _article(number: int, *tags: str, country: str | None = None, outlet: str | None = None) -> Article:
    url = f"https://news.example/{number}"
    return Article(
        id=url,
        url=url,
        headline=f"Новость {number}",
        tags=tags,
        country=country,
        outlet=Outlet(outlet) if outlet else None,
        published_at=NOON - timedelta(minutes=number),
    )


@pytest.fixture
async def bot(store: Store) -> TalkingBot:
    """Five articles are out."""
    for article in (
        _article(1, "выборы", country="Франция", outlet="La Dépêche"),
        _article(2, "спорт", "выборы", country="Франция"),
        _article(3, "Эмманюэль Макрон", country="Франция"),
        _article(4, "Вьетнам", "R&B"),
        _article(5, "Южная Корея"),
    ):
        await store.articles.add(article, source="лента", at=NOON, queues=())
    return TalkingBot(store)


@pytest.fixture(params=list(Platform))
def anna(request: pytest.FixtureRequest, bot: TalkingBot) -> Person:
    """A Russian reader."""
    return bot.person(request.param, "1001", "ru")


async def _labels(bot: TalkingBot, person: Person) -> tuple[str, ...]:
    reader = await bot.store.subscriptions.reader(person.place)
    return reader.labels if reader else ()


@pytest.mark.parametrize(
    ("said", "label"),
    [
        ("Франции", "Франция"),
        ("южной корее", "Южная Корея"),
        ("Эмманюэля Макрона", "Эмманюэль Макрон"),
        ("r&b", "R&B"),
        ("на Вьетнам", "Вьетнам"),
    ],
)
async def test_a_tag_is_found_in_any_form(bot: TalkingBot, anna: Person, said: str, label: str) -> None:
    """The reader writes as people speak; the subscription is to what the newsroom writes."""
    answer = await anna.says(f"/subscribe {said}")
    assert f"«{label}»" in answer
    assert await _labels(bot, anna) == (label,)


async def test_a_country_says_that_it_is_one(anna: Person) -> None:
    """So that the reader knows what comes."""
    assert "«Франция» (страна)" in await anna.says("/subscribe Франция")
    assert "«La Dépêche» (издание)" in await anna.says("/subscribe la depeche")


async def test_a_misspelled_tag_is_asked_about(bot: TalkingBot, anna: Person) -> None:
    """Nothing is subscribed until the reader presses what they meant; the rest of the wish is done at once."""
    answer = await anna.says("/subscribe Вьетам, выборы")
    assert "вы имели в виду" in answer
    assert await _labels(bot, anna) == ("выборы",)
    await anna.presses("«Вьетнам»")
    assert await _labels(bot, anna) == ("выборы", "Вьетнам")


async def test_a_reader_may_insist(bot: TalkingBot, anna: Person) -> None:
    """By a button, or by quotes: then it is subscribed as it is written."""
    await anna.says("/subscribe Вьетам")
    assert "пока не встречался" in await anna.presses("Именно «Вьетам»")
    await anna.says('/subscribe "Вьетамм"')
    assert await _labels(bot, anna) == ("Вьетам", "Вьетамм")


async def test_a_query_is_a_subscription(bot: TalkingBot, anna: Person) -> None:
    """Its words are found in any form; the answer tells what it would have brought."""
    answer = await anna.says("/subscribe Франции & (выборов | Макрон) & !спорт, Вьетнам")
    assert await _labels(bot, anna) == ("Франция & (выборы | Макрон) & !спорт", "Вьетнам")
    await anna.says("/unsubscribe *")
    answer = await anna.says("/subscribe франция & !спорт")
    assert "Из последних 5 статей подошли бы 2" in answer
    assert "Новость 1" in answer
    assert "Новость 2" not in answer
    assert "Новость 3" in answer


@pytest.mark.parametrize(
    ("said", "unseen"),
    [
        ("(Ыыы | Эээ) & Франция & !Ююю", "Пока не встречались: «Ыыы», «Эээ», «Ююю». Проверьте, нет ли опечаток."),
        ("Франция & Ыыы", "Тег «Ыыы» пока не встречался. Проверьте, нет ли опечаток."),
        ('издание:"Ыыы"', "Издание «Ыыы» пока не встречалось. Проверьте, нет ли опечаток."),
        ("страна:Ыыы", "Страна «Ыыы» пока не встречалась. Проверьте, нет ли опечаток."),
        ("Франция & Вьетам", "Тег «Вьетам» (похоже на «Вьетнам») пока не встречался. Проверьте, нет ли опечаток."),
        ("Ыыы, Эээ", "Пока не встречались: «Ыыы», «Эээ». Как только появится такая статья, пришлю."),
        ("Ыыы, Франция & Эээ", "Пока не встречались: «Ыыы», «Эээ». Проверьте, нет ли опечаток."),
    ],
)
async def test_what_nobody_has_used_is_said_once(anna: Person, said: str, unseen: str) -> None:
    """In one sentence for all of it, called what the reader called it."""
    answer = await anna.says(f"/subscribe {said}")
    assert unseen in answer
    assert answer.casefold().count("не встречал") == 1


async def test_a_tag_nobody_has_used_has_no_empty_preview(anna: Person) -> None:
    """That it has not been seen says all."""
    assert "Среди последних" not in await anna.says("/subscribe Ыыы")
    assert "Среди последних" in await anna.says("/subscribe Франция & Ыыы")


async def test_the_latest_of_a_query(bot: TalkingBot, anna: Person) -> None:
    """What fits it, and a button to follow it that becomes one to drop it."""
    answer = await anna.says("/latest Франции & !спорт")
    assert "по запросу «Франция & !спорт»" in answer
    assert ["Новость 1" in answer, "Новость 2" in answer, "Новость 3" in answer] == [True, False, True]
    await anna.presses("Подписаться: Франция & !спорт")
    assert await _labels(bot, anna) == ("Франция & !спорт",)
    await anna.presses("✕ Франция & !спорт")
    assert await _labels(bot, anna) == ()
    assert "По запросу «Вьетнам & спорт» статей пока нет" in await anna.says("/latest Вьетнам & спорт")


@pytest.mark.parametrize(
    ("said", "count"),
    [
        ('outlet:"La Dépêche"', 1),
        ("издание:«la depeche» & страна:Франция", 1),
        ("source:лента & !Франция", 2),
        ("country:Вьетнам", 0),
        ("тег:вьетнам", 1),
    ],
)
async def test_fields_are_named_in_both_languages(anna: Person, said: str, count: int) -> None:
    """The outlet, country, region, source or tag alone is asked for."""
    answer = await anna.says(f"/subscribe {said}")
    examples = [line for line in answer.splitlines() if line.startswith("· ")]
    assert len(examples) == count, answer


@pytest.mark.parametrize(
    ("said", "marked", "belongs"),
    [
        ("Франция & (выборы | )", "Франция & (выборы | ▸)", "нужен тег"),
        ("выборы, Франция & (спорт", "выборы, Франция & (спорт▸", "закрывающая скобка"),
        ('Франция & "выборы', 'Франция & ▸"выборы', "не закрыта"),
        ("(Франция) выборы", "(Франция) ▸выборы", "нужен знак"),
    ],
)
async def test_a_mistake_is_shown_where_it_is(
    bot: TalkingBot, anna: Person, said: str, marked: str, belongs: str
) -> None:
    """With what belongs there; nothing is subscribed."""
    answer = await anna.says(f"/subscribe {said}")
    assert marked in answer
    assert belongs in answer
    assert await _labels(bot, anna) == ()


async def test_a_query_goes_as_it_came(bot: TalkingBot, anna: Person) -> None:
    """By its text in another order, and by its button."""
    await anna.says("/subscribe Франция & !спорт")
    await anna.says("/unsubscribe !спорт & франция")
    assert await _labels(bot, anna) == ()
    await anna.says("/subscribe Франция & !спорт")
    await anna.presses("✕ Франция & !спорт")
    assert await _labels(bot, anna) == ()


async def test_the_lists_are_browsed(bot: TalkingBot, anna: Person) -> None:
    """The most used first; then by letter, by kind, and by what is typed; a press keeps the page."""
    assert "Самое частое" in await anna.says("/tags")
    assert "Франция (страна) · 3" in anna.buttons
    await anna.presses("А–Я")
    assert "Страны" in anna.buttons
    await anna.presses("Страны")
    assert list(anna.buttons) == ["Франция (страна) · 3", "А–Я"]
    await anna.presses("Франция (страна) · 3")
    assert await _labels(bot, anna) == ("Франция",)
    assert list(anna.buttons) == ["✓ Франция (страна) · 3", "А–Я"]
    await anna.says("/tags в")
    assert {"выборы · 2", "Вьетнам · 1"} <= set(anna.buttons)
    assert "ничего не начинается" in await anna.says("/tags ъъ")


async def test_pages_of_the_list_are_turned(anna: Person) -> None:
    """Every name is reached, each once."""
    await anna.says("/tags")
    met = [label for label in anna.buttons if "·" in label]
    await anna.presses("›")
    met += [label for label in anna.buttons if "·" in label]
    assert len(met) == len(set(met)) == 8
    assert "›" not in anna.buttons
    await anna.presses("‹")
    assert set(anna.buttons) & set(met)
