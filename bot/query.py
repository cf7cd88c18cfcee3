"""Tag queries: `Франция | (Россия & !спорт)`.

    query = both { "|" both }          either side
    both  = not  { "&" not }           both sides; commas are read as "|"
    not   = "!" not | "(" query ")" | term
    term  = words without an operator, or "a quoted phrase", either after an optional field: outlet:"La Dépêche"

A term without a field is found among an article's tags, outlet, country and region; with one of the fields `tag`,
`outlet`, `country`, `region` and `source` (тег, издание, страна, регион, источник), only there. Phrases also stand in
«such» or “such” quotes. Spelling is compared by `bot.tags.fold`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.errors import DepecheError
from bot.model import Article
from bot.tags import fold

FIELDS = ("tag", "outlet", "country", "region", "source")
_FIELD_NAMES = {name: name for name in FIELDS} | {
    "тег": "tag",
    "издание": "outlet",
    "страна": "country",
    "регион": "region",
    "источник": "source",
}
MAX_DEPTH = 50
_TOKEN = re.compile(
    r'\s*(?:(?P<op>[|&!(),])|(?P<quoted>"[^"]*"|«[^»]*»|“[^”]*”)|(?P<open>["«“])|(?P<words>[^|&!(),"«“]+))'
)
_QUOTES = '"«»“”'


class Missing(StrEnum):
    """What belongs at the place of a mistake."""

    TAG = "a tag"
    OPERATOR = "| or & before the next tag"
    BRACKET = "a closing bracket"
    QUOTE = "a closing quote"
    DEPTH = f"at most {MAX_DEPTH} levels"


class QueryError(DepecheError):
    """A query that can't be read. `position` is where, in characters from 0; `expected` says what belongs there."""

    def __init__(self, text: str, position: int, expected: Missing) -> None:
        super().__init__(f"at character {position + 1} of {text!r}: expected {expected}")
        self.position = position
        self.expected = expected


@dataclass(frozen=True, slots=True)
class Spot:
    """A term where it is written: `text` stands from `start` to `end`, its quotes included, its field not."""

    text: str
    start: int
    end: int
    quoted: bool
    field: str | None = None


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
    found = {field: frozenset(fold(name) for name in names) for field, names in named.items()}
    if not article.alike:
        return found
    return {
        field: terms.union(other for term, other in article.alike if term in terms) for field, terms in found.items()
    }


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


def spots(text: str) -> list[Spot]:
    """The terms of a query, where they are written. Raises QueryError."""
    parser = _Parser(text)
    parser.parse()
    return parser.spots


def split_at_commas(text: str) -> list[tuple[int, str]]:
    """A text in its parts between commas, semicolons and new lines outside of brackets and quotes, each with its place.

    >>> split_at_commas('a, (b, c) & "d, e"; ')
    [(0, 'a'), (3, '(b, c) & "d, e"')]
    """
    parts, start = [], 0
    for cut in [*_cuts(text), len(text)]:
        part = text[start:cut]
        if part.strip():
            parts.append((start + len(part) - len(part.lstrip()), part.strip()))
        start = cut + 1
    return parts


def _cuts(text: str) -> Iterator[int]:
    depth, closing = 0, ""
    pairs = {"«": "»", "“": "”", '"': '"'}
    for place, char in enumerate(text):
        if closing:
            closing = "" if char == closing else closing
        elif char in pairs and pairs[char] in text[place + 1 :]:
            closing = pairs[char]
        elif char in ",;\n" and depth <= 0:
            yield place
        else:
            depth += (char == "(") - (char == ")")


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
            raise QueryError(text, position, Missing.TAG)
        kind = found.lastgroup
        yield _Token(kind, found[kind].strip(), found.start(kind))
        position = found.end()


class _Parser:
    """Recursive descent; one token of look-ahead."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(_tokens(text))
        self.spots: list[Spot] = []
        self._next = 0
        self._depth = 0

    def parse(self) -> Query:
        query = self._or()
        if self._next < len(self._tokens):
            raise self._error(Missing.OPERATOR)
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
            raise self._error(Missing.DEPTH)
        try:
            if self._take("!"):
                return Not(self._not())
            if self._take("("):
                inner = self._or()
                if not self._take(")"):
                    raise self._error(Missing.BRACKET)
                return inner
            return self._term()
        finally:
            self._depth -= 1

    def _term(self) -> Query:
        token = self._peek()
        if token is None or token.kind == "op":
            raise self._error(Missing.TAG)
        if token.kind == "open":
            raise self._error(Missing.QUOTE)
        self._next += 1
        field, text = self._field(token)
        last = token if text else self._phrase() or token
        if last is not token:
            text = last.text.strip(_QUOTES)
        folded = fold(text)
        if not folded:
            after_field = len(token.text) if field and last is token else 0
            raise QueryError(self._text, token.position + after_field, Missing.TAG)
        end = last.position + len(last.text)
        start = last.position if last.kind == "quoted" else end - len(text)
        self.spots.append(Spot(text, start, end, last.kind == "quoted", field))
        return Term(folded, field)

    def _phrase(self) -> _Token | None:
        """The quoted phrase that follows a field's colon."""
        phrase = self._peek()
        if phrase is not None and phrase.kind == "open":
            raise self._error(Missing.QUOTE)
        if phrase is None or phrase.kind != "quoted":
            return None
        self._next += 1
        return phrase

    @staticmethod
    def _field(token: _Token) -> tuple[str | None, str]:
        """`outlet:La Dépêche` → its two halves; a colon after anything else belongs to the term."""
        if token.kind == "quoted":
            return None, token.text.strip(_QUOTES)
        head, colon, rest = token.text.partition(":")
        field = _FIELD_NAMES.get(head.strip().casefold())
        return (field, rest.strip()) if colon and field else (None, token.text)

    def _peek(self) -> _Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _take(self, op: str) -> bool:
        token = self._peek()
        if token is None or token.kind != "op" or token.text != op:
            return False
        self._next += 1
        return True

    def _error(self, expected: Missing) -> QueryError:
        token = self._peek()
        return QueryError(self._text, token.position if token else len(self._text), expected)
