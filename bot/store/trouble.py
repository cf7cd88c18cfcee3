"""What is wrong with a redis, in a sentence with what to do. Pure: values in, values out."""

from __future__ import annotations

from collections.abc import Callable

import redis.exceptions as failures

from bot.errors import StoreError, StoreReadOnly

Why = Callable[[], StoreError | None]
"""What is wrong with the server, when somebody knows better than its answers: the keeper of the embedded one."""

_CLUSTER = "is a cluster; a single redis is needed"
_UNSIGNED = "wants a password: put it into redis.url"
_BY_TYPE: tuple[tuple[type[BaseException], str], ...] = (
    (failures.AuthenticationError, "refused the password or the user name: check redis.url"),
    (failures.AuthorizationError, "refused the password or the user name: check redis.url"),
    (failures.AskError, _CLUSTER),
    (failures.ClusterDownError, _CLUSTER),
    (failures.ClusterCrossSlotError, _CLUSTER),
    (failures.NoPermissionError, "does not let this user do that: give it all commands on depeche:*"),
    (failures.BusyLoadingError, "is still reading its data from disk: wait a moment"),
    (failures.ReadOnlyError, "is a read-only replica: put the primary's address into redis.url"),
    (failures.OutOfMemoryError, "is out of memory: give it more (maxmemory), or remove what else it keeps"),
    (failures.MaxConnectionsError, "had no free connection in time: is it overloaded?"),
    (failures.TimeoutError, "did not answer in time: is it overloaded, or the network slow?"),
    (failures.ConnectionError, "can't be reached: is it running, and is redis.url right?"),
    (OSError, "can't be reached: is it running, and is redis.url right?"),
)
_BY_CODE = {
    "NOAUTH": _UNSIGNED,
    "Authentication required.": _UNSIGNED,  # the library cuts the code off
    "No connection available": "had no free connection in time: is it overloaded?",  # the library's words
    "OOM": "is out of memory: give it more (maxmemory), or remove what else it keeps",
    "READONLY": "is a read-only replica: put the primary's address into redis.url",
    "MISCONF": "can't write to its disk and refuses changes: free some space there",
    "NOREPLICAS": "has too few replicas and refuses changes: bring them back, or lower min-replicas-to-write",
    "DENIED": "is in protected mode: set a password there and put it into redis.url",
}
_NO_WRITES = ("OOM", "READONLY", "MISCONF", "NOREPLICAS")


def store_error(error: BaseException, address: str, why: StoreError | None = None) -> StoreError:
    """The error for those above: its kind tells a redis that takes nothing in from one that is away."""
    full = isinstance(error, failures.ReadOnlyError | failures.OutOfMemoryError)
    if full or str(error).startswith(_NO_WRITES):
        return StoreReadOnly(sentence(error, address))
    gone = isinstance(error, failures.ConnectionError | failures.TimeoutError | OSError)
    return why if why is not None and gone else StoreError(sentence(error, address))


def sentence(error: BaseException, address: str) -> str:
    """What went wrong with the redis at an address, and what to do. The library's own words only where we have none."""
    words = str(error)
    for code, text in _BY_CODE.items():
        if words.startswith(code):
            return f"redis at {address} {text}"
    for kind, text in _BY_TYPE:
        if isinstance(error, kind):
            return f"redis at {address} {text}"
    return f"redis at {address} answered with an error: {words}"
