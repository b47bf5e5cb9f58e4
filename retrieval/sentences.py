"""Where the sentences of a text begin and end. A list item and a table row count as sentences of their own."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_END = re.compile(
    r"(?P<wide>[。！？；…]+[”’」』）〉》\"']*)"
    r"|(?P<narrow>[.!?]+[”’»\"')\]]*)(?=\s|$|[\u3400-\u9fff])"
    r"|(?P<line>\n+)"
)
# What stands before a full stop that ends no sentence.
_ABBREVIATIONS = frozenset(
    (
        "mr mrs ms dr prof st v no nos art arts sec secs para paras ch vol fig al etc vs inc ltd co corp jr sr "
        "dept gov gen e.g i.e cf viz approx est ca u.s u.k u.n e.u p pp jan feb mar apr jun jul aug sept sep "
        "oct nov dec г гг ст стст п пп ч чч т тт тыс млн млрд трлн руб коп долл кв км см им ул д кн рис табл "
        "гл абз др проч т.е т.д т.п т.к т.н т.ч и.о н.э янв фев февр мар апр июн июл авг сен сент окт ноя "
        "нояб дек "
    ).split()
)
_WORD_BEFORE = re.compile(
    r"(?:^|[\s(\[)\]«»“”\"'（）【】《》、，：；\u3400-\u9fff])((?:[^\W\d_]\.)*[^\W\d_\u3400-\u9fff]+)$"
)
_INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")
# What is said or shown inside a sentence may have ends of its own, as a name has ("Hey! Say! JUMP"); not over lines, and not for long.
_ENCLOSED = re.compile(
    "|".join(
        f"{left}[^{left}{right}\n]{{1,160}}{right}"
        for left, right in ("“”", "「」", "『』", "«»", "（）", "《》", (r"\(", r"\)"))
    )
)
_LOWER_NEXT = re.compile(r"\s+[a-zа-яё]")
_SAID = re.compile(r"\s+[–—-]?\s*[a-zа-яё]")
_NUMBER_BEFORE = re.compile(r"(?:^|\n)\s*\d{1,3}$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A stretch of a text: ``text[start:end]``, without the white space around it."""

    start: int
    end: int
    text: str


def split_sentences(text: str) -> list[Sentence]:
    """The sentences of a text in order; together they hold everything but white space."""
    return list(_sentences(text))


def _sentences(text: str) -> Iterator[Sentence]:
    start = 0
    enclosed = [(match.start(), match.end()) for match in _ENCLOSED.finditer(text)]
    for end in _END.finditer(text):
        while enclosed and enclosed[0][1] <= end.start():
            del enclosed[0]
        if enclosed and enclosed[0][0] < end.start() and end.end() < enclosed[0][1]:
            continue
        if end.lastgroup == "narrow" and not _ends_sentence(text, start, end):
            continue
        yield from _trimmed(text, start, end.end())
        start = end.end()
    yield from _trimmed(text, start, len(text))


def _ends_sentence(text: str, start: int, end: re.Match[str]) -> bool:
    if end.group()[-1] not in ".!?" and _SAID.match(text, end.end()):
        return False  # "Yes!" she said
    if "." not in end.group() or len(end.group()) > 2:
        return True
    if _LOWER_NEXT.match(text, end.end()):
        return False
    before = text[max(start, end.start() - 24) : end.start()]
    if _NUMBER_BEFORE.search(before) and before.strip() == text[start : end.start()].strip():
        return False  # "3." at the head of a list item
    word = _WORD_BEFORE.search(before)
    if word is None:
        return True
    if word.group(1).casefold() == "no" and not text[end.end() :].lstrip()[:1].isdigit():
        return True  # an answer: it numbers nothing
    # Single capitals are initials ("A. Smith", "S.G. Smith"); abbreviations keep their sentence open unless a new line follows.
    initials = _INITIALS.fullmatch(word.group(1)) is not None and word.group(1).isupper()
    abbreviation = initials or word.group(1).casefold() in _ABBREVIATIONS
    return not abbreviation or end.end() == len(text) or text[end.end()] == "\n"


def _trimmed(text: str, start: int, end: int) -> Iterator[Sentence]:
    stretch = text[start:end]
    stripped = stretch.strip()
    if stripped:
        begin = start + len(stretch) - len(stretch.lstrip())
        yield Sentence(begin, begin + len(stripped), stripped)
