"""The house stays as it was drawn: one way for imports, small rooms, words for everything."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = [path for room in ("bot", "handlers", "scheduler") for path in sorted((ROOT / room).rglob("*.py"))]
LONGEST_MODULE, LONGEST_FUNCTION = 300, 50
LONGER_MODULES = {
    "bot/store/keys.py": "every key and its lifetime on one page",
}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_imports_go_one_way() -> None:
    """import-linter keeps the layers of pyproject.toml."""
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", CODE, ids=name)
def test_modules_are_small(path: Path) -> None:
    """A longer one is listed with its reason."""
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST_MODULE or name(path) in LONGER_MODULES


@pytest.mark.parametrize("path", CODE, ids=name)
def test_functions_are_small(path: Path) -> None:
    """Up to fifty lines, docstring included."""
    long = [one.name for one in functions(path) if (one.end_lineno or 0) - one.lineno >= LONGEST_FUNCTION]
    assert not long


@pytest.mark.parametrize("path", CODE, ids=name)
def test_modules_say_what_they_are_for(path: Path) -> None:
    """A stranger who opens a file reads its purpose first."""
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_the_map_of_the_scheduler_is_whole() -> None:
    """Its first page names every module there is, and no other."""
    room = ROOT / "scheduler"
    named = set(re.findall(r"`(\w+)`", ast.get_docstring(ast.parse((room / "__init__.py").read_text("utf-8"))) or ""))
    assert named == {path.stem for path in room.glob("*.py")} - {"__init__"}


@pytest.mark.parametrize("path", CODE, ids=name)
def test_exceptions_carry_a_reason(path: Path) -> None:
    """`noqa` and `type: ignore` name their code, and why."""
    for line in path.read_text(encoding="utf-8").splitlines():
        for mark in ("# noqa", "# type: ignore"):
            if mark in line:
                rest = line.split(mark, 1)[1]
                assert " - " in rest or "#" in rest, line


def test_list_of_longer_modules_is_current() -> None:
    """A module that became small again leaves the list."""
    for listed in LONGER_MODULES:
        assert len((ROOT / listed).read_text(encoding="utf-8").splitlines()) > LONGEST_MODULE, listed
