"""Staff's terms in several languages: what a question in one language is called in another.

``knowledge/termbase.csv`` has a column per language and a row per concept; an abbreviation stands in brackets behind its
term and is a second name of it.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from retrieval.language import stop_words, words
from retrieval.metadata import LANGUAGE, Finding

TERMBASE_FILE = "termbase.csv"
_BRACKETS = re.compile(r"[(（]([^()（）]*)[)）]")
_QUOTES = re.compile(r"[《》〈〉“”\"«»]")


@dataclass(frozen=True, slots=True)
class Term:
    """A concept's names in one language, as words."""

    names: tuple[tuple[str, ...], ...]


class Termbase:
    """Looks up the terms of a question, the longest first."""

    def __init__(self, rows: Sequence[Mapping[str, Sequence[str]]]) -> None:
        self._rows = [
            {language: Term(tuple(tuple(words(name, language)) for name in names)) for language, names in row.items()}
            for row in rows
        ]
        self._first: dict[tuple[str, str], list[tuple[tuple[str, ...], int]]] = {}
        for number, row in enumerate(self._rows):
            for language, term in row.items():
                for name in term.names:
                    # "At most" is a term too, but a question is not about it.
                    if not stop_words(language).issuperset(name):
                        self._first.setdefault((language, name[0]), []).append((name, number))
        for listed in self._first.values():
            listed.sort(key=lambda item: -len(item[0]))

    @staticmethod
    def load(path: Path) -> tuple["Termbase", tuple[Finding, ...]]:
        """The terms of a file and what is wrong in it; no terms where there is no file."""
        try:
            text = path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            return Termbase([]), ()
        except (OSError, UnicodeDecodeError) as error:
            return Termbase([]), (Finding(f"cannot be read ({error}); save it as CSV in UTF-8"),)
        return _parse(text)

    def spans(
        self, text_words: Sequence[str], language: str, target: str
    ) -> Iterator[tuple[tuple[int, int], tuple[tuple[str, ...], ...]]]:
        """The terms in a text: their place and length in words, and their names in ``target``.

        Longer terms hide those inside them.
        """
        position = 0
        while position < len(text_words):
            length, rows = self._match(text_words, position, language)
            names = [
                name for number in rows if target in self._rows[number] for name in self._rows[number][target].names
            ]
            if names:
                yield (position, length), tuple(dict.fromkeys(name for name in names if name))
            position += length

    def _match(self, question_words: Sequence[str], position: int, language: str) -> tuple[int, list[int]]:
        listed = self._first.get((language, question_words[position]), ())
        for name, _ in listed:
            if tuple(question_words[position : position + len(name)]) == name:
                return len(name), [number for other, number in listed if other == name]
        return 1, []


def _parse(text: str) -> tuple[Termbase, tuple[Finding, ...]]:
    reader = csv.reader(io.StringIO(text))
    header = [name.strip() for name in next(reader, [])]
    languages = [name for name in header if LANGUAGE.fullmatch(name)]
    if len(languages) < 2:
        return Termbase([]), (Finding("the first line names no two languages; it should read en,zh,ru,category", 1),)
    rows: list[dict[str, tuple[str, ...]]] = []
    findings: list[Finding] = []
    for cells in reader:
        if not any(cells):
            continue
        if len(cells) != len(header):
            findings.append(
                Finding(f"{len(cells)} cells where the header has {len(header)}; left out", reader.line_num)
            )
            continue
        values = dict(zip(header, cells, strict=True))
        rows.append({language: names_of(values[language]) for language in languages if values[language].strip()})
    return Termbase(rows), tuple(findings)


def names_of(cell: str) -> tuple[str, ...]:
    """The names in one cell: what stands outside the brackets, and what stands in them."""
    outside = _BRACKETS.sub(" ", cell)
    return tuple(_tidy([outside, *_BRACKETS.findall(cell)]))


def _tidy(names: Iterable[str]) -> Iterable[str]:
    for name in names:
        tidy = " ".join(_QUOTES.sub(" ", name).split())
        if tidy:
            yield tidy
