"""The sandbox's newsroom: a digest's site with its feeds, its pages and its pictures."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.sandbox.faults import Faults, exchange, refuse_as_news
from bot.sandbox.news_feeds import atom, rss
from bot.sandbox.news_pages import open_graph, page
from bot.sandbox.news_pictures import picture
from bot.sandbox.state import Call, Card, Json
from bot.sandbox.world import World

OLD_AT_START = 3
_BETWEEN_OLD = timedelta(hours=2)
_IN_FEED = 30


@dataclass(frozen=True, slots=True)
class Story:
    """One article as its author wrote it. `headline` holds the outlet's name, as in the digest: "Outlet: what"."""

    slug: str
    outlet: str
    headline: str
    lead: str
    body: tuple[str, ...]
    credit: str
    country: str
    region: str
    tags: tuple[str, ...]
    original_url: str
    scene: str = "hills"
    language: str = "ru"


@dataclass(frozen=True, slots=True)
class Published:
    """A story on the site. `updated_at` is set once it was corrected."""

    story: Story
    at: datetime
    updated_at: datetime | None = None


@cache
def sample_stories() -> tuple[Story, ...]:
    """The articles that come with the sandbox, in the order in which they are published."""
    written = json.loads((files(__package__) / "stories.json").read_text(encoding="utf-8"))
    return tuple(_story(fields) for fields in written)


def _story(fields: dict[str, Any]) -> Story:
    return Story(**fields | {"body": tuple(fields["body"]), "tags": tuple(fields["tags"])})


