"""The path of a question through the indexes: candidates per language, fused, judged, ordered.

Every language of the index gives its own candidates, by words and by vector, so that none buries another. What puts them
into one order is the share of the question that a passage holds, which means the same in every language.
"""

import datetime as dt
import functools
import threading
from dataclasses import dataclass, replace

from retrieval.catalog import Catalog, Stored
from retrieval.document import Hit, Scores
from retrieval.embedder import Embedder, Vectors
from retrieval.indexes import Indexes
from retrieval.language import words
from retrieval.question import Question, understand
from retrieval.termbase import Termbase
from retrieval.validity import asks_for_history, standing

CANDIDATES = 30
"""Passages taken from each index for each language."""
KEPT = 20
DENSE_WEIGHT = 0.4
"""Share of the vector's say where the model knows both languages; elsewhere it has none."""
COVERED = 0.45
"""Share of a question that the best passage must hold for the question to count as covered."""
_DENSE_COVERED = 0.62


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What was found for a question. ``hits`` are best first; ``covered`` says whether they answer it."""

    question: Question
    hits: tuple[Hit, ...]
    covered: bool
    missing_countries: frozenset[str] = frozenset()
    """Countries of the question that no hit is about."""


class Retriever:
    """Finds passages. ``termbase`` may be replaced at any time."""

    def __init__(self, *, catalog: Catalog, indexes: Indexes, embedder: Embedder, termbase: Termbase) -> None:
        self._catalog = catalog
        self._indexes = indexes
        self._embedder = embedder
        self.termbase = termbase
        self._languages: tuple[str | None, tuple[str, ...]] = (None, ())
        self._looking = threading.Lock()
        # A key is never used for another text, so what a passage holds can be kept.
        self._held = functools.lru_cache(maxsize=20_000)(self._words_of)

    def search(self, text: str, *, language: str | None, today: dt.date) -> SearchResult:
        """The best passages for a question, and whether they cover it."""
        languages = self._index_languages()
        question = understand(
            text,
            languages=languages,
            termbase=self.termbase,
            frequencies=self._indexes.frequencies,
            language=language,
        )
        fused: dict[int, Scores] = {}
        for index_language in languages:
            fused |= self._candidates(question, index_language)
        stored = self._catalog.read(list(fused))
        history = asks_for_history(question, today)
        hits = []
        for key, passage in stored.items():
            scores = self._score(question, passage, fused[key])
            hits.append((self._fitness(question, passage, scores, today=today, history=history), passage, scores))
        hits = [hit for hit in hits if hit[0] > 0.0]
        hits.sort(key=lambda hit: (-hit[0], hit[1].key))
        best = tuple(
            Hit(passage.passage, passage.metadata, passage.countries, replace(scores, fused=round(fitness, 4)))
            for fitness, passage, scores in hits[:KEPT]
        )
        about = frozenset(code for _, passage, _ in hits[:KEPT] for code in passage.countries)
        return SearchResult(
            question=question,
            hits=best,
            covered=self._is_covered(question, best),
            missing_countries=question.countries - about,
        )

    def _candidates(self, question: Question, language: str) -> dict[int, Scores]:
        """Candidates of one language with their scores, each index's scaled by its best."""
        by_words = self._indexes.by_words(question.query_words(language), language=language, limit=CANDIDATES)
        best = by_words[0][1] if by_words else 1.0
        scores = {key: Scores(lexical=score / best) for key, score in by_words}
        vector = self._question_vector(question, language)
        if vector is not None:
            for key, similarity in self._indexes.by_vector(vector, language=language, limit=CANDIDATES):
                scores[key] = replace(scores.get(key, Scores()), vector=similarity)
        return scores

    def _question_vector(self, question: Question, language: str) -> Vectors | None:
        known = self._embedder.languages
        if known is None:
            return self._embed(question.text)
        if language not in known:
            return None
        gloss = question.gloss(language)
        return self._embed(gloss) if gloss else None

    @functools.lru_cache(maxsize=256)  # noqa: B019 one retriever lives as long as the program
    def _embed(self, text: str) -> Vectors:
        return self._embedder.embed_query(text)

    def _score(self, question: Question, stored: Stored, scores: Scores) -> Scores:
        held = self._held(stored.key, stored.passage.text, stored.context, stored.passage.language)
        return replace(scores, coverage=round(question.coverage(held, stored.passage.language), 4))

    @staticmethod
    def _words_of(_key: int, text: str, context: str, language: str) -> frozenset[str]:
        return frozenset(words(f"{context}\n{text}", language))

    def _fitness(self, question: Question, stored: Stored, scores: Scores, *, today: dt.date, history: bool) -> float:
        """How well a passage fits, 0 for not at all."""
        if question.countries and stored.countries and not question.countries & stored.countries:
            rules_for_going_out = stored.metadata.direction == "out" and stored.countries <= {"CN"}
            if not rules_for_going_out:
                return 0.0
        dense = scores.vector > 0.0
        blended = (1 - DENSE_WEIGHT) * scores.lexical + DENSE_WEIGHT * scores.vector if dense else scores.lexical
        if self._embedder.languages is not None and stored.passage.language not in self._embedder.languages:
            blended = scores.lexical
        fitness = blended * (0.4 + 0.6 * scores.coverage)
        return fitness * standing(stored.metadata, today, history=history).weight

    def _is_covered(self, question: Question, hits: tuple[Hit, ...]) -> bool:
        if not hits or not question.concepts:
            return False
        best = max(hit.scores.coverage for hit in hits[:5])
        nearest = max(hit.scores.vector for hit in hits[:5])
        return best >= COVERED or (nearest >= _DENSE_COVERED and best >= COVERED / 2)

    def _index_languages(self) -> tuple[str, ...]:
        changed_at, languages = self._languages
        now = self._catalog.fact("changed_at")
        if now != changed_at or now is None:
            languages = self._catalog.languages()
            self._languages = (now, languages)
        return languages
