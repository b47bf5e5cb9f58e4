"""Names of things in several languages, and where they stand in a question.

A row is a thing; what it is called in each language are its names, the commonest first. Languages written with spaces are
looked up by the stems of words, Chinese by its characters, because where a Chinese word ends depends on who cuts it.
"""

import bisect
import functools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from retrieval.language import Placed, fold, fold_each, has_han, is_han, lone_characters, placed, stop_words, words

Row = Mapping[str, Sequence[str]]
"""Names by language."""
_LONGEST = 16
"""Han characters of the longest name that is looked for."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a folded text that names something, by the places of its first character and of the one behind it."""

    start: int
    end: int
    rows: tuple[int, ...]

    def meets(self, other: "Span") -> bool:
        """Whether the two have a character in common."""
        return self.start < other.end and other.start < self.end


class Translator(Protocol):
    """What knows how things are called in other languages."""

    def translations(self, text: str, language: str, target: str) -> list[tuple[str, tuple[tuple[str, ...], ...]]]:
        """What a text names, as it stands there folded, and what that is called in another language."""
        ...


def cut_names(rows: Sequence[Row]) -> list[str]:
    """Every name as it is looked for, in the order of the rows: its Han characters, or its words with a space between; empty
    for what is not looked for."""
    listed = _listed(rows)
    folded = fold_each([name for name, _, _ in listed])
    return [_cut(name, language) for name, (_, language, _) in zip(folded, listed, strict=True)]


def _cut(name: str, language: str) -> str:
    if has_han(name):
        return "".join(name.split())
    cut = words(name, language)
    # "At most" may be a name too, but a question is not about it.
    return "" if stop_words(language).issuperset(cut) else " ".join(cut)


def _listed(rows: Sequence[Row]) -> list[tuple[str, str, int]]:
    """Name, language and number of the row."""
    return [
        (name, language, number) for number, row in enumerate(rows) for language, names in row.items() for name in names
    ]


