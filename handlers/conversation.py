"""The conversation: something heard, something answered, and never a crash in between."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta, tzinfo

import structlog

from bot.errors import CommandError, DeliveryError, Gone, Refused, StoreError, StoreReadOnly, TryLater
from bot.model import Place, Platform, Post, Receipt
from bot.ports import (
    Clock,
    Marks,
    Publisher,
)
from bot.readers import Reader
from bot.render import document_for, reply_for
from bot.roles import Rights, Role
from bot.statistics import Echo
from bot.talk import Command, Document, Heard, Reply, Span
from handlers import inline
from handlers.answering import answer
from handlers.bringing import is_brought
from handlers.commands import UNKNOWN, in_russian, parse
from handlers.hearing import Asked, Doors, Inquiry, Membership, Promotion, Relocation
from handlers.texts import Texts
from handlers.throttling import Crowd, Turn

EVENT_LIFETIME = timedelta(days=2)
"""Longer than an update can come again: Telegram keeps one for 24 h, VK repeats one for some hours."""
PATIENCE = timedelta(seconds=5)
"""How long a person waits for an answer that the platform asked us to hold back."""
_ONLY_ONCE = frozenset({"now"})
"""It posts in public: sent by nobody beats sent twice."""
_NEEDS_NO_WRITING = frozenset({"status", "queue", "help", "why", "unconfirmed", "stats"})

Moved = Callable[[Place, Place], Awaitable[None]]
"""Told of a chat's new address: the old one, the new one."""

log = structlog.get_logger(__name__)


