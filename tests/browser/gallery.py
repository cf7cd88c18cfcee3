"""`make gallery`: the pictures of docs/gallery.md, each post as the sandbox's board shows it in a real browser."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from playwright.async_api import Browser, async_playwright

from bot.model import Article, Image, Outlet, Place, Platform, Post, Receipt
from bot.render import Style, correction_for, look_at_roundup, post_for
from bot.render.readymade import READY_MADE
from bot.sandbox import showing
from bot.sandbox.server import Sandbox, open_sandbox
from tests.browser.screenshot import ARGUMENTS, PICTURES

CHANNEL, WALL = Place(Platform.TELEGRAM, "@digest"), Place(Platform.VK, "-220")
AT = datetime(2026, 3, 1, 14, 5, tzinfo=ZoneInfo("Europe/Moscow"))
DISCLAIMER = "Материалы дайджеста содержат оценки изданий и не отражают позицию редакции."


@dataclass(frozen=True)
class Piece:
    """One picture of the gallery: an article, or several, and the style they are shown in."""

    name: str
    title: str
    note: str
    articles: tuple[Article, ...]
    style: Style = field(default_factory=Style)
    corrected: str | None = None


def article(slug: str, headline: str, lead: str | None, *tags: str, **changes: Any) -> Article:
    """A sample with a picture, an outlet to thank and a disclaimer, unless it is said otherwise."""
    usual = Article(
        id=slug,
        url=f"https://digest.example/{slug}",
        headline=headline,
        lead=lead,
        image=Image(f"scene:{slug}", "Jeanne Martin"),
        outlet=Outlet("La Lanterne", "https://lanterne.example"),
        original_url=f"https://lanterne.example/{slug}",
        country="Франция",
        tags=tags,
        disclaimer=DISCLAIMER,
        language="ru",
    )
    return replace(usual, **changes)


LONG_LEAD = (
    "Осенью на старую линию у моря вернулись спальные вагоны - впервые за четырнадцать лет. Поезд уходит "
    "в девять вечера, идёт вдоль воды и к завтраку стоит на вокзале, где его встречает оркестр. Билеты "
    'раскупили за день; "мы не ждали такого", говорит начальник поезда. Проводники заново учат расписание '
    "остановок, которых нет на картах, а кондитер из вагона-ресторана печёт пирог по рецепту, найденному "
    "в архиве дороги. Пассажиры рассказывают, что не спят: за окном всю ночь луна, лодки и маяки. К лету "
    "обещают ещё два рейса в неделю, вагон для велосипедов и библиотеку в коридоре."
)
PIECES = (
    Piece(
        "usual",
        "The usual post",
        "Headline, lead, link, outlet, credit, disclaimer, tags; the link's card.",
        (
            article(
                "night-train",
                "La Lanterne: ночные поезда возвращаются к морю",
                "Спальные вагоны снова ходят вдоль берега. Билеты раскупили за день.",
                "поезда",
                "море",
                "Франция",
            ),
        ),
    ),
    Piece(
        "long",
        "A long lead",
        "Set as in print; on Telegram the lead is a quote that shows its first lines until it is tapped.",
        (article("long-night", "Поезд, в котором никто не спит", LONG_LEAD, "поезда", "путешествия"),),
        Style(fold_over=400),
    ),
    Piece(
        "no-lead",
        "Without a lead",
        "What is not there leaves no gap.",
        (article("bread", "Пекарь из Лиона печёт хлеб по нотам", None, "хлеб", "музыка"),),
    ),
    Piece(
        "no-picture",
        "Without a picture",
        '`image = "none"`: on Telegram no card; a link on VK always has one.',
        (
            article(
                "bees",
                "На крыше оперы поселились пчёлы",
                "Их мёд пахнет липой и немного канифолью.",
                "пчёлы",
                "опера",
                image=None,
            ),
        ),
        Style(image="none"),
    ),
    Piece(
        "tags",
        "Many tags",
        "Accents stay, spaces become underscores; neither digits alone nor C++, which would read as C, make a tag; on "
        "VK the page's own tags.",
        (
            article(
                "azur",
                "Берег, который переехал",
                "Песок перенесли на сто метров, чтобы сохранить старую пристань.",
                "Côte d’Azur",
                "Прованс-Альпы",
                "2031",
                "старый порт",
                "C++",
                "песок",
            ),
        ),
        Style(local_tags="digest_press"),
    ),
    Piece(
        "rtl",
        "From right to left",
        "The text runs as its letters do.",
        (
            article(
                "qitar",
                "قطارات الليل تعود إلى الساحل",
                "عادت عربات النوم بعد أربعة عشر عامًا، وبيعت التذاكر في يوم واحد.",
                "قطارات",
                language="ar",
                outlet=Outlet("Al Fanar"),
                country=None,
            ),
        ),
    ),
    Piece(
        "emoji",
        "With emoji",
        "Counted as the platform counts them, and never cut in half.",
        (
            article(
                "garden",
                "Сад на крыше 🌿 открыли для всех",
                "👩‍🌾 Садовники обещают помидоры к августу 🍅 и концерт для пчёл 🐝.",
                "сад",
                "город",
            ),
        ),
    ),
    Piece(
        "quote",
        "The lead as a quote",
        '`template = "quote"`.',
        (
            article(
                "clock",
                "Часовщик, который опаздывает",
                "«Время подождёт, я его знаю сорок лет», говорит мастер.",
                "часы",
            ),
        ),
        Style(template=READY_MADE["quote"]),
    ),
    Piece(
        "breaking",
        "Breaking: a headline alone",
        '`template = "headline"`, with the outlet left to its own line.',
        (
            article(
                "bridge",
                "La Lanterne: мост через пролив открыт для пешеходов",
                "Первый прошёл его за сорок минут.",
                "мост",
            ),
        ),
        Style(template=READY_MADE["headline"], prefix="move"),
    ),
    Piece(
        "correction",
        "A correction",
        "The post says when it was updated.",
        (
            article(
                "owl",
                "В библиотеке живёт сова",
                "Она вылетает в полночь и знает, где стоит каждая книга.",
                "сова",
                "книги",
            ),
        ),
        corrected="обновлено",
    ),
    Piece(
        "photo",
        "The picture itself",
        '`image = "photo"`; "Follow" buttons under it on Telegram.',
        (article("lighthouse", "Маяк сдаётся на лето", "Нужно уметь молчать и любить чаек.", "маяк", "море"),),
        Style(image="photo", bot="digest_bot", subscribe_buttons=2),
    ),
    Piece(
        "roundup",
        "A round-up",
        'Several articles in one post: `per_slot` above one, `catch_up = "fold"`, or a backlog that got too old.',
        (
            article("r1", "Трамвай, который читает стихи", None, "город"),
            article(
                "r2", "Как река вернулась в город и что она принесла с собой", None, "река", outlet=Outlet("Il Faro")
            ),
            article("r3", "Школа, где уроки начинаются с тишины", None, "школа", outlet=Outlet("Die Laterne")),
        ),
    ),
)


def _on(sandbox: Sandbox, one: Article) -> Article:
    """With its picture as one of the sandbox's drawings."""
    if one.image is None:
        return one
    slug = one.image.url.removeprefix("scene:")
    return replace(one, image=replace(one.image, url=f"{sandbox.url}/news/img/{slug}"))


