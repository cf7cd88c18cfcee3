"""Tag queries: `Франция | (Россия & !спорт)`.

    query = both { "|" both }          either side
    both  = not  { "&" not }           both sides; commas are read as "|"
    not   = "!" not | "(" query ")" | term
    term  = words without an operator, or "a quoted phrase", either after an optional field: outlet:"La Dépêche"

A term without a field is found among an article's tags, outlet, country and region; with one of the fields `tag`,
`outlet`, `country`, `region` and `source`, only there. Spelling is compared by `bot.tags.fold`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.errors import DepecheError
from bot.model import Article
from bot.tags import fold

FIELDS = ("tag", "outlet", "country", "region", "source")
MAX_DEPTH = 50
_TOKEN = re.compile(r'\s*(?:(?P<op>[|&!(),])|(?P<quoted>"[^"]*")|(?P<open>")|(?P<words>[^|&!(),"]+))')


class QueryError(DepecheError):
    """A query that can't be read. `position` is where, in characters from 0; `expected` says what belongs there."""

    def __init__(self, text: str, position: int, expected: str) -> None:
        super().__init__(f"at character {position + 1} of {text!r}: expected {expected}")
        self.position = position
        self.expected = expected


@dataclass(frozen=True, slots=True)
class Term:
    """One folded term, looked for in one field, or anywhere when `field` is None."""

    text: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Not:
    """True where the inner query is not."""

    inner: Query


@dataclass(frozen=True, slots=True)
class And:
    """True where every part is."""

    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """True where any part is."""

    parts: tuple[Query, ...]


Query = Term | Not | And | Or
Facets = Mapping[str, frozenset[str]]
"""The folded terms of an article by field."""


def facets(article: Article) -> Facets:
    """What a query is held against."""
    named = {
        "tag": article.tags,
        "outlet": (article.outlet.name,) if article.outlet else (),
        "country": (article.country,) if article.country else (),
        "region": (article.region,) if article.region else (),
        "source": (article.source,) if article.source else (),
    }
    return {field: frozenset(fold(name) for name in names) for field, names in named.items()}


def matches(query: Query, found: Facets) -> bool:
    """Whether an article with these facets is what the query asks for."""
    match query:
        case Term(text, None):
            return any(text in found.get(field, ()) for field in FIELDS if field != "source")
        case Term(text, str(field)):
            return text in found.get(field, ())
        case Not(inner):
            return not matches(inner, found)
        case And(parts):
            return all(matches(part, found) for part in parts)
        case Or(parts):
            return any(matches(part, found) for part in parts)
    raise AssertionError(f"not a query: {query!r}")


def parse(text: str) -> Query:
    """Read a query. Raises QueryError with the place of the first mistake."""
    return _Parser(text).parse()


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    position: int


def _tokens(text: str) -> Iterator[_Token]:
    position = 0
    end = len(text.rstrip())
    while position < end:
        found = _TOKEN.match(text, position)
        if found is None or found.lastgroup is None:
            raise QueryError(text, position, "a tag")
        kind = found.lastgroup
        yield _Token(kind, found[kind].strip(), found.start(kind))
        position = found.end()


class _Parser:
    """Recursive descent; one token of look-ahead."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(_tokens(text))
        self._next = 0
        self._depth = 0

    def parse(self) -> Query:
        query = self._or()
        if self._next < len(self._tokens):
            raise self._error("| or & before the next tag")
        return query

    def _or(self) -> Query:
        parts = [self._and()]
        while self._take("|") or self._take(","):
            parts.append(self._and())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _and(self) -> Query:
        parts = [self._not()]
        while self._take("&"):
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _not(self) -> Query:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._error(f"at most {MAX_DEPTH} levels")
        try:
            if self._take("!"):
                return Not(self._not())
            if self._take("("):
                inner = self._or()
                if not self._take(")"):
                    raise self._error("a closing bracket")
                return inner
            return self._term()
        finally:
            self._depth -= 1

    def _term(self) -> Query:
        token = self._peek()
        if token is None or token.kind == "op":
            raise self._error("a tag")
        if token.kind == "open":
            raise self._error("a closing quote")
        self._next += 1
        field, text = self._field(token)
        if not text and (phrase := self._peek()) and phrase.kind == "quoted":
            self._next += 1
            text = phrase.text.strip('"')
        folded = fold(text)
        if not folded:
            raise QueryError(self._text, token.position, "a tag")
        return Term(folded, field)

    @staticmethod
    def _field(token: _Token) -> tuple[str | None, str]:
        """`outlet:La Dépêche` → its two halves; a colon after anything else belongs to the term."""
        if token.kind == "quoted":
            return None, token.text.strip('"')
        head, colon, rest = token.text.partition(":")
        if colon and head.strip().casefold() in FIELDS:
            return head.strip().casefold(), rest.strip()
        return None, token.text

    def _peek(self) -> _Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _take(self, op: str) -> bool:
        token = self._peek()
        if token is None or token.kind != "op" or token.text != op:
            return False
        self._next += 1
        return True

    def _error(self, expected: str) -> QueryError:
        token = self._peek()
        return QueryError(self._text, token.position if token else len(self._text), expected)
