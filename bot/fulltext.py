"""Finding articles by words, in any Russian form: an index in memory over headlines, leads and names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot import lexicon
from bot.model import Article

SHORTEST_BEGINNING = 3
"""Letters from which on the last word may still be being typed."""
MOST_WORDS = 10
LEAD_CHARS = 1000


class Index:
    """Which articles have which words. Not safe for two threads at once; reading while nobody adds is."""

    def __init__(self) -> None:
        self._having: dict[str, set[str]] = {}
        self._known: set[str] = set()

    def add(self, articles: Iterable[Article]) -> None:
        """Take up articles; one that is there already is left as it is. Slow: do it off the event loop."""
        for article in articles:
            if article.key not in self._known:
                self._known.add(article.key)
                for stem in lexicon.stems(_text(article)):
                    self._having.setdefault(stem, set()).add(article.key)

    def missing(self, keys: Iterable[str]) -> list[str]:
        """Those of the keys that were not taken up yet."""
        return [key for key in keys if key not in self._known]

    def find(self, text: str, order: Sequence[str]) -> list[str]:
        """The keys of articles with all of the words, in the order given; the last word may be a beginning."""
        words = lexicon.words(text)[:MOST_WORDS]
        if not words:
            return []
        found = [self._with(word, beginning=word is words[-1]) for word in words]
        wanted = set.intersection(*found)
        return [key for key in order if key in wanted]

    def _with(self, word: str, *, beginning: bool) -> set[str]:
        stems = set(lexicon.readings(word))
        if beginning and len(word) >= SHORTEST_BEGINNING:
            stems |= {stem for stem in self._having if stem.startswith(word)}
        return set().union(*(self._having.get(stem, ()) for stem in stems))


def _text(article: Article) -> str:
    named = (article.outlet.name if article.outlet else "", article.country or "", article.region or "")
    return "\n".join((article.headline, (article.lead or "")[:LEAD_CHARS], *article.tags, *named))
