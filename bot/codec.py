"""Article, Feed and Reader as JSON, and back: the contract of `extract`, `feed`, `render`, and what the store keeps.

Unknown is null or []; times are RFC 3339 with an offset.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

from bot.errors import DepecheError
from bot.model import Article, Feed, Image, Outlet, Place
from bot.query import parse
from bot.readers import Delivery, Form, Preferences, Reader, Subscription, to_tags

_TEXTS = (
    "canonical_url",
    "lead",
    "body",
    "original_url",
    "country",
    "region",
    "language",
    "disclaimer",
)


def article_to_json(article: Article) -> dict[str, Any]:
    """The Article JSON of the contract."""
    image, outlet = article.image, article.outlet
    return {
        "id": article.id or None,
        "url": article.url or None,
        "canonical_url": article.canonical_url,
        "headline": article.headline or None,
        "lead": article.lead,
        "body": article.body,
        "image": _image_to_json(image) if image else None,
        "outlet": {"name": outlet.name, "url": outlet.url} if outlet else None,
        "original_url": article.original_url,
        "country": article.country,
        "region": article.region,
        "tags": list(article.tags),
        "authors": list(article.authors),
        "language": article.language,
        "published_at": _time_to_json(article.published_at),
        "updated_at": _time_to_json(article.updated_at),
        "disclaimer": article.disclaimer,
        **({"gallery": [_image_to_json(one) for one in article.gallery]} if article.gallery else {}),
    }


def _image_to_json(image: Image) -> dict[str, Any]:
    return {"url": image.url, "credit": image.credit}


def feed_to_json(feed: Feed) -> dict[str, Any]:
    """The feed JSON of the contract."""
    return {
        "title": feed.title,
        "url": feed.url,
        "language": feed.language,
        "entries": [article_to_json(entry) for entry in feed.entries],
    }


def article_from_json(value: object) -> Article:
    """Read an Article back. Raises ValueError that names the key, what was found and what is allowed."""
    found = _mapping(value, "an article")
    url = _text(found, "url") or _text(found, "canonical_url")
    headline = _text(found, "headline")
    if not url or not headline:
        raise ValueError("an article needs both 'url' and 'headline', each a non-empty text")
    texts: dict[str, Any] = {key: _text(found, key) for key in _TEXTS}
    return Article(
        id=_text(found, "id") or _text(found, "canonical_url") or url,
        url=url,
        headline=headline,
        image=_image(found.get("image")),
        outlet=_outlet(found.get("outlet")),
        tags=_list(found, "tags"),
        authors=_list(found, "authors"),
        published_at=_time(found, "published_at"),
        updated_at=_time(found, "updated_at"),
        gallery=tuple(image for one in _parts(found, "gallery") if (image := _image(one))),
        **texts,
    )


def reader_to_json(reader: Reader) -> dict[str, Any]:
    """All that is kept of a reader, but for where they read."""
    return {
        "language": reader.language,
        "active": reader.active,
        **({"broadcast": True} if reader.broadcast else {}),
        "subscriptions": [{"text": one.text, "delivery": one.delivery.value} for one in reader.subscriptions],
        "preferences": _preferences_to_json(reader.preferences),
    }


def reader_from_json(place: Place, value: object) -> Reader:
    """Read a reader back, also as kept of old: a list of tags. Raises ValueError."""
    found = _mapping(value, "a reader")
    kept = found.get("subscriptions")
    return Reader(
        place,
        _text(found, "language") or "",
        to_tags(_list(found, "tags")) if kept is None else tuple(_subscription(one) for one in kept),
        _preferences(found.get("preferences")),
        active=bool(found.get("active", True)),
        broadcast=bool(found.get("broadcast", False)),
    )


def _subscription(value: object) -> Subscription:
    """A text that is no query any more is kept as the tag it spells: no subscription is lost."""
    found = _mapping(value, "a subscription")
    text, delivery = _text(found, "text") or "", Delivery(found.get("delivery", "now"))
    try:
        parse(text)
    except DepecheError:
        return Subscription.to(text, delivery)
    return Subscription(text, delivery)


def _preferences_to_json(preferences: Preferences) -> dict[str, Any]:
    """Only what differs from the usual."""
    usual = Preferences()
    if preferences == usual:
        return {}
    kept: dict[str, Any] = {
        "delivery": preferences.delivery.value,
        "timezone": preferences.timezone,
        "digest_at": preferences.digest_at.isoformat("minutes"),
        "digest_day": preferences.digest_day,
        "quiet": [one.isoformat("minutes") for one in preferences.quiet] if preferences.quiet else None,
        "daily_cap": preferences.daily_cap,
        "silent": preferences.silent,
        "form": preferences.form.value,
        "paused_until": _time_to_json(preferences.paused_until),
        "snoozed": {key: _time_to_json(until) for key, until in preferences.snoozed.items()},
    }
    return {name: value for name, value in kept.items() if getattr(preferences, name) != getattr(usual, name)}


def _preferences(value: object) -> Preferences:
    found = _mapping(value or {}, "preferences")
    usual = Preferences()
    quiet = found.get("quiet")
    return Preferences(
        delivery=Delivery(found.get("delivery", usual.delivery)),
        timezone=_text(found, "timezone"),
        digest_at=time.fromisoformat(found["digest_at"]) if "digest_at" in found else usual.digest_at,
        digest_day=int(found.get("digest_day", usual.digest_day)),
        quiet=(time.fromisoformat(quiet[0]), time.fromisoformat(quiet[1])) if quiet else None,
        daily_cap=found.get("daily_cap"),
        silent=bool(found.get("silent", usual.silent)),
        form=Form(found.get("form", usual.form)),
        paused_until=_time(found, "paused_until"),
        snoozed={key: datetime.fromisoformat(until) for key, until in (found.get("snoozed") or {}).items()},
    )


def _time_to_json(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    offset = moment.utcoffset()
    if offset is not None and offset % timedelta(minutes=1):  # an old local time: RFC 3339 knows no seconds here
        moment = moment.astimezone(UTC)
    return moment.isoformat()


def _mapping(value: object, what: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError(f"{what} must be a JSON object, not {type(value).__name__}")
    return value


def _text(found: Mapping[str, Any], key: str) -> str | None:
    value = found.get(key)
    if value is None or isinstance(value, str):
        return value or None
    raise ValueError(f"'{key}' must be a text or null, not {type(value).__name__}")


def _parts(found: Mapping[str, Any], key: str) -> list[Any]:
    value = found.get(key)
    if value is None or isinstance(value, list):
        return value or []
    raise ValueError(f"'{key}' must be a list")


def _list(found: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = found.get(key)
    if value is None:
        return ()
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return tuple(value)
    raise ValueError(f"'{key}' must be a list of texts")


def _time(found: Mapping[str, Any], key: str) -> datetime | None:
    """A time without an offset is read as UTC."""
    text = _text(found, key)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"'{key}' must be a time as in RFC 3339, not {text!r}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _image(value: object) -> Image | None:
    if value is None:
        return None
    found = _mapping(value, "'image'")
    url = _text(found, "url")
    return Image(url, _text(found, "credit")) if url else None


def _outlet(value: object) -> Outlet | None:
    if value is None:
        return None
    found = _mapping(value, "'outlet'")
    name = _text(found, "name")
    return Outlet(name, _text(found, "url")) if name else None