class Conversation:
    """Answers people on every platform. `usernames` are the bot's own names, once known.

    A redelivered event is answered once. An event may be tried twice: one mark is made before the answer and a second
    one after it, so a crash in between leaves one more try. Marked only before, a crash would lose the command; marked
    only after, an event that crashes the bot would crash it for ever.
    """

    def __init__(
        self,
        doors: Doors,
        *,
        marks: Marks,
        publishers: Mapping[Platform, Publisher],
        texts: Texts,
        clock: Clock,
        timezone: tzinfo,
        usernames: Mapping[Platform, str] | None = None,
        moved: Moved | None = None,
        crowd: Crowd | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._doors = doors
        self._marks = marks
        self._publishers = publishers
        self._texts = texts
        self._clock = clock
        self._zone = timezone
        self._usernames = {} if usernames is None else usernames
        self._moved = moved
        self._crowd = crowd or Crowd()
        self._sleep = sleep
        self._answered_unmarked: deque[str] = deque(maxlen=1000)

    async def hear(self, heard: Heard) -> None:
        """Answer what a person typed or pressed.

        Raises StoreError alone: the state is away, and the event should be delivered again once it is back.
        """
        platform = heard.place.platform
        username = self._usernames.get(platform)
        rights = await self._doors.authority.of(heard)
        staff = self._doors.authority.heard_in_office(heard, rights)
        said = "" if heard.forwarded else heard.text  # a command that is passed on is somebody else's
        command = parse(said, platform=platform, private=heard.private, username=username, staff=staff)
        command = await self._answer_to_entry(heard, rights) or command
        if command == UNKNOWN and self._doors.staff is not None and is_brought(heard, rights):
            command = Command("post", heard.text)
        if command is None and heard.pressed is not None:
            command = UNKNOWN
        if command is None or not await self._in_turn(heard, rights) or not await self._begin(heard, command):
            return
        try:
            await self._converse(heard, command, rights)
        except StoreError:
            raise
        except Exception:  # a task boundary: one person's mishap must not end the loop for all
            log.exception("answer failed", platform=str(platform), command=command.name, place=str(heard.place))
            await self._apologise(heard)
        await self._finish(heard)

    async def _answer_to_entry(self, heard: Heard, rights: Rights) -> Command | None:
        """An editor answers one of our messages about an article that waits: these are new words for it."""
        doors = self._doors.staff
        if heard.reply_to is None or doors is None or heard.text.startswith("/") or not rights.somewhere(Role.EDITOR):
            return None
        entry = await doors.threads.entry_of(heard.place, heard.reply_to)
        return Command("edit", f"@{entry}\n{heard.text}") if entry is not None else None

    async def inquire(self, inquiry: Inquiry) -> None:
        """Answer an inline query. One that can't be answered stays so: the person types on. Raises StoreError."""
        kept = await self._doors.subscriptions.reader(inquiry.place)
        say = self._texts(kept.language if kept else inquiry.language)
        if self._crowd.take_inquiry(inquiry.person, self._clock.now()):
            try:
                await self._publish(await inline.results(inquiry, self._doors, say))
            except DeliveryError as error:
                log.warning("inline query not answered", reason=str(error))

    async def count(self, echo: Echo) -> None:
        """Something came back of a post. Raises StoreError."""
        if self._doors.staff is not None and self._doors.staff.statistics is not None:
            await self._doors.staff.statistics.hear(echo)

    async def changed(self, event: Membership | Promotion | Relocation) -> None:
        """Something became of a chat: what is known of its admins is asked anew. Raises StoreError."""
        self._doors.admins.forget(event.place)
        if isinstance(event, Membership):
            await self.membership(event)
        elif isinstance(event, Relocation) and self._moved is not None:
            await self._moved(event.place, event.to)

    async def membership(self, change: Membership) -> None:
        """Switch a reader off or on again, a group with all its topics; the tags stay. An event that comes a second
        time, perhaps after a later one, changes nothing. Raises StoreError."""
        if change.event is not None:
            mark = f"member:{change.place.platform}:{change.event}"
            if not await self._marks.once(mark, EVENT_LIFETIME):
                return
        for place in (change.place, *await self._doors.subscriptions.topics(change.place)):
            reader = await self._doors.subscriptions.reader(place)
            if reader is not None and reader.active != change.reachable:
                await self._doors.subscriptions.save(replace(reader, active=change.reachable))
                await self._look(place)

    async def _in_turn(self, heard: Heard, rights: Rights) -> bool:
        """Whether a person, and the chat they speak in, asked for no more than can be read. Who is too fast is told so
        once; the newsroom's own people are trusted."""
        if rights.somewhere(Role.VIEWER):
            return True
        turn = self._crowd.take(heard, self._clock.now())
        if turn is Turn.ASK_FOR_PATIENCE:
            say = self._texts(heard.language)
            await self._send(Reply(say.spans("too-fast"), notice=say("too-fast-notice")), heard)
        return turn is Turn.ANSWER

    async def _converse(self, heard: Heard, command: Command, rights: Rights) -> None:
        reader = await self._reader(heard)
        asked = Asked(
            command=command,
            heard=heard,
            reader=reader,
            admin=rights.somewhere(Role.EDITOR),
            say=self._texts(reader.language),
            now=self._clock.now(),
            zone=self._zone,
            rights=rights,
            office=self._doors.authority.is_office(heard),
        )
        try:
            reply = await answer(asked, self._doors)
        except CommandError as error:
            reply = (
                Reply((Span(error.say),))
                if error.say
                else Reply(asked.say.spans("not-understood", platform=str(heard.place.platform)))
            )
        if heard.place.platform is Platform.VK and asked.say.language == "ru":
            reply = replace(reply, text=in_russian(reply.text))
        await self._send(reply, heard)

    async def _reader(self, heard: Heard) -> Reader:
        """The reader as kept: switched on again, since they speak to us. Else a new one, not saved."""
        kept = await self._doors.subscriptions.reader(heard.place)
        if kept is None:
            return Reader(heard.place, self._texts(heard.language).language)
        if not kept.active:
            kept = replace(kept, active=True)
            await self._doors.subscriptions.save(kept)
            await self._look(kept.place)
        return kept

    async def _look(self, place: Place) -> None:
        """Their digests may be due again."""
        if self._doors.agenda is not None:
            await self._doors.agenda.look(place, at=self._clock.now())

    async def _begin(self, heard: Heard, command: Command) -> bool:
        """Whether to answer: the first time, or the second after a first that never ended.

        While the store takes nothing in, what needs no writing is answered all the same, once by our own memory: an
        admin asks then how the bot is.
        """
        if heard.event in self._answered_unmarked:
            return False
        try:
            return await self._first_time(heard, command)
        except StoreReadOnly:
            if command.name not in _NEEDS_NO_WRITING:
                raise
        return True

    async def _first_time(self, heard: Heard, command: Command) -> bool:
        if await self._marks.once(_try(heard, 1), EVENT_LIFETIME):
            if command.name in _ONLY_ONCE:
                await self._finish(heard)
            return True
        return await self._marks.once(_try(heard, 2), EVENT_LIFETIME)

    async def _finish(self, heard: Heard) -> None:
        """Use up the second try."""
        try:
            await self._marks.once(_try(heard, 2), EVENT_LIFETIME)
        except StoreError:
            self._answered_unmarked.append(heard.event)

    async def _send(self, reply: Reply, heard: Heard) -> None:
        """Publish a reply. One with a notice takes the place of the message whose button was pressed."""
        edit = heard.pressed is not None and reply.notice is not None
        for post in (*reply.before, *reply_for(reply, heard, edit=edit)):
            if not await self._delivered(post, heard, about=reply.about):
                return
        document = reply.document
        if document is not None and not await self._handed_over(document, heard):
            # a key that may not upload files: then what is in it is said
            for post in reply_for(
                Reply((Span(document.text),)), replace(heard, callback=None, event=f"{heard.event}+")
            ):
                await self._delivered(post, heard)

    async def _delivered(self, post: Post, heard: Heard, *, about: str | None = None) -> bool:
        """False: the reader is gone. What the message is about is remembered, so that it can be answered."""
        try:
            receipt = await self._publish(post)
        except Gone:
            await self.membership(Membership(heard.place, reachable=False))
            return False
        except DeliveryError as error:
            _not_delivered(post, error)
            return True
        if about is not None and self._doors.staff is not None:
            await self._doors.staff.threads.tie(heard.place, receipt.message_id, about)
        return True

    async def _handed_over(self, document: Document, heard: Heard) -> bool:
        """False: the platform surely did not take the file."""
        post = document_for(document, heard)
        try:
            await self._publish(post)
        except (Refused, TryLater) as error:
            _not_delivered(post, error)
            return False
        except DeliveryError as error:
            _not_delivered(post, error)
        return True

    async def _publish(self, post: Post) -> Receipt:
        publisher = self._publishers[post.platform]
        try:
            return await publisher.publish(post)
        except TryLater as error:
            if error.after > PATIENCE:
                raise
            await self._sleep(error.after.total_seconds())
            return await publisher.publish(post)

    async def _apologise(self, heard: Heard) -> None:
        say = self._texts(heard.language)
        try:
            await self._send(Reply(say.spans("failed")), heard)
        except Exception:  # still the task boundary: an apology that fails is only logged
            log.exception("apology failed", platform=str(heard.place.platform))


def _not_delivered(post: Post, error: DeliveryError) -> None:
    log.warning("reply not delivered", platform=str(post.platform), method=post.method, reason=type(error).__name__)


def _try(heard: Heard, number: int) -> str:
    return f"heard:{heard.place.platform}:{heard.event}:{number}"
