"""An article's page on the newsroom's site, and the link card networks read from it."""

from __future__ import annotations

from datetime import datetime
from html import escape
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import quote

from bot.sandbox.state import Card

if TYPE_CHECKING:
    from bot.sandbox.newsroom import Published

DISCLAIMER = {
    "ru": "Материалы дайджеста содержат оценки изданий и не отражают позицию редакции",
    "en": "The digest reports what the outlets write; it does not reflect the editors' position",
}
_WORDS = {
    "ru": {"original": "Оригинал", "source": "источник", "tags": "теги", "home": "Главная"},
    "en": {"original": "Original", "source": "source", "tags": "tags", "home": "Home"},
}
_MONTHS = (
    *("января", "февраля", "марта", "апреля", "мая", "июня"),
    *("июля", "августа", "сентября", "октября", "ноября", "декабря"),
)
_STYLE = (
    "body{margin:0;background:#f6f3ec;color:#23211d;font:18px/1.6 Georgia,'Times New Roman',serif}"
    "nav{background:#23211d;padding:14px 24px;font:600 15px system-ui,sans-serif}nav a{color:#fff;text-decoration:none;"
    "margin-right:20px}main{max-width:720px;margin:0 auto;padding:32px 24px 64px}"
    "header,footer,figcaption,dl{font-family:system-ui,sans-serif;font-size:14px;color:#77705f}"
    "header a{color:#b3452c;margin-left:12px;text-decoration:none}"
    "h1{font:700 34px/1.2 Georgia,serif;color:#23211d;margin:16px 0}.article-intro{font-size:21px;line-height:1.5}"
    "figure{margin:24px 0}figure img{width:100%;height:auto;border-radius:10px;display:block}figcaption{margin-top:8px}"
    ".disclaimer{font:italic 15px/1.5 Georgia,serif;color:#77705f;border-top:1px solid #ddd5c3;padding-top:16px}"
    "dt{float:left;width:90px;clear:left}dd{margin:0 0 10px 90px}dd a{color:#3d6b5a;margin-right:10px;text-decoration:"
    "none;display:inline-block}"
)


def page(there: Published, base: str, site: str) -> str:
    """The page as HTML, in the digest's layout, with OpenGraph tags."""
    story = there.story
    words = _WORDS[story.language]
    url, image = f"{base}/news/{story.slug}", f"{base}/news/img/{story.slug}"
    body = "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in story.body)
    tags = " ".join(f'<a href="/news/tags/{quote(tag)}">{escape(tag)}</a>' for tag in story.tags)
    headline = escape(story.headline)
    return f"""<!DOCTYPE html>
<html lang="{story.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{headline} — {escape(site)}</title>
<link rel="canonical" href="{url}">
<link rel="alternate" type="application/rss+xml" href="/news/rss">
{_meta_tags(there, url, image, site)}
<style>{_STYLE}</style>
</head>
<body>
<nav><a href="/">{words["home"]}</a><a href="/news/rss">RSS</a></nav>
<main>
<article>
<header>{_time(there.at, story.language)}
<cite><a href="/news/outlets/{quote(story.outlet)}">{escape(story.outlet)}</a></cite>
<a class="original" rel="nofollow" href="{escape(story.original_url)}">{words["original"]}</a>
<h1>{headline}</h1></header>
<div class="article-intro"><p>{escape(story.lead)}</p></div>
<figure><img src="{image}" width="1200" height="630" alt="{headline}">
<figcaption>{escape(story.credit)}</figcaption></figure>
<div class="article-body">
{body}
<p class="disclaimer">{DISCLAIMER[story.language]}</p>
</div>
<dl class="article-meta">
<dt>{words["source"]}</dt><dd><a href="/news/outlets/{quote(story.outlet)}">{escape(story.outlet)}</a>
<a href="/news/countries/{quote(story.country)}">{escape(story.country)}</a>
<a href="/news/regions/{quote(story.region)}">{escape(story.region)}</a></dd>
<dt>{words["tags"]}</dt><dd>{tags}</dd>
</dl>
</article>
</main>
</body>
</html>
"""


def _meta_tags(there: Published, url: str, image: str, site: str) -> str:
    story = there.story
    properties = [
        ("og:type", "article"),
        ("og:site_name", site),
        ("og:title", story.headline),
        ("og:description", story.lead),
        ("og:url", url),
        ("og:image", image),
        ("og:image:width", "1200"),
        ("og:image:height", "630"),
        ("article:published_time", there.at.isoformat()),
        *([("article:modified_time", there.updated_at.isoformat())] if there.updated_at else []),
    ]
    return "\n".join(f'<meta property="{name}" content="{escape(value)}">' for name, value in properties)


def _time(at: datetime, language: str) -> str:
    day = f"{at.day} {_MONTHS[at.month - 1]} {at.year}" if language == "ru" else f"{at.day} {at:%B %Y}"
    return f'<time datetime="{at.isoformat()}">{day}, {at:%H:%M}</time>'


class _OpenGraph(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        name = values.get("property") or ""
        if tag == "meta" and name.startswith("og:"):
            self.found.setdefault(name.removeprefix("og:"), values.get("content") or "")


def open_graph(html: str, url: str) -> Card | None:
    """The link card of a page, or None when the page has no title for one."""
    reader = _OpenGraph()
    reader.feed(html)
    tags = reader.found
    if not tags.get("title"):
        return None
    return Card(url, tags["title"], tags.get("description"), tags.get("image"), tags.get("site_name"))
