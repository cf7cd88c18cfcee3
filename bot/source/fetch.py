"""HTTP: one polite, bounded, guarded GET."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from types import TracebackType
from typing import Self

import aiohttp
import structlog
from yarl import URL

from bot.errors import SourceError
from bot.ports import Rests
from bot.source.guard import ForbiddenAddressError, Guard, Network, guarded_connector
from bot.source.passes import Passes
from bot.source.turns import UNTOLD, Turns
from bot.source.unpack import ACCEPTED, UnpackError, unpacked

MAX_REDIRECTS = 5
_AHEAD = 128 * 1024
"""Bytes of an answer taken in before they are asked for: most feeds come in one piece."""
_ACCEPT = "application/rss+xml, application/atom+xml, application/feed+json, text/html;q=0.9, */*;q=0.5"
_SENTENCES: Mapping[int, str] = {
    401: "{host} asks for a password (401).",
    403: "{host} does not let us read this address (403).",
    404: "There is nothing at this address any more (404): {url}",
    410: "The site has removed this address for good (410): {url}",
    429: "{host} asks us to come less often (429).",
}

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer. `url` is the address after redirects; with `not_modified` the body is empty.

    `fresh_for`: how long it stays as it is, by its Cache-Control or Expires. `moved_to`: where the address has moved
    for good, as far as the redirects said so one after another. `stamp`: a number for all of what came, as it came.
    """

    url: str
    status: int
    body: bytes
    content_type: str | None
    etag: str | None
    last_modified: str | None
    not_modified: bool
    fresh_for: timedelta | None = None
    moved_to: str | None = None
    stamp: int | None = None


class Fetcher:
    """Reads addresses. Open it as a context; everything it raises is a SourceError with a sentence for a person."""

    def __init__(
        self,
        *,
        user_agent: str,
        timeout: float = 20.0,
        max_bytes: int = 10 * 1024 * 1024,
        allow_networks: Sequence[Network] = (),
        resolver: aiohttp.abc.AbstractResolver | None = None,
        rests: Rests | None = None,
    ) -> None:
        """`timeout` in seconds, over all redirects; `max_bytes` after decompression. `rests`: hosts that want to be
        left alone, over restarts."""
        self._user_agent = user_agent
        self._timeout = timeout
        self._max_bytes = max_bytes
        self._guard = Guard(allow_networks)
        self._resolver = resolver
        self._session: aiohttp.ClientSession | None = None
        self._turns = Turns(rests)
        self._passes = Passes()

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=guarded_connector(self._guard, self._resolver),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": self._user_agent, "Accept": _ACCEPT, "Accept-Encoding": ACCEPTED},
            read_bufsize=_AHEAD,
            auto_decompress=False,  # the library knows no zstd, and a limit counts what is unpacked
            timeout=aiohttp.ClientTimeout(total=None),
            trust_env=False,  # a proxy from the environment would connect where the guard can't see
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def get(
        self, url: str, etag: str | None = None, last_modified: str | None = None, stamp: int | None = None
    ) -> Fetched:
        """Read an address, following redirects; with the validators of an earlier answer, or its stamp, only if it has
        changed."""
        headers = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        asked = {name: value for name, value in headers.items() if value}
        target, left = _web_address(url), self._timeout
        moved, for_good = None, True
        loop = asyncio.get_running_loop()
        for _ in range(MAX_REDIRECTS + 1):
            # waiting for a turn does not count against the timeout: the host is not to blame for our queue
            async with self._turns.of(target.host or ""):
                await self._passes.room()
                started = loop.time()
                answer = await self._told(target, asked, stamp, left)
                left -= loop.time() - started
            if isinstance(answer, Fetched):
                return answer if moved is None else replace(answer, moved_to=str(moved))
            target, permanent = answer
            for_good = for_good and permanent
            moved = target if for_good else moved
        raise _error(f"{target.host} sends us round in circles: more than {MAX_REDIRECTS} redirects.")

    async def _told(
        self, target: URL, asked: Mapping[str, str], stamp: int | None, left: float
    ) -> Fetched | tuple[URL, bool]:
        """One request within the time that is left; what goes wrong on the way becomes a SourceError."""
        try:
            async with asyncio.timeout(left):
                return await self._hop(target, asked, stamp)
        except TimeoutError as error:
            raise _error(f"{target.host} did not answer within {self._timeout:g} seconds.") from error
        except aiohttp.ClientConnectorCertificateError as error:
            raise _error(f"{target.host} has no valid certificate: {error.certificate_error}") from error
        except (aiohttp.ClientError, ssl.SSLError, OSError, ValueError) as error:
            log.debug("fetch_failed", host=target.host, error=type(error).__name__)
            raise _error(_trouble(target, error)) from error

    async def _hop(self, target: URL, asked: Mapping[str, str], stamp: int | None) -> Fetched | tuple[URL, bool]:
        """One request: its answer, or where it sends us, and whether for good."""
        if self._session is None:
            raise RuntimeError("open the Fetcher first: async with Fetcher(...)")
        async with self._session.get(target, headers=asked, allow_redirects=False) as response:
            if response.status in (301, 302, 303, 307, 308):
                return _next(target, response.headers.get("Location")), response.status in (301, 308)
            _refuse(target, response)
            unchanged = response.status == 304
            packed = b"" if unchanged else await self._packed(target, response)
        told = response.headers
        kind, packing = told.get("Content-Type"), told.get("Content-Encoding")
        now = stamp if unchanged else hash((str(target), kind, packing, packed))
        same = unchanged or now == stamp
        return Fetched(
            url=str(target),
            status=response.status,
            body=b"" if same else await self._unpacked(target, packed, packing),
            content_type=kind,
            etag=told.get("ETag") or (asked.get("If-None-Match") if unchanged else None),
            last_modified=told.get("Last-Modified") or (asked.get("If-Modified-Since") if unchanged else None),
            not_modified=same,
            fresh_for=_fresh_for(response),
            stamp=now,
        )

    async def _packed(self, target: URL, response: aiohttp.ClientResponse) -> bytes:
        """The body as it comes, as far as the limit."""
        chunks, size = [], 0
        while chunk := await response.content.readany():
            chunks.append(chunk)
            size += len(chunk)
            if size > self._max_bytes:
                raise self._too_big(target)
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    async def _unpacked(self, target: URL, packed: bytes, encoding: str | None) -> bytes:
        """As far as the limit: a bomb is noticed when it has grown past it, not at its end."""
        if not encoding:
            return packed
        try:
            body = await asyncio.to_thread(unpacked, packed, encoding, self._max_bytes)
        except UnpackError as error:
            raise _error(f"{target.host} gave an answer that can't be unpacked ({error}).") from error
        if len(body) > self._max_bytes:
            raise self._too_big(target)
        return body

    def _too_big(self, target: URL) -> SourceError:
        return _error(f"{target.host} gives more than {self._max_bytes // 1024} KiB: too big for a feed or a page.")


