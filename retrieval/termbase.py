"""Staff's terms in several languages: what a question in one language is called in another.

``knowledge/termbase.csv`` has a column per language and a row per concept; an abbreviation stands in brackets behind its
term and is a second name of it.
"""

import csv
import functools
import io
import re
from collections.abc import Iterable
from pathlib import Path

from retrieval.dictionary import Dictionary
from retrieval.metadata import LANGUAGE, Finding

TERMBASE_FILE = "termbase.csv"
_BRACKETS = re.compile(r"[(（]([^()（）]*)[)）]")
_QUOTES = re.compile(r"[《》〈〉“”\"«»]")


class Termbase(Dictionary):
    """The house's own terms."""

    @staticmethod
    def load(path: Path) -> tuple["Termbase", tuple[Finding, ...]]:
        """The terms of a file and what is wrong in it; no terms where there is no file.

        A file that is as it was is not parsed again: three thousand terms take a second, and it is looked at with every sync.
        """
        try:
            text = path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            return Termbase([]), ()
        except (OSError, UnicodeDecodeError) as error:
            return Termbase([]), (Finding(f"cannot be read ({error}); save it as CSV in UTF-8"),)
        return _parse(text)


@functools.lru_cache(maxsize=2)
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