class Newsroom:
    """The site. The first articles stand there from the start, as if from earlier today; the rest wait."""

    def __init__(self, world: World, faults: Faults, closing: asyncio.Event, url: str) -> None:
        self.title = "Дайджест мировой прессы"
        self.url = url
        self.cards: dict[str, Card] = {}
        """Link cards of pages that stand elsewhere."""
        self._world = world
        self._faults = faults
        self._closing = closing
        self._waiting = list(sample_stories())
        self._published: list[Published] = []
        self._withdrawn: set[str] = set()
        self._changed_at = world.now()
        for age in range(OLD_AT_START, 0, -1):
            self._published.append(Published(self._waiting.pop(0), world.now() - age * _BETWEEN_OLD))

    @property
    def published(self) -> tuple[Published, ...]:
        """What stands on the site, oldest first."""
        return tuple(self._published)

    @property
    def waiting(self) -> int:
        """How many articles are still to be published."""
        return len(self._waiting)

    def page_url(self, slug: str) -> str:
        """The address of an article's page."""
        return f"{self.url}/news/{slug}"

    def add(self, story: Story, *, first: bool = False) -> None:
        """Put a story at the end of those that wait, or before all of them."""
        self._waiting.insert(0 if first else len(self._waiting), story)

    def publish_next(self) -> str:
        """Publish the next story and return its slug. Raises LookupError when none waits."""
        if not self._waiting:
            raise LookupError("no more stories wait to be published")
        story = self._waiting.pop(0)
        self._published.append(Published(story, self._touched()))
        return story.slug

    async def publish_every(self, seconds: float) -> None:
        """Publish the next story again and again, until none waits."""
        while self._waiting:
            await asyncio.sleep(seconds)
            self.publish_next()

    def correct(self, slug: str, **changes: Json) -> None:
        """Change a published story: `correct("tulips", lead="…")`. Raises LookupError for one that isn't there."""
        place, there = self._find(slug)
        self._published[place] = replace(there, story=replace(there.story, **changes), updated_at=self._touched())

    def withdraw(self, slug: str) -> None:
        """Take a published story off the site; its page says 410 from now on. Raises LookupError."""
        place, _ = self._find(slug)
        del self._published[place]
        self._withdrawn.add(slug)
        self._touched()

    def card(self, url: str) -> Card | None:
        """The link card a network makes of an address: of the newsroom's own pages, and of those it was told of."""
        if url in self.cards:
            return self.cards[url]
        slug = self._slug(url, "/news/")
        if slug is None:
            return None
        there = next((item for item in self._published if item.story.slug == slug), None)
        return open_graph(page(there, self.url, self.title), url) if there else None

    def picture(self, url: str) -> tuple[bytes, str] | None:
        """What a network gets when it loads one of the newsroom's pictures: its bytes and their type.

        The pictures are drawings in SVG. Where a real network would want a photograph, the sandbox takes them for one;
        their addresses have no suffix, so that nobody turns them down unread.
        """
        name = self._slug(url, "/news/img/")
        return None if name is None else (_draw(name, self._scene(name)).encode(), "image/svg+xml")

    def routes(self) -> list[web.RouteDef]:
        """Where it answers."""
        return [
            web.get("/news/rss", self._feed),
            web.get("/news/atom", self._feed),
            web.get("/news/img/{slug}", self._picture),
            web.get("/news/{slug}", self._page),
        ]

    def _touched(self) -> datetime:
        self._changed_at = self._world.now()
        return self._changed_at

    def _find(self, slug: str) -> tuple[int, Published]:
        for place, there in enumerate(self._published):
            if there.story.slug == slug:
                return place, there
        raise LookupError(f"no story {slug!r} is published")

    def _slug(self, url: str, under: str) -> str | None:
        parts = urlsplit(url)
        if parts.netloc != urlsplit(self.url).netloc or not parts.path.startswith(under):
            return None
        return parts.path.removeprefix(under)

    def _scene(self, name: str) -> str:
        stories: Iterable[Story] = [*(there.story for there in self._published), *self._waiting]
        return next((story.scene for story in stories if story.slug == name.removesuffix(".svg")), "hills")

    async def _answer(self, request: web.Request, method: str, response: web.Response) -> web.StreamResponse:
        kept = ("If-None-Match", "If-Modified-Since", "User-Agent")
        told = {"path": request.path} | {name: request.headers[name] for name in kept if name in request.headers}
        self._world.record(Call("news", method, told, self._world.now()))

        async def perform() -> web.Response:
            return response

        fault = self._faults.take("news", method)
        return await exchange(request, fault, perform, refuse_as_news, self._closing)

    async def _feed(self, request: web.Request) -> web.StreamResponse:
        method = request.path.rpartition("/")[2]
        write = rss if method == "rss" else atom
        body = write(self._published[: -_IN_FEED - 1 : -1], _base(request), self.title, self._changed_at)
        tag = f'"{blake2b(body, digest_size=8).hexdigest()}"'
        headers = {"ETag": tag, "Last-Modified": format_datetime(self._changed_at, usegmt=True)}
        if self._unchanged(request, tag):
            return await self._answer(request, method, web.Response(status=304, headers=headers))
        kind = f"application/{method}+xml"
        return await self._answer(
            request, method, web.Response(body=body, content_type=kind, charset="utf-8", headers=headers)
        )

    def _unchanged(self, request: web.Request, tag: str) -> bool:
        """Whether the reader has this version already. The tag decides when there is one (RFC 9110, 13.2.2)."""
        if known := request.headers.get("If-None-Match"):
            return known == "*" or tag in [part.strip().removeprefix("W/") for part in known.split(",")]
        since = request.headers.get("If-Modified-Since")
        if not since:
            return False
        try:
            return self._changed_at.replace(microsecond=0) <= parsedate_to_datetime(since)
        except ValueError:
            return False

    async def _page(self, request: web.Request) -> web.StreamResponse:
        slug = request.match_info["slug"]
        there = next((item for item in self._published if item.story.slug == slug), None)
        if there is None:
            status = 410 if slug in self._withdrawn else 404
            return await self._answer(request, "page", web.Response(status=status, text="Такой страницы нет."))
        text = page(there, _base(request), self.title)
        return await self._answer(request, "page", web.Response(text=text, content_type="text/html"))

    async def _picture(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["slug"]
        drawing = _draw(name, self._scene(name))
        return await self._answer(request, "picture", web.Response(text=drawing, content_type="image/svg+xml"))


def _draw(name: str, scene: str) -> str:
    return picture(name.removesuffix(".svg"), scene)


def _base(request: web.Request) -> str:
    """The site's address as the reader called it."""
    return f"{request.scheme}://{request.host}"
