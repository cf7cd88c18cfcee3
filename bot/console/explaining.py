"""`extract --explain`: which evidence gave each field of an article, and what the other evidence says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.codec import article_to_json
from bot.model import Article
from bot.source.findings import FIELDS, USUAL_ORDER
from bot.source.page import PageReading

LONGEST = 160
"""Characters of a value shown in the table."""


def explained(reading: PageReading) -> dict[str, Any]:
    """`{"article", "evidence"}`: for each field that is told, the kind believed and what each kind says."""
    said = {kind: article_to_json(_as_article(reading, kind)) for kind in USUAL_ORDER if kind in reading.evidence}
    told = {field: {kind: values[field] for kind, values in said.items() if values.get(field)} for field in FIELDS}
    return {
        "article": article_to_json(reading.article),
        "evidence": {field: {"from": kind, "told": told[field]} for field, kind in reading.believed.items()},
    }


def show_explained(reading: Mapping[str, Any]) -> None:
    """The same for a person: a table of fields, with what was believed first and the rest below."""
    table = Table("field", "evidence", "says", box=None, header_style="bold")
    for field, value in reading["article"].items():
        found = reading["evidence"].get(field)
        table.add_row(Text(field, "bold"), found["from"] if found else "–", _short(value))
        for kind, other in found["told"].items() if found else ():
            if other != value and kind != found["from"]:
                table.add_row("", Text(kind, "dim"), Text(_short(other), "dim"))
    Console().print(table)


def _as_article(reading: PageReading, kind: str) -> Article:
    """What one kind of evidence says, in the shape of an article."""
    findings = reading.evidence[kind]
    values = {field: getattr(findings, field) for field in FIELDS}
    return Article(**{"id": "", "url": "", **values, "headline": findings.headline or ""})


def _short(value: object) -> str:
    """A value on one line."""
    match value:
        case None | "" | []:
            return "–"
        case {"url": address, "credit": credit}:
            said = f"{address} ({credit})" if credit else str(address)
        case {"name": name, "url": address}:
            said = f"{name} ({address})" if address else str(name)
        case list():
            said = ", ".join(_short(one) if isinstance(one, dict) else str(one) for one in value)
        case _:
            said = " ".join(str(value).split())
    return said if len(said) <= LONGEST else said[: LONGEST - 1] + "…"
