"""How a question is understood: read in its own language, and in the others of the index by the names its concepts have there."""

import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from retrieval.dictionary import Dictionary, Span
from retrieval.gazetteer import countries_in, countries_of_adjectives, country_names, unspaced_names_in
from retrieval.kinds import asked_in, is_of_both
from retrieval.language import (
    content_words,
    detect_language,
    fold,
    is_han,
    placed,
    script_counts,
    stop_words,
    terms,
    words,
)
from retrieval.notations import clauses, codes
from retrieval.question import READ, Concept, Question, Reading
from retrieval.sounds import Name, names_in

_ABBREVIATION = re.compile(r"[A-ZА-ЯЁ][A-ZА-ЯЁ0-9&-]{1,6}")
_HEARD = 3
"""Names of the index that one of the question may be, by their sound."""
_PLAINLY_A_NAME = 3
_NO_KIN: Sequence[frozenset[str]] = (frozenset(), frozenset())
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")


class Frequencies(Protocol):
    """Gives the number of passages, and for each word, or part of a word, in how many of them it stands."""

    def __call__(self, sought: Iterable[str], *, parts: bool = False) -> tuple[int, dict[str, int]]: ...


class NamesLike(Protocol):
    """Gives the names in passages of a language that sound like one in another script, the likest first."""

    def __call__(self, name: str, *, language: str) -> list[str]: ...


def understand(
    text: str,
    *,
    languages: Iterable[str],
    termbase: Dictionary,
    lexicon: Dictionary,
    frequencies: Frequencies,
    names_like: NamesLike,
    language: str | None = None,
) -> Question:
    """Reads a question for an index that holds passages in ``languages``.

    Args:
        termbase: the house's terms; what it calls the same in one language is the same there.
        lexicon: everyday words, and what else they are called; a passage with a word of kin is less of a surprise.
    """
    own = detect_language(text, default=language or "en")
    languages = tuple(languages)
    countries = countries_in(text, own) or countries_of_adjectives(text, own)
    folded = fold(text)
    house = termbase.spans(folded, own, whole_words=True)
    places = [Span(start, end, ()) for start, end, _ in unspaced_names_in(folded)] if own == "zh" else []
    # Inside a country's name stand characters that would be taken for words.
    everyday = lexicon.spans(_blanked(folded, [*house, *places]), own)
    same = [(span, _same_names(span, termbase, own)) for span in house]
    # Everyday words have loose relatives in their own language, but an abbreviation and what it stands for are one.
    same += [(span, found) for span in everyday if (found := _abbreviations(folded, span, lexicon, own))]
    kin = _kin(folded, everyday, lexicon, own)
    readings = {own: _own_reading(text, folded, own, same, kin, countries, frequencies)}
    others = [other for other in languages if other != own]
    if others:
        named = [(span, termbase) for span in house] + [(span, lexicon) for span in everyday]
        names = _unknown_names(text, folded, own, [*(span for span, _ in named), *places])
        everywhere = _same_everywhere(text, own)
        for other in others:
            heard = _heard(names, other, names_like, lexicon)
            strange = _strange(names, [span for span, _ in heard])
            reading = _translated(folded, own, other, named, heard, everywhere, countries, frequencies)
            readings[other] = replace(
                reading, concepts=tuple(_told(concept, strange, own) for concept in reading.concepts)
            )
    return Question(
        text=text,
        language=own,
        readings=readings,
        countries=countries,
        years=frozenset(_YEAR.findall(text)),
        asked=asked_in(text),
        is_of_both=len(countries) > 1 and is_of_both(text),
        clauses=clauses(folded, own),
        is_foreign=own not in languages and not any(_is_read(readings[other], frequencies) for other in others),
    )


def _own_reading(
    text: str,
    folded: str,
    language: str,
    same: Iterable[tuple[Span, Sequence[tuple[str, ...]]]],
    kin: Mapping[str, Sequence[frozenset[str]]],
    countries: Collection[str],
    frequencies: Frequencies,
) -> Reading:
    named: list[tuple[tuple[str, ...], ...]] = []
    taken: set[str] = set()
    for span, others in same:
        cut = tuple(words(folded[span.start : span.end], language))
        taken.update(cut)
        named.append(tuple(dict.fromkeys([cut, *others])))
    content = content_words(text, language)
    named += (((word,),) for word in dict.fromkeys(content) if word not in taken)
    everything = terms(text, language)
    # Function words say something by their neighbours, but not by their beginnings.
    is_chinese = any(is_han(part[0]) for part in everything.parts)
    parts = everything.parts if is_chinese else terms(" ".join(content), language).parts
    concepts = tuple(_own_concept(names, language, kin, countries, frequencies) for names in dict.fromkeys(named))
    reading = Reading(concepts, everything.pairs, parts)
    named_parts = terms(" ".join(word for concept in reading.subject for word in concept.names[0]), language).parts
    passages, counts = frequencies(named_parts, parts=True)
    weights = {part: _rarity_of(count, passages) for part, count in counts.items()}
    return replace(reading, part_weights=weights)


