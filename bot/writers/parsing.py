"""A model's text into claims: a sentence with the numbers behind it, as soon as its line is written."""

import re
from collections.abc import Iterator

from bot.prompts import NOT_COVERED
from bot.writers import Claim
from retrieval import split_sentences

_MARK = r"[\[【［]\s*\^?\d{1,3}(?:\s*[,，、;-]\s*\^?\d{1,3})*\s*[\]】］]"
_MARKS = re.compile(rf"(?:\s*{_MARK})+")
_MARKS_BEFORE_STOP = re.compile(rf"((?:\s*{_MARK})+)\s*([.。!！?？;；])")
_ITEM = re.compile(r"(\s*(?:\d{1,2}[.)、]|[-•*–—])\s+)")
_RULE = re.compile(r"^[\s|:–—-]+$")


class Parser:
    """Takes a text in pieces and gives its claims. Headings and lines that only introduce are left out."""

    def __init__(self) -> None:
        self._rest = ""
        self._header: list[str] | None = None

    def feed(self, piece: str) -> Iterator[Claim]:
        """The claims of the lines that a piece completes."""
        *lines, self._rest = (self._rest + piece).split("\n")
        for line in lines:
            yield from self._line(line)

    def end(self) -> Iterator[Claim]:
        """The claims of the last line."""
        rest, self._rest = self._rest, ""
        yield from self._line(rest)

    def _line(self, line: str) -> Iterator[Claim]:
        text = line.strip()
        if not text or text.startswith("#") or text.strip(" .*_") == NOT_COVERED:
            return
        if text.startswith("|") or text.count("|") > 1:
            yield from self._row(text)
            return
        self._header = None
        yield from _claims(text)

    def _row(self, text: str) -> Iterator[Claim]:
        """A table row as a sentence that can be read, and proven, alone: ``header: cell; header: cell``."""
        if _RULE.match(text):
            return
        cells = [cell.strip() for cell in text.strip("|").split("|")]
        if self._header is None:
            self._header = cells
            return
        numbers = tuple(number for cell in cells for number in _numbers(cell))
        said = []
        for place, cell in enumerate(cells):
            bare = _MARKS.sub("", cell).strip()
            name = _MARKS.sub("", self._header[place]).strip() if place < len(self._header) else ""
            if bare:
                said.append(f"{name}: {bare}" if name else bare)
        if said:
            yield Claim("; ".join(said), numbers)


def _claims(text: str) -> Iterator[Claim]:
    item = _ITEM.match(text)
    lead = item.group(1).strip() + " " if item else ""
    body = _MARKS_BEFORE_STOP.sub(r"\2\1", text[item.end() :] if item else text)
    begin = 0
    for marks in [*_MARKS.finditer(body), None]:
        stretch = body[begin : marks.start() if marks else len(body)].strip()
        numbers = tuple(_numbers(marks.group())) if marks else ()
        begin = marks.end() if marks else len(body)
        for sentence in split_sentences(stretch):
            said = sentence.text.lstrip(".。;； ")
            if not any(sign.isalnum() for sign in said) or (not numbers and said.endswith((":", "："))):
                continue
            yield Claim(lead + said, numbers)
            lead = ""


def _numbers(marks: str) -> Iterator[int]:
    for group in re.findall(_MARK, marks):
        span = re.fullmatch(r"[\[【［]\s*(\d{1,3})\s*-\s*(\d{1,3})\s*[\]】］]", group)
        if span:
            yield from range(int(span.group(1)), min(int(span.group(2)), int(span.group(1)) + 9) + 1)
        else:
            yield from (int(number) for number in re.findall(r"\d+", group))
