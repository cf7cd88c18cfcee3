"""The error tree, sorted by the reaction an error needs.

    DepecheError                   .say = a sentence for a person, or None
    ├─ SettingsError               every problem at once; exit 2 before anything starts
    ├─ StoreError                  the state is away or in use; nothing is done until it is back
    │  ├─ StoreReadOnly            it answers but takes nothing in: what needs no writing goes on
    │  └─ Superseded               another copy of the bot leads now
    ├─ SourceError                 keep what we have, try later with back-off
    ├─ CommandError                answer with .say
    └─ DeliveryError               where: the place the post was meant for
       ├─ TryLater                 nothing was sent; due again after .after
       ├─ Refused                  never again by itself; an admin is told once
       ├─ Gone                     the reader is switched off, not forgotten
       └─ OutcomeUnknown           may have been sent: reconcile, never blindly repeat

Adapters raise these and nothing else; nobody above an adapter catches a library's exception.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum


class DepecheError(Exception):
    """The root. `say` is a sentence that may be shown to a person, or None."""

    def __init__(self, message: str, *, say: str | None = None) -> None:
        super().__init__(message)
        self.say = say


class SettingsError(DepecheError):
    """The settings can't be used. `problems` names each mistake: its key, what was found, what is allowed."""

    def __init__(self, problems: Sequence[str]) -> None:
        text = "\n".join(problems)
        super().__init__(text, say=text)
        self.problems = tuple(problems)


class StoreError(DepecheError):
    """The redis behind the state can't be used now: away, refused, or held by another bot."""


class StoreReadOnly(StoreError):
    """It answers but takes nothing in: disk or memory full, or a replica. Nobody else can write there either."""


class Superseded(StoreError):
    """Another copy of the bot has taken over; this one does nothing more until it leads again."""


class SourceError(DepecheError):
    """A feed or a page can't be read now. What was read before stays; the source is tried later, and not before
    `after` when it asked for that."""

    def __init__(self, message: str, *, say: str | None = None, after: timedelta | None = None) -> None:
        super().__init__(message, say=say)
        self.after = after


class HeldError(SourceError):
    """It was not asked at all: its host wants to be left alone until `after`. That is no failure of the source."""


class CommandError(DepecheError):
    """A person asked for something that can't be done; `say` tells what to type instead."""


class Cause(StrEnum):
    """What is wrong with a platform as a whole, so that other posts would meet it too."""

    TOKEN = "token"  # noqa: S105 - a word for a cause, no secret
    RIGHTS = "rights"
    CAPTCHA = "captcha"
    FLOOD = "flood control"
    QUOTA = "quota"
    UNREACHABLE = "unreachable"


class DeliveryError(DepecheError):
    """A post did not end in a receipt. `cause`: None when it lies in this post or its place alone."""

    def __init__(self, message: str, *, cause: Cause | None = None) -> None:
        super().__init__(message)
        self.cause = cause


class TryLater(DeliveryError):
    """Surely not sent; may be tried again once `after` has passed. `too_fast`: the platform said that we send too much
    (a 429, VK's error 6)."""

    def __init__(self, message: str, *, after: timedelta, cause: Cause | None = None, too_fast: bool = False) -> None:
        super().__init__(message, cause=cause)
        self.after = after
        self.too_fast = too_fast


class Refused(DeliveryError):
    """Surely not sent, and the same call would be refused again: a bad request or a missing right.

    `whole_place`: not this post but everything would be refused there (no right, unknown chat, a wrong token), so that
    the place waits for a person to mend it, and no article is given up for it.
    """

    def __init__(self, message: str, *, whole_place: bool = False, cause: Cause | None = None) -> None:
        super().__init__(message, cause=cause)
        self.whole_place = whole_place or cause is not None


class Gone(DeliveryError):
    """Surely not sent: the reader blocked us, left, or deleted the account."""


class OutcomeUnknown(DeliveryError):
    """The call left us and no readable answer came back: it may have been sent."""