def _own_concept(
    names: tuple[tuple[str, ...], ...],
    language: str,
    kin: Mapping[str, Sequence[frozenset[str]]],
    countries: Collection[str],
    frequencies: Frequencies,
) -> Concept:
    country = _country(names[0], language, countries)
    has_kin = len(names[0]) == 1 and country is None
    near, distant = kin.get(names[0][0], _NO_KIN) if has_kin else _NO_KIN
    return Concept(_rarity(names[:1], frequencies), names, country=country, kin=near, distant_kin=distant)


def _same_names(span: Span, dictionary: Dictionary, language: str) -> list[tuple[str, ...]]:
    """The other names of a thing in one language: "take effect", "come into force"."""
    return [name for row in span.rows for name in dictionary.names(row, language)]


def _kin(
    folded: str, everyday: Iterable[Span], lexicon: Dictionary, language: str
) -> Mapping[str, Sequence[frozenset[str]]]:
    """For words of a question, those that are called the same in other languages, the near ones and the distant."""
    found: dict[str, Sequence[frozenset[str]]] = {}
    for span in everyday:
        cut = words(folded[span.start : span.end], language)
        if len(cut) == 1:
            found[cut[0]] = [kin - {cut[0]} - stop_words(language) for kin in lexicon.kin(span.rows, language)]
    return found


def _abbreviations(folded: str, span: Span, lexicon: Dictionary, language: str) -> list[tuple[str, ...]]:
    """What an abbreviation stands for, or the abbreviations of what is named."""
    asked = folded[span.start : span.end]
    found: list[tuple[str, ...]] = []
    for row in span.rows:
        short = [label for label in lexicon.labels(row, language) if _ABBREVIATION.fullmatch(label)]
        if any(fold(label) == asked for label in short):
            found += lexicon.names(row, language)
        else:
            found += (tuple(words(label, language)) for label in short)
    return found


def _unknown_names(text: str, folded: str, language: str, known: Sequence[Span]) -> list[Name]:
    """What may be names in a question and is not called something by a dictionary; the longest first."""
    if len(text) != len(folded):
        return []
    places = {place for span in known for place in range(span.start, span.end)}
    return sorted(
        (name for name in names_in(text, language) if not places.issuperset(range(name.start, name.end))),
        key=lambda name: name.start - name.end,
    )


def _strange(names: Iterable[Name], heard: Sequence[Span]) -> list[str]:
    """Names that nothing in a language of the index sounds like, folded."""
    unheard = (name for name in names if not any(Span(name.start, name.end, ()).meets(span) for span in heard))
    # Of two Han characters the tagger takes many a word for a name.
    return [fold(name.written) for name in unheard if len(name.written) >= _PLAINLY_A_NAME]


def _told(concept: Concept, strange: Iterable[str], language: str) -> Concept:
    """A concept, told to be a name if it is one of these, or a part of one in Chinese."""
    if (
        concept.names
        or not concept.label
        or not any(
            concept.label in name if is_han(concept.label[0]) else concept.label in words(name, language)
            for name in strange
        )
    ):
        return concept
    return replace(concept, is_name=True)


def _is_read(reading: Reading, frequencies: Frequencies) -> bool:
    """Whether enough of what is asked has a name that stands somewhere in the index."""
    total, _ = frequencies(())
    standing = sum(c.weight for c in reading.subject if c.names and c.weight < _rarity_of(0, total))
    return standing >= READ * sum(concept.weight for concept in reading.subject)


