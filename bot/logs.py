"""The log: one line an event on stderr, for a person on a terminal, as JSON elsewhere. It never holds a secret."""

from __future__ import annotations

import logging
import sys

import structlog


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
            *([] if terminal else [structlog.processors.format_exc_info]),
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
