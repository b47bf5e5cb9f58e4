"""Plain text, whose headings, lists and paragraphs have to be told by their looks."""

import re
from collections.abc import Iterable, Iterator, Sequence

from retrieval.document import Block, BlockKind
from retrieval.readers.cleaning import fold, join_lines
from retrieval.readers.furniture import date_in_head, furniture
from retrieval.readers.source import Content, Source


def read_text(source: Source) -> Content:
    """Reads a file of plain text."""
    lines = source.text.split("\n")
    published = date_in_head(lines)
    if not source.own:
        dropped = furniture(lines)
        lines = [line for index, line in enumerate(lines) if index not in dropped]
    return Content(blocks=tuple(plain_blocks(lines)), published=published)


_BULLET = re.compile(r"(?:[-*•●▪■◦‣]|–|—{1,2}|·)\s+(?=\S)|[•●▪■◦‣](?=\S)|——(?=\S)")
_NUMBER = re.compile(r"(?:\d{1,3}[.)、）]|[(（]\d{1,3}[)）]|[(（]?[a-zа-я][)）])\s*(?=[^\s\d])", re.IGNORECASE)
_HAN_NUMBER = "[一二三四五六七八九十百零0-9]{1,6}"
_WORD_NUMBER = "(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_NUMBERED_HEADINGS = tuple(
    (level, re.compile(pattern, re.IGNORECASE))
    for level, pattern in (
        (1, rf"第{_HAN_NUMBER}[编篇部]|(?:part|раздел)\s+[\divxlc]+\b"),
        (2, rf"第{_HAN_NUMBER}章|[一二三四五六七八九十]{{1,3}}、|(?:chapter|глава)\s+[\divxlc]+\b"),
        (2, r"(?:annex|appendix|приложение|附件|附录)\s*№?\s*[\divxlca-z一二三四五六七八九十]{0,4}\b"),
        (2, rf"{_WORD_NUMBER}[,.]\s+(?=\w)"),
        (3, rf"第{_HAN_NUMBER}节|[(（][一二三四五六七八九十]{{1,3}}[)）]|section\s+\d+|§\s?\d+"),
        (3, rf"[(（](?:{_WORD_NUMBER}|[ivx]{{1,4}})[)）]"),
        (4, rf"第{_HAN_NUMBER}条|(?:article|статья)\s+\d+|ст\.\s?\d+"),
        (4, r"\d{1,2}(?:(?:\.\d{1,2}){0,3}[.、．]\s*|(?:\.\d{1,2}){1,3}\s+)(?=[^\W\d])"),
        (5, r"[(（]\d{1,2}[)）]"),
    )
)
_TERMINAL = re.compile(r"[.!?。！？…;；,，、:：][\"'”’»)）\]]*$")
_WIDE = re.compile("[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff01-\uff60]")


def width(text: str) -> int:
    """Columns a line takes, where a Chinese character takes two."""
    return len(text) if text.isascii() else len(text) + len(_WIDE.findall(text))


def _is_entry(text: str, following: str) -> bool:
    """Whether a line is "name: value" of a form, and not a headline with a colon in it over a long paragraph."""
    entry = re.match(r"[^:：]{1,40}[:：]\s*(?=\S)", text)
    if entry is None:
        return False
    value = text[entry.end() :]
    return width(following) < 160 or width(value) < 12 or re.search(r"\d", value) is not None


def plain_blocks(lines: Sequence[str]) -> list[Block]:
    """Lines of plain text as blocks."""
    return _with_headings(list(_paragraphs(lines)))


