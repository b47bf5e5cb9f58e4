"""The path of a question through the indexes: candidates per language, fused, judged, ordered.

Every language of the index gives its own candidates, by words and by vector, so that none buries another. What puts them
into one order is the share of the question that a passage holds, which means the same in every language.
"""

import datetime as dt
import functools
import itertools
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

from retrieval.catalog import Catalog, Stored
from retrieval.dictionary import Dictionary
from retrieval.document import Hit, Passage, Scores
from retrieval.embedder import Embedder, Vectors
from retrieval.evidence import ENOUGH, Evidence, evidence, nearness
from retrieval.gazetteer import countries_of_document
from retrieval.indexes import Indexes
from retrieval.kinds import Asked, is_of_kind
from retrieval.language import fold, words
from retrieval.metadata import Metadata
from retrieval.notations import clauses_of
from retrieval.question import Concept, Question
from retrieval.termbase import Termbase
from retrieval.understanding import understand
from retrieval.validity import asks_for_history, weight

CANDIDATES = 30
"""Passages taken from each index for each language."""
KEPT = 20
_TRIES = 5
"""Searches for one question while documents change; each takes some milliseconds."""
DENSE_WEIGHT = 0.6
"""Share of the vector's say where the model knows both languages; elsewhere it has none."""
COVERAGE_SHARE = 0.5
"""Share of a language's say that hangs on how much of the question its best passage holds.

BM25 and cosine order the passages of a language well enough, but between languages they mean nothing.
"""
_HALF = 0.5
"""Share of a name that a passage must hold to be taken to speak of it."""
_NAMED = 3
"""Things of a question that are named as held, and as missing."""
_JUDGED = 5
"""Passages of each language that are looked at to see whether they cover the question."""
_ABROAD = -0.25
"""Weight of evidence that a passage in another language must have where there are some in the question's own, which do not
answer it. Of questions without an answer on all sets in one index a seventh fewer are answered so, in Chinese and in Russian.
"""
_IN_PASSING = 0.0
"""Weight of evidence that a passage must have which names the country that was asked for, but is about another."""
_OFF = -2.0
"""Weight of evidence below which a passage goes behind all others where one covers the question."""
_WORDS_ALONE = 0.7
_FOREIGN_WEIGHT = 0.77
"""What a passage in another language than the question's is worth beside one in it."""
_UNCHECKED_WEIGHT = 0.6
_SOURCES = re.compile(
    r"(?:sources?|references|for staff|来源|资料来源|参考(?:文献|资料)|источники?|для сотрудников)", re.IGNORECASE
)
_UNCHECKED = re.compile(r"not (?:checked|covered|verified)|未核实|没有核实|未涵盖|не проверен|не вошло", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NearMiss:
    """What the documents hold of a question that they do not answer, in the question's own words."""

    metadata: Metadata
    """Of the document with the nearest passage."""
    held: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What was found for a question. ``hits`` are best first; ``covered`` says whether they answer it."""

    question: Question
    hits: tuple[Hit, ...]
    covered: bool
    missing_countries: frozenset[str] = frozenset()
    """Countries of the question that no hit is about."""
    only_named: frozenset[str] = frozenset()
    """Countries of the question that what covers it names, but is not about."""
    only_past: Metadata | None = None
    """A document that would have answered but applies no longer, where nothing in force answers."""
    near: NearMiss | None = None
    """What comes nearest, where nothing answers."""
    unread: frozenset[str] = frozenset()
    """The languages that can be asked in, where the question is in one that neither the passages nor our words speak."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A passage on its way to becoming a hit. ``applies`` is false for what no longer does."""

    fitness: float
    applies: bool
    stored: Stored
    scores: Scores


class Retriever:
    """Finds passages. ``termbase`` may be replaced at any time."""

    def __init__(
        self, *, catalog: Catalog, indexes: Indexes, embedder: Embedder, termbase: Termbase, lexicon: Dictionary
    ) -> None:
        self._catalog = catalog
        self._indexes = indexes
        self._embedder = embedder
        self.termbase = termbase
        self._lexicon = lexicon
        self._languages: tuple[int, tuple[str, ...]] = (-1, ())
        self._looking = threading.Lock()
        # A key is never used for another text, so what a passage holds can be kept.
        self._held = functools.lru_cache(maxsize=20_000)(self._words_of)

    def search(self, text: str, *, language: str | None, today: dt.date) -> SearchResult:
        """The best passages for a question, and whether they cover it."""
        # What a search took from the indexes may be replaced before it asks the catalog: then it is done over.
        for _ in range(_TRIES):
            switches = self._catalog.switches
            found = self._found(text, language=language, today=today)
            if switches == self._catalog.switches:
                break
        return found

    def _found(self, text: str, *, language: str | None, today: dt.date) -> SearchResult:
        languages = self._index_languages()
        question = understand(
            text,
            languages=languages,
            termbase=self.termbase,
            lexicon=self._lexicon,
            frequencies=self._indexes.frequencies,
            names_like=self._indexes.names_like,
            language=language,
        )
        history = asks_for_history(question, today)
        ranked = sorted(
            itertools.chain.from_iterable(
                self._candidates(question, index_language, today=today, history=history) for index_language in languages
            ),
            key=lambda candidate: (-candidate.fitness, candidate.stored.key),
        )
        ranked = _without_twins(question, ranked)
        found = _judged(question, [candidate for candidate in ranked if candidate.applies])
        if not found.covered and question.is_foreign and self._embedder.languages is not None:
            return replace(found, unread=frozenset(languages))
        if not found.covered:
            # Law that no longer applies is no answer, but worth knowing of.
            past = _judged(question, [candidate for candidate in ranked if not candidate.applies])
            if past.covered:
                return replace(found, only_past=past.hits[0].metadata)
            return replace(found, near=_near(question, [candidate for candidate in ranked if candidate.applies]))
        return found

    def _candidates(self, question: Question, language: str, *, today: dt.date, history: bool) -> list["_Candidate"]:
        """Candidates of one language. BM25 is scaled by its best."""
        reading = question.reading(language)
        found = self._indexes.by_words(
            reading.sought(language), language=language, limit=CANDIDATES, countries=question.countries
        )
        by_words = {key: score / found[0][1] for key, score in found}
        vector = self._question_vector(question, language)
        keys = list(by_words)
        if vector is not None:
            # Passages on other countries are thrown out below, so more are taken where the question names one.
            limit = CANDIDATES * (4 if question.countries else 1)
            near = self._indexes.by_vector(vector, language=language, limit=limit)
            keys += [key for key, _ in near if key not in by_words]
        stored = {key: passage for key, passage in self._catalog.read(keys).items() if _fits(question, passage)}
        ranked = []
        for key, passage in stored.items():
            held = self._held(key, passage.passage.text, passage.context, language)
            scores = Scores(
                lexical=round(by_words.get(key, 0.0), 4),
                vector=round(float(passage.vector @ vector), 4)
                if vector is not None and passage.vector is not None
                else 0.0,
                coverage=round(reading.coverage(held, about=passage.countries), 4),
            )
            if _is_aside(passage):
                continue
            applies = weight(passage.metadata, question, today, history=history)
            fitness = _blend(scores, dense=vector is not None) * (applies or 1.0)
            fitness *= _UNCHECKED_WEIGHT if _says_what_is_missing(passage.passage) else 1.0
            ranked.append(_Candidate(fitness, applies > 0.0, passage, scores))
        share = _share_of(ranked) * (1.0 if language == question.language else _FOREIGN_WEIGHT)
        return [_Candidate(each.fitness * share, each.applies, each.stored, each.scores) for each in ranked]

    def _question_vector(self, question: Question, language: str) -> Vectors | None:
        known = self._embedder.languages
        if known is None:
            return self._embed(question.text)
        if language not in known:
            return None
        gloss = question.text if language == question.language else question.reading(language).gloss()
        return self._embed(gloss) if gloss else None

    @functools.lru_cache(maxsize=256)  # noqa: B019 one retriever lives as long as the program
    def _embed(self, text: str) -> Vectors:
        return self._embedder.embed_query(text)

    @staticmethod
    def _words_of(_key: int, text: str, context: str, language: str) -> frozenset[str]:
        return frozenset(words(f"{context}\n{text}", language))

    def _index_languages(self) -> tuple[str, ...]:
        seen, languages = self._languages
        now = self._catalog.switches
        if now != seen:
            languages = self._catalog.languages()
            self._languages = (now, languages)
        return languages


def _fits(question: Question, stored: Stored) -> bool:
    """Whether a passage may be about what was asked: one on another country never is.

    Rules of China for going abroad hold for every country one goes to.
    """
    if not question.countries or not stored.countries or question.countries & stored.countries:
        return True
    return _regulates_going_abroad(stored)


def _blend(scores: Scores, *, dense: bool) -> float:
    # Without a vector's word the best of a language would look perfect, however little it holds.
    blended = _WORDS_ALONE * scores.lexical
    if dense:
        blended = (1 - DENSE_WEIGHT) * scores.lexical + DENSE_WEIGHT * nearness(scores.vector)
    return blended


def _share_of(ranked: Sequence[_Candidate]) -> float:
    """What the candidates of a language are worth beside those of others."""
    best = sorted(ranked, key=lambda candidate: -candidate.fitness)[:_JUDGED]
    held = max((candidate.scores.coverage for candidate in best), default=0.0)
    return 1 - COVERAGE_SHARE + COVERAGE_SHARE * held


def _judged(question: Question, ranked: Sequence[_Candidate]) -> SearchResult:
    """The best of the candidates, and whether they cover the question."""
    missing = question.countries.difference(*(candidate.stored.countries for candidate in ranked[:KEPT]))
    bearing = _bearing(question, ranked[:KEPT]) if not missing or missing != question.countries else []
    sides = [each.stored for each in bearing if question.countries & each.stored.countries]
    if len(question.countries) > 1 and sides and not any(map(_regulates_going_abroad, sides)):
        # A side of a comparison that has documents, but none on this, is missing all the same.
        missing = question.countries.difference(*(each.countries for each in sides))
    in_passing = bool(sides) and len(question.countries) == 1 and all(_is_in_passing(question, each) for each in sides)
    # What covers the question is quoted, also where the order would not let it be; what hardly touches it goes last.
    first = [candidate for candidate in bearing[:1] if candidate not in ranked[:_JUDGED]]
    others = [candidate for candidate in ranked[:KEPT] if bearing and candidate not in bearing]
    last = [candidate for candidate in others if _is_beside(question, candidate, abroad=bool(sides))]
    between = [candidate for candidate in ranked[:KEPT] if candidate not in first and candidate not in last]
    ordered = [*first, *between, *last]
    hits = tuple(
        Hit(
            candidate.stored.passage,
            candidate.stored.metadata,
            candidate.stored.countries,
            replace(candidate.scores, fused=round(candidate.fitness, 4)),
        )
        for candidate in ordered
    )
    return SearchResult(
        question, hits, bool(bearing), missing, only_named=question.countries if in_passing else frozenset()
    )


def _is_beside(question: Question, candidate: _Candidate, *, abroad: bool) -> bool:
    """Whether a passage hardly touches a question, or lacks what it asks for.

    Args:
        abroad: whether one on other countries than those asked for does so too, as another is about them.
    """
    stored = candidate.stored
    if abroad and question.countries and not question.countries & stored.countries:
        return True
    return not _has_what_is_asked(question, stored) or _evidence(question, candidate).weight < _OFF


def _is_in_passing(question: Question, stored: Stored) -> bool:
    """Whether a passage names a country that was asked for, but its document is about others."""
    own = countries_of_document(stored.metadata, stored.passage.language)
    return bool(own and question.countries & stored.countries) and not own & question.countries


def _regulates_going_abroad(stored: Stored) -> bool:
    """Whether a passage is on China's rules for going abroad, which hold for every country."""
    return stored.metadata.direction == "out" and stored.countries <= {"CN"}


def _is_aside(stored: Stored) -> bool:
    """Whether a passage only names where the others come from, or speaks to the editors."""
    headings = stored.passage.location.headings
    return bool(headings) and _SOURCES.fullmatch(headings[-1].strip(" :：")) is not None


def _says_what_is_missing(passage: Passage) -> bool:
    """Whether a passage says what its document does not hold: good to know, but hardly an answer."""
    headings = passage.location.headings
    return bool(headings) and _UNCHECKED.search(headings[-1]) is not None


def _without_twins(question: Question, ranked: Sequence[_Candidate]) -> list[_Candidate]:
    """Leaves out foreign translations of documents that are found in the question's own language."""
    own = {
        key
        for candidate in ranked
        if candidate.stored.passage.language == question.language
        for key in _work(candidate.stored.metadata)
    }
    return [
        candidate
        for candidate in ranked
        if candidate.stored.passage.language == question.language
        or not own.intersection(_work(candidate.stored.metadata))
    ]


def _work(metadata: Metadata) -> set[str]:
    """What a document and its translations have in common."""
    return {key for key in (metadata.key, metadata.translation_of) if key}


def _evidence(question: Question, candidate: _Candidate) -> Evidence:
    stored = candidate.stored
    language = stored.passage.language
    return evidence(
        question.reading(language),
        stored.passage.text,
        stored.context,
        language=language,
        about=stored.countries,
        cosine=candidate.scores.vector,
        elsewhere=bool(question.countries) and not question.countries & stored.countries,
    )


def _near(question: Question, ranked: Sequence[_Candidate]) -> NearMiss | None:
    """The nearest passage in the question's own language, if its document is about the country that was asked for, or it
    speaks of the two weightiest things; a few common words in some text are no near miss."""
    own = [candidate for candidate in ranked[:KEPT] if candidate.stored.passage.language == question.language]
    weightiest = sorted(question.reading(question.language).subject, key=lambda concept: -concept.weight)[:2]
    for candidate in sorted(own[:_JUDGED], key=lambda candidate: -_evidence(question, candidate).weight):
        stored = candidate.stored
        about = question.countries & countries_of_document(stored.metadata, stored.passage.language)
        text = frozenset(words(f"{stored.context}\n{stored.passage.text}", question.language))
        held: list[Concept] = []
        missing: list[Concept] = []
        for concept in question.concepts:
            (held if concept.country in about or concept.held_by(text) > _HALF else missing).append(concept)
        if not missing or not (about or set(weightiest) <= set(held)):
            continue
        wording = [_wording(question, each) for each in (held, missing)]
        if all(wording):
            return NearMiss(stored.metadata, *wording)
    return None


def _wording(question: Question, concepts: Sequence[Concept]) -> tuple[str, ...]:
    """The weightiest of some concepts as they were asked for, in the order of the question."""
    weightiest = sorted(concepts, key=lambda concept: -concept.weight)[:_NAMED]
    return tuple(sorted(filter(None, map(question.wording, weightiest)), key=question.text.find))


def _bearing(question: Question, ranked: Sequence[_Candidate]) -> list[_Candidate]:
    """The passages that cover a question, or a side of it; none if nothing does."""
    if not question.concepts:
        return []
    judged: dict[tuple[str, frozenset[str]], int] = {}
    found: list[_Candidate] = []
    own = any(_is_at_home(question, candidate.stored) for candidate in ranked)
    for place, candidate in enumerate(ranked):
        stored = candidate.stored
        about = question.countries & stored.countries
        # The best few of each language, and of each side: none hides another's.
        side = stored.passage.language, about
        judged[side] = judged.get(side, 0) + 1
        if judged[side] > _JUDGED or _says_what_is_missing(stored.passage):
            continue
        if question.countries and not about and place >= _JUDGED:
            continue  # rules for going anywhere do not answer where there is more on the country itself
        if not _has_what_is_asked(question, stored):
            continue
        weighed = _evidence(question, candidate)
        if weighed.suffices and weighed.weight >= _wanted(question, stored, own=own):
            found.append(candidate)
            if len(question.countries) < 2:
                break
    return found


def _is_at_home(question: Question, stored: Stored) -> bool:
    """Whether a passage is in the question's own language, and about its countries if it names any."""
    if question.countries and not question.countries & stored.countries:
        return False
    return stored.passage.language == question.language


def _has_what_is_asked(question: Question, stored: Stored) -> bool:
    """Whether a passage has the number of an article that was asked for, an amount of money, or both parties to an agreement."""
    if question.is_of_both and not question.countries <= stored.countries:
        return False
    if question.asked is Asked.MONEY and not is_of_kind(question.asked, stored.passage.text):
        return False
    whole = f"{stored.context}\n{stored.passage.text}"
    return not question.clauses or not question.clauses.isdisjoint(clauses_of(fold(whole), stored.passage.language))


def _wanted(question: Question, stored: Stored, *, own: bool) -> float:
    """The weight that the evidence of a passage must have; ``own`` if there are passages in the question's own language."""
    if _is_in_passing(question, stored):
        return _IN_PASSING
    return _ABROAD if own and stored.passage.language != question.language else ENOUGH
