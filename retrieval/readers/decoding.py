"""Bytes to text. No encoding is believed before its result reads like a language."""

import codecs
import re
from dataclasses import dataclass

SAMPLE = 64 * 1024

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_GUESSES = (
    *("gb18030", "big5hkscs", "cp1251", "koi8-u", "cp866", "cp1252", "iso8859-15", "cp1250", "cp1254"),
    *("shift_jis", "euc_jp", "euc_kr", "mac_cyrillic"),
)
_ENOUGH = 0.45
"""The least mean score of the characters beyond ASCII; real texts reach 0.7 and more, wrong readings stay below 0.3."""


class DecodingError(ValueError):
    """No encoding makes text of these bytes; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, and how it was read; ``lost`` counts the bytes that fit no character."""

    text: str
    encoding: str
    lost: int = 0


def decode(data: bytes, *, declared: str | None = None) -> Decoded:
    """Reads bytes as text, by their mark, as UTF-8, as ``declared``, or as whatever looks most like a language.

    Raises:
        DecodingError: nothing does.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _checked(data[len(mark) :], encoding)
    if b"\0" in data[:SAMPLE]:
        if stray := _with_stray_zeros(data):
            return stray
        # Controls are no part of any text, so a zero means two bytes to a character, or no text at all.
        return _best(data, ("utf-16-le", "utf-16-be"))
    try:
        return Decoded(_plausible(data.decode("utf-8")), "utf-8")
    except UnicodeDecodeError:
        pass
    if nearly := _nearly_utf8(data):
        return nearly
    if declared:
        try:
            return Decoded(_plausible(data.decode(declared)), codecs.lookup(declared).name)
        except (LookupError, UnicodeError, DecodingError):
            pass
    try:
        return _best(data, _GUESSES)
    except DecodingError:
        # Chinese without a space or a line's end has no zero in UTF-16 either.
        return _best(data, ("utf-16-le", "utf-16-be"))


def _with_stray_zeros(data: bytes) -> Decoded | None:
    """UTF-8 into which a program has dropped a zero here and there; in text of two bytes they are many, or it is no UTF-8."""
    lost = data.count(b"\0")
    if lost * 50 > len(data):
        return None
    try:
        return Decoded(_plausible(data.replace(b"\0", b"").decode("utf-8")), "utf-8", lost)
    except (UnicodeDecodeError, DecodingError):
        return None


def _checked(data: bytes, encoding: str) -> Decoded:
    try:
        return Decoded(_plausible(data.decode(encoding)), encoding)
    except UnicodeDecodeError as error:
        text = data.decode(encoding, errors="ignore")
        lost = len(data) - len(text.encode(encoding))
        if lost > max(4, len(data) // 1000):
            raise DecodingError(f"it begins like {encoding.upper()} but is not; save it as UTF-8.") from error
        return Decoded(_plausible(text), encoding, lost)


_BROKEN = re.compile(rb"[\x80-\xff]+")


def _nearly_utf8(data: bytes) -> Decoded | None:
    """UTF-8 with a few stray bytes, such as a text that was cut off in the middle of a character."""
    text = data.decode("utf-8", errors="ignore")
    kept = text.encode("utf-8")
    lost = len(data) - len(kept)
    good = sum(len(run) for run in _BROKEN.findall(kept))
    if good < 20 * lost or lost > max(4, len(data) // 1000):
        return None
    return Decoded(_plausible(text), "utf-8", lost)


def _plausible(text: str) -> str:
    sample = text[:SAMPLE]
    controls = sum(1 for char in sample if (char < " " and char not in "\t\n\r\f\v\x1a") or "\x7f" <= char < "\xa0")
    if controls * 50 > len(sample) + 50 or sample.count("\ufffd") * 20 > len(sample) + 20:
        raise DecodingError("it holds more control signs than text; save it as UTF-8 text.")
    return text


def _best(data: bytes, encodings: tuple[str, ...]) -> Decoded:
    sample = data[:SAMPLE]
    scores: dict[str, float] = {}
    hint = _hint(sample) if len(encodings) > 2 else None
    for encoding in dict.fromkeys((*encodings, *((hint,) if hint else ()))):
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(sample, len(sample) == len(data))
        except (UnicodeError, LookupError):
            continue
        # The Chinese standards hold the Japanese syllables too, at the places where Japanese has them.
        japanese = encoding.startswith(("gb", "big5")) and len(_KANA.findall(text)) * 10 > len(text)
        scores[encoding] = likeness(text) - (0.3 if japanese else 0.0)
    for encoding in sorted(scores, key=lambda name: -scores[name]):
        if scores[encoding] < _ENOUGH:
            break
        try:
            return Decoded(_plausible(data.decode(encoding)), encoding)
        except (UnicodeDecodeError, DecodingError):
            continue
    raise DecodingError("its text encoding cannot be told; save it as UTF-8.")


def _hint(sample: bytes) -> str | None:
    from charset_normalizer import from_bytes

    found = from_bytes(sample[: SAMPLE // 4], steps=4).best()
    return found.encoding if found and not found.encoding.startswith("utf") else None


_COMMON_HAN = frozenset(
    "的一是不了在有人和中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
    "為個國時來們對會發動過說產種後學這這经为"
)
_FREQUENT_CYRILLIC = frozenset("оеаинтсрвлкмдпуі")
_RARE_CYRILLIC = frozenset("ъщэфцюхйёґў")
_BALKAN_CYRILLIC = frozenset("ѓђљњћќџѕ")
_NO_OPENING = frozenset("—–…•”’»°®")
_CYRILLIC = re.compile("[\u0400-\u045f\u0490\u0491]")
_KANA = re.compile("[\u3040-\u30ff]")
_EUROPES = (
    frozenset("àáâãäåæçèéêëìíîïñòóôõöøœùúûüÿß"),
    frozenset("áäąćčďéęěíłľňńóôöőřśšťúůüűýźžżăâîșțşţđ"),
    frozenset("âçğıîöşüû"),
    frozenset("āčēģīķļņšūžąęėįųõäöü"),
)
"""Letters that the languages of one part of Europe have together; no text mixes two parts."""
_EUROPEAN = frozenset().union(*_EUROPES)
_SYMBOLS = frozenset("№§€£©±×½²³¿¡¼¾ªº")
_TYPOGRAPHY = _SYMBOLS | frozenset("‘’“”„«»–—…•·°®™\xa0")


def likeness(text: str) -> float:
    """How much the characters beyond ASCII look like a language: a mean of -2 to 1 over them, 1 when there are none."""
    total = 0.0
    count = han = common = 0
    european: list[str] = []
    kinds = {"han": 0, "hangul": 0, "cyrillic": 0, "latin": 0, "kana": 0}
    earlier = before = " "
    for char in text:
        if char < "\x80":
            if char < " " and char not in "\t\n\r\f\v\x1a":
                total -= 2
                count += 1
            earlier, before = before, char
            continue
        count += 1
        if "\u4e00" <= char <= "\u9fff":
            han += 1
            common += char in _COMMON_HAN
            kinds["han"] += 1
            total += _han_likeness(char)
        elif "\u0400" <= char <= "\u04ff":
            kinds["cyrillic"] += 1
            if not _CYRILLIC.match(char) or (char.isupper() and before.islower()) or "a" <= before.lower() <= "z":
                total -= 1
            else:
                letter = char.lower()
                weight = 1.0 if letter in _FREQUENT_CYRILLIC else 0.2 if letter in _RARE_CYRILLIC else 0.6
                total += weight if letter not in _BALKAN_CYRILLIC else -0.3
                total -= 0.05 if char.isupper() else 0.0
                if char.islower() and before in _NO_OPENING and not earlier.isalnum():
                    total -= 1
        elif "\u3040" <= char <= "\u30ff":
            kinds["kana"] += 1
            total += 1
        elif "\uac00" <= char <= "\ud7a3":
            kinds["hangul"] += 1
            total += 1
        elif char.lower() in _EUROPEAN:
            kinds["latin"] += 1
            european.append(char.lower())
            total += -1 if char.isupper() and before.islower() else 0.9 if before.isascii() else 0.0
        elif char in _TYPOGRAPHY or "\u2010" <= char <= "\u2027":
            total += -1.0 if before.isalpha() and char in _SYMBOLS else 0.5
        elif "\u3000" <= char <= "\u303f" or "\uff01" <= char <= "\uff5e":
            total += 0.9
        elif char.isalpha() and not "\uff61" <= char <= "\uffdc" and not "\ue000" <= char <= "\uf8ff":
            total -= 0.3
        else:
            total -= 1
        earlier, before = before, char
    if count == 0:
        return 1.0
    mean = total / count
    if han >= 20 and not kinds["kana"] and not kinds["hangul"]:
        # A third of a Chinese text is made of its hundred commonest characters; a wrong reading scatters.
        mean += min(common / han, 0.3) - 0.3
    if european:
        mean -= 0.5 * (1 - max(sum(char in part for char in european) for part in _EUROPES) / len(european))
    families = kinds["han"] + kinds["kana"], kinds["hangul"], kinds["cyrillic"], kinds["latin"]
    # Two writings in one text are rare, and usual in a wrong reading.
    return mean - 1.5 * (sum(families) - max(families)) / count


def _han_likeness(char: str) -> float:
    # The first plane of each national standard holds the characters in daily use.
    try:
        first = char.encode("gb2312")[0]
        return 1.0 if first < 0xD8 else -0.1
    except UnicodeEncodeError:
        pass
    try:
        return 0.9 if char.encode("big5")[0] < 0xC9 else -0.4
    except UnicodeEncodeError:
        return -0.7
