"""Every key of the program, with what it holds and how long it lives. All of them begin with `depeche:`.

| key | holds | lives |
| --- | --- | --- |
| `article:<key>` | JSON: the article, its source, when it came, its story | ARTICLE, anew while seen, or KNOWN |
| `name:<digest>` | an article's key, by ids, addresses and what it says: what is known | KNOWN, anew while seen |
| `id:<digest>` | the key of the last article with this publisher's id, to find it by | KNOWN |
| `recent` | sorted set of article keys by time, the newest RECENT_KEPT | ARTICLE, anew with each article |
| `tagged:<tag id>` | sorted set of article keys under one term by time, the newest TAGGED_KEPT | the same |
| `tags:<day>` | sorted set of kinds and tag ids by how many articles of that day have them | DAYS_COUNTED and a day |
| `terms` | sorted set of kinds and tag ids by when an article last had them: all names | KNOWN, anew with each |
| `label:<tag id>` | a tag as people write it | KNOWN, anew with each use once a tenth of it is over |
| `queue:<name>` | sorted set of article keys still to be decided about, by time | ARTICLE, anew with each article |
| `thread:<place>:<message>` | which entry of a queue a message to editors is about | THREAD |
| `wish:<queue>:<article>` | JSON: what editors want of an article that waits | ARTICLE, anew with each change |
| `ledger:<article>` | hash place → JSON, the last word on each public slot | LEDGER, anew with each word |
| `ledger:<article>:readers` | the same for private chats | READERS_LEDGER, anew with each word |
| `campaign:<article>` | hash: number and beginning of its campaign, names of what its messages said | READERS_LEDGER |
| `crowd:<campaign>:<platform>` | bitmap of the readers the article was for | READERS_LEDGER |
| `ack:<campaign>` | seven bytes a reader: what became of the message, see `acks` | READERS_LEDGER |
| `story:<article>` | list of JSON, every word on the public slots in order | LEDGER, anew with each word |
| `deferred:<place>` | sorted set of articles put off, by when they are due (ms) | LEDGER, anew with each word |
| `last_sent:<place>` | when something was last sent there (ms) | LEDGER, anew with each post |
| `firing:<name>:<ms>` | who took a schedule's firing | FIRING |
| `receipts:<place>` | sorted set of articles by post number, the newest RECEIPTS_KEPT | LEDGER, anew with each |
| `posted:<place>` | sorted set of articles by when they went out (ms), the newest RECEIPTS_KEPT | the same |
| `seen:<place>` | list of JSON: posts that the platform told of, the newest SEEN_KEPT | SEEN, anew with each |
| `together:<article>` | hash place → JSON: the articles it shares a post with there | LEDGER, anew with each place |
| `echo:<place>:<number>` | hash: what came back of a public post | LEDGER, anew with each echo |
| `following:<day>` | hash: subscriptions begun and ended on a day, by tag ids | FOLLOWING |
| `short:<digest>` | the key of an address's short one at vk.cc | LEDGER, anew with each post |
| `said:<article>` | hash place → JSON: how the post that was last sent there is recognised | SAID, anew with each |
| `calls:<article>` | hash place → `random_id` of a message whose end is not known | CALLS, anew with each |
| `due:<article>` | hash place → JSON: when it was to go out there, and why then | LEDGER, anew with each place |
| `told:<article>:<source>` | digest of what a source says of an article | ARTICLE, anew while still seen |
| `amended:<article>` | hash place → JSON: which edition was brought there, and how | LEDGER, anew with each word |
| `once:<name>` | who did something that is done once | as asked |
| `audit` | list of JSON: what editors and owners did, the newest AUDIT_KEPT | AUDITED, anew with each deed |
| `caution:<kind>:<digest>` | when an address was first found to be no good (ms) | CAUTIONS |
| `alert:<name>` | what the admins were told last of an open problem | ALERT, anew with each telling |
| `pace:<token digest>` | hash: how fast one token may send, and until when it must wait | PACE, anew with each turn |
| `second:<token digest>` | sorted set of turns by until when they count (ms) | TURNS, anew with each turn |
| `starts:<token digest>` | sorted set of turns by their moments (ms) | TURNS, anew with each turn |
| `chat:<token digest>:<chat>` | hash: when a chat takes the next message (ms) | until then |
| `group:<token digest>:<chat>` | list: moments of a group's or channel's last turns (ms) | a minute, anew each time |
| `lease:<duty>` | which copy of the bot has a duty: epoch and holder | some seconds, anew while it works |
| `arrivals` | sorted set of articles that came for readers, by their stamps | ARRIVED and a day, anew each time |
| `plan:<place>` | JSON: a reader's digests: when, how far, what may have arrived | PLAN, anew with each look |
| `held:<place>` | sorted set of articles held for a reader, by until when (ms) | PLAN, anew with each |
| `today:<place>` | hash article → day: what a reader with a daily cap got at once | TODAY, anew with each |
| `rest:<digest>` | a host that wants to be left alone | as long as it asked, a day at most |
| `source:<name>` | JSON: what is remembered of a source | KNOWN, anew with each reading |
| PERMANENT | see there | for ever, with the reason |
"""