@lru_cache(maxsize=2048)
def _web_address(url: str) -> URL:
    try:
        target = URL(url)
    except (ValueError, TypeError):
        raise _error(f"This is no web address: {url[:200]}") from None
    if target.scheme not in ("http", "https") or not target.host:
        raise _error(f"Only http and https addresses can be read, not {url[:200]}")
    return target


def _next(target: URL, location: str | None) -> URL:
    if not location:
        raise _error(f"{target.host} redirects without saying where to.")
    try:
        following = target.join(URL(location))
    except ValueError:
        raise _error(f"{target.host} redirects to something that is no web address.") from None
    return _web_address(str(following))


def _refuse(target: URL, response: aiohttp.ClientResponse) -> None:
    """Raises for every status that brings neither a body nor "not modified"."""
    status = response.status
    if status in (200, 203, 226, 304):
        return
    sentence = _SENTENCES.get(status)
    if sentence is None:
        trouble = "has a problem of its own" if status >= 500 else "answered strangely"
        sentence = "{host} " + trouble + f" ({status})."
    said = sentence.format(host=target.host, url=target)
    raise SourceError(said, say=said, after=_pause(response))


def _pause(response: aiohttp.ClientResponse) -> timedelta | None:
    """How long the host wants to be left alone."""
    if response.status not in (429, 503):
        return None
    asked = _retry_after(response)
    return UNTOLD if asked is None and response.status == 429 else asked


def _retry_after(response: aiohttp.ClientResponse) -> timedelta | None:
    """RFC 9110, section 10.2.3: seconds, or a date, which is held against the server's own clock."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isdecimal() and len(text) < 9:
        return timedelta(seconds=int(text))
    return _until(response, "Retry-After")


def _fresh_for(response: aiohttp.ClientResponse) -> timedelta | None:
    """RFC 9111, section 4.2: the lifetime less the age; None where nothing is said, or it is to be asked each time."""
    control = response.headers.get("Cache-Control")
    told = {
        name.strip().lower(): value.strip(' "')
        for part in (control.split(",")[:20] if control else ())
        for name, _, value in [part.partition("=")]
    }
    if told.keys() & {"no-cache", "no-store"}:
        return None
    age = response.headers.get("Age", "0").strip()
    lived = int(age) if age.isdecimal() and len(age) < 9 else 0
    seconds = told.get("max-age", "")
    if seconds.isdecimal() and len(seconds) < 9:
        return timedelta(seconds=max(0, int(seconds) - lived)) or None
    return _until(response, "Expires") or None


def _until(response: aiohttp.ClientResponse, header: str) -> timedelta | None:
    """How long until the date of a header, held against the server's own clock; None without two dates."""
    text = response.headers.get(header)
    if text is None:
        return None
    try:
        until, now = (parsedate_to_datetime(one) for one in (text, response.headers.get("Date", "")))
        wait = until.replace(tzinfo=until.tzinfo or UTC) - now.replace(tzinfo=now.tzinfo or UTC)
    except (ValueError, TypeError):
        return None
    return max(wait, timedelta(0))


def _error(sentence: str) -> SourceError:
    return SourceError(sentence, say=sentence)


def _trouble(target: URL, error: Exception) -> str:
    cause = getattr(error, "os_error", None) or error
    if isinstance(cause, ForbiddenAddressError):
        return f"{target.host}: {cause.address} is a private address; add it to fetch.allow_networks if it is yours."
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return f"There is no site named {target.host}. Please check the address."
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        return f"No secure connection to {target.host} could be made (TLS)."
    if isinstance(cause, ConnectionRefusedError):
        return f"{target.host} refuses the connection."
    if isinstance(error, aiohttp.ClientConnectionError):
        return f"{target.host} can't be reached."
    return f"{target.host} gave an answer that can't be read."
