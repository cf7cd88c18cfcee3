"""The log: one line an event on stderr, for a person on a terminal, as JSON elsewhere.

It never holds a secret, and nothing personal: a person's chat is named by a word that is the same as long as the bot
runs, so that lines about one chat can be found, and that means nothing to anybody afterwards.
"""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
import sys
from typing import Any

import structlog

_PERSON = re.compile(r"\b(?P<platform>telegram|vk)[: ](?P<number>[1-9]\d*)(?!\d)")
_FIRST_CHAT = 2_000_000_000
"""VK's chats of several people have greater numbers than people."""
_SALT = secrets.token_bytes(16)


def without_people(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """A processor: the numbers of persons go out of every value, wherever they stand in it."""
    return {name: _hidden(value) for name, value in event.items()}


def _hidden(value: Any) -> Any:  # noqa: ANN401 - whatever is logged
    if isinstance(value, str):
        return _PERSON.sub(_word, value)
    if isinstance(value, list | tuple):
        return [_hidden(one) for one in value]
    if isinstance(value, dict):
        return {_hidden(name): _hidden(one) for name, one in value.items()}
    return value


def _word(found: re.Match[str]) -> str:
    if found["platform"] == "vk" and int(found["number"]) > _FIRST_CHAT:
        return found[0]
    name = f"{found['platform']}:{found['number']}"
    return f"{found['platform']}:~{hashlib.blake2b(name.encode(), digest_size=4, key=_SALT).hexdigest()}"


def start_logging(*, quiet: bool = False) -> None:
    """Set up structlog, and the standard library's loggers of what we stand on. `quiet`: errors only."""
    terminal = sys.stderr.isatty()
    level = logging.ERROR if quiet else logging.INFO
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=not terminal),
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            without_people,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    # aiogram, vk_api and APScheduler say at INFO what our own events say better, and at DEBUG what holds tokens.
    logging.basicConfig(
        stream=sys.stderr, level=logging.ERROR if quiet else logging.WARNING, format="%(name)s: %(message)s"
    )
