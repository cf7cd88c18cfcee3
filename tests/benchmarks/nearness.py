"""How fast and how surely the same story is found among 100,000 headlines: an index over rare words, beside a scan.

Run as a module from the project's root: `python -m tests.benchmarks.nearness`. Headlines are made of words from the
Russian dictionary, common ones more often than rare ones, each in some case or form. They are told again reworded,
shortened, inflected, in another order, with a beginning of their own, or with a wrong letter.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice

import pymorphy3
from rapidfuzz import fuzz, process

from bot.identity import Told
from bot.nearness import MOST, remembered, words_of

NOW = datetime(2026, 5, 14, 9, tzinfo=UTC)
QUERIES = 300
SCANNED = 20
EVERY = 120
"""Of the five million forms of the dictionary."""
BEGINNINGS = ("Обновлено:", "Срочно.", "Фото:", "СМИ:", "Эксперт:")


class Language:
    """Words with their forms."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        morph = pymorphy3.MorphAnalyzer()
        lexemes: dict[str, tuple[str, ...]] = {}
        for word, tag, normal, *_ in islice(morph.dictionary.iter_known_words(), 0, None, EVERY):
            if tag.POS in ("NOUN", "ADJF", "VERB") and len(normal) > 3 and normal not in lexemes:
                lexeme = morph.parse(word)[0].lexeme
                lexemes[normal] = tuple({one.word for one in lexeme if one.tag.POS == tag.POS})
        self._lexemes = [forms for forms in lexemes.values() if forms]
        chance.shuffle(self._lexemes)

    def word(self) -> tuple[str, ...]:
        """The forms of one word: the first of the vocabulary come a thousand times as often as the last."""
        return self._lexemes[int(len(self._lexemes) * self._chance.random() ** 3)]


def reworded(headline: list[tuple[str, ...]], chance: random.Random, language: Language) -> list[tuple[str, ...]]:
    """A third of the words are other ones."""
    other = list(headline)
    for place in chance.sample(range(len(other)), len(other) // 3):
        other[place] = language.word()
    return other


def spoken(headline: Sequence[tuple[str, ...]], chance: random.Random) -> str:
    """Each word in one of its forms."""
    return " ".join(chance.choice(forms) for forms in headline).capitalize()


def misspelled(text: str, chance: random.Random) -> str:
    """One letter is wrong."""
    place = chance.randrange(len(text))
    return text[:place] + chance.choice("абвгдеклмнопрст") + text[place + 1 :]


def edits(language: Language, chance: random.Random) -> dict[str, Callable[[list[tuple[str, ...]], str], str]]:
    """Ways to tell a headline again, from its words and as it was told."""
    return {
        "reworded": lambda words, _: spoken(reworded(words, chance, language), chance),
        "shortened": lambda _, text: " ".join(text.split()[: max(4, len(text.split()) * 2 // 3)]),
        "inflected": lambda words, _: spoken(words, chance),
        "in another order": lambda _, text: " ".join(chance.sample(text.split(), len(text.split()))),
        "with a beginning": lambda _, text: f"{chance.choice(BEGINNINGS)} {text}",
        "misspelled": lambda _, text: misspelled(text, chance),
    }


def main() -> None:
    """Measure and print."""
    chance = random.Random(7)  # noqa: S311 - not a secret, and the same each time
    language = Language(chance)
    told = [[language.word() for _ in range(chance.randint(6, 11))] for _ in range(MOST)]
    texts = [spoken(words, chance) for words in told]
    started = time.perf_counter()
    index = remembered(timedelta(days=2), (Told(str(n), "one", text, None, NOW) for n, text in enumerate(texts)))
    sys.stdout.write(f"{len(index)} headlines kept, {(time.perf_counter() - started) / MOST * 1e6:.0f} us each\n")
    found: Counter[str] = Counter()
    micros: list[float] = []
    asked = [
        (kind, edit, chance.randrange(MOST)) for kind, edit in edits(language, chance).items() for _ in range(QUERIES)
    ]
    said = [(kind, number, edit(told[number], texts[number])) for kind, edit, number in asked]
    for kind, number, text in said:
        started = time.process_time()
        like = index.like(Told("new", "two", text, None, NOW))
        micros.append((time.process_time() - started) * 1e6)
        found[kind] += like is not None and like.key == str(number)
    strangers = [spoken([language.word() for _ in range(8)], chance) for _ in range(1000)]
    false = sum(index.like(Told("new", "two", text, None, NOW)) is not None for text in strangers)
    scanned = _scan(texts, [text for _, _, text in said[:: len(said) // SCANNED]])
    cuts = statistics.quantiles(micros, n=100)
    recall = sum(found.values()) / len(said)
    sys.stdout.write(f"a look-up: {statistics.median(micros):.0f} us median, {cuts[94]:.0f} p95, {cuts[98]:.0f} p99\n")
    sys.stdout.write(
        f"recall {recall:.3f}: " + ", ".join(f"{kind} {found[kind] / QUERIES:.2f}" for kind in found) + "\n"
    )
    sys.stdout.write(f"false: {false} of {len(strangers)} strangers\n")
    sys.stdout.write(f"rapidfuzz over all: {scanned:.0f} us, {scanned / statistics.median(micros):.0f} times as long\n")


def _scan(texts: Sequence[str], asked: Sequence[str]) -> float:
    """The plain way: hold each headline against all."""
    stems = [" ".join(words_of(text)) for text in texts]
    times = []
    for text in asked:
        started = time.process_time()
        process.extractOne(" ".join(words_of(text)), stems, scorer=fuzz.token_sort_ratio, score_cutoff=60)
        times.append((time.process_time() - started) * 1e6)
    return statistics.median(times)


if __name__ == "__main__":
    main()
