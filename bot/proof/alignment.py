"""Which sentences of the sources a statement speaks of: compared by what both are about, across languages by the termbase."""

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.proof.reading import Reading, keys, read
from bot.proof.sources import Source, Stretch
from retrieval import Translator, stop_words, words

_CLAUSE = re.compile(
    r";\s+|；|(?<=[\w)%»”\"])(?:,\s+(?:and|but|while|whereas|which|where|although|and then|then|а|но|и|при этом|причём|причем|однако|что|который|которая|которое|которые|тогда как)\s)|，|, (?=\w+ing\b)"
)
_AND = re.compile(
    r"\s+(?:and (?=(?:was|were|is|are|has|have|had|took|takes?|entered|enters?|came|comes?|applies|applied|remains?|expires?|expired|will|contains?|\w+ed (?:on|in|from|since|until|by))\b)"
    r"|и (?=(?:вступил\w*|действует|был\w*|является|содержит|применя\w+|составля\w+|состоит)\b))"
)
_PREDICATE = re.compile(
    r"\b(?:was|were|is|are|has|have|had|will|contains?|took|takes|entered|came|applies|applied|"
    r"был\w*|является|имеет|содержит|вступил\w*|действует|применя\w+|составля\w+|подписан\w*|принят\w*)\b"
)
"""Where the subject of a sentence ends, as far as it takes to say it again."""
PRONOUN = re.compile(r"(?:it|this|these|they|its|that|он[аио]?|это|эти|его|ее|их)\b|该|其|它|这|上述|本")
_LEAST = 2
"""Content words below which a clause is read with its neighbour."""
_CONTEXT_SHARE = 0.6
"""What a word counts that only title, headings or introduction hold."""


@dataclass(frozen=True, slots=True)
class Thought:
    """One thing a statement is about, in the words of a passage's language; any of its ``names`` will do."""

    names: tuple[frozenset[str], ...]
    weight: float
    key: str

    def held(self, content: frozenset[str]) -> bool:
        """Whether a text holds it: every word of a short name, two thirds of a long one."""
        return any(len(name & content) >= (len(name) if len(name) < 3 else 0.66 * len(name)) for name in self.names)


@dataclass(frozen=True, slots=True)
class Match:
    """A sentence of a source and how much of a clause it holds."""

    source: Source
    stretch: Stretch
    similarity: float
    cover: float
    """Share of what the clause is about that the sentence and its context hold, 0 to 1."""


def clauses(statement: str, language: str) -> list[Reading]:
    """The parts of a statement that each say something of their own; a short part stays with the one before."""
    spans: list[tuple[int, int]] = []
    begin = 0
    for cut in [*_CLAUSE.finditer(statement), None]:
        end = cut.start() if cut else len(statement)
        short = spans and min(_said(statement, *spans[-1], language), _said(statement, begin, end, language)) < _LEAST
        if short:
            spans[-1] = spans[-1][0], end
        else:
            spans.append((begin, end))
        begin = end
    parts = [statement[start:end].strip(" ,;，；") for start, end in spans]
    return [read(text, language) for part in parts if part for text in _predicates(part, language)]


def _predicates(text: str, language: str) -> tuple[str, ...]:
    """A clause that says two things of one subject, each with a figure or a date, as two: "was signed on … and took effect on …"."""
    cut = _AND.search(text)
    subject = _PREDICATE.search(text)
    if cut is None or subject is None or not 0 < subject.start() < cut.start():
        return (text,)
    first, second = text[: cut.start()], f"{text[: subject.start()]}{text[cut.end() :]}"
    tellings = (read(text[subject.start() : cut.start()], language), read(text[cut.end() :], language))
    return (first, second) if all(telling.figures or telling.dates for telling in tellings) else (text,)


def _said(text: str, start: int, end: int, language: str) -> int:
    """How many content words a part of a text has."""
    return len(read(text[start:end].strip(" ,;，；"), language).content)


def thoughts(
    reading: Reading, language: str, termbase: Translator | None, rarity: Mapping[str, float]
) -> list[Thought]:
    """What a text is about, in the words of ``language``; across languages only what the termbase can translate."""
    if reading.language.split("-")[0] == language.split("-")[0]:
        return [Thought((frozenset({key}),), rarity.get(key, 1.0), key) for key in sorted(reading.content)]
    found = [
        Thought((frozenset({key}),), 1.0, key) for key in sorted(reading.content) if key.isascii() and key.isalpha()
    ]
    if termbase is None:
        return found
    for asked, names in termbase.translations(reading.text, reading.language, language):
        known = as_compared(names, language)
        own = keys(asked, reading.language)
        if not known or not reading.content.intersection(own):
            continue  # not translated, or part of a figure or a date
        # What is written in Latin letters may stand there as it is.
        as_it_is = (frozenset(own),) if " ".join(own).isascii() else ()
        found = [thought for thought in found if thought.key not in own]
        # Parts of a Chinese word are words too, so that their number says little.
        weight = min(2.0, 1.0 + 0.5 * (len(words(asked, reading.language)) - 1))
        found.append(Thought((*known, *as_it_is), weight, " ".join(own)))
    return found


def same(one: str, other: str) -> bool:
    """Whether two language codes mean one language."""
    return one.split("-")[0] == other.split("-")[0]


@functools.lru_cache(maxsize=4_096)
def as_compared(names: tuple[tuple[str, ...], ...], language: str) -> tuple[frozenset[str], ...]:
    """The words of names as they are compared, without empty words."""
    stops = stop_words(language)
    found = (frozenset(keys(" ".join(word for word in name if word not in stops), language)) for name in names)
    return tuple(name for name in found if name)


def matches(
    clause: Reading, whole: Reading, sources: Sequence[Source], termbase: Translator | None, rarity: Mapping[str, float]
) -> list[Match]:
    """Every sentence of the sources beside a clause of a statement, the most like it first."""
    found = [
        match
        for source in sources
        for match in _in_source(
            source,
            thoughts(clause, source.language, termbase, rarity),
            thoughts(whole, source.language, termbase, rarity),
            clause,
            rarity,
        )
    ]
    return sorted(found, key=lambda match: -match.similarity)


def _in_source(
    source: Source, part: Sequence[Thought], whole: Sequence[Thought], clause: Reading, rarity: Mapping[str, float]
) -> Iterator[Match]:
    before: frozenset[str] = frozenset()
    for stretch in source.stretches:
        content = stretch.reading.content
        spoken_there = content if same(clause.language, source.language) else stretch.reading.spoken
        # A pronoun stands for what the sentence before spoke of.
        lead = source.lead | before if PRONOUN.match(stretch.reading.folded) else source.lead
        before = content
        total = sum(thought.weight for thought in part)
        own = sum(thought.weight for thought in part if thought.held(spoken_there))
        both = sum(thought.weight for thought in part if thought.held(spoken_there | lead))
        spoken = frozenset().union(*(name for thought in whole for name in thought.names))
        said = sum(rarity.get(key, 1.0) for key in content)
        precision = sum(rarity.get(key, 1.0) for key in content & spoken) / said if said else 0.0
        facts = _facts_shared(clause, stretch.reading)
        similarity = (own + _CONTEXT_SHARE * (both - own)) / total if total else 0.0
        yield Match(source, stretch, 0.7 * similarity + 0.2 * precision + 0.1 * facts, both / total if total else 0.0)


def _facts_shared(one: Reading, other: Reading) -> float:
    """Share of the countries and codes of one text that the other names; says nothing of figures, which are to be proven."""
    named = one.countries | one.codes
    return len(named & (other.countries | other.codes)) / len(named) if named else 0.5