from __future__ import annotations

from datetime import date, timedelta

from bot.model import Place, Platform, digest
from bot.ports import Caution

PREFIX = "depeche:"

ARTICLE = timedelta(days=90)
KNOWN = timedelta(days=400)
"""Longer than any article, so that a source which was silent for months does not flood a channel when it speaks."""
LEDGER = timedelta(days=90)
READERS_LEDGER = timedelta(days=14)
"""Private slots are many, and an article leaves the queue of the fan-out within hours."""
SEEN = timedelta(hours=3)
"""Longer than VK remembers a `guid`: until then the outcome of a post may be in doubt."""
SAID = timedelta(days=3)
"""Longer than anybody looks for a post of unknown outcome."""
CALLS = timedelta(days=2)
"""Longer than a message to a reader is worth a repeat."""
RECEIPTS_KEPT = 5000
SEEN_KEPT = 100
ARRIVED = timedelta(days=9)
"""Longer than a week, so that a weekly digest has all of it, even when the bot was off at its hour."""
PLAN = timedelta(days=100)
TODAY = timedelta(days=2)
FIRING = timedelta(days=8)
ALERT = timedelta(days=7)
"""A problem that is open for longer is told again."""
THREAD = timedelta(days=14)
"""How long a message about an entry can be answered."""
AUDITED = timedelta(days=400)
FOLLOWING = timedelta(days=400)
ECHO_EVENT = timedelta(hours=6)
"""Longer than VK gives an event again after a restart."""
AUDIT_KEPT = 5000
CAUTIONS = {Caution.PICTURE_REFUSED: timedelta(days=1), Caution.PAGE_NOT_UP: timedelta(hours=6)}
"""After this a picture or a page gets another chance."""
PACE = timedelta(days=30)
TURNS = timedelta(minutes=1)
DAYS_COUNTED = 7
"""The days whose articles count in the list of tags."""
RECENT_KEPT = 5000
TAGGED_KEPT = 200
FIRST_VK_GROUP_CHAT = 2_000_000_000
"""VK numbers its group chats upwards from here (dev.vk.com, messages.send, peer_id)."""

PERMANENT = {
    "directives": "sources that admins added, paused or removed: they stand in no settings",
    "epoch": "how often a copy of the bot has begun to lead: a number that comes twice would fence nothing",
    "fence": "the number of the last claim: were it to start again, a late holder's word would count",
    "claims": "slots being sent, by the end of their lease; each leaves when it is settled or expires",
    "deferred": "slots put off, by when they are due; each leaves when claimed, or LEDGER after it was due",
    "unconfirmed": "slots of unknown outcome, by when they became so; each leaves when resolved, or after LEDGER",
    "amending": "editions still to be brought to where their articles stand; each leaves when that is done",
    "evergreen": "articles that may return, and when each did where; each leaves when an editor takes the mark back",
    "grants": "who was given which role; kept until an owner takes it back",
    "menus": "whose private chats have a menu of the newsroom's; each leaves when it is a reader's again",
    "moved": "where chats went that got a new address; the settings may name the old one for ever",
    "tally": "how many slots ended in each final state, ever: three numbers",
    "agenda": "readers by when to look at them next (ms); each leaves when nothing is planned for them",
    "dormant": "readers whom nothing reaches, by since when; each leaves when they come back, or are forgotten by age",
    "topics:*": "the topics of a group that subscribed to something: gone when the group is forgotten",
    "reader:*": "a reader's language, subscriptions, preferences and whether they can be reached: until forgotten",
    "audience": "who wants what, as bitmaps: made from the readers' records, kept to start fast",
    "audience:*": "the last changes of it: cut whenever it is brought up to date",
    "campaigns": "the number of the last campaign: its records are found by it",
    "flights": "campaigns with messages being sent, by when the last claim ends; each leaves when all are settled",
    "numbered": "the number of the last reader: numbers are never given twice",
    "mark:*": "an update offset or a person's setting: must be there however long the bot was off",
}
"""Keys without a lifetime (after the prefix; * stands for the rest), and why."""

FENCE = f"{PREFIX}fence"
CLAIMS = f"{PREFIX}claims"
DEFERRED = f"{PREFIX}deferred"
UNCONFIRMED = f"{PREFIX}unconfirmed"
TALLY = f"{PREFIX}tally"
AMENDING = f"{PREFIX}amending"
RECENT = f"{PREFIX}recent"
TERMS = f"{PREFIX}terms"
EPOCH = f"{PREFIX}epoch"
MOVED = f"{PREFIX}moved"
DORMANT = f"{PREFIX}dormant"
AGENDA = f"{PREFIX}agenda"
ARRIVALS = f"{PREFIX}arrivals"
DIRECTIVES = f"{PREFIX}directives"
AUDIENCE = f"{PREFIX}audience"
AUDIENCE_LOG = f"{PREFIX}audience:log"
CAMPAIGNS = f"{PREFIX}campaigns"
FLIGHTS = f"{PREFIX}flights"
NUMBERED = f"{PREFIX}numbered"
READERS = f"{PREFIX}reader:*"
"""The pattern of readers' records."""
GRANTS = f"{PREFIX}grants"
EVERGREEN = f"{PREFIX}evergreen"
MENUS = f"{PREFIX}menus"
AUDIT = f"{PREFIX}audit"


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


