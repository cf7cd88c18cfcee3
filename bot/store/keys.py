"""Every key of the program, with what it holds and how long it lives. All of them begin with `depeche:`.

| key | holds | lives |
| --- | --- | --- |
| `article:<key>` | JSON: the article, its source, when it was collected | ARTICLE, anew while still seen |
| `name:<digest>` | an article's key, by its addresses and its id on its host: what is known | KNOWN, anew while seen |
| `id:<digest>` | the key of the last article with this publisher's id, to find it by | KNOWN |
| `recent` | sorted set of article keys by time, the newest RECENT_KEPT | ARTICLE, anew with each article |
| `tagged:<tag id>` | sorted set of article keys under one term by time, the newest TAGGED_KEPT | the same |
| `tags:<day>` | sorted set of tag ids by how many articles of that day carry them | DAYS_COUNTED and a day |
| `label:<tag id>` | a tag as people write it | KNOWN, anew with each use |
| `queue:<name>` | sorted set of article keys still to be decided about, by time | ARTICLE, anew with each article |
| `ledger:<article>` | hash place → JSON, the last word on each public slot | LEDGER, anew with each word |
| `ledger:<article>:readers` | the same for private chats | READERS_LEDGER, anew with each word |
| `story:<article>` | list of JSON, every word on the public slots in order | LEDGER, anew with each word |
| `deferred:<place>` | sorted set of articles put off, by when they are due (ms) | LEDGER, anew with each word |
| `last_sent:<place>` | when something was last sent there (ms) | LEDGER, anew with each post |
| `firing:<name>:<ms>` | who took a schedule's firing | FIRING |
| `once:<name>` | who did something that is done once | as asked |
| `source:<name>` | JSON: what is remembered of a source | KNOWN, anew with each reading |
| PERMANENT | see there | for ever, with the reason |
"""

from __future__ import annotations

from datetime import date, timedelta

from bot.model import Place, Platform, digest

PREFIX = "depeche:"

ARTICLE = timedelta(days=90)
KNOWN = timedelta(days=400)
"""Longer than any article, so that a source which was silent for months does not flood a channel when it speaks."""
LEDGER = timedelta(days=90)
READERS_LEDGER = timedelta(days=14)
"""Private slots are many, and an article leaves the queue of the fan-out within hours."""
FIRING = timedelta(days=8)
DAYS_COUNTED = 14
"""The days whose articles count in the list of tags."""
RECENT_KEPT = 5000
TAGGED_KEPT = 200
FIRST_VK_GROUP_CHAT = 2_000_000_000
"""VK numbers its group chats upwards from here (dev.vk.com, messages.send, peer_id)."""

PERMANENT = {
    "fence": "the number of the last claim: were it to start again, a late holder's word would count",
    "claims": "slots being sent, by the end of their lease; each leaves when it is settled or expires",
    "deferred": "slots put off, by when they are due; each leaves when claimed, or LEDGER after it was due",
    "unconfirmed": "slots of unknown outcome, by when they became so; each leaves when resolved, or after LEDGER",
    "tally": "how many slots ended in each final state, ever: three numbers",
    "reader:*": "a reader's language, tags and whether they can be reached: kept until they ask to be forgotten",
    "audience:*": "the active readers of one tag: gone when the last of them unsubscribes",
    "readers:*": "the active readers of one platform",
    "mark:*": "an update offset or a person's setting: must be there however long the bot was off",
}
"""Keys without a lifetime (after the prefix; * stands for the rest), and why."""

FENCE = f"{PREFIX}fence"
CLAIMS = f"{PREFIX}claims"
DEFERRED = f"{PREFIX}deferred"
UNCONFIRMED = f"{PREFIX}unconfirmed"
TALLY = f"{PREFIX}tally"
RECENT = f"{PREFIX}recent"


def article(key: str) -> str:
    return f"{PREFIX}article:{key}"


def name(text: str) -> str:
    return f"{PREFIX}name:{digest(text)}"


def name_by_key(article_key: str) -> str:
    """An article's key is the digest of its address, so this is `name(address)`."""
    return f"{PREFIX}name:{article_key}"


def publisher_id(text: str) -> str:
    return f"{PREFIX}id:{digest(text)}"


def tagged(tag_id: str) -> str:
    return f"{PREFIX}tagged:{tag_id}"


def tags(day: date) -> str:
    return f"{PREFIX}tags:{day.isoformat()}"


def label(tag_id: str) -> str:
    return f"{PREFIX}label:{tag_id}"


def queue(queue_name: str) -> str:
    return f"{PREFIX}queue:{queue_name}"


def is_private(place: Place) -> bool:
    """A chat with one person: a plain positive number on both platforms. Groups, channels and walls are public."""
    return place.chat.isdigit() and not (place.platform is Platform.VK and int(place.chat) > FIRST_VK_GROUP_CHAT)


def ledger(article_key: str, place: Place) -> str:
    return f"{PREFIX}ledger:{article_key}:readers" if is_private(place) else f"{PREFIX}ledger:{article_key}"


def ledgers(article_key: str) -> tuple[str, str]:
    """The public slots of an article, and the private ones."""
    return f"{PREFIX}ledger:{article_key}", f"{PREFIX}ledger:{article_key}:readers"


def story(article_key: str) -> str:
    return f"{PREFIX}story:{article_key}"


def deferred(place: Place) -> str:
    return f"{PREFIX}deferred:{place}"


def last_sent(place: Place) -> str:
    return f"{PREFIX}last_sent:{place}"


def firing(firing_name: str, at_ms: int) -> str:
    return f"{PREFIX}firing:{firing_name}:{at_ms}"


def once(deed: str) -> str:
    return f"{PREFIX}once:{deed}"


def source(source_name: str) -> str:
    return f"{PREFIX}source:{source_name}"


def reader(place: Place) -> str:
    return f"{PREFIX}reader:{place}"


def audience(tag_id: str) -> str:
    return f"{PREFIX}audience:{tag_id}"


def readers(platform: str) -> str:
    return f"{PREFIX}readers:{platform}"


def mark(mark_name: str) -> str:
    return f"{PREFIX}mark:{mark_name}"


def is_permanent(key: str) -> bool:
    """Whether a key stands on the named list."""
    bare = key.removeprefix(PREFIX)
    return bare in PERMANENT or f"{bare.partition(':')[0]}:*" in PERMANENT


def seconds(lifetime: timedelta) -> int:
    """At least one: redis refuses a lifetime of nothing."""
    return max(1, round(lifetime.total_seconds()))


def milliseconds(lifetime: timedelta) -> int:
    """The same in milliseconds."""
    return max(1, round(lifetime.total_seconds() * 1000))
