"""What a question asks for: its language, its concepts with their names in other languages, countries, years, kind.

A question has a reading in each language of the index: its concepts, by the names they have there. A concept is the
smallest thing of a question that a passage can hold: a word, or a term of several. It weighs as much as it is rare in the
index, so "Beijing" counts for little in a folder about Beijing and for much in any other. ``understanding`` makes them.
"""

import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from retrieval.kinds import Asked
from retrieval.language import Sought, fold, is_han, placed, stop_words

READ = 0.3
"""Share of what is asked about a country that must have a name in a language for it to be looked for there."""
_APART = 0.25
"""What the words of a name are worth that stand apart in a text, beside those that stand side by side."""
_KIN, _DISTANT_KIN = 0.8, 0.4
"""What a word of kin is worth beside the word itself."""


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing a question is about, as a language of the index knows it."""

    weight: float
    names: tuple[tuple[str, ...], ...]
    """What it is called there, each name a run of words; nothing if that is not known."""
    label: str = ""
    """Its commonest name there as people write it."""
    country: str | None = None
    kin: frozenset[str] = frozenset()
    """Words that mean about the same: "perish" for "die"."""
    distant_kin: frozenset[str] = frozenset()
    """Words that may do so in some sense of both."""
    is_name: bool = False
    """Whether it is written as a name and nothing is known to be called so: a passage must not be taken to speak of it."""

    def held_by(self, held: Collection[str], pairs: Collection[str] | None = None) -> float:
        """Which share of one of its names a text holds, 0 to 1; a little less where it holds a word of kin.

        Args:
            pairs: neighbours in the text, as ``terms`` gives them. Words of a name that do not stand side by side count for less
                then: carbon here and a tax there are no carbon tax.
        """
        best = 0.0
        for name in self.names:  # asked a thousand times a question, so without a generator
            if len(name) == 1:
                if name[0] in held:
                    return 1.0
                continue
            found = 0.0
            for word in name:
                found += word in held
            if pairs is not None and found:
                found *= _APART + (1 - _APART) * _side_by_side(name, pairs)
            if found > best * len(name):
                best = found / len(name)
        if best < _KIN and not self.kin.isdisjoint(held):
            return _KIN
        return _DISTANT_KIN if best < _DISTANT_KIN and not self.distant_kin.isdisjoint(held) else best


def _side_by_side(name: Sequence[str], pairs: Collection[str]) -> float:
    """Which share of the neighbours of a name are neighbours in a text; all in Chinese, whose words overlap."""
    if is_han(name[0][0]):
        return 1.0
    return sum(f"{one}_{two}" in pairs for one, two in itertools.pairwise(name)) / (len(name) - 1)


@dataclass(frozen=True, slots=True)
class Reading:
    """A question in one language of the index."""

    concepts: tuple[Concept, ...]
    pairs: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    part_weights: Mapping[str, float] = field(default_factory=dict)
    """What the parts of its subject weigh by their rarity; in the question's own language only."""

    def coverage(self, held: Collection[str], *, about: Collection[str] = (), leave_out: Collection[str] = ()) -> float:
        """Which share of the question a text holds, 0 to 1; ``held`` are the text's words.

        What has no name in the language counts half: it can be neither found nor missed.

        Args:
            about: countries the text is about, whether it names them or not.
            leave_out: countries of the question that do not count.
        """
        total = matched = 0.0
        for concept in self.concepts:
            if concept.country is not None and concept.country in leave_out:
                continue
            if concept.country is not None and concept.country in about:
                total += concept.weight
                matched += concept.weight
            elif concept.names:
                total += concept.weight
                matched += concept.weight * concept.held_by(held)
            else:
                total += concept.weight / 2
        return matched / total if total else 0.0

    def share_of_parts(self, held: Collection[str], *, otherwise: float) -> float:
        """Which share of its parts a text holds, weighted by rarity; ``otherwise`` where they are not known."""
        total = sum(self.part_weights.values())
        return sum(weight for part, weight in self.part_weights.items() if part in held) / total if total else otherwise

    def share_of_pairs(self, held: Collection[str]) -> float:
        """Which share of its neighbours are neighbours in a text."""
        pairs = set(self.pairs)
        return len(pairs.intersection(held)) / max(1, len(pairs))

    @property
    def subject(self) -> tuple[Concept, ...]:
        """What is asked about the countries that are named; these themselves where nothing else is."""
        return tuple(concept for concept in self.concepts if concept.country is None) or self.concepts

    def sought(self, language: str) -> Sought:
        """What to look for among passages of the language."""
        named = (_without_stop_words(concept.names, language) for concept in self.concepts if concept.names)
        return Sought(tuple(named), self.pairs, self.parts)

    def gloss(self) -> str:
        """The question in other words of the language; empty if hardly any of what it asks has a name there.

        A country alone is no question: everything about it would seem near.
        """
        named = [concept for concept in self.concepts if concept.names]
        known = sum(concept.weight for concept in self.subject if concept.names)
        if known < READ * sum(concept.weight for concept in self.subject):
            return ""
        return " ".join(concept.label for concept in named)


@dataclass(frozen=True, slots=True)
class Question:
    """A question, understood as far as no index is needed for it but word counts."""

    text: str
    language: str
    readings: Mapping[str, Reading]
    """By language: its own, and the others of the index."""
    countries: frozenset[str]
    years: frozenset[str]
    asked: Asked
    is_of_both: bool = False
    """Whether it asks for what its countries have with each other: that stands where they are all named."""
    clauses: frozenset[str] = frozenset()
    """Numbers of the articles, chapters and annexes it asks for: what holds none of them does not answer."""
    is_foreign: bool = False
    """Whether the index holds no passage in its language, and hardly a word of it has a name that stands in the others."""

    @property
    def concepts(self) -> tuple[Concept, ...]:
        """What it is about, in its own language."""
        return self.readings[self.language].concepts

    def wording(self, concept: Concept) -> str:
        """A concept of it as it was asked for; empty if that cannot be told."""
        folded = fold(self.text)
        written = self.text if len(folded) == len(self.text) else folded
        name = concept.names[0]
        tokens = placed(folded, self.language)
        for first in range(len(tokens)):
            here: tuple[str, ...] = ()
            for last in range(first, len(tokens)):
                here += tokens[last].words
                if here == name:
                    return written[tokens[first].start : tokens[last].end]
                if len(here) >= len(name):
                    break
        start = folded.find("".join(name))
        return written[start : start + len("".join(name))] if start >= 0 else ""

    def reading(self, language: str) -> Reading:
        """The question in a language of the index."""
        return self.readings.get(language, _EMPTY)


_EMPTY = Reading(())


def _without_stop_words(names: Iterable[tuple[str, ...]], language: str) -> tuple[tuple[str, ...], ...]:
    stops = stop_words(language)
    return tuple(tuple(word for word in name if word not in stops) or name for name in names)