class Dictionary:
    """Looks up what a text names, the longest name first.

    Args:
        rows: things by the names they have.
        cut: what ``cut_names`` gave for these rows, where that is known; it is most of what making a dictionary costs.
    """

    def __init__(self, rows: Iterable[Row], cut: Sequence[str] | None = None) -> None:
        self._rows = tuple(rows)
        self._by_characters: dict[str, list[int]] = {}
        self._by_words: dict[tuple[str, str], list[tuple[tuple[str, ...], int]]] = {}
        self._names: dict[tuple[int, str], tuple[tuple[str, ...], ...]] = {}
        self._kin: dict[tuple[int, str], tuple[frozenset[str], frozenset[str]]] = {}
        for name, (_, language, number) in zip(cut or cut_names(self._rows), _listed(self._rows), strict=True):
            if has_han(name):
                self._by_characters.setdefault(name, []).append(number)
            elif name:
                words_of_it = tuple(name.split(" "))
                self._by_words.setdefault((language, words_of_it[0]), []).append((words_of_it, number))
        for listed in self._by_words.values():
            listed.sort(key=lambda item: -len(item[0]))

    def spans(self, folded: str, language: str, *, whole_words: bool = False) -> list[Span]:
        """What is named in a folded text, in its order; longer names hide those inside them.

        Args:
            whole_words: leaves out single Han characters that are part of a word, such as the day in "tomorrow".
        """
        tokens = placed(folded, language)
        found: list[Span] = []
        position = 0
        while position < len(tokens):
            token = tokens[position]
            if token.han:
                found += self._in_characters(folded, token, whole_words=whole_words)
                position += 1
                continue
            length, rows = self._match(tokens, position, language)
            if rows:
                found.append(Span(token.start, tokens[position + length - 1].end, rows))
            position += length
        return found

    def names(self, number: int, language: str) -> tuple[tuple[str, ...], ...]:
        """What the thing of a row is called in a language, each name a run of words; nothing if that is not known."""
        found = self._names.get((number, language))
        if found is None:
            cut = (tuple(words(name, language)) for name in self._rows[number].get(language, ()))
            found = self._names[number, language] = tuple(dict.fromkeys(name for name in cut if name))
        return found

    def translations(self, text: str, language: str, target: str) -> list[tuple[str, tuple[tuple[str, ...], ...]]]:
        """What a text names, as it stands there folded, and what that is called in another language."""
        folded = fold(text)
        return [(folded[span.start : span.end], names) for span, names in self.translated(folded, language, target)]

    def translated(self, folded: str, language: str, target: str) -> Iterator[tuple[Span, tuple[tuple[str, ...], ...]]]:
        """What a folded text names, where it has a name in another language, and those names."""
        for span in self.spans(folded, language):
            names = dict.fromkeys(name for row in span.rows for name in self.names(row, target))
            if names:
                yield span, tuple(names)

    def labels(self, number: int, language: str) -> Sequence[str]:
        """The names of a row's thing as people write them."""
        return self._rows[number].get(language, ())

    def knows(self, name: str, language: str) -> bool:
        """Whether something is called so in a language."""
        return bool(self._called(fold(name), language))

    def kin(self, rows: Iterable[int], language: str) -> tuple[frozenset[str], frozenset[str]]:
        """The single words for things that share names with one of these: for "die" also "perish".

        Returns:
            Those that share names in two languages, which seldom mean anything else; and those that share one in any.
        """
        found = [self._kin_of(row, language) for row in rows]
        near = frozenset[str]().union(*(near for near, _ in found))
        return near, frozenset[str]().union(*(far for _, far in found)) - near

    def _kin_of(self, row: int, language: str) -> tuple[frozenset[str], frozenset[str]]:
        found = self._kin.get((row, language))
        if found is None:
            shared = Counter(
                other
                for spoken, names in self._rows[row].items()
                for other in {other for name in names for other in self._called(fold(name), spoken)}
            )
            near = self._single_words((other for other, times in shared.items() if times > 1), language)
            found = self._kin[row, language] = near, self._single_words(shared, language)
        return found

    def _single_words(self, rows: Iterable[int], language: str) -> frozenset[str]:
        return frozenset(name[0] for row in rows for name in self.names(row, language) if len(name) == 1)

    def _called(self, name: str, language: str) -> Iterable[int]:
        if any(map(is_han, name)):
            return self._by_characters.get("".join(name.split()), ())
        cut = tuple(words(name, language))
        return [number for other, number in self._by_words.get((language, cut[0]), ()) if other == cut] if cut else ()

    def _match(self, tokens: Sequence[Placed], position: int, language: str) -> tuple[int, tuple[int, ...]]:
        listed = self._by_words.get((language, tokens[position].words[0]), ()) if tokens[position].words else ()
        for name, _ in listed:
            here = tokens[position : position + len(name)]
            if tuple(word for token in here for word in token.words) == name:
                return len(name), tuple(number for other, number in listed if other == name)
        return 1, ()

    def _in_characters(self, folded: str, run: Placed, *, whole_words: bool) -> Iterator[Span]:
        alone = lone_characters(run.han) if whole_words else frozenset[int]()
        start = run.start
        while start < run.end:
            end = next(
                (
                    end
                    for end in range(min(run.end, start + _LONGEST), start, -1)
                    if folded[start:end] in self._by_characters or folded[start:end] in stop_words("zh")
                ),
                start + 1,
            )
            name = folded[start:end]
            is_word = not whole_words or end - start > 1 or start - run.start in alone
            if is_word and name in self._by_characters and name not in stop_words("zh"):
                yield Span(start, end, tuple(self._by_characters[name]))
            start = end


class Dictionaries:
    """Several dictionaries as one: what an earlier one names, a later one does not name otherwise."""

    def __init__(self, *dictionaries: Dictionary) -> None:
        self._dictionaries = dictionaries
        # One statement is held against many passages.
        self._known = functools.lru_cache(maxsize=512)(self._looked_up)

    def translations(self, text: str, language: str, target: str) -> list[tuple[str, tuple[tuple[str, ...], ...]]]:
        """What a text names, as it stands there folded, and what that is called in another language."""
        return list(self._known(text, language, target))

    def _looked_up(self, text: str, language: str, target: str) -> tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]:
        found: list[tuple[str, tuple[tuple[str, ...], ...]]] = []
        taken: list[tuple[int, int]] = []
        folded = fold(text)
        for dictionary in self._dictionaries:
            # The spans of one dictionary stand in order and apart; so a look at the neighbours is enough.
            new: list[tuple[int, int]] = []
            for span, names in dictionary.translated(folded, language, target):
                place = bisect.bisect_left(taken, (span.end, 0))
                if place == 0 or taken[place - 1][1] <= span.start:
                    found.append((folded[span.start : span.end], names))
                    new.append((span.start, span.end))
            taken = sorted(taken + new)
        return tuple(found)
