"""Scanned pages, read by tesseract where it is installed, and believed only when their script is the expected one.

The Latin model reads Cyrillic as Latin gibberish without a word of doubt, so the script is told before and checked after.
"""

import math
import os
import re
import shutil
import subprocess
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

from retrieval.document import Block, BlockKind
from retrieval.readers.cleaning import join_lines, strip_hidden
from retrieval.readers.source import Source

_PATH = os.pathsep.join((os.defpath, "/usr/local/bin", "/opt/homebrew/bin"))
_DPI = 300
_MOST_PIXELS = 30_000_000
_LEAST_CONFIDENCE = 60.0
"""Mean confidence in a hundredth; clean scans reach 90, the wrong model stays below 50."""
_SURE_SCRIPT = 1.0
"""What tesseract calls the confidence of a script; below it the script is a guess."""
_SHARE_OF_TIME = 0.7
_TOO_LONG = "its scanned pages take too long to read; save the file as searchable PDF."


def _pairs(words: str) -> dict[str, str]:
    return dict(pair.split(":") for pair in words.split())


_MODELS = _pairs(
    "en:eng ru:rus zh:chi_sim zh-Hant:chi_tra ja:jpn ko:kor ar:ara fa:fas uk:ukr be:bel kk:kaz ky:kir tg:tgk mn:mon "
    "sr:srp bg:bul de:deu fr:fra es:spa it:ita pt:por pl:pol cs:ces hu:hun tr:tur uz:uzb az:aze vi:vie id:ind ms:msa "
    "th:tha hi:hin"
)
"""The data that tesseract needs for a language."""
_SCRIPT_MODELS = _pairs(
    "Latin:eng Cyrillic:rus Han:chi_sim HanS:chi_sim HanT:chi_tra Japanese:jpn Korean:kor Hangul:kor Arabic:ara "
    "Devanagari:hin Thai:tha"
)
_SCRIPTS = _pairs(
    "rus:cyrillic ukr:cyrillic bel:cyrillic kaz:cyrillic kir:cyrillic tgk:cyrillic mon:cyrillic srp:cyrillic "
    "bul:cyrillic chi_sim:han chi_tra:han jpn:han kor:hangul ara:arabic fas:arabic hin:other tha:other"
)
"""The script of each model in the house's own words; ``latin`` where none is named."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What was read of the scanned pages of a file."""

    blocks: tuple[Block, ...] = ()
    warnings: tuple[str, ...] = ()
    problem: str | None = None
    """Why nothing was read: half a sentence that ends in what to do."""


def read_scans(pdf: Any, pages: Sequence[int], source: Source) -> Scan:
    """Reads the given pages of an open PDF, as many as the limits allow."""
    program = shutil.which("tesseract", path=_PATH)
    if program is None:
        return Scan(
            problem="OCR is switched on but tesseract is not installed; install it, or save the file as searchable PDF."
        )
    reading = _Reading(program, source, time.monotonic() + _SHARE_OF_TIME * source.limits.wall_seconds)
    blocks: list[Block] = []
    read: list[int] = []
    doubts: dict[int, str] = {}
    for page in pages[: source.limits.ocr_pages]:
        if time.monotonic() > reading.deadline:
            break
        try:
            blocks += reading.page(pdf, page)
            read.append(page)
        except subprocess.TimeoutExpired:
            break
        except _UnsafeError as error:
            doubts[page] = str(error)
    if blocks:
        return Scan(tuple(blocks), _warnings(read, doubts, len(pages), reading.models))
    if doubts:
        return Scan(problem=next(iter(doubts.values())))
    return Scan() if len(read) == len(pages) else Scan(problem=_TOO_LONG)


def _warnings(read: Sequence[int], doubts: Mapping[int, str], wanted: int, models: Collection[str]) -> tuple[str, ...]:
    told = [
        f"{len(read)} scanned pages were read by OCR ({', '.join(models)}); check names and numbers against the file"
    ]
    told += [f"scanned page {page}: {reason}" for page, reason in list(doubts.items())[:5]]
    if left := wanted - len(read) - len(doubts):
        told.append(f"{left} scanned pages were not read; save the file as searchable PDF, or split it")
    return tuple(told)


class _UnsafeError(Exception):
    """What tesseract made of a page is not to be believed; the message says why and what to do."""


