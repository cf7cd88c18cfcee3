"""Times as redis keeps them: milliseconds where they are compared, RFC 3339 in UTC where they are remembered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970, rounded down."""
    return (moment - _EPOCH) // _MILLISECOND


def from_ms(ms: float) -> datetime:
    """The reverse, in UTC."""
    return _EPOCH + timedelta(milliseconds=ms)


def to_text(moment: datetime | None) -> str | None:
    """Exact to the microsecond, in UTC."""
    return moment.astimezone(UTC).isoformat() if moment else None


def from_text(text: str | None) -> datetime | None:
    """The reverse."""
    return datetime.fromisoformat(text) if text else None
