"""Templates: what they may do, what they can't, and how a mistake in one is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.config import given
from bot.errors import SettingsError
from bot.model import Article, Image, Outlet, Place, Platform
from bot.render import Style, message_for, post_for
from bot.render.readymade import FULL, READY_MADE
from bot.render.samples import articles, mistake
from bot.render.template import lay_out

CHANNEL, WALL = Place(Platform.TELEGRAM, "@digest"), Place(Platform.VK, "-220")
ARTICLE = Article(
    id="1",
    url="https://digest.example/1",
    headline="Ночные поезда возвращаются",
    lead="Спальные вагоны снова ходят к морю.",
    image=Image("https://digest.example/1.jpg", "Jeanne Martin"),
    outlet=Outlet("Le Rail"),
    original_url="https://rail.example/nuit",
    tags=("поезда",),
    disclaimer="Мнение редакции.",
)
GOOD = "{{ headline|bold|link(link) }}\n{{ address }}\n{{ source }}\n{{ photo }}\n{{ disclaimer }}"


def channel(**keys: object) -> dict[str, object]:
    return {"name": "main", "platform": "telegram", "target": "@digest"} | keys


def problems(**values: object) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        given(values)
    return list(caught.value.problems)


@pytest.mark.parametrize("platform", list(Platform))
@pytest.mark.parametrize("name", list(READY_MADE))
def test_the_ready_made_ones_pass_the_check_themselves(name: str, platform: Platform) -> None:
    """For every shape of article, on both platforms."""
    assert mistake(READY_MADE[name], "roundup" if name == "roundup" else "article", platform) is None


def test_a_line_of_which_nothing_is_left_vanishes() -> None:
    """So does a blank line beside another."""
    parts = {"headline": "Headline", "photo": "", "source": "Source"}
    assert lay_out("{{ headline }}\n{{ photo }}\n\n{{ photo }}\n\n{{ source }}\n", parts).plain == "Headline\n\nSource"


def test_a_channel_looks_as_its_template_says() -> None:
    """Bold headline that is the link, then the source; the lead is not in it."""
    post = post_for(ARTICLE, CHANNEL, Style(template=GOOD))
    assert post.params["text"].split("\n")[:2] == ["Ночные поезда возвращаются", "Источник: Le Rail"]
    assert [entity["type"] for entity in post.params["entities"][:2]] == ["bold", "text_link"]
    assert post.params["entities"][1]["url"] == ARTICLE.url
    assert post_for(ARTICLE, WALL, Style(template=GOOD)).params["message"].startswith("Ночные поезда возвращаются\nИст")


def test_a_lead_can_stand_as_a_quote_and_a_long_one_folded() -> None:
    """Entities of Telegram; VK has no quotes and shows the words."""
    quoted = post_for(ARTICLE, CHANNEL, Style(template=READY_MADE["quote"])).params["entities"]
    assert "blockquote" in [entity["type"] for entity in quoted]
    long = replace(ARTICLE, lead="Поезд идёт через ночь. " * 60)
    folded = [entity["type"] for entity in post_for(long, CHANNEL, Style()).params["entities"]]
    assert "expandable_blockquote" in folded
    assert "expandable_blockquote" not in [
        one["type"] for one in post_for(ARTICLE, CHANNEL, Style()).params["entities"]
    ]
    assert "expandable_blockquote" not in str(post_for(long, CHANNEL, Style(fold_over=0)).params["entities"])


def test_an_outlet_before_the_headline_is_kept_or_moved_to_its_line() -> None:
    """As the settings say; a prefix that names no outlet of the article stays in any case."""
    named = replace(ARTICLE, headline="Le Rail: ночные поезда возвращаются")
    kept = post_for(named, CHANNEL, Style(typography=False)).params["text"]
    assert kept.startswith("Le Rail: ночные поезда возвращаются\n")
    moved = post_for(named, CHANNEL, Style(prefix="move", typography=False)).params["text"]
    assert moved.startswith("Ночные поезда возвращаются\n")
    assert "Le Rail" in moved
    other = replace(ARTICLE, headline="Опрос: ночные поезда")
    assert post_for(other, CHANNEL, Style(prefix="move", typography=False)).params["text"].startswith("Опрос: ")


def test_nothing_an_article_says_is_read_as_a_template_or_a_style() -> None:
    """Braces and control characters of a text are text."""
    odd = replace(ARTICLE, headline="{{ link }} {% raw %} \x01b\x02x\x03", lead="{{ headline|bold }}")
    params = post_for(odd, CHANNEL, Style()).params
    assert params["text"].startswith("{{ link }} {% raw %} bx\n\n{{ headline|bold }}")
    assert [entity["type"] for entity in params["entities"]] == ["bold", "text_link", "text_link", "italic"]


@pytest.mark.parametrize(
    "source",
    [
        "{{ headline.__class__.__mro__ }}",
        "{{ 'x' * 10000000 }}",
        "{{ ''.join.__globals__ }}",
        "{% for i in range(9) %}{% endfor %}",
        "{{ headline.format(link) }}" + "{{ cycler }}",
    ],
)
def test_a_template_reaches_nothing_but_its_parts(source: str) -> None:
    """No attributes of Python, no big results, no functions."""
    assert mistake(source, "article", Platform.TELEGRAM) is not None


def test_a_reader_never_loses_an_article_to_a_template() -> None:
    """One that fails on an article no sample foresaw: it goes out in the plainest one."""
    fragile = "{% if headline == 'Ночные поезда возвращаются' %}{{ nothing }}{% endif %}" + GOOD
    assert post_for(ARTICLE, CHANNEL, Style(template=fragile)) == post_for(ARTICLE, CHANNEL, Style(template=FULL))
    assert message_for(ARTICLE, Place(Platform.VK, "42"), Style(template="{{ nothing }}")).params["message"]


def test_every_mistake_is_told_with_its_line_and_its_reason() -> None:
    """Beside the other mistakes of the file, and with the article that showed it."""
    told = problems(
        channels=[
            channel(template="short", min_gap="soon"),
            channel(name="two", template="{{ headline }}\n{{ headlin }}"),
            channel(name="three", template="nowhere"),
            channel(name="four", template=GOOD.replace("{{ source }}", "")),
        ],
        templates={"short": {"text": "{{ headline }}\n\n{% if lead %}"}},
    )
    assert len(told) == 5
    assert "channels[0].min_gap" in told[0]
    assert told[1].startswith("templates.short.text: line 3: Unexpected end of template")
    assert told[2] == "channels[1].template: line 2: 'headlin' is undefined (with an article that has everything)"
    assert told[3].startswith("channels[2].template: found 'nowhere'; allowed: full, headline, quote, roundup, short")
    assert "“Le Rail” was never said (with an article that has everything)" in told[4]


def test_keys_of_the_other_platform_are_mistakes() -> None:
    """Each says where it belongs."""
    told = problems(channels=[channel(local_tags="page"), channel(name="wall", platform="vk", target=-220, topic=5)])
    assert any("local_tags: only for a channel on vk" in line for line in told)
    assert any("topic: only for a channel on telegram" in line for line in told)


def test_samples_have_every_shape() -> None:
    """Names are told to people, so each is another."""
    names = [name for name, _ in articles()]
    assert len(set(names)) == len(names) == 9
