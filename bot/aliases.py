"""Names that mean the same, as the newsroom's settings have them: "Британия" = "Великобритания"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.tags import fold


@dataclass(frozen=True, slots=True)
class Aliases:
    """Each alias, folded, with the name that is used in its place. Made by `Aliases.of`."""

    names: Mapping[str, str] = field(default_factory=dict, hash=False)
    alike: Mapping[str, frozenset[str]] = field(default_factory=dict, hash=False)

    @classmethod
    def of(cls, table: Mapping[str, str]) -> Aliases:
        """From a table alias → name. Raises ValueError for one that is empty, or leads back to itself."""
        folded = {fold(alias): name for alias, name in table.items()}
        names = {alias: _end(alias, folded) for alias in folded}
        classes: dict[str, set[str]] = {}
        for alias, name in names.items():
            classes.setdefault(fold(name), {fold(name)}).add(alias)
        return cls(names, {term: frozenset(terms) for terms in classes.values() for term in terms})

    def used(self, tag: str) -> str | None:
        """The name that is used for an alias; None for what is no alias."""
        return self.names.get(fold(tag))

    def others(self, terms: Iterable[str]) -> tuple[tuple[str, str], ...]:
        """For folded terms: each that has other names, with each of these."""
        known = sorted(term for term in set(terms) if term in self.alike)
        return tuple((term, other) for term in known for other in sorted(self.alike[term] - {term}))


NO_ALIASES = Aliases()


def _end(alias: str, folded: Mapping[str, str]) -> str:
    """The name at the end of a chain of aliases."""
    name, met = folded[alias], {alias}
    if not alias or not fold(name):
        raise ValueError("an alias and its name need a letter or a digit each")
    while fold(name) in folded:
        if fold(name) in met:
            raise ValueError(f"{name!r} leads back to itself")
        met.add(fold(name))
        name = folded[fold(name)]
    return name
