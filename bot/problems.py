"""What is wrong right now, as sentences: logged once when it begins and once when it is over, shown by `/status`."""

from __future__ import annotations

import structlog

log = structlog.get_logger(__name__)


class Problems:
    """Open problems by the name of what has them: a source, a channel, a token."""

    def __init__(self) -> None:
        self._open: dict[str, str] = {}

    def report(self, name: str, sentence: str) -> None:
        """Something is wrong. The same sentence again says nothing new."""
        if self._open.get(name) != sentence:
            self._open[name] = sentence
            log.error("problem", where=name, what=sentence)

    def clear(self, name: str) -> None:
        """It is over, if it ever was."""
        if self._open.pop(name, None) is not None:
            log.info("problem_over", where=name)

    def of(self, name: str) -> str | None:
        """What is wrong with one of them."""
        return self._open.get(name)

    def all(self) -> tuple[str, ...]:
        """Every open problem, `name: sentence`, in order of appearance."""
        return tuple(_named(name, sentence) for name, sentence in self._open.items())


def _named(name: str, sentence: str) -> str:
    """A sentence that begins with the name already is not told its name again."""
    return sentence if sentence.casefold().startswith(name.casefold()) else f"{name}: {sentence}"
