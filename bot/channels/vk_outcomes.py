"""What VK's answers mean. Pure: values in, values out.

Codes are those of VK's JSON schema 5.199 (errors.json) and of dev.vk.com; some answers are told apart by their words,
which VK gives in English or Russian.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.errors import Cause, DeliveryError, Gone, OutcomeUnknown, Refused, TryLater
from bot.model import Post, Receipt

UNREACHABLE_PAUSE = timedelta(seconds=15)
FIRST_CHAT = 2_000_000_000
"""Peers above are chats of several people (dev.vk.com, messages.send, peer_id)."""
_UNKNOWN = frozenset({1, 10, 36})
_CAUSES = {
    Cause.TOKEN: frozenset({4, 5, 28, 42, 1117, 3609}),
    Cause.RIGHTS: frozenset({7, 15, 20, 27, 125, 203, 912, 1051, 13000}),
    Cause.CAPTCHA: frozenset({14, 17}),
    Cause.FLOOD: frozenset({9}),
    Cause.QUOTA: frozenset({29}),
}
_ADVICE = {
    **dict.fromkeys(
        (4, 5, 27, 28, 1051, 1117, 3609),
        "the VK key does not allow this: put a community key with the needed rights into vk.token. ",
    ),
    912: "switch on Bot capabilities in the community (Manage, Messages, Bot settings). ",
}
_HUMAN = frozenset({14, 17})
_GONE = frozenset({18, 30, 37, 900, 901, 902, 917, 922, 925, 927, 932, 935, 936, 945, 950, 1012})
_PAUSES = {
    6: timedelta(seconds=1),
    9: timedelta(minutes=15),
    14: timedelta(minutes=5),
    17: timedelta(minutes=5),
    29: timedelta(hours=3),
    219: timedelta(hours=1),
    220: timedelta(hours=1),
    224: timedelta(hours=24),
}
_TOO_MANY = 6
_WALL_REFUSED = 214
_WALL_DAY_FULL = ("50 posts", "per day", "a day", "limit", "сутки", "в день", "лимит")
_WALL_MINUTE_TAKEN = ("schedul", "already", "отложен", "заплан", "на это время")
_MEDIA = frozenset({118, 121, 122, 129})
_MEDIA_WORDS = ("photo", "attachment", "фото", "вложен")
_LINKS_FORBIDDEN = 222
_CURES = {911: ("keyboard",), 940: ("attachment", "attachments"), 943: ("intent",), 944: ("intent",)}
"""What of a message VK can't take: a keyboard, an attachment with too many posts in it, the kind of newsletter."""
_TOO_LONG = 914
_SHORT = 3500
"""Characters left of a message that VK finds too long; it takes 4096, counted in a way it does not tell."""
_NO_POST = frozenset({104, 210})
_COPYRIGHT_REFUSED = frozenset({100, 3102})


class VkFault(Exception):
    """Why a call gave no result. Never leaves the channels.

    `code` is VK's; None: no readable answer came. `unsent`: the request surely never left. `http`: a status that is
    an answer in itself. `redirect`: the page where a person solves a captcha or confirms the account.
    """

    def __init__(
        self,
        words: str,
        *,
        code: int | None = None,
        unsent: bool = False,
        http: int | None = None,
        redirect: str | None = None,
    ) -> None:
        super().__init__(words)
        self.words = words
        self.code = code
        self.unsent = unsent
        self.http = http
        self.redirect = redirect

    @property
    def unknown(self) -> bool:
        """It may have been done, and nobody said so."""
        return self.code in _UNKNOWN or (self.code is None and not self.unsent and not _turned_away(self.http))


def _turned_away(status: int | None) -> bool:
    """A 4xx comes before the call is carried out; 408 and 499 speak of time, not of the call."""
    return status is not None and 400 <= status < 500 and status not in (408, 499)