def _paragraphs(lines: Sequence[str]) -> Iterator[str]:
    runs = list(_runs(lines))
    filled = [line for run in runs for line in run]
    if not filled:
        return
    widths = sorted(width(line) for line in filled)
    hard_wrapped = _is_hard_wrapped(runs)
    long_lines = widths[len(widths) // 2] > 120 or widths[-1] > 400
    few_breaks = len(runs) * 5 < len(filled)
    for run in runs:
        if hard_wrapped:
            yield from _unwrapped(run)
        elif long_lines or few_breaks or _keeps_lines(run):
            yield from run
        else:
            yield from _unwrapped(run)


def _runs(lines: Iterable[str]) -> Iterator[list[str]]:
    run: list[str] = []
    for line in lines:
        folded = fold(line)
        if folded:
            run.append(folded)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _is_hard_wrapped(runs: Sequence[Sequence[str]]) -> bool:
    """Whether most lines that another line follows are nearly full and stop in mid-sentence."""
    inner = [line for run in runs for line in run[:-1]]
    if len(inner) < 2:
        return False
    widths = sorted(width(line) for line in inner)
    full = widths[int(len(widths) * 0.9)]
    if not 45 <= full <= 110:
        return False
    nearly_full = sum(1 for size in widths if size >= full * 0.75)
    unfinished = sum(1 for line in inner if not _TERMINAL.search(line))
    return nearly_full >= 0.7 * len(inner) and unfinished >= 0.5 * len(inner)


def _keeps_lines(run: Sequence[str]) -> bool:
    """Whether a run of lines is a form or a list of entries, not a sentence over several lines."""
    if len(run) < 2:
        return True
    labelled = sum(1 for line in run if re.match(r"[^:：]{1,40}[:：]\s*\S", line))
    listed = sum(1 for line in run if _opens_item(line))
    ended = sum(1 for line in run if _TERMINAL.search(line))
    return labelled * 2 > len(run) or listed * 2 > len(run) or (ended == len(run) and len(run) > 1)


def _opens_item(line: str) -> bool:
    return bool(_BULLET.match(line) or _NUMBER.match(line))


def _unwrapped(run: Sequence[str]) -> Iterator[str]:
    paragraph: list[str] = []
    for line in run:
        if paragraph and (
            _opens_item(line) or numbered_level(line) or (len(paragraph) == 1 and numbered_level(paragraph[0]))
        ):
            yield join_lines(paragraph)
            paragraph = []
        paragraph.append(line)
    if paragraph:
        yield join_lines(paragraph)


def numbered_level(line: str) -> int:
    """The depth of a line such as ``第二章 总则`` or ``Article 5``, 0 when it is not short or ends like a sentence."""
    if width(line) > 160 or re.search(
        r"[.!?。！？…,，:：][\"'”’»)）\]]*$", line.removesuffix(".") if len(line) < 16 else line
    ):
        return 0
    for level, pattern in _NUMBERED_HEADINGS:
        if pattern.match(line):
            return level
    return 0


def numbered_heading(text: str, following: str) -> int:
    """The depth of a numbered heading, 0 where what follows shows that it is none.

    A list of short points looks like headings too; a heading has something longer under it, or a deeper heading.
    """
    level = numbered_level(text)
    return level if width(following) > max(width(text), 60) or numbered_level(following) > level else 0


def _with_headings(paragraphs: Sequence[str]) -> list[Block]:
    blocks: list[Block] = []
    for place, text in enumerate(paragraphs):
        following = paragraphs[place + 1] if place + 1 < len(paragraphs) else ""
        level = _heading_level(text, following, first=place == 0)
        bullet = _BULLET.match(text)
        if level:
            blocks.append(Block(BlockKind.HEADING, text, level))
        elif bullet:
            blocks.append(Block(BlockKind.LIST_ITEM, text[bullet.end() :], 1))
        elif _NUMBER.match(text):
            blocks.append(Block(BlockKind.LIST_ITEM, text, 1))
        else:
            blocks.append(Block(BlockKind.PARAGRAPH, text))
    return blocks


def _heading_level(text: str, following: str, *, first: bool) -> int:
    if not following or not re.search(r"[^\W\d]", text) or _BULLET.match(text):
        return 0
    if numbered_level(text):
        return numbered_heading(text, following)
    if _TERMINAL.search(text) or _opens_item(following) or _is_entry(text, following):
        return 0
    if first and width(text) <= 160 and width(following) > 1.2 * width(text):
        return 1
    if first and width(text) <= 100 and not _TERMINAL.search(following):
        return 1
    if width(text) <= 80 and width(following) >= max(2 * width(text), 80):
        return 2
    return 0
