"""Everyday words in English, Chinese and Russian, of our own compilation, so that a question finds a foreign passage.

The rows lie beside this file, a thing a row and a column a language; several names of a thing are separated by "; ".
"""

import csv
import functools
from importlib.resources import files

from retrieval.dictionary import Dictionary, Row

LANGUAGES = ("en", "zh", "ru")
SEPARATOR = "; "


@functools.cache
def load_lexicon() -> Dictionary:
    """The packaged lexicon, ready to be asked."""
    return Dictionary(rows())


def rows() -> list[Row]:
    """Every row of the packaged files."""
    found: list[Row] = []
    for file in sorted(files("retrieval.lexicon").iterdir(), key=lambda file: file.name):
        if file.name.endswith(".csv"):
            lines = csv.reader(file.read_text(encoding="utf-8").splitlines())
            found += (
                {language: tuple(cell.split(SEPARATOR)) for language, cell in zip(LANGUAGES, line, strict=True)}
                for line in lines
                if line
            )
    return found
