"""Hand-made search results, for what needs no index."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence

from retrieval import (
    Asked,
    Hit,
    Location,
    Metadata,
    Passage,
    Question,
    Reading,
    Scores,
    SearchResult,
    detect_language,
    words,
)
from retrieval.language import content_words
from retrieval.question import Concept

TODAY = dt.date(2026, 7, 1)


def make_hit(
    text: str,
    *,
    document_id: str = "law/act.md",
    ordinal: int = 1,
    title: str = "Act on Trade",
    headings: Sequence[str] = (),
    language: str = "en",
    countries: Iterable[str] = (),
    fused: float = 0.5,
    metadata: Metadata | None = None,
) -> Hit:
    """A passage as a search would have found it."""
    passage = Passage(document_id, ordinal, text, language, Location(headings=tuple(headings)))
    card = metadata or Metadata(title=title, countries=tuple(countries))
    return Hit(passage, card, frozenset(countries), Scores(coverage=fused, fused=fused))


def make_question(
    text: str, *, asked: Asked = Asked.ANY, language: str | None = None, countries: Iterable[str] = ()
) -> Question:
    """A question whose every word weighs the same."""
    own = language or detect_language(text)
    concepts = tuple(Concept(1.0, ((word,),)) for word in dict.fromkeys(content_words(text, own)))
    return Question(
        text, own, {own: Reading(concepts)}, frozenset(countries), frozenset(re.findall(r"\b20\d\d\b", text)), asked
    )


def make_result(question: Question, *hits: Hit, covered: bool = True, missing: Iterable[str] = ()) -> SearchResult:
    """What a search gives."""
    return SearchResult(question, hits, covered, frozenset(missing))


def holds(text: str, word: str, language: str = "en") -> bool:
    """Whether a text has a word in any of its forms."""
    return set(words(word, language)) <= set(words(text, language))
