"""The passages a statement may rest on, read sentence by sentence, and what their headings and cards say besides."""

import functools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.proof.dates import Date
from bot.proof.reading import Reading, keys, read
from retrieval import Hit, Sentence, split_sentences


@dataclass(frozen=True, slots=True)
class Stretch:
    """A sentence, list item or table row of a passage. ``start`` and ``end`` are its place in the passage's text."""

    start: int
    end: int
    reading: Reading


@dataclass(frozen=True, eq=False)
class Source:
    """One passage that was handed to the writer."""

    hit: Hit

    @property
    def language(self) -> str:
        """Language of the passage."""
        return self.hit.passage.language

    @functools.cached_property
    def stretches(self) -> tuple[Stretch, ...]:
        """Its sentences in order; what ends with a colon is joined with what it introduces as well."""
        return tuple(
            Stretch(sentence.start, sentence.end, read(sentence.text, self.language))
            for sentence in split_sentences(self.hit.passage.text)
        )

    @functools.cached_property
    def context(self) -> Reading:
        """Title, headings, issuer and number of the document: true of the passage, though not said in it."""
        card = self.hit.metadata
        parts = (card.title, *self.hit.passage.location.headings, card.issuer or "", card.doc_number or "")
        return read(" . ".join(part for part in parts if part), self.language)

    @functools.cached_property
    def lead(self) -> frozenset[str]:
        """Words that may be understood with each sentence: of the context, and of sentences that introduce a list."""
        introducing = [s.reading.content for s in self.stretches if s.reading.text.endswith((":", "："))]
        return self.context.content.union(*introducing)

    @functools.cached_property
    def held(self) -> frozenset[str]:
        """Every word of the passage and its context."""
        everything = f"{self.hit.passage.text}\n{self.context.text}"
        return frozenset(keys(everything, self.language)) | self.context.content

    @functools.cached_property
    def codes(self) -> frozenset[str]:
        """Every code of the passage and its context."""
        return self.context.codes.union(*(stretch.reading.codes for stretch in self.stretches))

    @functools.cached_property
    def card_dates(self) -> tuple[Date, ...]:
        """Dates of the document's card, which the writer is told."""
        card = self.hit.metadata
        days = (card.date_issued, card.date_published, card.date_effective, card.date_expires, card.as_of)
        return tuple(Date(0, 0, day.year, day.month, day.day) for day in days if day is not None)

    @property
    def countries(self) -> frozenset[str]:
        """Countries of the card and the headings."""
        return self.hit.own_countries | self.context.countries


def rarity(sources: Sequence[Source]) -> dict[str, float]:
    """How much a word tells about which sentence is meant: more, the fewer sentences hold it."""
    stretches = [stretch.reading.content for source in sources for stretch in source.stretches]
    counts: dict[str, int] = {}
    for content in stretches:
        for key in content:
            counts[key] = counts.get(key, 0) + 1
    return {key: 0.4 + math.log(1 + len(stretches) / count) for key, count in counts.items()}


def joined(source: Source, first: Stretch, last: Stretch) -> str:
    """The passage's words from one sentence to another."""
    return source.hit.passage.text[first.start : last.end]


def whole_sentences(source: Source) -> Iterator[Sentence]:
    """The sentences of a passage with their places."""
    yield from (Sentence(s.start, s.end, s.reading.text) for s in source.stretches)
