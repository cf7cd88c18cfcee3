"""Queries in words: the one way to write each, and how a single tag is asked for."""

from __future__ import annotations

import re

from bot.query import And, Not, Or, Query, QueryError, Term, parse
from bot.tags import fold

_QUOTED = re.compile(r'"([^"]*)"')


def spelled(query: Query) -> str:
    """The one way to write a query with this meaning: `parse` reads it back as it was.

    >>> spelled(parse("a | Country: B & !(c, 'd')"))
    '"a" | country:"b" & !("c" | "d")'
    """
    match query:
        case Term(text, field):
            return f'{field}:"{text}"' if field else f'"{text}"'
        case Not(inner):
            return f"!{_inside(inner, And, Or)}"
        case And(parts):
            return " & ".join(_inside(part, And, Or) for part in parts)
        case Or(parts):
            return " | ".join(_inside(part, Or) for part in parts)
    raise AssertionError(f"not a query: {query!r}")


def _inside(query: Query, *bracketed: type) -> str:
    text = spelled(query)
    return f"({text})" if isinstance(query, bracketed) else text


def meaning(query: Query) -> str:
    """What a query asks for, written in one way for every order and spelling; a plain tag is its folded term."""
    bare = plain(query)
    return bare.text if isinstance(bare, Term) and bare.field is None else spelled(bare)


def phrase(tag: str) -> str:
    """A query for one tag, whatever stands in it. Raises QueryError where no tag is left."""
    bare = tag.strip()
    try:
        if parse(bare) == Term(fold(bare)):
            return bare
    except QueryError:
        pass
    quoted = f'"{_QUOTED.sub(lambda found: f"«{found[1]}»", bare).replace(chr(34), "")}"'
    parse(quoted)
    return quoted


def plain(query: Query) -> Query:
    """The same query without needless brackets, doubles and double negations, its parts in order."""
    match query:
        case Not(Not(inner)):
            return plain(inner)
        case Not(inner):
            bare = plain(inner)
            return bare.inner if isinstance(bare, Not) else Not(bare)
        case And() | Or():
            kind = type(query)
            parts: dict[str, Query] = {}
            for part in map(plain, query.parts):
                parts |= {spelled(one): one for one in (part.parts if isinstance(part, kind) else (part,))}
            ordered = tuple(parts[written] for written in sorted(parts))
            return ordered[0] if len(ordered) == 1 else kind(ordered)
    return query
