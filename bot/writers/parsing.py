"""A model's text into claims: a sentence with the numbers behind it, as soon as its line is written."""

import re
from collections.abc import Iterator

from bot.prompts import NOT_COVERED
from bot.tables import row_of, sentence_of
from bot.writers import Claim
from retrieval import split_sentences

_MARK = r"[\[【［]\s*\^?\d{1,3}(?:\s*[,，、;-]\s*\^?\d{1,3})*\s*(?:†[^\]】］\n]{0,60})?[\]】］]"
_JOINS = re.compile(r"^[\s.。;；,，、]+(?:(?:and|but|while|и|а|но)\s+|(?:并且?|而且?|且)(?=\w))?", re.IGNORECASE)
"""What joins the words behind a mark to those before it."""
_MARKS = re.compile(rf"(?:\s*{_MARK})+")
_MARKS_BEFORE_STOP = re.compile(rf"((?:\s*{_MARK})+)\s*([.。!！?？;；])")
_ITEM = re.compile(r"(\s*(?:\d{1,2}[.)、]|[-•*–—])\s+)")
_RULE = re.compile(r"^[\s|:–—-]+$")
_PIPE = re.compile(r"(?<!\\)\|")


class Parser:
    """Takes a text in pieces and gives its claims. Headings and lines that only introduce are left out."""

    def __init__(self) -> None:
        self._rest = ""
        self._header: list[str] | None = None
        self._tables = 0
        self._held: str | None = None
        self._parted = False

    def feed(self, piece: str) -> Iterator[Claim]:
        """The claims of the lines that a piece completes."""
        *lines, self._rest = (self._rest + piece).split("\n")
        for line in lines:
            yield from self._line(line)

    def end(self) -> Iterator[Claim]:
        """The claims of the last line."""
        rest, self._rest = self._rest, ""
        yield from self._line(rest)
        yield from self._release()

    def _line(self, line: str) -> Iterator[Claim]:
        text = line.strip().lstrip(">").strip()
        if not text:
            self._parted = True
            return
        if not text.startswith("#") and (text.startswith("|") or text.count("|") > 1):
            yield from self._table_line(text)
            return
        yield from self._release()
        self._header = None
        if not text.startswith("#") and text.strip(" .*_") != NOT_COVERED:
            yield from _claims(text)

    def _table_line(self, text: str) -> Iterator[Claim]:
        """What follows an empty line may go on with a table, or head the next one: the line after it tells."""
        if _RULE.match(text):
            if self._held is not None:
                self._header, text, self._held = None, self._held, None
                yield from self._row(text)
            return
        yield from self._release()
        if self._parted and self._header is not None:
            self._held = text
        else:
            yield from self._row(text)
        self._parted = False

    def _release(self) -> Iterator[Claim]:
        """The row that was held back, which heads no table after all."""
        if self._held is not None:
            text, self._held = self._held, None
            yield from self._row(text)

    def _row(self, text: str) -> Iterator[Claim]:
        """A table row as a sentence that can be read, and proven, alone: ``header: cell; header: cell``."""
        cells = _cells(text)
        if self._header is None:
            self._tables += 1
            self._header = [_unmarked(cell) for cell in cells]
            return
        numbers = tuple(dict.fromkeys(number for cell in cells for number in _numbers(cell)))
        bare = [_unmarked(cell) for cell in cells]
        names = [*self._header, *[""] * (len(bare) - len(self._header))][: len(bare)]
        said = sentence_of(names, bare)
        if said:
            yield Claim(said, numbers, row=row_of(self._tables, self._header, bare))


def _cells(text: str) -> list[str]:
    """The cells of a row; a pipe behind a backslash is a sign like others."""
    inner = _PIPE.split(text)
    if not inner[0].strip():
        inner = inner[1:]
    if inner and not inner[-1].strip():
        inner = inner[:-1]
    return [cell.replace("\\|", "|").strip() for cell in inner]


def _unmarked(cell: str) -> str:
    return _MARKS.sub("", cell).strip()


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
            said = _JOINS.sub("", sentence.text, count=1)
            if not any(sign.isalnum() for sign in said) or (not numbers and said.endswith((":", "："))):
                continue
            yield Claim(lead + said, numbers)
            lead = ""


def _numbers(marks: str) -> Iterator[int]:
    for found in re.findall(_MARK, marks):
        group = re.sub("†.*(?=.$)", "", found)
        span = re.fullmatch(r"[\[【［]\s*(\d{1,3})\s*-\s*(\d{1,3})\s*[\]】］]", group)
        if span:
            yield from range(int(span.group(1)), min(int(span.group(2)), int(span.group(1)) + 9) + 1)
        else:
            yield from (int(number) for number in re.findall(r"\d+", group))
