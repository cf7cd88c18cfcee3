"""Every sentence a person sees, by Fluent (projectfluent.org): the files of `locales/ru` and `locales/en`.

>>> Phrases("en")("tag-count", label="Gardens", count=2)
'Gardens · 2'
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import structlog
from fluent.runtime import FluentBundle, FluentResource

from bot.talk import Span

LANGUAGES = ("ru", "en")
BOLD = "**"
_STAR_IN_ARGUMENT = "\ue000"
"""Stands for a star that came with an argument, so that a person's own stars never make anything bold."""

log = structlog.get_logger(__name__)


@cache
def _bundle(language: str) -> FluentBundle:
    """The sentences of one language; read once, at the first need."""
    # Isolation marks around arguments are for mixed writing directions, and they break hashtags and links.
    bundle = FluentBundle([language], use_isolating=False)
    for file in files("handlers").joinpath("locales", language).iterdir():
        bundle.add_resource(FluentResource(file.read_text("utf-8")))
    return bundle


class Phrases:
    """The sentences of one language, one of `LANGUAGES`."""

    __slots__ = ("language",)

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, message: str, **arguments: str | int) -> str:
        """A plain sentence: a label, a notice. Raises KeyError for an unknown message."""
        bundle = _bundle(self.language)
        pattern = bundle.get_message(message).value
        text, errors = bundle.format_pattern(pattern, arguments) if pattern else (message, [])
        if errors:
            log.warning("sentence incomplete", message=message, language=self.language, errors=len(errors))
        return str(text)

    def spans(self, message: str, **arguments: str | int) -> tuple[Span, ...]:
        """A sentence whose `**…**` runs are bold. Stars in the arguments stay stars."""
        safe = {
            name: value.replace("*", _STAR_IN_ARGUMENT) if isinstance(value, str) else value
            for name, value in arguments.items()
        }
        runs = (run.replace(_STAR_IN_ARGUMENT, "*") for run in self(message, **safe).split(BOLD))
        return tuple(Span(run, bold=place % 2 == 1) for place, run in enumerate(runs) if run)

    def quoted(self, labels: Iterable[str]) -> str:
        """Tags as a list inside a sentence."""
        return ", ".join(self("quoted-tag", tag=label) for label in labels)


class Texts:
    """Chooses a person's language; one we don't speak becomes the default."""

    def __init__(self, default: str) -> None:
        self._default = _spoken(default) or LANGUAGES[0]

    def __call__(self, language: str | None) -> Phrases:
        return Phrases(_spoken(language) or self._default)


def _spoken(language: str | None) -> str | None:
    """`en-GB` → `en`; None for a language without sentences."""
    primary = (language or "").replace("_", "-").partition("-")[0].casefold()
    return primary if primary in LANGUAGES else None


def joined(*parts: tuple[Span, ...], by: str = "\n\n") -> tuple[Span, ...]:
    """Paragraphs, one under another; empty ones leave no gap."""
    text: list[Span] = []
    for part in filter(None, parts):
        if text:
            text.append(Span(by))
        text.extend(part)
    return tuple(text)
