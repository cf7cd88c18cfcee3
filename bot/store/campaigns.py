"""Campaigns: an article on its way to its readers, as redis keeps it.

When an article is due to readers, those who want it at that moment are written down as one roaring bitmap, the
`crowd`. What becomes of each message is a record of seven bytes (`acks`) at the reader's rank in the crowd: claimed
before it is sent, sent with the message's id after it. Whatever is not that simple (put off, refused, in doubt) is a
word in the readers' ledger as of any other slot, and the record says so. Records that are written in the same moment
go to redis together, neighbours in one command.
"""

from __future__ import annotations

import json
import secrets
from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from pyroaring import BitMap

from bot.campaigns import Campaign
from bot.errors import StoreError, Superseded
from bot.model import Attempt, Claim, Place, Platform, Slot, SlotState
from bot.query import Facets
from bot.readers import Delivery
from bot.store import acks, keys
from bot.store.campaign_scripts import BEGIN, CLAIM, ELSEWHERE, LAND, SET_ASIDE, SETTLE, TO_LEDGER
from bot.store.connection import Client, scored
from bot.store.group_commit import MOST
from bot.store.known import Known, Reading, Spot, in_order, reading, rounded_up, said_in
from bot.store.leases import Fence
from bot.store.moments import from_ms, to_ms, to_text
from bot.store.roster import Roster

KNOWN = 64
"""Campaigns kept in memory; any other is read again."""
COARSE = 8
"""The end of a flight is kept to an eighth of a lease, so that it is written seldom."""
NUMBERED = 20_000
"""Readers whose numbers are remembered by their places."""


