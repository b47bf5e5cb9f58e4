"""Text hygiene for every format: what a person cannot see is not indexed."""

import re
import unicodedata
from collections.abc import Sequence

_LINE_ENDS = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")
# Variation selectors and the tag block can carry a whole hidden message behind one visible character.
_HIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U0010ffff]+"
)
# The two joiners spell words in the Arabic and the Indian scripts and are invisible everywhere else.
_JOINERS = re.compile("(?<![\u0600-\u06ff\u0900-\u0dff])[\u200c\u200d]+")
# Sorting the marks of a normal form takes the square of their number, so a run of them is cut first.
_MARKS = (
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u06d6-\u06dc"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f]"
)
_MARK_PILE = re.compile(f"({_MARKS}{{6}}){_MARKS}+")

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_KANA = "\u3040-\u30ff"
_WIDE = f"{_HAN}{_KANA}\u3000-\u303f\uff01-\uff60"
_WIDE_GAP = re.compile(f"(?<=[{_WIDE}]) (?=[{_WIDE}0-9])|(?<=[0-9]) (?=[{_WIDE}])")


def strip_hidden(text: str) -> str:
    """Composed text (NFC) without controls, direction marks, zero-width and private signs; lines end in ``\\n``."""
    text = _LINE_ENDS.sub("\n", text)
    if text.isascii():
        return _HIDDEN.sub("", text)
    text = _JOINERS.sub("", _HIDDEN.sub("", text))
    return unicodedata.normalize("NFC", _MARK_PILE.sub(r"\1", text))


def fold(text: str) -> str:
    """One line, with single spaces."""
    return " ".join(text.split())


def join_lines(lines: Sequence[str]) -> str:
    """The lines of one paragraph as one: a space between words, none beside Chinese or Japanese characters.

    A figure beside such a character belongs to it, ``2026`` and ``年``; a Latin word may stand apart.
    """
    joined = fold("\n".join(lines))
    if len(lines) < 2 or joined.isascii():
        return joined
    # Only the breaks lose their space; a space that was typed inside a line stays.
    kept = [fold(line) for line in lines]
    parts: list[str] = []
    for line in kept:
        if not line:
            continue
        if parts and not _WIDE_GAP.search(f"{parts[-1][-1]} {line[0]}"):
            parts.append(" ")
        parts.append(line)
    return "".join(parts)


_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
_TONED_NOTE = re.compile(f"(?<=[{_HAN}])[(（][a-zü]{{0,4}}[{_TONED}][a-zü]{{0,4}}[)）]")
_SYLLABLE = "(?:[bpmfdtnlgkhjqxrzcsyw]|zh|ch|sh)?[aeiouü]{1,3}(?:ng?|r)?"
_ANY_NOTE = re.compile(f"(?<=[{_HAN}])[(（](?:[a-zü]{{0,4}}[{_TONED}][a-zü]{{0,4}}|{_SYLLABLE})[)）]")
_ANY_HAN = re.compile(f"[{_HAN}]")


def without_phonetic_notes(texts: Sequence[str]) -> list[str]:
    """Chinese pages that spell out every rarer character, ``儲(chǔ)能``, as plain simplified Chinese.

    Such notes are a copy guard of some news sites; their text is simplified Chinese turned traditional by machine, so
    it is turned back. Anything else stays as it is, real traditional text above all.
    """
    notes = sum(len(_TONED_NOTE.findall(text)) for text in texts)
    if notes < 8 or notes * 100 < sum(len(_ANY_HAN.findall(text)) for text in texts):
        return list(texts)
    from opencc import OpenCC

    simplified = OpenCC("t2s")
    return [simplified.convert(_ANY_NOTE.sub("", text)) for text in texts]