def delivery_error(fault: VkFault) -> DeliveryError:
    """The reaction a fault needs."""
    if fault.code is None:
        return _without_code(fault)
    words = f"VK error {fault.code}: {fault.words}"
    if fault.unknown:
        return OutcomeUnknown(words)
    cause = next((cause for cause, codes in _CAUSES.items() if fault.code in codes), None)
    if fault.code in _HUMAN:
        where = fault.redirect or "https://vk.com"
        words = f"VK wants a person to confirm the account: open {where} within five minutes. {words}"
    if fault.code == _WALL_REFUSED:
        return _wall_refused(words)
    if fault.code in _PAUSES:
        return TryLater(words, after=_PAUSES[fault.code], cause=cause, too_fast=fault.code == _TOO_MANY)
    if fault.code in _GONE:
        return Gone(words)
    return Refused(f"{_ADVICE.get(fault.code, '')}{words}", cause=cause)


def _without_code(fault: VkFault) -> DeliveryError:
    if fault.unsent:
        return TryLater(f"VK can't be reached: {fault.words}", after=UNREACHABLE_PAUSE, cause=Cause.UNREACHABLE)
    if fault.http == 429:
        return TryLater("VK asks to wait (HTTP 429)", after=timedelta(minutes=1), cause=Cause.FLOOD)
    if _turned_away(fault.http):
        return Refused(f"VK turned the call away with HTTP {fault.http}")
    return OutcomeUnknown(f"no word from VK whether it was done: {fault.words}")


def _wall_refused(words: str) -> DeliveryError:
    """214 has three meanings: the day's 50 posts are used up, the minute is taken, or there is no right to the wall."""
    said = words.lower()
    if any(phrase in said for phrase in _WALL_MINUTE_TAKEN):
        return TryLater(words, after=timedelta(minutes=1))
    if any(phrase in said for phrase in _WALL_DAY_FULL):
        return TryLater(words, after=timedelta(hours=6))
    return Refused(words, cause=Cause.RIGHTS)


def repeatable(post: Post) -> bool:
    """Does VK recognise a repeat? wall.post by its `guid` (for an hour), messages.send by its `random_id`."""
    key = {"wall.post": "guid", "messages.send": "random_id"}.get(post.method)
    return key is not None and str(post.params.get(key) or "0") != "0"


def remedy(post: Post, fault: VkFault) -> Post | None:
    """What to send in the place of a post that was surely refused for this reason, or None: there is nothing better."""
    if fault.code is None or fault.unknown:
        return None
    said = fault.words.lower()
    if fault.code in _COPYRIGHT_REFUSED and "copyright" in post.params and _about_copyright(fault):
        return _without(post, "copyright")
    if fault.code == _LINKS_FORBIDDEN and "attachments" in post.params:
        return _links_as_text(post)
    for name in _CURES.get(fault.code, ()):
        if name in post.params:
            return _without(post, name)
    if fault.code == _TOO_LONG and len(str(post.params.get("message", ""))) > _SHORT:
        return _shortened(post)
    about_media = fault.code in _MEDIA or (fault.code == 100 and any(word in said for word in _MEDIA_WORDS))
    return post.fallback if about_media else None


def _shortened(post: Post) -> Post:
    """The first words that surely fit, and the links of the rest."""
    text = str(post.params["message"])
    head = text[:_SHORT].rsplit(maxsplit=1)[0]
    links = [word for word in text[len(head) :].split() if word.startswith(("http://", "https://"))]
    return replace(post, params={**post.params, "message": "\n".join([f"{head} …", *links])})


def _about_copyright(fault: VkFault) -> bool:
    return fault.code != 100 or "copyright" in fault.words.lower()


def _without(post: Post, name: str) -> Post:
    return replace(post, params={key: value for key, value in post.params.items() if key != name})


