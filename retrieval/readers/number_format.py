"""A cell's value as its reader sees it: percent, unit and rounding by the format of the cell, never with thousands."""

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

_PLACEHOLDERS = re.compile(r"[#0?](?:[#0?,\s]*[#0?])?(?:\.[#0?]*)?(,*)")
_PIECE = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)(?:-[^\]]*)?\]|\[[^\]]*\]|_.|\*.|(%)|([$€£¥₽₸])')
_MOST_DECIMALS = 12


def shown_value(value: object, number_format: str) -> str:
    """The text of a cell; empty for an empty one and for one that shows an error."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, dt.datetime):
        day = value.date().isoformat()
        return day if value.time() == dt.time() else f"{day} {value:%H:%M}"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.time):
        return f"{value:%H:%M}"
    if isinstance(value, dt.timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02}"
    if isinstance(value, int | float):
        return _shown_number(value, number_format)
    return str(value)


def _shown_number(value: float, number_format: str) -> str:
    pattern = _pattern(number_format, negative=value < 0)
    if pattern is None:
        return _plain(value)
    before, decimals, scale, percent, after = pattern
    scaled = Decimal(repr(value)) * (100 if percent else 1) / (1000**scale)
    rounded = scaled.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return f"{before}{rounded:f}{after}".strip()


def _plain(value: float) -> str:
    """As a spreadsheet shows a number without a format: eleven signs, and no noise of binary fractions."""
    if isinstance(value, int) or value == int(value):
        return str(int(value))
    text = f"{Decimal(f'{value:.10g}'):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@lru_cache(maxsize=1024)
def _pattern(number_format: str, *, negative: bool) -> tuple[str, int, int, bool, str] | None:
    """What stands before the number, its decimals, the thousands cut off it, whether percent, and what stands after."""
    sections = _sections(number_format)
    section = sections[1] if negative and len(sections) > 1 and sections[1].strip() else sections[0]
    percent = False
    literal: list[str] = []

    def keep(piece: re.Match[str]) -> str:
        nonlocal percent
        percent = percent or piece[4] is not None
        literal.append(piece[1] or piece[2] or piece[3] or piece[4] or piece[5] or "")
        # Stands for the literal while the number itself is looked for.
        return chr(0xE000 + len(literal) - 1)

    bare = _PIECE.sub(keep, section)
    numbers = list(_PLACEHOLDERS.finditer(bare))
    if len(numbers) != 1 or re.search(r"[eE][+-]|/|@|general", bare, re.IGNORECASE):
        return None
    number = numbers[0]
    decimals = min(len(re.sub(r"[^#0?]", "", number[0].partition(".")[2])), _MOST_DECIMALS)

    def told(text: str) -> str:
        return "".join(literal[ord(sign) - 0xE000] if sign >= "\ue000" else sign for sign in text)

    return told(bare[: number.start()]), decimals, len(number[1]), percent, told(bare[number.end() :])


def _sections(number_format: str) -> list[str]:
    """The parts for positive and negative numbers, zero and text, which semicolons outside of quotes divide."""
    return [part.replace("\0", ";") for part in re.sub(r'"[^"]*"|\\;', _veiled, number_format).split(";")]


def _veiled(found: re.Match[str]) -> str:
    return found[0].replace(";", "\0")
