"""Articles of every shape, against which a template is checked when the settings are read. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Literal

from bot.model import Article, Image, Outlet, Platform
from bot.render.article import Pieces, parts_of, pieces
from bot.render.style import Style
from bot.render.template import Parts, mistake_in

Kind = Literal["article", "roundup", "comment"]
_WHOLE = Article(
    id="sample",
    url="https://digest.example/sample",
    headline="Ночные поезда возвращаются",
    lead="Спальные вагоны снова ходят к морю. Билеты раскупили за день.",
    image=Image("https://digest.example/sample.jpg", "Jeanne Martin"),
    outlet=Outlet("Le Rail", "https://rail.example"),
    original_url="https://rail.example/nuit",
    country="Франция",
    region="Европа",
    tags=("поезда", "Côte d’Azur"),
    disclaimer="Мнение редакции может не совпадать с мнением издания.",
    language="ru",
)


@cache
def articles() -> tuple[tuple[str, Article], ...]:
    """Each with the words that name its shape."""
    return (
        ("that has everything", _WHOLE),
        ("without a lead", replace(_WHOLE, lead=None)),
        ("without a picture", replace(_WHOLE, image=None)),
        ("without tags", replace(_WHOLE, tags=())),
        ("without an outlet", replace(_WHOLE, outlet=None, original_url=None, country=None)),
        ("without a disclaimer", replace(_WHOLE, disclaimer=None)),
        ("with a long lead", replace(_WHOLE, lead="Поезд идёт через ночь, и никто не спит. " * 60)),
        ("from right to left", replace(_WHOLE, headline="قطارات الليل تعود", lead="القطار يعود.", language="ar")),
        ("with a headline alone", Article(id="bare", url="https://digest.example/bare", headline="Коротко")),
    )


def mistake(source: str, kind: Kind, platform: Platform) -> str | None:
    """What is wrong with a template, with its line; None: nothing.

    Headline, link, outlet, credit and disclaimer must not be lost in a post; a first comment may say what it likes.
    """
    return mistake_in(source, list(_samples(kind, platform)))


def _samples(kind: Kind, platform: Platform) -> Iterator[tuple[str, Parts, Sequence[str]]]:
    shown = [(name, _pieces(article, platform)) for name, article in articles()]
    if kind != "roundup":
        for name, whole in shown:
            yield name, parts_of(whole, platform), _kept(whole, platform) if kind == "article" else ()
        return
    parts: dict[str, Any] = {
        "platform": str(platform),
        "heading": "Коротко",
        "sign": "•",
        "stories": [parts_of(whole, platform) for _, whole in shown],
        "disclaimer": _WHOLE.disclaimer,
        "hashtags": "#поезда",
        "because": "",
        "mark": "",
    }
    kept = [part for _, whole in shown for part in (whole.headline, whole.link or "")]
    yield "in a round-up", parts, [*kept, _WHOLE.disclaimer or ""]
    yield "in a round-up of one", parts | {"stories": parts["stories"][-1:], "disclaimer": "", "hashtags": ""}, ()


def _pieces(article: Article, platform: Platform) -> Pieces:
    whole = pieces(article, Style())
    return whole if platform is Platform.TELEGRAM else replace(whole, shown_link=whole.link or "")


def _kept(whole: Pieces, platform: Platform) -> list[str]:
    link = whole.link if platform is Platform.TELEGRAM else None  # a wall post's link is its card
    return [whole.headline, link or "", whole.outlet, whole.credit, whole.disclaimer]
