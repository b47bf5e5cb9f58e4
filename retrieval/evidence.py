"""How well a passage bears out a question: what is asked for, found together in one place.

A similarity says how near two texts are, not whether one answers the other. So a few things that a reader would look at are
weighed against each other: which share of the question stands in the passage, which in two neighbouring sentences, whether
its weightiest concept is missing, and how much of it is beyond our words. Countries are left out, because they are a
condition of their own; only a passage that is about none of those asked for must make up for it. The weights are fitted by
``benchmarks.judgement`` and hold for every language.
"""

import functools
import itertools
from collections.abc import Iterable
from dataclasses import astuple, dataclass

from retrieval.language import terms
from retrieval.question import Concept, Reading
from retrieval.sentences import split_sentences

_FAR, _NEAR = 0.1, 0.8
"""Cosines at which two texts have nothing in common, and everything."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a passage answering a question, each 0 to 1."""

    coverage: float = 0.0
    """Share of the question's concepts, weighted by rarity, that the passage with its headings holds."""
    window: float = 0.0
    """The largest such share that two neighbouring sentences hold, or, for a little less, the title and headings."""
    parts: float = 0.0
    """The same by word beginnings and Han characters, which forgives endings; ``window`` in another language."""
    gap: float = 0.0
    """Share of the weightiest concept that is missing."""
    unknown: float = 0.0
    """Share of the question that has no name in the passage's language."""
    nearness: float = 0.0
    """Closeness of the vectors where the model knows both languages, else 0."""

    @property
    def weight(self) -> float:
        """The sum of it, in log-odds from the fit."""
        return BIAS + sum(weight * float(value) for weight, value in zip(WEIGHTS, astuple(self), strict=True))

    @property
    def suffices(self) -> bool:
        """Whether the passage is taken to cover the question.

        Where most of a question is beyond our words, what is left must be held: else whatever we cannot read would be covered.
        """
        if self.unknown > _MOSTLY and self.coverage < _SOME and self.nearness < _CLOSE:
            return False
        return self.weight >= ENOUGH


# Fitted by ``python -m benchmarks.judgement``.
WEIGHTS = (2.38, 2.43, 3.53, -3.66, 3.06, 2.42)
BIAS = -3.54
_ABOVE = 0.8
"""What stands together in a title and headings is worth this share of what stands together in sentences."""
ENOUGH = -1.0
"""Chosen so that on Wikipedia paragraphs about one question in twenty goes wrong either way."""
_MOSTLY, _SOME, _CLOSE = 0.5, 0.2, 0.6
"""Share of a question beyond our words, share of it that must then be held, or nearness that makes up for it."""


def nearness(cosine: float) -> float:
    """A cosine on a scale from nothing in common, 0, to everything, 1."""
    return min(1.0, max(0.0, (cosine - _FAR) / (_NEAR - _FAR)))


def evidence(
    reading: Reading,
    text: str,
    context: str,
    *,
    language: str,
    about: Iterable[str],
    cosine: float,
    elsewhere: bool = False,
) -> Evidence:
    """What a passage has to say for itself.

    Args:
        context: its title and headings.
        about: countries it is about, whether it names them or not.
        elsewhere: whether the question names countries and it is about none of them; they count then like anything asked for.
    """
    concepts = reading.concepts if elsewhere else reading.subject
    total = sum(concept.weight for concept in concepts)
    if not total:
        return Evidence(nearness=nearness(cosine))
    ahead = _read(context, language)
    windows, body = _windows(text, language)
    everywhere = ahead.with_(body)
    countries = frozenset(about)

    def held(concept: Concept, place: _Place) -> float:
        if concept.country is not None and concept.country in countries:
            return 1.0
        return concept.held_by(place.words, place.pairs)

    def share(place: _Place) -> float:
        return sum(concept.weight * held(concept, place) for concept in concepts) / total

    window = max(*map(share, windows), _ABOVE * share(ahead))
    missing = [c.weight * (1.0 - held(c, everywhere)) for c in concepts if c.names or c.is_name]
    # The parts are those of the subject alone.
    of_subject = sum(concept.weight for concept in reading.subject) / total
    return Evidence(
        coverage=share(everywhere),
        window=window,
        parts=of_subject * max(reading.share_of_parts(place.parts, otherwise=window) for place in windows),
        gap=max(missing, default=0.0) / total,
        unknown=sum(c.weight for c in concepts if not (c.names or c.is_name) and c.country is None) / total,
        nearness=nearness(cosine),
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """What stands together in a text."""

    words: frozenset[str]
    pairs: frozenset[str]
    parts: frozenset[str]

    def with_(self, *others: "_Place") -> "_Place":
        return _Place(
            self.words.union(*(other.words for other in others)),
            self.pairs.union(*(other.pairs for other in others)),
            self.parts.union(*(other.parts for other in others)),
        )


_NOWHERE = _Place(frozenset(), frozenset(), frozenset())


@functools.lru_cache(maxsize=1_024)
def _windows(text: str, language: str) -> tuple[tuple[_Place, ...], _Place]:
    """What stands in two neighbouring sentences of a passage, and in all of it; the same passages are found again and again."""
    sentences = [_read(sentence.text, language) for sentence in split_sentences(text)]
    pairs = [one.with_(two) for one, two in itertools.pairwise(sentences)]
    return tuple(pairs or sentences or [_NOWHERE]), _NOWHERE.with_(*sentences)


def _read(text: str, language: str) -> _Place:
    found = terms(text, language)
    return _Place(frozenset(found.words), frozenset(found.pairs), frozenset(found.parts))
