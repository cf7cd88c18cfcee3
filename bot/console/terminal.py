"""What the commands share: running to the end, settings, exit codes, JSON on the standard output."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine, Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import typer

from bot.config import Settings, load
from bot.errors import DepecheError, SettingsError
from bot.process import loop_factory

FAILED, USAGE = 1, 2
Answer = TypeVar("Answer")


def carry_out(work: Coroutine[Any, Any, Answer]) -> Answer:
    """Run to the end. Settings that can't be used exit with 2, whatever else fails with 1, each with its sentence."""
    try:
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            return runner.run(work)
    except SettingsError as error:
        fail("The settings can't be used:\n" + "\n".join(f"  {line}" for line in error.problems), USAGE)
    except DepecheError as error:
        fail(error.say or str(error), FAILED)
    except KeyboardInterrupt:
        fail("Interrupted.", FAILED)


def read_settings(config: Path | None) -> Settings:
    """The settings, or exit 2 with every mistake in them."""
    try:
        return load(config)
    except SettingsError as error:
        fail("The settings can't be used:\n" + "\n".join(f"  {line}" for line in error.problems), USAGE)


def fail(sentence: str, code: int) -> NoReturn:
    """Say what went wrong, and exit."""
    typer.echo(sentence, err=True)
    raise typer.Exit(code)


def print_json(value: object) -> None:
    """One document on the standard output."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1))


def print_lines(rows: Iterable[Mapping[str, Any]]) -> None:
    """A document a line, each as soon as it is there."""
    for row in rows:
        typer.echo(json.dumps(row, ensure_ascii=False))
        sys.stdout.flush()


def one_of(file: object, batch: object) -> None:
    """Exit 2 unless exactly one of the two is given."""
    if (file is None) == (batch is None):
        fail("Give a FILE or URL, or --batch LIST.jsonl: one of the two.", USAGE)


async def later(work: Callable[[], Answer]) -> Answer:
    """What need not wait for anything, for those who can wait."""
    return work()


def lines_of(file: Path | None) -> list[str]:
    """The lines of a file, or of the standard input for `-`."""
    try:
        text = sys.stdin.read() if str(file) == "-" else Path(str(file)).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{file}: can't be read: {error}", FAILED)
    return text.split("\n")  # only these: JSON may hold every other character that ends a line
