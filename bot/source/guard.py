"""No connection into private networks: whoever can put a link into a feed must not reach a newsroom's own machines.

The check stands where connections are made, on the very address that is dialled: after DNS, on every redirect, and for
addresses written as numbers in any notation. A name that changes its address between check and use gains nothing.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp import TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

CONNECTIONS = 512
"""Open at once; more than any number of slow sources, fewer than the files a process may open."""
LOOK_UPS = 32
NAMES_KEPT = 300
"""Seconds for which a name leads to the addresses that were found for it, and checked."""
_ONLY_USABLE = socket.AI_ADDRCONFIG
_IN_NUMBERS = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV

_NEVER = (ip_network("192.0.0.0/24"), ip_network("168.63.129.16/32"))
"""Metadata hosts that pass for public: what RFC 6890 keeps for protocols (Oracle's cloud; Python counts only part of it
as private), and Azure's."""
_NAT64 = ip_network("64:ff9b::/96")
"""RFC 6052: IPv4 addresses dressed as IPv6."""


class ForbiddenAddressError(OSError):
    """An address we don't connect to."""

    def __init__(self, address: str) -> None:
        super().__init__(f"{address} is a private address")
        self.address = address


class Guard:
    """Tells which addresses may be dialled: public ones, and those of networks the owner allowed."""

    def __init__(self, allowed: Sequence[Network]) -> None:
        self._allowed = tuple(allowed)

    def permits(self, address: str) -> bool:
        """Whether an address, in numbers, may be dialled."""
        try:
            ip: Address = ip_address(address.partition("%")[0])
        except ValueError:
            return False
        faces = _faces(ip)
        if any(face in network for face in faces for network in self._allowed):
            return True
        return all(map(_is_public, faces))

    def check(self, address: str) -> None:
        """Raises ForbiddenAddressError for an address that may not be dialled."""
        if not self.permits(address):
            raise ForbiddenAddressError(address)


def _is_public(ip: Address) -> bool:
    if any(ip in network for network in _NEVER):
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _faces(ip: Address) -> list[Address]:
    """The IPv4 address an IPv6 address leads to, if it is such a one; else the address itself."""
    if isinstance(ip, IPv4Address):
        return [ip]
    if ip.ipv4_mapped is not None:
        return [ip.ipv4_mapped]
    if ip in _NAT64:
        return [IPv4Address(int(ip) & 0xFFFFFFFF)]
    if ip.sixtofour is not None:
        return [ip, ip.sixtofour]
    if ip.teredo is not None:
        return [ip, *ip.teredo]
    return [ip]


class Names(AbstractResolver):
    """The system's resolver in threads of its own: names that nobody answers for hold up no others, and no parsing."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(LOOK_UPS, thread_name_prefix="names")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Raises OSError for a name nobody knows."""
        loop = asyncio.get_running_loop()
        look_up = partial(socket.getaddrinfo, host, port, family=family, type=socket.SOCK_STREAM, flags=_ONLY_USABLE)
        found = await loop.run_in_executor(self._threads, look_up)
        return [
            ResolveResult(
                hostname=host, host=str(where[0]), port=int(where[1]), family=kind, proto=proto, flags=_IN_NUMBERS
            )
            for kind, _, proto, _, where in found
        ]

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


class GuardedResolver(AbstractResolver):
    """Leaves out forbidden addresses, so that a name with a public one, too, still works."""

    def __init__(self, guard: Guard, inner: AbstractResolver | None = None) -> None:
        self._guard = guard
        self._inner = inner or Names()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Raises ForbiddenAddressError if no address is left, OSError if there is none at all."""
        found = await self._inner.resolve(host, port, family)
        permitted = [one for one in found if self._guard.permits(one["host"])]
        if found and not permitted:
            raise ForbiddenAddressError(found[0]["host"])
        return permitted

    async def close(self) -> None:
        await self._inner.close()


def guarded_connector(guard: Guard, resolver: AbstractResolver | None = None) -> TCPConnector:
    """A connector whose every socket is made after its address was checked."""

    def open_socket(address: tuple[int, int, int, str, tuple[str | int | bytes, ...]]) -> socket.socket:
        family, kind, protocol, _, target = address
        guard.check(str(target[0]))
        made = socket.socket(family, kind, protocol)
        made.setblocking(False)
        return made

    return TCPConnector(
        resolver=GuardedResolver(guard, resolver),
        socket_factory=open_socket,
        ttl_dns_cache=NAMES_KEPT,
        limit=CONNECTIONS,
    )
