"""Retrieval with a model's help: a question is also looked for in the other languages of the index."""

import asyncio
import contextlib
import datetime as dt
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace

from bot.errors import WriterError
from bot.writers import ProseWriter
from retrieval import Hit, KnowledgeBase, Metadata, SearchResult

log = logging.getLogger(__name__)

_KEPT = 20
_REMEMBERED = 200
_SPOKEN = frozenset({"en", "zh", "ru"})


class Research:
    """Searches a knowledge base. Without a model it is the plain search.

    Args:
        turn: each search waits for one.
    """

    def __init__(
        self,
        knowledge: KnowledgeBase,
        model: ProseWriter | None,
        turn: Callable[[], AbstractAsyncContextManager[None]] = contextlib.nullcontext,
    ) -> None:
        self._knowledge = knowledge
        self._model = model
        self._turn = turn
        self._translated: dict[str, Mapping[str, str]] = {}

    async def plain(self, question: str, *, language: str | None, today: dt.date) -> SearchResult:
        """The passages for a question, across languages as far as the termbase goes."""
        async with self._turn():
            return await asyncio.to_thread(self._knowledge.search, question, language=language, today=today)

    async def everywhere(self, question: str, *, language: str | None, today: dt.date) -> SearchResult:
        """The passages for a question, which a model has put into the other languages of the index as well.

        A model that does not answer is no failure: the termbase has done its part already.
        """
        found = await self.plain(question, language=language, today=today)
        if self._model is None:
            return found
        languages = await asyncio.to_thread(lambda: self._knowledge.status().languages)
        others = [code for code in languages if code in _SPOKEN and code != found.question.language]
        if not others:
            return found
        more = []
        for code, text in (await self._translate(question, others)).items():
            result = await self.plain(text, language=code, today=today)
            # What a translation asks for must be what was asked for.
            if result.question.language == code and result.question.countries == found.question.countries:
                more.append(result)
        return merged(found, more)

    async def _translate(self, question: str, languages: Sequence[str]) -> Mapping[str, str]:
        key = f"{question} {languages}"
        if key not in self._translated and self._model is not None:
            try:
                translated = await self._model.translate(question, languages)
            except WriterError as error:
                log.info("the question was not translated: %s", error)
                return {}
            if len(self._translated) >= _REMEMBERED:
                self._translated.pop(next(iter(self._translated)))
            self._translated[key] = translated
        return self._translated.get(key, {})


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
    return replace(first, hits=ranked, covered=covered, missing_countries=missing, only_past=only_past, near=near)


def _work(metadata: Metadata) -> set[str]:
    return {key for key in (metadata.key, metadata.translation_of) if key}
