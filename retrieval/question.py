"""What a question asks for: its language, its concepts with their names in other languages, countries, years, kind.

A concept is the smallest thing of a question that a passage can hold: a word, or a term of several. It weighs as much as
it is rare in the index, so "Beijing" counts for little in a folder about Beijing and for much in any other.
"""

import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from retrieval.gazetteer import countries_in, countries_of_adjectives, country_names
from retrieval.language import content_words, detect_language, stop_words, words
from retrieval.termbase import Termbase

Frequencies = Callable[[Iterable[str]], tuple[int, dict[str, int]]]
"""Gives the number of passages, and for each word in how many of them it stands."""


class Asked(StrEnum):
    """The kind of thing that answers, as far as the question's words tell."""

    FIGURE = "figure"
    TIME = "time"
    WHO = "who"
    PLACE = "place"
    LIST = "list"
    STEPS = "steps"
    ANY = "any"


_ASKED: Sequence[tuple[Asked, str]] = (
    (Asked.STEPS, r"\bwhat steps|which steps|\bhow (?:do|can|does|should|to)\b|procedure for|在?哪些步骤|哪些程序|什么程序|流程|如何办理|怎么办理"
                  r"|怎样办理|какие шаги|каков порядок|как (?:получить|оформить|подать|зарегистрировать)"),
    (Asked.FIGURE, r"\bhow (?:much|many|large|big|high|long|far|old|often|tall|deep)\b|what (?:percentage|percent|share|proportion|number|rate|amount"
                   r"|price|tax|population|area|length|value)|\bwhat (?:is|was|are|were) the (?:\w+ ){0,3}(?:rate|share|number|amount|price|balance"
                   r"|population|gdp|threshold|percentage|value|size|area|height|length|total|capital requirement)\b|多少|多大|多高|多长|多久|百分之|几[个种项年月日天人家条次成]"
                   r"|比例|占比|сколько|каков[аоы]? (?:\w+ ){0,2}(?:доля|ставка|сумма|цена|площадь|численность|размер|объём|объем|порог|срок)"
                   r"|какой процент|какая доля|какова доля"),
    (Asked.TIME, r"\bwhen\b|what (?:year|date|day|month|time)|which (?:year|date|day|month)|since when|by when|deadline|什么时候|何时|哪一?年|哪一?天|哪[个一]?月|几月|几号"
                 r"|什么时间|когда|в каком году|какого числа|с какого|до какого"),
    (Asked.WHO, r"\bwho(?:se|m)?\b|which (?:company|body|bodies|agency|authority|ministry|person|organi[sz]ation)|谁|哪家|哪个部门|哪些部门|哪些机构|何人|哪位|哪个公司"
                r"|кто|кем|кому|какой орган|какая компания|какое ведомство"),
    (Asked.PLACE, r"\bwhere\b|which (?:country|city|place|region)|哪里|哪儿|何处|哪个国家|哪座城市|什么地方|где|куда|в какой стране|в каком городе"),
    (Asked.LIST, r"\bwhich\b.*\b(?:are|do|does|were)\b|what (?:are|were) the|\blist\b|name the|what (?:kinds|types|groups)|哪些|有哪几|哪几[个种类项]|分别是|包括什么"
                 r"|какие|перечислите|каковы"),
)  # fmt: skip
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing a question is about."""

    weight: float
    names: Mapping[str, tuple[tuple[str, ...], ...]]
    """Its names by language, each a run of words; the question's own language is always there."""
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question, understood as far as no index is needed for it but word counts."""

    text: str
    language: str
    concepts: tuple[Concept, ...]
    countries: frozenset[str]
    years: frozenset[str]
    asked: Asked

    def coverage(
        self, held: Collection[str], language: str, *, about: Collection[str] = (), leave_out: Collection[str] = ()
    ) -> float:
        """Which share of the question a text in ``language`` holds, 0 to 1; ``held`` are the text's words.

        What has no name in that language counts half: it can be neither found nor missed.

        Args:
            about: countries the text is about, whether it names them or not.
            leave_out: countries of the question that do not count.
        """
        total = matched = 0.0
        for concept in self.concepts:
            if concept.country is not None and concept.country in leave_out:
                continue
            if concept.country is not None and concept.country in about:
                total += concept.weight
                matched += concept.weight
                continue
            names = concept.names.get(language)
            if not names:
                total += concept.weight / 2
                continue
            total += concept.weight
            matched += concept.weight * max(sum(word in held for word in name) / len(name) for name in names)
        return matched / total if total else 0.0

    def substance(self, held: Collection[str], language: str) -> float:
        """Which share of what is asked about its countries a text holds, 0 to 1; 1 where only countries are named.

        What has no name in ``language`` counts as missing: naming the country is not yet an answer.
        """
        asked = [concept for concept in self.concepts if concept.country is None]
        total = sum(concept.weight for concept in asked)
        matched = sum(
            concept.weight * max(sum(word in held for word in name) / len(name) for name in concept.names[language])
            for concept in asked
            if concept.names.get(language)
        )
        return matched / total if total else 1.0

    def query_words(self, language: str) -> list[tuple[str, float]]:
        """The words to look for among passages of a language, with their weights for the lexical index."""
        found: list[tuple[str, float]] = []
        for concept in self.concepts:
            for name in concept.names.get(language, ()):
                meaningful = [word for word in name if word not in stop_words(language)] or list(name)
                found += [(word, 1.0 / math.sqrt(len(meaningful))) for word in meaningful]
        return found

    def gloss(self, language: str) -> str:
        """The question in another language as far as its concepts have names there; empty if hardly any has."""
        if language == self.language:
            return self.text
        named = [concept for concept in self.concepts if language in concept.names]
        known = sum(concept.weight for concept in named)
        if known < 0.3 * sum(concept.weight for concept in self.concepts):
            return ""
        return " ".join(" ".join(concept.names[language][0]) for concept in named)


def understand(
    text: str, *, languages: Iterable[str], termbase: Termbase, frequencies: Frequencies, language: str | None = None
) -> Question:
    """Reads a question for an index that holds passages in ``languages``."""
    own = detect_language(text, default=language or "en")
    stems = content_words(text, own)
    everything = words(text, own)
    countries = countries_in(text, own) or countries_of_adjectives(text, own)
    others = [other for other in languages if other != own]
    terms = {other: dict(termbase.spans(everything, own, other)) for other in [own, *others]}
    names: list[tuple[tuple[str, ...], dict[str, tuple[tuple[str, ...], ...]]]] = []
    taken: set[str] = set()
    for start, length in sorted({(start, length) for found in terms.values() for start, length in found}):
        span = tuple(everything[start : start + length])
        by_language = {other: found[start, length] for other, found in terms.items() if (start, length) in found}
        taken.update(span)
        # The house's other names for it in the same language count as well: "take effect", "come into force".
        same = tuple(dict.fromkeys([span, *by_language.pop(own, ())]))
        names.append((span, {own: same, **by_language}))
    for stem in dict.fromkeys(stems):
        if stem not in taken:
            # A word in Latin letters or digits, such as CBAM or 2026, is the same in every language.
            shared = dict.fromkeys(others, ((stem,),)) if stem.isascii() else {}
            names.append(((stem,), {own: ((stem,),), **shared}))
    concepts = [Concept(_weight(span, frequencies), by_language) for span, by_language in names]
    concepts = [_with_country(concept, own, others, countries, text) for concept in concepts]
    return Question(
        text=text,
        language=own,
        concepts=tuple(concepts),
        countries=countries,
        years=frozenset(_YEAR.findall(text)),
        asked=_asked(text),
    )


def _with_country(concept: Concept, own: str, others: Iterable[str], countries: Iterable[str], text: str) -> Concept:
    """Gives a concept that is a country's name that country's names in the other languages."""
    span = concept.names[own][0]
    for code in countries:
        own_names = [tuple(words(name, own)) for name in country_names([code], own)]
        named = any(set(span) & set(name) for name in own_names) or countries_in("".join(span), own) == {code}
        if named or code in countries_of_adjectives(" ".join(span), own):
            translated = {
                other: tuple(tuple(words(name, other)) for name in country_names([code], other)) for other in others
            }
            return Concept(concept.weight, {**translated, own: concept.names[own]}, country=code)
    return concept


def _weight(span: Sequence[str], frequencies: Frequencies) -> float:
    total, counts = frequencies(span)
    rarest = min(counts.values(), default=0)
    return math.log(1 + (total + 1) / (rarest + 0.5))


def _asked(text: str) -> Asked:
    lowered = text.casefold()
    for kind, pattern in _ASKED:
        if re.search(pattern, lowered):
            return kind
    return Asked.ANY