def _links_as_text(post: Post) -> Post:
    """The same post without link cards; a link that the text lacks is put under it."""
    attachments = post.params["attachments"]
    parts = attachments.split(",") if isinstance(attachments, str) else [str(part) for part in attachments]
    links = [part for part in parts if part.startswith(("http://", "https://"))]
    rest = [part for part in parts if part not in links]
    message = str(post.params.get("message") or "")
    shown = [link.replace("%2C", ",") for link in links]
    text = "\n\n".join([message, *(link for link in shown if link not in message)]).strip()
    bare = _without(post, "attachments")
    return replace(bare, params={**bare.params, "message": text, **({"attachments": rest} if rest else {})})


USER_ONLY = frozenset({"wall.edit", "wall.delete", "wall.getById"})
"""What a community key may not do (error 27), and the user key is for."""


def refused_inside(post: Post, answer: object) -> VkFault | None:
    """messages.delete says for each message how it went, inside of an answer that is none of the errors."""
    if post.method != "messages.delete" or not isinstance(answer, Sequence):
        return None
    errors = [one["error"] for one in answer if isinstance(one, Mapping) and isinstance(one.get("error"), Mapping)]
    return VkFault(str(errors[0].get("description")), code=int(errors[0].get("code") or 0)) if errors else None


def is_gone(post: Post, fault: VkFault, found: object) -> bool:
    """Whether a wall post that can't be deleted is not there any more, by what wall.getById `found` of it."""
    missing = post.method == "wall.delete" and fault.code in _NO_POST
    return missing and isinstance(found, Mapping) and found.get("items") == []


def receipt(post: Post, answer: object, at: datetime, group_id: int) -> Receipt | None:
    """The receipt in an answer; None: it holds no word of what was done.

    The id given for a postponed post (`publish_date`) is not that of the later post, so it gets no address.
    """
    if post.method == "wall.post":
        return _wall_receipt(post, answer, at, group_id)
    if post.method == "messages.send":
        return _message_receipt(post, answer, at)
    if isinstance(answer, Mapping):
        return Receipt(str(answer.get("post_id") or answer.get("comment_id") or answer.get("message_id") or ""), at)
    return None if answer is None else Receipt("", at)


def _message_receipt(post: Post, answer: object, at: datetime) -> Receipt | None:
    """A number for `peer_id`, in a chat of several people 0; VK answers a list where it takes the receiver for one of
    several."""
    peer = post.params.get("peer_id")
    if answer == 0 and isinstance(peer, int) and peer > FIRST_CHAT:
        return Receipt("", at)
    if isinstance(answer, list) and len(answer) == 1 and isinstance(answer[0], Mapping) and "error" not in answer[0]:
        answer = answer[0].get("message_id")
    return Receipt(str(answer), at) if isinstance(answer, int) and answer > 0 else None


def _wall_receipt(post: Post, answer: object, at: datetime, group_id: int) -> Receipt | None:
    post_id = answer.get("post_id") if isinstance(answer, Mapping) else None
    if not isinstance(post_id, int):
        return None
    owner = post.params.get("owner_id") or -group_id
    url = None if post.params.get("publish_date") else f"https://vk.com/wall{owner}_{post_id}"
    return Receipt(str(post_id), at, url)


WANTED_RIGHTS: Mapping[str, int] = {"wall": 8192, "messages": 4096, "manage": 262144}
"""Rights of a community key and their bits in `mask` (groups.getTokenPermissions)."""
WANTED_EVENTS = ("message_new", "message_event", "message_allow", "message_deny", "wall_post_new")


def missing_rights(permissions: Mapping[str, Any]) -> list[str]:
    """The wanted rights that an answer of groups.getTokenPermissions does not grant."""
    mask = permissions.get("mask")
    named = {one.get("name") for one in permissions.get("permissions") or () if isinstance(one, Mapping)}
    bits = mask if isinstance(mask, int) else 0
    return [name for name, bit in WANTED_RIGHTS.items() if name not in named and not bits & bit]


def missing_events(events: Mapping[str, Any], wanted: Sequence[str] = WANTED_EVENTS) -> list[str]:
    """The wanted event types that are not ticked in an answer of groups.getLongPollSettings."""
    return [name for name in wanted if not events.get(name)]
