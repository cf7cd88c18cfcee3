"""What is wrong right now, as sentences: logged once when it begins and once when it is over, shown by `/status`."""

from __future__ import annotations

from collections.abc import Callable

import structlog

log = structlog.get_logger(__name__)

UNCONFIRMED = "unconfirmed post"
"""The beginning of the name of a doubt that admins were asked about; the question itself is another's to put."""
Mentioned = Callable[[str, str], None]
Watcher = Callable[[str, str | None], None]
"""Told of a problem's name and sentence when it begins or changes, and of its name and None whenever it is over."""


class Problems:
    """Open problems by the name of what has them: a source, a channel, a token."""

    def __init__(self) -> None:
        self._open: dict[str, str] = {}
        self._watchers: list[Watcher] = []
        self._mentioned: list[Mentioned] = []

    def watch(self, watcher: Watcher, mentioned: Mentioned) -> None:
        """Tell both from now on. Of an end `watcher` hears even where nothing was open: it may know of a beginning
        from before a restart."""
        self._watchers.append(watcher)
        self._mentioned.append(mentioned)

    def mention(self, name: str, sentence: str) -> None:
        """Something went wrong, and is over with that: nothing stays open."""
        log.error("problem", where=name, what=sentence)
        for mentioned in self._mentioned:
            mentioned(name, sentence)

    def report(self, name: str, sentence: str) -> None:
        """Something is wrong. The same sentence again says nothing new."""
        if self._open.get(name) != sentence:
            self._open[name] = sentence
            log.error("problem", where=name, what=sentence)
            self._tell(name, sentence)

    def clear(self, name: str) -> None:
        """It is over, if it ever was."""
        if self._open.pop(name, None) is not None:
            log.info("problem_over", where=name)
        self._tell(name, None)

    def of(self, name: str) -> str | None:
        """What is wrong with one of them."""
        return self._open.get(name)

    def all(self) -> tuple[str, ...]:
        """Every open problem, `name: sentence`, in order of appearance."""
        return tuple(named(name, sentence) for name, sentence in self._open.items())

    def _tell(self, name: str, sentence: str | None) -> None:
        for watcher in self._watchers:
            watcher(name, sentence)


def named(name: str, sentence: str) -> str:
    """A sentence that begins with the name already is not told its name again."""
    return sentence if sentence.casefold().startswith(name.casefold()) else f"{name}: {sentence}"
