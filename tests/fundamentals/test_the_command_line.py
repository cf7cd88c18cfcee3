"""A short story on the command line: a page becomes an article, the article a post, the post a line in the plan."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from tests.commands import PAGE, depeche, fill
from tests.commands import folder as folder  # noqa: PLC0414 - a fixture; the name is looked up in this module


def test_a_page_becomes_an_article(folder: Path) -> None:
    """`depeche extract`: what the program understands of a page."""
    Path("page.html").write_text(PAGE, encoding="utf-8")
    article = depeche("extract", "page.html", "--json").document
    assert article["headline"] == "A night train across the Alps"
    assert article["lead"] == "Vienna to Paris in one sleep."


def test_an_article_becomes_a_post(folder: Path) -> None:
    """`depeche render`: the exact call that would put it into the channel, or onto the wall."""
    Path("page.html").write_text(PAGE, encoding="utf-8")
    Path("article.json").write_text(depeche("extract", "page.html", "--json").out, encoding="utf-8")
    [telegram] = depeche("render", "article.json", "--platform", "telegram", "--json").document
    assert telegram["method"] == "sendMessage"
    assert "A night train across the Alps" in telegram["params"]["text"]
    [vk] = depeche("render", "article.json", "--platform", "vk", "--json").document
    assert vk["method"] == "wall.post"


def test_the_plan_says_what_will_go_out(folder: Path) -> None:
    """`depeche plan`: when, where, what and why then."""
    asyncio.run(fill(folder / "var"))
    lines = depeche("plan", "--json").document
    assert {line["channel"] for line in lines} == {"main", "wall"}
    assert {line["headline"] for line in lines} == {"A night train across the Alps"}


def test_why_tells_what_became_of_an_article(folder: Path) -> None:
    """`depeche why`: every place, what happened there and when."""
    asyncio.run(fill(folder / "var"))
    story = depeche("why", "https://news.example/roses").out
    main, wall = (next(line for line in story.split("\n") if name in line) for name in ("main", "wall"))
    assert "sent" in main
    assert "https://t.me/digest/7" in main
    assert "message is too long" in wall


def test_all_of_it_fits_into_one_file(folder: Path) -> None:
    """`depeche export`: for a backup, or for the way to another machine."""
    asyncio.run(fill(folder / "var"))
    assert depeche("export", "state.jsonl").code == 0
    rows = [json.loads(line) for line in Path("state.jsonl").read_text(encoding="utf-8").split("\n") if line]
    assert all(row["key"].startswith("depeche:") for row in rows)
