"""Retrieval with a model's help: a question is also looked for in the other languages of the index."""

import asyncio
import contextlib
import datetime as dt
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace

from bot.errors import WriterError
from bot.proof.reading import read
from bot.writers import ProseWriter
from retrieval import Concept, Hit, KnowledgeBase, Metadata, Question, SearchResult, detect_language, fold, words

log = logging.getLogger(__name__)

_KEPT = 20
_REMEMBERED = 200
_KNOWN = 0.4
"""Share of what is asked that must have a name in the other language, so that a translation can be held to it."""
_SAID = 0.65
"""Share of that which the translation must say."""
_SPOKEN = ("en", "zh", "ru")
"""Languages that the dictionaries of the house know."""
_LANGUAGES = 5
"""Languages that a question is put into, those of the house first."""
_PATIENCE = 3.0
"""Seconds that a question which is covered already waits for its translation."""
_REST = 60.0
"""Seconds without translations after one that failed; twice as long after each further one, ten times at most."""


class Research:
    """Searches a knowledge base. Without a model it is the plain search.

    Args:
        turn: each search waits for one.
        clock: seconds that only go forward.
    """

    def __init__(
        self,
        knowledge: KnowledgeBase,
        turn: Callable[[], AbstractAsyncContextManager[None]] = contextlib.nullcontext,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._failures = 0
        self._rests_until = 0.0
        self._knowledge = knowledge
        self._turn = turn
        self._translated: dict[str, Mapping[str, str]] = {}

    async def plain(self, question: str, *, language: str | None, today: dt.date) -> SearchResult:
        """The passages for a question, across languages as far as the termbase goes."""
        async with self._turn():
            return await asyncio.to_thread(self._knowledge.search, question, language=language, today=today)

    async def everywhere(
        self, question: str, model: ProseWriter | None, *, language: str | None, today: dt.date
    ) -> SearchResult:
        """The passages for a question, which a model has put into the other languages of the index as well.

        A model that does not answer is no failure: the termbase has done its part already.
        """
        if model is None:
            return await self.plain(question, language=language, today=today)
        # Searched and translated side by side: neither needs the other yet.
        indexed = await asyncio.to_thread(lambda: self._knowledge.status().languages)
        ordered = sorted(indexed, key=lambda code: (code not in _SPOKEN, code))
        others = [code for code in ordered if code != detect_language(question)][:_LANGUAGES]
        translating = asyncio.create_task(self._translate(model, question, others))
        try:
            found = await self.plain(question, language=language, today=today)
            translated = await self._waited_for(translating, found)
        finally:
            translating.cancel()
        more = []
        for code, text in translated.items():
            if code == found.question.language:
                continue
            result = await self.plain(text, language=code, today=today)
            # What a translation asks for must be what was asked for.
            if result.question.language == code and result.question.countries == found.question.countries:
                covered = result.covered and (
                    asks_the_same(found.question, result.question)
                    or (not found.covered and await self._comes_back(model, found.question, result.question))
                )
                more.append(replace(result, covered=covered))
        return merged(found, more)

    async def _waited_for(
        self, translating: "asyncio.Task[Mapping[str, str]]", found: SearchResult
    ) -> Mapping[str, str]:
        """The translation; none where the question is covered without it and it takes long."""
        done, _ = await asyncio.wait([translating], timeout=_PATIENCE if found.covered else None)
        if done:
            return translating.result()
        self._failed("it takes too long for a question that is covered")
        return {}

    async def _comes_back(self, model: ProseWriter, question: Question, translated: Question) -> bool:
        """Whether a translation into a language of which we have no words is the question again when put back.

        It is asked for apart from the first, so that what one call gets wrong or makes up the other does not.
        """
        own = question.language
        if translated.language in _SPOKEN or own not in _SPOKEN or question.years != translated.years:
            return False
        back = (await self._translate(model, translated.text, [own])).get(own, "")
        asked, told = read(question.text, own), read(back, own)
        if {figure.value for figure in asked.figures} != {figure.value for figure in told.figures}:
            return False
        if asked.countries != told.countries or not asked.content or not told.content:
            return False
        both = asked.content & told.content
        return min(len(both) / len(asked.content), len(both) / len(told.content)) >= _SAID

    async def _translate(self, model: ProseWriter, question: str, languages: Sequence[str]) -> Mapping[str, str]:
        key = f"{question} {languages}"
        if not languages or (key not in self._translated and self._clock() < self._rests_until):
            return {}
        if key not in self._translated:
            try:
                translated = await model.translate(question, languages)
            except WriterError as error:
                self._failed(str(error))
                return {}
            self._failures = 0
            if len(self._translated) >= _REMEMBERED:
                self._translated.pop(next(iter(self._translated)))
            self._translated[key] = translated
        return self._translated.get(key, {})

    def _failed(self, why: str) -> None:
        """Questions go untranslated for a while: each would wait as long for nothing."""
        rest = min(_REST * 2**self._failures, 10 * _REST)
        self._failures += 1
        self._rests_until = self._clock() + rest
        log.info("a question was not translated, none is for %.0f seconds: %s", rest, why)


def asks_the_same(question: Question, translated: Question) -> bool:
    """Whether a translation can be seen to ask what was asked: figures and years are the same, and things have each other's names.

    Each way the dictionaries must know enough of what is asked, and most of what they know must be there. What they cannot
    tell may still be looked for, but does not make a question covered: that the model could do by asking something else.
    """
    if question.years != translated.years or _figures(question) != _figures(translated):
        return False
    return _names_all(question, translated) and _names_all(translated, question)


def _names_all(one: Question, other: Question) -> bool:
    """Whether what one question asks stands in the other by its names there."""
    subject = [concept for concept in one.reading(other.language).concepts if concept.country is None]
    named = [concept for concept in subject if concept.names]
    known = sum(concept.weight for concept in named)
    if not named or known < _KNOWN * sum(concept.weight for concept in subject):
        return False
    held, folded = frozenset(words(other.text, other.language)), "".join(fold(other.text).split())

    def there(concept: Concept) -> float:
        # Where a Chinese word ends depends on who cuts it.
        if other.language == "zh" and any("".join(name) in folded for name in concept.names):
            return 1.0
        return concept.held_by(held)

    return sum(concept.weight * there(concept) for concept in named) >= _SAID * known


def _figures(question: Question) -> frozenset[object]:
    reading = read(question.text, question.language)
    return frozenset(figure.value for figure in reading.figures)


def merged(first: SearchResult, others: Sequence[SearchResult]) -> SearchResult:
    """The hits of several searches for one question as one list, the first one's question kept.

    A foreign translation of a document that was found in the question's language is left out, as in every search.
    """
    best: dict[str, Hit] = {}
    for result in (first, *others):
        for hit in result.hits:
            known = best.get(hit.passage.id)
            if known is None or known.scores.fused < hit.scores.fused:
                best[hit.passage.id] = hit
    own = {
        key for hit in best.values() if hit.passage.language == first.question.language for key in _work(hit.metadata)
    }
    hits = [
        hit for hit in best.values() if hit.passage.language == first.question.language or not own & _work(hit.metadata)
    ]
    ranked = tuple(sorted(hits, key=lambda hit: (-hit.scores.fused, hit.passage.id))[:_KEPT])
    missing = first.missing_countries.intersection(*(result.missing_countries for result in others))
    covered = first.covered or any(result.covered for result in others)
    only_past, near = (None, None) if covered else (first.only_past, first.near)
    # What is asked in a language of which we have no words only a translation can tell.
    told = {other.question.language: other.question for other in others if other.question.language not in _SPOKEN}
    readings = {**first.question.readings, **{code: question.reading(code) for code, question in told.items()}}
    question = replace(first.question, readings=readings) if told else first.question
    return replace(
        first,
        question=question,
        hits=ranked,
        covered=covered,
        missing_countries=missing,
        only_past=only_past,
        near=near,
    )


def _work(metadata: Metadata) -> set[str]:
    return {key for key in (metadata.key, metadata.translation_of) if key}