def wish(queue_name: str, article_key: str) -> str:
    return f"{PREFIX}wish:{queue_name}:{article_key}"


def thread(place: Place, message: str) -> str:
    return f"{PREFIX}thread:{place}:{message}"


def is_private(place: Place) -> bool:
    """A chat with one person: a plain positive number on both platforms. Groups, channels and walls are public."""
    return place.chat.isdigit() and not (place.platform is Platform.VK and int(place.chat) > FIRST_VK_GROUP_CHAT)


def ledger(article_key: str, place: Place) -> str:
    return f"{PREFIX}ledger:{article_key}:readers" if is_private(place) else f"{PREFIX}ledger:{article_key}"


def ledgers(article_key: str) -> tuple[str, str]:
    """The public slots of an article, and the private ones."""
    return f"{PREFIX}ledger:{article_key}", f"{PREFIX}ledger:{article_key}:readers"


def campaign(article_key: str) -> str:
    return f"{PREFIX}campaign:{article_key}"


def crowd(name: str) -> str:
    return f"{PREFIX}crowd:{name}"


def acks(number: int | str) -> str:
    """Short, since it is written with every message."""
    return f"{PREFIX}ack:{number}"


def story(article_key: str) -> str:
    return f"{PREFIX}story:{article_key}"


def deferred(place: Place) -> str:
    return f"{PREFIX}deferred:{place}"


def last_sent(place: Place) -> str:
    return f"{PREFIX}last_sent:{place}"


def receipts(place: Place) -> str:
    return f"{PREFIX}receipts:{place}"


def posted(place: Place) -> str:
    return f"{PREFIX}posted:{place}"


def seen(place: Place) -> str:
    return f"{PREFIX}seen:{place}"


def echo(place: Place, number: str) -> str:
    """Topics of a group share their numbers."""
    return f"{PREFIX}echo:{place.platform}:{place.chat}:{number}"


def following(day: date) -> str:
    return f"{PREFIX}following:{day.isoformat()}"


def short(address: str) -> str:
    return f"{PREFIX}short:{digest(address)}"


def together(article_key: str) -> str:
    return f"{PREFIX}together:{article_key}"


def due(article_key: str) -> str:
    return f"{PREFIX}due:{article_key}"


def said(article_key: str) -> str:
    return f"{PREFIX}said:{article_key}"


def calls(article_key: str) -> str:
    return f"{PREFIX}calls:{article_key}"


def firing(firing_name: str, at_ms: int) -> str:
    return f"{PREFIX}firing:{firing_name}:{at_ms}"


def told(article_key: str, source_name: str) -> str:
    return f"{PREFIX}told:{article_key}:{source_name}"


def amended(article_key: str) -> str:
    return f"{PREFIX}amended:{article_key}"


def once(deed: str) -> str:
    return f"{PREFIX}once:{deed}"


def caution(kind: str, address: str) -> str:
    return f"{PREFIX}caution:{kind}:{digest(address)}"


def alert(problem: str) -> str:
    return f"{PREFIX}alert:{problem}"


def pace(token_digest: str) -> str:
    return f"{PREFIX}pace:{token_digest}"


def second(token_digest: str) -> str:
    return f"{PREFIX}second:{token_digest}"


def starts(token_digest: str) -> str:
    return f"{PREFIX}starts:{token_digest}"


def chat(token_digest: str, chat_name: str) -> str:
    return f"{PREFIX}chat:{token_digest}:{chat_name}"


def group(token_digest: str, chat_name: str) -> str:
    return f"{PREFIX}group:{token_digest}:{chat_name}"


def lease(duty: str) -> str:
    return f"{PREFIX}lease:{duty}"


def source(source_name: str) -> str:
    return f"{PREFIX}source:{source_name}"


def rest(host: str) -> str:
    return f"{PREFIX}rest:{digest(host)}"


def reader(place: Place) -> str:
    return f"{PREFIX}reader:{place}"


def reader_pattern() -> str:
    """What the keys of all readers look like, for SCAN."""
    return f"{PREFIX}reader:*"


def plan(place: Place) -> str:
    return f"{PREFIX}plan:{place}"


def held(place: Place) -> str:
    return f"{PREFIX}held:{place}"


def today(place: Place) -> str:
    return f"{PREFIX}today:{place}"


def topics(chat: Place) -> str:
    return f"{PREFIX}topics:{chat.platform}:{chat.chat}"


def place_of_reader(key: str) -> Place:
    """The place in the key of a reader's record."""
    return Place.parse(key.removeprefix(f"{PREFIX}reader:"))


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
