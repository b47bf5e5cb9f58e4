"""Whether words of a passage bear on what was asked: a quote that only speaks of the statement it replaces does not."""

import functools
from collections.abc import Iterator, Sequence

from bot.writers.stretches import Stretch, stretches_of
from retrieval import Hit, Question, SearchResult

_SHARE = 0.7
"""Of the worth of the best stretch. On one half of the questions of xquad (en, zh, ru) .95 of the sentences that answer are worth as
much and .07 of the others; on the other half .97 and .06."""


class Bearing:
    """What the passages found for a question hold of it, stretch by stretch; reckoned when it is first asked for.

    Where several countries were asked for, a passage is measured by those of its own countries.
    """

    def __init__(self, result: SearchResult) -> None:
        self._result = result
        self._places = {hit.passage.id: number for number, hit in enumerate(result.hits)}

    def __call__(self, hit: Hit, start: int, end: int) -> bool:
        """Whether ``hit.passage.text[start:end]`` bears on the question.

        True where that cannot be told: for a passage of another search, or in a language in which hardly a word of the
        question has a name.
        """
        number = self._places.get(hit.passage.id)
        question = self._result.question
        if number is None or not _is_known_in(hit.passage.language, question):
            return True
        own = [each for each in self._stretches[number] if each.start < end and start < each.start + len(each.text)]
        # A list, which is worth more than any line of it, is no measure of a line.
        own = [each for each in own if not each.is_list] or own
        best = max((each.worth for each in self._rivals(hit) if not each.is_list), default=0.0)
        return any(each.worth >= _SHARE * best for each in own)

    @functools.cached_property
    def _stretches(self) -> Sequence[Sequence[Stretch]]:
        result = self._result
        return [list(stretches_of(result.question, number, hit)) for number, hit in enumerate(result.hits)]

    def _rivals(self, hit: Hit) -> Iterator[Stretch]:
        """The stretches beside which those of a passage are measured."""
        several = len(self._result.question.countries) > 1
        for stretches in self._stretches:
            for each in stretches:
                other = self._result.hits[each.hit]
                if not several or other.own_countries == hit.own_countries:
                    yield each


def _is_known_in(language: str, question: Question) -> bool:
    return language == question.language or bool(question.reading(language).gloss())
