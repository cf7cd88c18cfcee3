"""Text to Command. Pure: no store, no network.

A command is a word after a slash, in English or in Russian, with the bot's name after @ if you like. On VK the slash
may be left out. What a button sends is read the same way.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from bot.model import Platform
from bot.roles import Role
from bot.tags import fold
from bot.talk import Command, Span

READER_COMMANDS = (
    "start",
    "help",
    "tags",
    "subscribe",
    "unsubscribe",
    "mytags",
    "latest",
    "search",
    "digest",
    "quiet",
    "pause",
    "resume",
    "language",
    "export",
    "forget",
)
STAFF_COMMANDS: Mapping[str, Role] = {
    "status": Role.VIEWER,
    "queue": Role.VIEWER,
    "now": Role.EDITOR,
    "retract": Role.EDITOR,
    "unconfirmed": Role.EDITOR,
    "stats": Role.VIEWER,
    "why": Role.VIEWER,
    "preview": Role.EDITOR,
    "post": Role.EDITOR,
    "breaking": Role.EDITOR,
    "hold": Role.EDITOR,
    "skip": Role.EDITOR,
    "edit": Role.EDITOR,
    "evergreen": Role.EDITOR,
    "approve": Role.EDITOR,
    "reject": Role.EDITOR,
    "grant": Role.OWNER,
    "revoke": Role.OWNER,
    "audit": Role.OWNER,
    "sources": Role.VIEWER,
}
"""With the least role that may use it."""
ADMIN_COMMANDS = tuple(STAFF_COMMANDS)
UNKNOWN = Command("?")
"""What was said to us but is no command. It carries nothing of the text: every such answer is the same."""

_WORDS = {
    "start": ("start", "начать", "старт"),
    "help": ("help", "помощь", "справка", "?"),
    "tags": ("tags", "теги", "тэги", "темы"),
    "subscribe": ("subscribe", "подписаться", "подпиши", "подпишись", "подписка"),
    "unsubscribe": ("unsubscribe", "отписаться", "отпиши", "отпишись", "отписка"),
    "mytags": ("mytags", "my tags", "мои теги", "мои тэги", "моитеги", "мои подписки", "подписки"),
    "latest": ("latest", "последнее", "последние", "свежее"),
    "search": ("search", "поиск", "найти", "найди", "искать"),
    "digest": ("digest", "дайджест", "подборка"),
    "quiet": ("quiet", "тихие часы", "тишина"),
    "pause": ("pause", "пауза", "перерыв"),
    "resume": ("resume", "возобновить", "продолжить"),
    "snooze": ("snooze", "отдохнуть"),
    "because": ("because",),
    "language": ("language", "язык"),
    "export": ("export", "экспорт", "мои данные", "выгрузка"),
    "forget": ("forget", "forget me", "забыть", "забыть меня", "стереть"),
    "status": ("status", "статус"),
    "sources": ("sources", "источники"),
    "stats": ("stats", "статистика"),
    "queue": ("queue", "очередь"),
    "now": ("now", "опубликовать"),
    "why": ("why", "почему"),
    "preview": ("preview", "показать", "предпросмотр"),
    "unconfirmed": ("unconfirmed", "неподтверждённые", "не подтверждено"),
    "retract": ("retract", "отозвать"),
    "post": ("post", "пост"),
    "breaking": ("breaking", "срочно", "молния"),
    "hold": ("hold", "придержать"),
    "skip": ("skip", "пропустить"),
    "edit": ("edit", "править", "исправить"),
    "evergreen": ("evergreen", "вечнозелёные"),
    "approve": ("approve", "одобрить"),
    "reject": ("reject", "отклонить"),
    "grant": ("grant", "назначить", "права"),
    "revoke": ("revoke", "разжаловать"),
    "audit": ("audit", "журнал"),
}
_RUSSIAN = {name: next(word for word in _WORDS[name] if word[0] > "z") for name in (*READER_COMMANDS, "snooze")}
_OURS = re.compile(rf"(?<![^\s«(])/({'|'.join(_RUSSIAN)})(?!\w)")
"""A command inside a sentence of ours; part of an address it is none."""
_NAMES = {fold(word): name for name, words in _WORDS.items() for word in words}


def in_russian(text: Iterable[Span]) -> tuple[Span, ...]:
    """Sentences of ours with their commands in Russian: VK has no menu of commands, and there they are words."""
    return tuple(replace(span, text=_OURS.sub(lambda found: f"/{_RUSSIAN[found[1]]}", span.text)) for span in text)


def addressed(text: Iterable[Span], chat: str, names: Collection[str]) -> tuple[Span, ...]:
    """Sentences of ours whose commands, of those named, are about another chat: `/subscribe @garden Science`."""

    def named(found: re.Match[str]) -> str:
        return f"{found[0]} {chat}" if found[1] in names else found[0]

    return tuple(span if span.url else replace(span, text=_OURS.sub(named, span.text)) for span in text)


def parse(
    text: str, *, platform: Platform, private: bool, username: str | None = None, staff: Collection[str] = ()
) -> Command | None:
    """What a person wants; None when it was not said to this bot.

    `username` is the bot's own name. In a group only readers' commands count: `/tags@another` is another bot's, and
    what admins are told is not for everybody who reads along. `staff`: which of the others count all the same, in the
    editors' chat.
    """
    text = text.encode("utf-8", "replace").decode().strip()  # half a character in JSON is no text for a store
    if not text.startswith("/"):
        return _plain(text, platform=platform, private=private, staff=staff)
    head, *rest = text[1:].split(maxsplit=1)[:2] or [""]
    word, _, addressee = head.partition("@")
    ours = bool(addressee) and addressee.casefold() == (username or "").casefold()
    if addressee and not ours and not private:
        return None
    return _named(" ".join((word, *rest)), rest, private=private, staff=staff) or (UNKNOWN if private or ours else None)


def _plain(text: str, *, platform: Platform, private: bool, staff: Collection[str]) -> Command | None:
    """Words without a slash: a command on VK, elsewhere only something to be kind about."""
    if platform is Platform.VK:
        head, *rest = text.split(maxsplit=1)[:2] or [""]
        found = _named(" ".join((head.rstrip(",.!:;"), *rest)), rest, private=private, staff=staff)
        if found:
            return found
    return UNKNOWN if private else None


def _named(text: str, rest: list[str], *, private: bool, staff: Collection[str]) -> Command | None:
    """The command that a text begins with: two words before one, so that «мои теги» is not «мои»."""
    words = text.split(maxsplit=2)
    pair = fold(" ".join(words[:2]))
    if " " in pair and pair in _NAMES:
        return Command(_NAMES[pair], "".join(words[2:]).strip())
    name = _NAMES.get(fold(words[0])) if words else None
    if name is None or (name in ADMIN_COMMANDS and not private and name not in staff):
        return None
    return Command(name, "".join(rest).strip())