def _same_everywhere(text: str, language: str) -> frozenset[str]:
    """Words of a question that are the same in every language, such as CBAM or 2026: digits, and what is written in Latin
    letters, in a question that is itself written in them only names."""
    cut = frozenset(word for word in words(text, language) if word.isascii())
    scripts = script_counts(text)
    if not scripts or max(scripts, key=lambda script: scripts[script]) != "latin":
        return cut
    names = " ".join(name.written for name in names_in(text, language) if name.start or name.written.isupper())
    return cut.intersection(words(names, language)) | {word for word in cut if any(map(str.isdigit, word))}


def _heard(
    names: Iterable[Name], target: str, names_like: NamesLike, lexicon: Dictionary
) -> list[tuple[Span, Sequence[str]]]:
    """Where a question names what a language of the index calls alike, and what it calls it; a longer name hides others."""
    found: list[tuple[Span, Sequence[str]]] = []
    for name in names:
        span = Span(name.start, name.end, ())
        if any(span.meets(other) for other, _ in found):
            continue
        # A heading's "Teacher" is no name, however like Tesla it sounds.
        others = [other for other in names_like(name.written, language=target) if not lexicon.knows(other, target)]
        if others:
            found.append((span, others[:_HEARD]))
    return found


def _translated(
    folded: str,
    own: str,
    target: str,
    named: Iterable[tuple[Span, Dictionary]],
    heard: Sequence[tuple[Span, Sequence[str]]],
    everywhere: Collection[str],
    countries: Collection[str],
    frequencies: Frequencies,
) -> Reading:
    """The question's concepts by their names in another language, in the order of the question."""
    found: list[tuple[int, tuple[str, ...], tuple[tuple[str, ...], ...], str]] = []
    for span, others in heard:
        cut = tuple(words(folded[span.start : span.end], own))
        written = [cut] if folded[span.start : span.end].isascii() else []  # may stand there as it is
        found.append((span.start, cut, (*written, *(tuple(words(other, target)) for other in others)), others[0]))
    # What sounds like a name of the index hides words that only its pieces happen to be.
    named = [(span, dictionary) for span, dictionary in named if not any(span.meets(other) for other, _ in heard)]
    for span, dictionary in named:
        labels = [label for row in span.rows for label in dictionary.labels(row, target)]
        names = tuple(dict.fromkeys(name for row in span.rows for name in dictionary.names(row, target)))
        cut = tuple(words(folded[span.start : span.end], own))
        found.append((span.start, cut, names, labels[0] if labels else ""))
    rest = _blanked(folded, [span for span, _ in (*named, *heard)])
    if own == "zh":
        for start, end, _ in unspaced_names_in(rest):
            found.append((start, (rest[start:end],), (), ""))
            rest = rest[:start] + " " * (end - start) + rest[end:]
    spelled = {word: rest[token.start : token.end] for token in placed(rest, own) for word in token.words}
    for word in dict.fromkeys(word for word in words(rest, own) if word not in stop_words(own)):
        same = [tuple(words(spelled.get(word, word), target))] if word in everywhere else []
        found.append((folded.find(word), (word,), tuple(same), word))
    concepts: dict[tuple[tuple[str, ...], ...], Concept] = {}
    for _, cut, names, label in sorted(found, key=lambda item: item[0]):
        code = _country(cut, own, countries)
        if code is not None:
            labels = country_names([code], target)
            names, label = tuple(tuple(words(name, target)) for name in labels), labels[0] if labels else label
        concepts.setdefault(names or (cut,), Concept(_rarity(names or (cut,), frequencies), names, label, code))
    return Reading(tuple(concepts.values()), codes(folded, own))


def _blanked(folded: str, spans: Iterable[Span]) -> str:
    for span in spans:
        folded = folded[: span.start] + " " * (span.end - span.start) + folded[span.end :]
    return folded


def _country(span: Sequence[str], language: str, countries: Iterable[str]) -> str | None:
    """The country of the question that a run of its words names."""
    for code in countries:
        own_names = [tuple(words(name, language)) for name in country_names([code], language)]
        named = any(set(span) & set(name) for name in own_names) or countries_in("".join(span), language) == {code}
        if named or code in countries_of_adjectives(" ".join(span), language):
            return code
    return None


def _rarity(names: Sequence[Sequence[str]], frequencies: Frequencies) -> float:
    """What a thing weighs that stands in as many passages as any of its names."""
    total, counts = frequencies(word for name in names for word in name)
    standing = sum(min(counts[word] for word in name) for name in names)
    return _rarity_of(min(standing, total), total)


def _rarity_of(count: int, total: int) -> float:
    return math.log(1 + (total + 1) / (count + 0.5))