def _posts(piece: Piece, articles: Sequence[Article]) -> list[Post]:
    if len(articles) > 1:
        return [look_at_roundup(articles, place, piece.style).post for place in (CHANNEL, WALL)]
    return [post_for(articles[0], place, piece.style) for place in (CHANNEL, WALL)]


async def _photograph(browser: Browser, piece: Piece, folder: Path) -> None:
    """Put the piece on a fresh board, and take its two posts."""
    async with open_sandbox() as sandbox:
        articles = [_on(sandbox, one) for one in piece.articles]
        posts = _posts(piece, articles)
        for one in articles:
            showing.with_card(sandbox, one, showing.addresses_of(posts) if len(articles) == 1 else ())
        await showing.put(sandbox, posts)
        if piece.corrected:
            receipts = (sandbox.world.channel.last_id, sandbox.world.wall.last_id)
            edits = [
                correction_for(articles[0], place, piece.style, Receipt(str(number), AT), AT)
                for place, number in zip((CHANNEL, WALL), receipts, strict=True)
            ]
            await showing.put(sandbox, edits)
        page = await browser.new_page(
            viewport={"width": 1180, "height": 2000},
            locale="ru-RU",
            timezone_id="Europe/Moscow",
            reduced_motion="reduce",
        )
        await page.goto(sandbox.url)
        await page.wait_for_selector(".message.post")
        await page.evaluate(PICTURES)
        await page.screenshot(path=folder / "whole.png")
        for name, selector in (("telegram", ".message.theirs"), ("vk", ".message.post")):
            await page.locator(selector).first.screenshot(path=folder / f"{piece.name}-{name}.png")
        await page.close()


def page_of(pieces: Sequence[Piece]) -> str:
    """docs/gallery.md."""
    parts = [
        "# How posts look\n",
        "Twelve articles as they appear on Telegram (left) and on VK (right): made by `make gallery` from",
        "the sandbox's board in a real browser, with the settings named beside each. The articles are invented.\n",
    ]
    for piece in pieces:
        parts += [
            f"## {piece.title}\n",
            f"{piece.note}\n",
            "| Telegram | VK |",
            "| --- | --- |",
            f"| ![]({'gallery/' + piece.name}-telegram.png) | ![]({'gallery/' + piece.name}-vk.png) |\n",
        ]
    return "\n".join(parts)


async def take(docs: Path) -> None:
    """Make the pictures and the page anew."""
    folder = docs / "gallery"
    await asyncio.to_thread(folder.mkdir, exist_ok=True)
    async with async_playwright() as player:
        browser = await player.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        for piece in PIECES:
            await _photograph(browser, piece, folder)
        await browser.close()
    await asyncio.to_thread((folder / "whole.png").unlink)
    await asyncio.to_thread((docs / "gallery.md").write_text, page_of(PIECES), "utf-8")


if __name__ == "__main__":
    asyncio.run(take(Path(sys.argv[1])))
