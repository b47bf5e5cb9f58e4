"""The numbers that Word counts itself and does not write into the text: ``2.``, ``(b)``, ``第三章``."""

import re
from dataclasses import dataclass, field
from typing import Any

from docx.oxml.ns import qn

_DEEPEST = 9
_HAN_DIGITS = "零一二三四五六七八九"
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"))
_ROMAN_UNITS = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
_RUSSIAN = "абвгдежзиклмнопрстуфхцчшщэюя"
_LATIN = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    kind: str
    pattern: str


@dataclass(slots=True)
class _List:
    levels: dict[int, _Level]
    counts: dict[int, int] = field(default_factory=dict)


class ListNumbers:
    """All lists of a document, counted while it is read from its beginning."""

    def __init__(self, numbering: Any) -> None:
        self._lists: dict[str, _List] = {}
        self._restarts: dict[str, dict[int, int]] = {}
        if numbering is None:
            return
        kinds = {kind.get(qn("w:abstractNumId")): _List(_levels(kind)) for kind in numbering.iter(qn("w:abstractNum"))}
        for number in numbering.iter(qn("w:num")):
            list_id, kind = number.get(qn("w:numId")), _value(number, "w:abstractNumId")
            if list_id and kind in kinds:
                self._lists[list_id] = kinds[kind]
                self._restarts[list_id] = {
                    _number(change.get(qn("w:ilvl")), 0): _number(_value(change, "w:startOverride"), 1)
                    for change in number.iter(qn("w:lvlOverride"))
                    if _value(change, "w:startOverride") is not None
                }

    def __contains__(self, list_id: str) -> bool:
        return list_id in self._lists

    def next(self, list_id: str, depth: int) -> str:
        """The marker of the next paragraph of a list; empty for a bullet."""
        found = self._lists[list_id]
        level = found.levels.get(depth)
        if level is None:
            return ""
        restart = self._restarts[list_id].pop(depth, None)
        count = restart if restart is not None else found.counts.get(depth, level.start - 1) + 1
        found.counts = {other: value for other, value in found.counts.items() if other < depth} | {depth: count}
        if level.kind in ("bullet", "none"):
            return ""
        return re.sub(r"%([1-9])", lambda place: _at(found, int(place[1]) - 1, depth), level.pattern).strip()


def _at(found: _List, depth: int, own: int) -> str:
    level = found.levels.get(depth)
    if level is None or depth > own:
        return ""
    return _written(found.counts.get(depth, level.start), level.kind)


def _levels(kind: Any) -> dict[int, _Level]:
    return {
        _number(level.get(qn("w:ilvl")), 0): _Level(
            _number(_value(level, "w:start"), 1),
            _value(level, "w:numFmt") or "decimal",
            _value(level, "w:lvlText") or "",
        )
        for level in kind.iter(qn("w:lvl"))
    }


def _value(element: Any, name: str) -> str | None:
    found = element.find(qn(name))
    return None if found is None else found.get(qn("w:val"))


def _number(text: str | None, default: int) -> int:
    return int(text) if text and re.fullmatch(r"\d{1,6}", text, re.ASCII) else default


def _written(count: int, kind: str) -> str:
    if count < 1 or count > 3999:
        return str(count)
    match kind:
        case "lowerLetter" | "upperLetter" | "russianLower" | "russianUpper":
            letters = _RUSSIAN if kind.startswith("russian") else _LATIN
            text = letters[(count - 1) % len(letters)] * ((count - 1) // len(letters) + 1)
            return text.upper() if kind.endswith(("Upper", "upperLetter")) else text
        case "lowerRoman" | "upperRoman":
            text = roman(count)
            return text.upper() if kind == "upperRoman" else text
        case "decimalZero":
            return f"{count:02}"
        case "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" if count <= 20:
            return chr(0x2460 + count - 1)
        case _ if kind.startswith(("chinese", "taiwanese", "japaneseCounting", "ideographTraditional")):
            return han(count)
        case _:
            return str(count)


def roman(count: int) -> str:
    """A number in small Roman letters."""
    text = ""
    for value, letters in _ROMAN:
        text += letters * (count // value)
        count %= value
    return text + _ROMAN_UNITS[count]


def han(count: int) -> str:
    """A number as laws write it: ``十二``, ``一百零三``."""
    if count >= 1000:
        return "".join(_HAN_DIGITS[int(digit)] for digit in str(count))
    hundreds, tens, units = count // 100, count // 10 % 10, count % 10
    text = f"{_HAN_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += f"{_HAN_DIGITS[tens] if tens > 1 or hundreds else ''}十"
    elif hundreds and units:
        text += "零"
    return text + (_HAN_DIGITS[units] if units else "")
