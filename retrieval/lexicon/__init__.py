"""Everyday words in English, Chinese and Russian, of our own compilation, so that a question finds a foreign passage.

The rows lie beside this file, a thing a row and a column a language; several names of a thing are separated by "; ".
"""

import contextlib
import csv
import hashlib
import re
import sys
import threading
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from retrieval.dictionary import Dictionary, Row, cut_names

LANGUAGES = ("en", "zh", "ru")
SEPARATOR = "; "


_KEPT = "lexicon."
_OURS = re.compile(r"lexicon\.(?:[0-9a-f]{32}|new)")
_CUT_BY = ("dictionary.py", "language.py", "notations.py")
_CUT_WITH = ("opencc", "pymorphy3", "pymorphy3-dicts-ru", "pystemmer")
_loading = threading.Lock()
_loaded: Dictionary | None = None


def load_lexicon(keep_in: Path | None = None) -> Dictionary:
    """The packaged lexicon, ready to be asked; made once a process.

    Args:
        keep_in: a folder of ours. To cut a hundred thousand names takes more than a second, so they are kept there as they were
            cut, under a name that changes with the rows and with what cuts them.
    """
    global _loaded
    with _loading:
        if _loaded is None:
            _loaded = _load(keep_in)
        return _loaded


def _load(keep_in: Path | None) -> Dictionary:
    listed = rows()
    if keep_in is None:
        return Dictionary(listed)
    kept = keep_in / f"{_KEPT}{_digest()}"
    with contextlib.suppress(OSError, ValueError):
        checksum, _, names = kept.read_text(encoding="utf-8").partition("\n")
        if checksum == _checksum(names):
            return Dictionary(listed, names.split("\n"))
    cut = cut_names(listed)
    with contextlib.suppress(OSError):
        for earlier in keep_in.iterdir():
            if _OURS.fullmatch(earlier.name):
                earlier.unlink()
        beside = kept.with_name(f"{_KEPT}new")
        names = "\n".join(cut)
        beside.write_text(f"{_checksum(names)}\n{names}", encoding="utf-8")
        beside.replace(kept)
    return Dictionary(listed, cut)


def _checksum(names: str) -> str:
    return hashlib.sha256(names.encode()).hexdigest()


def _digest() -> str:
    versions = [sys.version, *(f"{name} {version(name)}" for name in _CUT_WITH)]
    digest = hashlib.sha256("\n".join(versions).encode())
    for file in (*_row_files(), *(files("retrieval") / name for name in _CUT_BY)):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:32]


def _row_files() -> list[Traversable]:
    found = (file for file in files("retrieval.lexicon").iterdir() if file.name.endswith(".csv"))
    return sorted(found, key=lambda file: file.name)


def rows() -> list[Row]:
    """Every row of the packaged files."""
    found: list[Row] = []
    for file in _row_files():
        lines = csv.reader(file.read_text(encoding="utf-8").splitlines())
        found += (
            {language: tuple(cell.split(SEPARATOR)) for language, cell in zip(LANGUAGES, line, strict=True)}
            for line in lines
            if line
        )
    return found
