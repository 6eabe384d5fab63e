"""A county's own words for labels (policy ``labels.<column>``): those that a delivery of a feed is staged with."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Self

from expectations.codes import OFFICES
from expectations.departments import Department
from expectations.feed import Code, Feed
from expectations.policies import LABELS
from expectations.policy import Policy

_DIGITS: Final = 8


@dataclass(frozen=True)
class Labels:
    """Words beside those of the code lists, as ``(column, word, label)``, sorted."""

    words: tuple[tuple[str, str, str], ...] = ()

    @classmethod
    def from_json(cls, held: Mapping[str, Mapping[str, str]] | None) -> Self:
        """What the books hold; nothing of a delivery that was staged without any."""
        return cls(
            tuple(sorted((c, word, label) for c, words in (held or {}).items() for word, label in words.items()))
        )

    def of(self, column: str) -> dict[str, str]:
        """The words of one column, by word."""
        return {word: label for name, word, label in self.words if name == column}

    def as_json(self) -> dict[str, dict[str, str]] | None:
        """As the books hold it: by column and word; None where there are no words."""
        return {name: self.of(name) for name, _, _ in self.words} or None

    @property
    def suffix(self) -> str:
        """What tells the id of a delivery from that of the same content with other words; empty without any."""
        if not self.words:
            return ""
        text = json.dumps(self.words, ensure_ascii=False, separators=(",", ":"))
        return f"_{hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]}"


NO_LABELS: Final = Labels()


def labels_of(policy: Policy, feed: Feed, on: date) -> Labels:
    """The county's words for the labels of a feed that were in force on a day: its as-of date.

    What the code list says itself, and labels of a list that only another feed's column of this name has, are none.
    What its offices are called there (``departments.<code>``) is said where offices are named.
    """
    found = []
    for column in feed.columns:
        if not isinstance(column.type, Code):
            continue
        entry = policy.entry_or_none(f"{LABELS}.{column.name}", on)
        known = column.type.codes.mapping()
        words = _names_of_offices(policy, on) if column.type.codes is OFFICES else {}
        for word, label in (words | (entry.value if entry is not None else {})).items():
            if label in column.type.codes.labels and known.get(word) != label:
                found.append((column.name, word, label))
    return Labels(tuple(sorted(found)))


def _names_of_offices(policy: Policy, on: date) -> dict[str, str]:
    """The label of each office by what it is called on a day; of two offices that are called alike the first."""
    named = [(name, office.called) for office in Department for name in policy.names_of(office, on)]
    return dict(reversed(named))
