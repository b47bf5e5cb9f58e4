"""The passages a statement may rest on, read sentence by sentence, and what their headings and cards say besides."""

import functools
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.proof.orders import is_order, is_to_the_writer
from bot.proof.reading import Reading, keys, read
from bot.proof.standing import ITEM, Standing, Under, introduces, last_heading, points_back, standings, turns
from retrieval import Hit

_SHORT = 60
_MOST_ITEMS = 12
_STEP = re.compile(r"\s*\d{1,2}[.)、]")
_STEPS = re.compile(r"\bsteps?\b|\bprocedure|步骤|流程|程序|(?<!\w)(?:порядок|порядке|шаг|этап)")
_ITEM = re.compile(r"\s*(?:\d{1,2}[.)、]|[-•*–—(（])")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A sentence, list item or table row of a passage. ``start`` and ``end`` are its place in the passage's text.

    One that stands under something, as an item under "need not:", begins where that begins, and is read with it.
    """

    start: int
    end: int
    reading: Reading
    apart: bool = False
    """Whether it counts only word for word, as an answer with its question does."""


@dataclass(frozen=True, eq=False)
class Source:
    """One passage that was handed to the writer."""

    hit: Hit
    asked: frozenset[str] | None = None
    """The words of the question; None where there is none, and every sentence counts."""

    @property
    def language(self) -> str:
        """Language of the passage."""
        return self.hit.passage.language

    @functools.cached_property
    def stretches(self) -> tuple[Stretch, ...]:
        """Its sentences in order, but for those that do not belong to it.

        What somebody planted to be obeyed speaks of the answer that is to be written, or is an order or a question that has
        nothing in common with the passage around it. It is only left out here; what keeps it from doing harm is the proof.
        """
        strange = {stretch.start for stretch in self.strange}
        found: list[Stretch] = []
        plain: list[Stretch | None] = []
        for stretch, standing in zip(self._every, self._standings, strict=True):
            above = standing.above
            sound = stretch.start not in strange and (above is None or above.start not in strange)
            if not sound or standing.asks:
                plain.append(None)
                continue
            plain.append(stretch)
            found.append(stretch if standing.under is None else self._with_what_is_above(standing))
        return (*found, *self._lists(plain))

    def stands_under_heading(self, start: int) -> bool:
        """Whether the sentence that begins there says nothing, or something else, without the heading above its passage."""
        return any(one.sentence.start == start and one.under and one.above is None for one in self._standings)

    def pointed_to(self, start: int) -> int:
        """Where what the sentence that begins there speaks of as "it" or "that date" begins; ``start`` where it speaks for itself."""
        found = start
        for standing in reversed(self._standings):
            sentence = standing.sentence
            if sentence.start == found and points_back(sentence.text):
                before = [each.sentence for each in self._standings if each.sentence.end <= found]
                if before and "\n" not in self.hit.passage.text[before[-1].end : found]:
                    found = before[-1].start
        return found

    def _with_what_is_above(self, standing: Standing) -> Stretch:
        """A sentence together with the question, the introduction or the heading that it stands under."""
        own, above = standing.sentence, standing.above
        start = above.start if above is not None else own.start
        said = ITEM.sub("", own.text, count=1) if standing.under is Under.INTRODUCTION else own.text
        lead = above.text if above is not None else f"{last_heading(self.hit.passage.location.headings)}:"
        text = f"{lead} {said}"
        if standing.under is Under.QUESTION and above is not None:
            text = self.hit.passage.text[start : own.end]
        apart = standing.under is not Under.INTRODUCTION
        return Stretch(start, own.end, read(text, self.language), apart)

    def introduction(self, stretch: Stretch) -> Reading | None:
        """The sentence that introduces the list which a stretch is an item of."""
        for whole in self.stretches:
            if whole.start < stretch.start and stretch.end <= whole.end:
                return next(
                    (each.reading for each in self.stretches if each.start == whole.start and each is not whole), None
                )
        return None

    def is_step(self, stretch: Stretch) -> bool:
        """Whether it is a numbered step of a procedure, which tells what is to be done though no word says must."""
        if not _STEP.match(stretch.reading.text):
            return False
        introduced = self.introduction(stretch)
        return _STEPS.search(f"{self.context.folded} {introduced.folded if introduced else ''}") is not None

    def _lists(self, sound: Sequence[Stretch | None]) -> Iterator[Stretch]:
        """Lists with the sentence that introduces them, each as one stretch. Questions, and what does not belong, end them."""
        text = self.hit.passage.text
        for number, first in enumerate(sound):
            if first is None or not introduces(first.reading.text):
                continue
            last = first
            for item in sound[number + 1 : number + 1 + _MOST_ITEMS]:
                if item is None:
                    break
                between = text[last.end : item.start]
                is_item = item.end - item.start < _SHORT or _ITEM.match(text[item.start : item.end])
                if not is_item or between.strip(" \n-•*"):
                    break
                last = item
            if last is not first:
                yield Stretch(first.start, last.end, read(text[first.start : last.end], self.language))

    @functools.cached_property
    def strange(self) -> tuple[Stretch, ...]:
        """Its sentences that do not belong to it."""
        if self.asked is None:
            return ()
        found: list[Stretch] = []
        for stretch in self._every:
            # An order goes on in the sentences behind it, as far as they are orders too.
            goes_on = bool(found) and "\n" not in self.hit.passage.text[found[-1].end : stretch.start]
            beside = goes_on and found[-1] is self._every[self._every.index(stretch) - 1]
            if (beside and is_order(stretch.reading)) or not self._belongs(stretch, self._every):
                found.append(stretch)
        return tuple(found)

    @functools.cached_property
    def _every(self) -> tuple[Stretch, ...]:
        return tuple(
            Stretch(one.sentence.start, one.sentence.end, read(one.sentence.text, self.language))
            for one in self._standings
        )

    @functools.cached_property
    def _standings(self) -> tuple[Standing, ...]:
        passage = self.hit.passage
        return standings(passage.text, self.language, last_heading(passage.location.headings))

    def _belongs(self, stretch: Stretch, every: Sequence[Stretch]) -> bool:
        if is_to_the_writer(stretch.reading):
            return False
        reading = stretch.reading
        known = self.context.content.union(self.asked or (), *(o.reading.content for o in every if o is not stretch))
        if not reading.content or reading.content & known or reading.countries & self.countries:
            return True
        return self._is_listed(stretch) or not is_order(reading)

    def _is_listed(self, stretch: Stretch) -> bool:
        """Whether it is an item of a list, which may have nothing in common with the others."""
        block = self.hit.passage.text.rfind("\n\n", 0, stretch.start) + 2
        before = self.hit.passage.text[max(0, block - 2) : stretch.start].strip()
        line = self.hit.passage.text[stretch.start : stretch.end]
        is_item = _ITEM.match(line) is not None or "; " in line
        return is_item or (stretch.end - stretch.start < _SHORT and (":" in before or "：" in before))

    @functools.cached_property
    def context(self) -> Reading:
        """Title, headings, issuer and number of the document: true of the passage, though not said in it."""
        card = self.hit.metadata
        parts = (card.title, *self.hit.passage.location.headings, card.issuer or "", card.doc_number or "")
        return read(" . ".join(part for part in parts if part), self.language)

    @functools.cached_property
    def lead(self) -> frozenset[str]:
        """Words that may be understood with each sentence: of the context, and of sentences that introduce a list."""
        introducing = [
            stretch.reading.content
            for stretch in self.stretches
            if introduces(stretch.reading.text) and not turns(stretch.reading.text, self.language)
        ]
        return self.context.content.union(*introducing)

    @functools.cached_property
    def held(self) -> frozenset[str]:
        """Every word of the passage and its context."""
        everything = "\n".join([*(stretch.reading.text for stretch in self.stretches), self.context.text])
        return frozenset(keys(everything, self.language)) | self.context.content

    @functools.cached_property
    def codes(self) -> frozenset[str]:
        """Every code of the passage and its context."""
        return self.context.codes.union(*(stretch.reading.codes for stretch in self.stretches))

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