class _Reading:
    """The pages of one file. The model of a page that read well serves the next ones too."""

    def __init__(self, program: str, source: Source, deadline: float) -> None:
        self.deadline = deadline
        self.models: dict[str, None] = {}
        self._model = ""
        self._program = program
        self._language = source.language

    def page(self, pdf: Any, number: int) -> list[Block]:
        """The paragraphs of a page; none where it shows no text."""
        picture = _picture(pdf, number)
        usual = self._model
        try:
            words = self._words(picture, usual or self._choose(picture))
        except _UnsafeError:
            model = self._choose(picture)
            if model == usual or not usual:
                raise
            words = self._words(picture, model)
        return [
            Block(BlockKind.PARAGRAPH, text, page=number)
            for _, paragraph in groupby(words, key=lambda word: word.paragraph)
            if re.search(r"\w", text := _text(list(paragraph)))
        ]

    def _words(self, picture: bytes, model: str) -> list["_Word"]:
        table = self._tesseract(picture, "-l", model, "--dpi", str(_DPI), "tsv")
        words = [word for line in table.splitlines()[1:] if (word := _Word.of(line)) is not None and word.text]
        seen = [word for word in words if re.search(r"\w", word.text)]
        if not seen:
            return []
        _check(seen, model)
        self._model = model
        self.models[model] = None
        return words

    def _choose(self, picture: bytes) -> str:
        installed = _models(self._program)
        script, sure = self._script(picture) if "osd" in installed else ("", False)
        wanted = _MODELS.get(self._language or "") or _MODELS.get((self._language or "")[:2])
        if self._language and wanted is None:
            raise _UnsafeError(
                f"it is a scan in '{self._language}', which OCR here does not know; save it as searchable PDF."
            )
        if wanted and sure and script in _SCRIPT_MODELS and not _same_script(wanted, _SCRIPT_MODELS[script]):
            raise _UnsafeError(
                f"its scan shows {script} letters but its card says '{self._language}'; mend the card, or save it as searchable PDF."
            )
        if wanted is None and sure and script not in _SCRIPT_MODELS:
            raise _UnsafeError(
                f"its scan shows {script} letters, which OCR here does not know; save it as searchable PDF."
            )
        model = wanted or _SCRIPT_MODELS.get(script, "eng")
        if model not in installed:
            package = f"tesseract-ocr-{model.replace('_', '-')}"
            raise _UnsafeError(
                f"it is a scan that needs the OCR data '{model}'; install {package}, or save it as searchable PDF."
            )
        return model

    def _script(self, picture: bytes) -> tuple[str, bool]:
        """The script of a page, and whether that is sure; tesseract cannot tell it from a few words."""
        told = self._tesseract(picture, "--psm", "0", "--dpi", str(_DPI))
        name, confidence = re.search(r"Script: (\w+)", told), re.search(r"Script confidence: ([\d.]+)", told)
        if name is None or confidence is None:
            return "", False
        return name[1], float(confidence[1]) >= _SURE_SCRIPT

    def _tesseract(self, picture: bytes, *options: str) -> str:
        done = subprocess.run(
            [self._program, "stdin", "stdout", *options],
            input=picture,
            capture_output=True,
            timeout=max(self.deadline - time.monotonic(), 1.0),
            env={"PATH": _PATH, "LANG": "C.UTF-8", "OMP_THREAD_LIMIT": "1"},
            check=False,
        )
        return done.stdout.decode("utf-8", errors="replace")


@dataclass(frozen=True, slots=True)
class _Word:
    paragraph: tuple[str, str]
    line: str
    confidence: float
    text: str

    @classmethod
    def of(cls, line: str) -> "_Word | None":
        """A word of tesseract's table; its other rows only frame the words."""
        parts = line.split("\t")
        if len(parts) != 12 or parts[0] != "5":
            return None
        return cls((parts[2], parts[3]), parts[4], float(parts[10]), strip_hidden(parts[11]).strip())


def _check(words: Sequence[_Word], model: str) -> None:
    from retrieval.language import script_counts

    letters = sum(len(word.text) for word in words)
    confidence = sum(word.confidence * len(word.text) for word in words) / letters
    if confidence < _LEAST_CONFIDENCE:
        raise _UnsafeError(
            f"OCR is not sure of its letters ({confidence:.0f} of 100); name its language in its card ('lang: …'), "
            "scan it anew, or save it as searchable PDF."
        )
    counts = script_counts("".join(word.text for word in words))
    expected = _SCRIPTS.get(model, "latin")
    fitting = counts[expected] + (counts["kana"] if expected == "han" else 0)
    if counts.total() >= 20 and fitting * 2 < counts.total():
        raise _UnsafeError(
            f"OCR was told to expect {expected} letters and found others; name its language in its card ('lang: …')."
        )


def _text(words: Sequence[_Word]) -> str:
    return join_lines([_line([word.text for word in line]) for _, line in groupby(words, key=lambda word: word.line)])


def _line(words: Sequence[str]) -> str:
    """Chinese and Japanese come in as many words as tesseract likes, and are written without spaces."""
    joined = " ".join(words)
    return re.sub(
        r"(?<=[\u3040-\u30ff\u3400-\u9fff，。；：、！？）]) (?=[\u3040-\u30ff\u3400-\u9fff，。；：、！？（])",
        "",
        joined,
    )


def _same_script(one: str, two: str) -> bool:
    return _SCRIPTS.get(one, "latin") == _SCRIPTS.get(two, "latin")


@cache
def _models(program: str) -> frozenset[str]:
    listed = subprocess.run([program, "--list-langs"], capture_output=True, timeout=20, check=False)
    return frozenset(listed.stdout.decode("utf-8", errors="replace").split("\n")[1:])


def _picture(pdf: Any, number: int) -> bytes:
    """A page as tesseract takes it from a pipe: grey, in the plainest of formats, and of a bounded size."""
    page = pdf[number - 1]
    try:
        width, height = page.get_size()
        scale = min(_DPI / 72, math.sqrt(_MOST_PIXELS / max(width * height, 1.0)))
        bitmap = page.render(scale=scale, grayscale=True)
        try:
            rows = bytes(bitmap.buffer)
            lines = (
                rows[start : start + bitmap.width] for start in range(0, bitmap.stride * bitmap.height, bitmap.stride)
            )
            return b"P5 %d %d 255\n" % (bitmap.width, bitmap.height) + b"".join(lines)
        finally:
            bitmap.close()
    finally:
        page.close()
