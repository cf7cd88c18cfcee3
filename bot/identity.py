"""What an article is known again by: its id, its address in any variant, and what it says. Pure.

>>> folded("http://www.site.org/a/?utm_source=rss") == folded("https://m.site.org/a")
True
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import quote, unquote, urlsplit

from bot.model import Article, digest
from bot.tags import fold

TRACKER = re.compile(
    r"(utm_\w+|mtm_\w+|pk_\w+|hsa_\w+|fbclid|gclid|gclsrc|gbraid|wbraid|dclid|yclid|ysclid|msclkid|twclid|ttclid|igshid|igsh"
    r"|mc_cid|mc_eid|mkt_tok|_openstat|_ga|_hsenc|_hsmi|cmpid|xtor|at_medium|at_campaign|ns_\w+|vero_id|s_cid|srsltid)"
    r"(?=[=&]|$)",
    re.IGNORECASE,
)
"""The beginning of a parameter (or a fragment) that tells where a reader came from, and nothing of the article."""

_VARIANT = re.compile(r"(amp|output(type)?|view|mobile|m)=(amp|mobile|1|true|)$", re.IGNORECASE)
_PARTS = re.compile(r"/(amp|mobile)(?=/|$)|/index\.(?:html?|php)$|\.amp(?=\.html?$|$)", re.IGNORECASE)
_CACHE = re.compile(r"^/(?:c|v)/(?:s/)?(?=[^/]+\.[^/]+)")
"""Google's AMP cache has the address of the page in its own."""
_UNIQUE = 12
"""Characters of an id that hardly two publishers give."""
_LEAST_LEAD = 40
"""Characters of a lead that tells articles apart; shorter ones are "Read more"."""
_LEAST_WORDS = 4
"""Words of a headline that is hardly used twice: "The weather tomorrow" comes every day."""
_LEAD_COUNTS = 200
_STEM = 5
_ALIKE = 0.4


@dataclass(frozen=True, slots=True)
class Names:
    """Ways in which an article may be known: `ids` say which one it is, `addresses` may be shared, `sayings` are what
    its source says in it."""

    ids: tuple[str, ...]
    addresses: tuple[str, ...]
    sayings: tuple[str, ...]

    @property
    def every(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.ids, *self.addresses, *self.sayings)))


@dataclass(frozen=True, slots=True)
class Told:
    """A headline with its lead, as one source told it at a time."""

    key: str
    source: str
    headline: str
    lead: str | None
    at: datetime


def names_of(article: Article, source: str) -> Names:
    """An id counts only on its own host, since many a publisher says "123"; a long one in its source wherever that
    moves."""
    addresses = [one for one in (article.link, article.url) if one]
    ids = [f"{_host(article)}\n{article.id}"] if article.id else []
    if has_own_id(article):
        ids.append(f"{folded(article.link).partition('/')[0]}\n{article.id}")
        if len(article.id) >= _UNIQUE:
            ids.append(f"{source}\n\n{article.id}")
    return Names(
        ids=tuple(dict.fromkeys(ids)),
        addresses=tuple(dict.fromkeys([*addresses, *(f"~{folded(one)}" for one in addresses)])),
        sayings=tuple(_sayings(article, source)),
    )


def has_own_id(article: Article) -> bool:
    """Whether the publisher named it by anything else than its address."""
    return article.id not in ("", article.url, article.canonical_url)


def folded(url: str) -> str:
    """An address without what its variants differ in: scheme, `www`, mobile and AMP hosts and paths, trackers, the
    order of parameters, a slash at the end."""
    try:
        parts = urlsplit(url)
        host, path = (parts.hostname or "").rstrip("."), parts.path
    except ValueError:
        return url
    if host.endswith(".cdn.ampproject.org") and _CACHE.match(path):
        return folded("https://" + _CACHE.sub("", path) + (f"?{parts.query}" if parts.query else ""))
    for prefix in ("www.", "m.", "mobile.", "amp."):
        if host.startswith(prefix) and host.count(".") > 1:
            host = host.removeprefix(prefix)
    path = quote(unquote(_PARTS.sub("", path), errors="replace"), safe="/:@!$&'()*+,;=~%").rstrip("/")
    kept = [pair for pair in parts.query.split("&") if pair and not TRACKER.match(pair) and not _VARIANT.match(pair)]
    fragment = "" if TRACKER.match(parts.fragment) or parts.fragment.startswith(":~:") else parts.fragment
    query = "&".join(sorted(kept))
    return f"{host}{path}{'?' if query else ''}{query}{'#' if fragment else ''}{fragment}"


def apart(article: Article) -> Article:
    """An article that shares its address with another one, under an address of its own: a fragment, which changes
    nothing for who follows it."""
    mark = digest(f"{article.id}\n{fold(article.headline)}")[:6]
    return replace(article, canonical_url=f"{article.link.partition('#')[0]}#{mark}")


def is_apart(article: Article) -> bool:
    """Whether `apart` gave it its address."""
    return article.canonical_url == apart(article).canonical_url


def alike(one: Article, other: Article) -> bool:
    """Whether two wordings can be of one article: their headlines or leads share enough words, whatever the endings."""
    return _overlap(one.headline, other.headline) >= _ALIKE or _overlap(one.lead, other.lead) >= _ALIKE


def _host(article: Article) -> str | None:
    try:
        return urlsplit(article.link).hostname if article.link.isprintable() else None
    except ValueError:
        return None


def _sayings(article: Article, source: str) -> list[str]:
    headline = fold(article.headline)
    if not headline:
        return []
    begins, words = f"{source}\n{headline}\n", len(headline.split())
    lead = fold(article.lead or "")
    said = [begins + lead[:_LEAD_COUNTS]] if len(lead) >= _LEAST_LEAD else []
    if article.published_at is not None:
        moment = article.published_at.astimezone(UTC)
        said.append(f"{begins}{moment:%Y-%m-%d %H:%M}")
        if words >= _LEAST_WORDS and not lead:
            said.append(f"{begins}{moment:%Y-%m-%d}")
    elif words >= _LEAST_WORDS and not lead:
        said.append(f"{begins}undated")
    return said


def _overlap(one: str | None, other: str | None) -> float:
    first, second = ({word[:_STEM] for word in fold(text or "").split()} for text in (one, other))
    return len(first & second) / min(len(first), len(second)) if first and second else 0.0
