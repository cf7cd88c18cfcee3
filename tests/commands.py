"""The command line inside the tests' own process, and a newsroom's folder to run it in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from typer.testing import CliRunner

import bot.cli
from bot.model import Article, Attempt, Outlet, Place, Platform, Receipt, Slot, SlotState
from tests.stores import on_server

SETTINGS = """
language = "en"
timezone = "UTC"
data_dir = "var"
[[sources]]
name = "digest"
url = "https://news.example/rss"
[[channels]]
name = "main"
platform = "telegram"
target = "@digest"
schedule = "0 * * * *"
[[channels]]
name = "wall"
platform = "vk"
target = -220
"""
PAGE = """<!doctype html><html lang="en"><head>
<link rel="canonical" href="https://news.example/night-train">
<script type="application/ld+json">{"@context": "https://schema.org", "@type": "NewsArticle",
"headline": "A night train across the Alps", "description": "Vienna to Paris in one sleep.",
"datePublished": "2024-05-14T10:00:00+02:00", "keywords": ["Trains", "Alps"]}</script>
</head><body><article><h1>A night train across the Alps</h1><p>It leaves at eight in the evening.</p></article></body>
</html>"""
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>The Digest</title><link>https://news.example/</link>
<language>en</language><description>Trains and gardens</description>
<item><title>A night train across the Alps</title><link>https://news.example/night-train</link><guid>n1</guid>
<pubDate>Tue, 14 May 2024 08:00:00 GMT</pubDate><category>Trains</category></item>
<item><title>Roses that need no water</title><link>https://news.example/roses</link><guid>n2</guid></item>
</channel></rss>"""
POSTED = Article(
    id="guid-1",
    url="https://news.example/roses",
    headline="Roses that need no water",
    outlet=Outlet("The Green Page"),
    body="One line\u2028and another",
    published_at=datetime(2024, 5, 14, 8, tzinfo=UTC),
)
QUEUED = Article(id="guid-2", url="https://news.example/night-train", headline="A night train across the Alps")
AT = datetime(2024, 5, 14, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Told:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout. Fails when there is anything beside it."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.split("\n") if line]


def depeche(*arguments: str | Path, typed: str | None = None) -> Told:
    """Run `depeche …`; a crash of the program is a crash of the test."""
    outcome = CliRunner().invoke(bot.cli.app, [str(one) for one in arguments], input=typed, catch_exceptions=False)
    return Told(outcome.exit_code, outcome.stdout, outcome.stderr)


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """The working folder, with a depeche.toml. Logs are off, and set back afterwards: they outlive a command."""
    before = structlog.get_config()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(bot.cli, "start_logging", _silence)
    (tmp_path / "depeche.toml").write_text(SETTINGS, encoding="utf-8")
    yield tmp_path
    structlog.configure(**before)


def _silence(*, quiet: bool = False) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50), cache_logger_on_first_use=False)


async def fill(data_dir: Path) -> None:
    """A day's state: one article posted on Telegram and refused on VK, another one waiting for both."""
    async with on_server(data_dir) as store:
        await store.articles.add(POSTED, source="digest", at=AT, queues=())
        await store.articles.add(QUEUED, source="digest", at=AT, queues=("main", "wall"))
        for place, state in (
            (Place(Platform.TELEGRAM, "@digest"), SlotState.SENT),
            (Place(Platform.VK, "-220"), SlotState.REFUSED),
        ):
            claim = await store.ledger.claim(Slot(POSTED.key, place), now=AT, lease=timedelta(minutes=1))
            assert claim is not None
            receipt = Receipt("7", AT, "https://t.me/digest/7") if state is SlotState.SENT else None
            reason = None if receipt else "message is too long"
            assert await store.ledger.settle(claim, Attempt(claim.slot, AT, state, reason, receipt=receipt))