class RedisCampaigns:
    """Campaigns over redis."""

    def __init__(self, client: Client, roster: Roster, lease: Fence) -> None:
        self._client = client
        self._roster = roster
        self._lease = lease
        self._known: OrderedDict[str, Known] = OrderedDict()
        self._numbers: OrderedDict[Place, int] = OrderedDict()
        self._held: dict[Slot, tuple[Spot, bytes]] = {}
        self._unanswered: dict[Slot, bytes] = {}

    async def begin(self, article: str, found: Facets, *, now: datetime) -> Campaign:
        """Write down who gets an article at once, unless that was done before; and who of them was not tried yet."""
        known = await self._campaign(article) or await self._begun(article, found, now) or await self._campaign(article)
        if known is None:
            raise StoreError(f"the campaign of {article} is gone as soon as it began")
        waiting = await self._untouched(known)
        return Campaign(article, known.crowds, {on: crowd & waiting for on, crowd in known.crowds.items()})

    async def places(self, readers: Iterable[int]) -> list[Place | None]:
        """Where readers read; None: they asked to be forgotten."""
        known = (await self._roster.audience()).places
        found = [(reader, known.get(reader)) for reader in readers]
        for reader, place in found:
            if place is not None:
                self._remember(place, reader)
        return [place for _, place in found]

    async def numbers(self, places: Iterable[Place]) -> Mapping[Platform, BitMap]:
        """The readers at these places."""
        found = {platform: BitMap() for platform in Platform}
        for place in places:
            number = await self._number(place)
            if number is not None:
                found[place.platform].add(number)
        return found

    async def call_off(self, article: str, found: Facets, reason: str, *, now: datetime) -> list[Place]:
        """Nobody who was not tried yet gets it any more; the groups among its readers, whose slots are the ledger's."""
        campaign = await self.begin(article, found, now=now)
        await self._client.write("HSET", keys.campaign(article), "off", reason)
        places = (await self._roster.audience()).places
        everybody = [places.get(reader) for crowd in campaign.crowd.values() for reader in crowd]
        return [place for place in everybody if place is not None and not keys.is_private(place)]

    async def _begun(self, article: str, found: Facets, now: datetime) -> Known | None:
        """A campaign that begins now; None: somebody else was quicker, or we were, and the answer got lost."""
        audience = await self._roster.audience()
        wanting = audience.matching(found, Delivery.NOW)
        crowds = {platform: wanting & audience.places.on(platform) for platform in Platform}
        words = [word for platform, crowd in crowds.items() for word in (platform.value, crowd.serialize())]
        size = acks.WIDTH * sum(map(len, crowds.values()))
        number = await self._client.run(
            BEGIN,
            [keys.campaign(article), keys.CAMPAIGNS],
            [to_ms(now), size, keys.seconds(keys.READERS_LEDGER), keys.crowd(""), keys.acks(""), *words],
        )
        return self._keep(Known(article, int(number), from_ms(to_ms(now)), crowds, fresh=True)) if number else None

    # What the ledger asks about slots of readers

    async def spot(self, slot: Slot) -> Spot | None:
        """Where a slot's record stands; None: the slot belongs to no campaign."""
        if not keys.is_private(slot.place) or (known := await self._campaign(slot.article)) is None:
            return None
        number = await self._number(slot.place)
        rank = None if number is None else known.rank(number)
        return None if rank is None else Spot(known, rank)

    async def claim(self, slot: Slot, spot: Spot, *, now: datetime, lease: timedelta) -> Claim | bool | None:
        """The right to send, or None; False: the slot's word stands in the ledger. Raises Superseded."""
        campaign, until = spot.campaign, now + lease
        record = self._unanswered.pop(slot, None) or acks.claim(campaign.seconds(until), secrets.randbits(16))
        latest = rounded_up(until, lease / COARSE)
        try:
            said = await campaign.claims.say(
                (spot.rank, record),
                lambda batch: self._claim(campaign, batch, latest),
                lambda: MOST if campaign.in_flight else 1,
            )
        except StoreError:
            self._unanswered[slot] = record
            raise
        if said == ELSEWHERE:
            return False
        if not said:
            return None
        campaign.in_flight += slot not in self._held
        self._held[slot] = (spot, record)
        return Claim(slot, acks.fence(record), until)

    async def settle(self, claim: Claim, attempt: Attempt) -> bool | None:
        """Write down how it ended. None: that is the ledger's business, and the claim stands there now."""
        if claim.slot not in self._held:
            return None
        spot, record = self._held[claim.slot]
        campaign = spot.campaign
        receipt = attempt.receipt if attempt.state is SlotState.SENT else None
        minutes = max(0, (attempt.at - campaign.began) // timedelta(minutes=1))
        there = acks.sent(receipt.message_id, minutes) if receipt and not receipt.moved_to else None
        if there is not None:
            what = (spot.rank, record, there, said_in(attempt))
            if await campaign.settles.say(
                what, lambda batch: self._settle(campaign, batch), lambda: campaign.in_flight
            ):
                self._let_go(claim.slot)
                return True
        await self._to_ledger(claim.slot, spot, record, claim.until)
        self._let_go(claim.slot)
        return None

    async def set_aside(self, spot: Spot) -> bool:
        """A slot nobody tried is the ledger's from now on. False: it is being sent, or was."""
        records = [keys.acks(spot.campaign.number)]
        return bool(await self._client.run(SET_ASIDE, records, [spot.rank, acks.UNTOUCHED, acks.TOLD_ELSEWHERE]))

    async def expire(self, *, now: datetime, orphaned: bool = False) -> None:
        """Claims whose lease ran out, or `orphaned` all, become the ledger's, which knows what to do with them."""
        flights = scored(await self._client.read("ZRANGE", keys.FLIGHTS, 0, -1, "WITHSCORES"))
        for article, latest in flights:
            campaign = await self._campaign(article)
            over = orphaned or latest <= to_ms(now)
            if campaign is not None and (over or (campaign.foreign is not None and campaign.foreign <= now)):
                campaign.foreign = None
                for rank, ack in acks.claimed(await self._records(campaign)):
                    until = campaign.began + timedelta(seconds=ack.number)
                    if orphaned or until <= now:
                        await self._overdue(campaign, rank, ack, until)
            if over:
                await self._client.run(LAND, [keys.FLIGHTS], [article, int(latest)])

    async def word(self, slot: Slot, spot: Spot) -> Attempt | None:
        """What the record of a slot says; None: nothing, or what the ledger says."""
        first = spot.rank * acks.WIDTH
        raw = await self._client.read_bytes("GETRANGE", keys.acks(spot.campaign.number), first, first + acks.WIDTH - 1)
        return (await self._reading(spot.campaign))(slot, acks.at(raw, 0)) if len(raw) == acks.WIDTH else None

    async def story(self, article: str) -> list[Attempt]:
        """What the records say of every reader who is still known."""
        campaign = await self._campaign(article)
        if campaign is None:
            return []
        places = (await self._roster.audience()).places
        reading, crowd = await self._reading(campaign), campaign.crowd.to_array()
        told = []
        for rank, ack in acks.each(await self._records(campaign)):
            place = places.get(crowd[rank])
            attempt = None if place is None or not keys.is_private(place) else reading(Slot(article, place), ack)
            if attempt is not None:
                told.append(attempt)
        return told

    async def counts(self, article: str) -> Mapping[int, int]:
        """How many records of each kind there are."""
        campaign = await self._campaign(article)
        return {} if campaign is None else Counter(acks.kinds(await self._records(campaign)))

    async def claimed(self) -> int:
        """How many messages are being sent."""
        articles = await self._client.read("ZRANGE", keys.FLIGHTS, 0, -1)
        return sum([(await self.counts(article)).get(acks.CLAIMED, 0) for article in articles])

    # Redis

    async def _claim(self, campaign: Known, batch: Sequence[tuple[int, bytes]], latest: int) -> Sequence[int]:
        order = sorted(range(len(batch)), key=lambda index: batch[index][0])
        said = await self._client.run(
            CLAIM,
            [keys.acks(campaign.number), keys.FLIGHTS, keys.campaign(campaign.article), self._lease.key],
            [campaign.article, latest, self._lease.token, acks.packed_claims(batch[index] for index in order)],
        )
        if said == [-1]:
            raise Superseded("another copy of the bot leads now: this one sends nothing")
        return in_order(order, said)

    async def _settle(self, campaign: Known, batch: Sequence[tuple[int, bytes, bytes, str]]) -> Sequence[int]:
        order = sorted(range(len(batch)), key=lambda index: batch[index][0])
        names = [keys.acks(campaign.number), keys.campaign(campaign.article), keys.TALLY]
        words = acks.packed_ends([batch[index] for index in order])
        return in_order(order, await self._client.run(SETTLE, names, words))

    async def _overdue(self, campaign: Known, rank: int, ack: acks.Ack, until: datetime) -> None:
        place = (await self._roster.audience()).places.get(campaign.crowd[rank])
        if place is None:
            return  # forgotten: nobody will ever be told
        await self._to_ledger(Slot(campaign.article, place), Spot(campaign, rank), acks.packed(ack), until)

    def _let_go(self, slot: Slot) -> None:
        """A claim is over."""
        spot, _ = self._held.pop(slot, (None, b""))
        if spot is not None:
            spot.campaign.in_flight -= 1

    async def _to_ledger(self, slot: Slot, spot: Spot, record: bytes, until: datetime) -> None:
        fence, life = acks.fence(record), keys.seconds(keys.READERS_LEDGER)
        word = {"state": SlotState.CLAIMED.value, "fence": fence, "at": to_text(until), "until": to_text(until)}
        text = json.dumps({**word, "due": to_ms(until)})
        await self._client.run(
            TO_LEDGER,
            [keys.acks(spot.campaign.number), keys.ledger(slot.article, slot.place), keys.CLAIMS],
            [spot.rank, record, acks.TOLD_ELSEWHERE, str(slot.place), str(slot), text, to_ms(until), life],
        )

    async def _records(self, campaign: Known) -> bytes:
        raw: bytes = await self._client.read_bytes("GET", keys.acks(campaign.number)) or b""
        return raw.ljust(len(campaign.crowd) * acks.WIDTH, b"\0")

    async def _reading(self, campaign: Known) -> Reading:
        """How the records of a campaign are read."""
        return reading(campaign, await self._client.read("HGETALL", keys.campaign(campaign.article)))

    async def _untouched(self, campaign: Known) -> BitMap:
        """Readers nobody was tried for. Claims that others left behind are looked for when they end."""
        if campaign.fresh:
            campaign.fresh = False
            return campaign.crowd
        raw = await self._records(campaign)
        ends = [campaign.began + timedelta(seconds=ack.number) for _, ack in acks.claimed(raw)]
        campaign.foreign = max(ends, default=None)
        kinds = acks.kinds(raw)
        if not any(kinds):
            return campaign.crowd
        return BitMap(number for number, kind in zip(campaign.crowd, kinds, strict=True) if not kind)

    async def _campaign(self, article: str) -> Known | None:
        if article in self._known:
            self._known.move_to_end(article)
            return self._known[article]
        number, began = await self._client.read("HMGET", keys.campaign(article), "number", "began")
        if number is None:
            return None
        blobs = [await self._client.read_bytes("GET", keys.crowd(f"{number}:{platform}")) for platform in Platform]
        if None in blobs:
            return None
        crowds = {platform: BitMap.deserialize(blob) for platform, blob in zip(Platform, blobs, strict=True)}
        return self._keep(Known(article, int(number), from_ms(int(began)), crowds))

    def _keep(self, known: Known) -> Known:
        self._known[known.article] = known
        while len(self._known) > KNOWN:
            self._known.popitem(last=False)
        return known

    async def _number(self, place: Place) -> int | None:
        if place not in self._numbers:
            raw = await self._client.read("GET", keys.reader(place))
            number = json.loads(raw).get("number") if raw else None
            if number is None:
                return None
            self._remember(place, number)
        return self._numbers[place]

    def _remember(self, place: Place, number: int) -> None:
        self._numbers[place] = number
        self._numbers.move_to_end(place)
        while len(self._numbers) > NUMBERED:
            self._numbers.popitem(last=False)
