"""Addresses in a text: whether it holds any, and the text with none that a program makes a link of.

Messengers and Markdown readers make links of bare words: of a host name, @name, #tag, /command and a scheme. So what is
written by a model may hold none, and in the words of a document each is parted by a sign that nobody sees (U+2060), which
ends an address for such programs and leaves the text as it was for a reader. Texts are read as browsers read addresses:
after compatibility folding and without what cannot be seen.
"""

import re
import unicodedata
from collections.abc import Iterator

PARTING = "\u2060"
"""Word joiner: no width, and no part of any address."""

_KNOWN = frozenset(
    "com org net info biz io ai app dev xyz shop site online store tech club top vip work live life world link click icu cloud page wiki blog "
    "news email space website pro mobi name asia gov edu int mil test example invalid local onion eu us uk cn ru kz uz kg tj tm ge az am mn id "
    "me tv cc ws to in it be so gg ly tk ml ga cf gq su by ua pl de fr jp kr hk tw sg my vn th pk tr ae sa energy finance trade "
    "рф рус бел укр қаз мкд срб мон ею орг ком дети онлайн сайт москва 中国 中國 公司 网络 網絡 网址 网站 商店 网店 在线 中文网 集团 我爱你 香港 台湾 台灣 "
    "政务 公益 商城 新加坡 한국 السعودية امارات".split()
)
"""Last parts of host names that are taken for one however they are written."""
_FILES = frozenset(
    "pdf doc docx xls xlsx csv txt ppt pptx xml json odt ods rtf epub jpg jpeg png gif html htm eml".split()
)
"""Endings of files that are no last part of any host name."""
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_IDEOGRAPHIC = re.compile(r"(?<=[a-z0-9])[。｡](?=(?P<end>[a-z]{2,24})(?![a-z0-9]))")
_SIGNS = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,20}:(?=//|\\\\)"
    r"|\b(?:https?|hxxps?|ftp|mailto|tel|sms|tg|javascript|vbscript|magnet|intent|weixin|whatsapp|skype|viber|facetime|bitcoin|ethereum):(?=\S)"
    r"|\bdata:(?=\s*\w+/)"
    r"|@(?=\w)"
    r"|(?<![\w&])#(?=\w*[^\W\d_])"
    r"|(?<![\w/.<:])/(?=[a-z]\w{0,31}(?![\w/]))"
    r"|(?<![\w$])\$(?=[A-Z]{1,8}(?!\w))"
    r"|\](?=\()|!(?=\[)|<(?=[a-z/!])",
    re.IGNORECASE,
)
_TAG = re.compile(
    r"<(?:\w+\s[^<>]*=|/?(?:script|style|iframe|object|embed|form|svg|base|link|meta)\b|!--|\w+:)", re.IGNORECASE
)
"""Of what stands in angle brackets, that which a reader of HTML would act on."""
_HIDDEN = re.compile(
    r"\w\s?[\[({]\s?(?:\.|dot)\s?[\])}]\s?\w|%2e|&#\w+;|\bwww\.|^\s*\[[^\]]+\]:", re.IGNORECASE | re.MULTILINE
)
"""How addresses are written so that no program sees them, and people do."""


def leads_out(text: str) -> bool:
    """Whether a text holds an address, however it is written, or markup that could lead out of an answer."""
    folded, _ = _folded(text)
    return _HIDDEN.search(folded) is not None or any(folded[place] != "$" for place in _places(folded))


def unlinked(text: str) -> str:
    """The text, in which no program finds an address; for a reader it is the same."""
    folded, origins = _folded(text)
    behind = {
        origins[place] + 1 for place in _places(folded) if folded[place] != "<" or _TAG.match(folded, place) is not None
    }
    if not behind:
        return text
    cuts = sorted(place for place in behind if text[place : place + 1] != PARTING)
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    return PARTING.join(pieces)


def _folded(text: str) -> tuple[str, list[int]]:
    """The text as an address is read, and where in the text each of its signs comes from."""
    if text.isascii():
        return text, list(range(len(text)))
    signs: list[str] = []
    origins: list[int] = []
    for place, sign in enumerate(text):
        if unicodedata.category(sign) == "Cf":
            continue
        for folded in unicodedata.normalize("NFKC", sign):
            signs.append(folded)
            origins.append(place)
    return "".join(signs), origins


def _places(folded: str) -> Iterator[int]:
    """The signs behind which an address is to be parted."""
    for found in _SIGNS.finditer(folded):
        yield found.end() - 1
    for found in _IDEOGRAPHIC.finditer(folded):
        if found["end"] in _KNOWN:
            yield found.start()
    for found in _HOST.finditer(folded):
        labels = found.group().split(".")
        if _is_host(labels) or _is_number(folded, found, labels):
            yield from (found.start() + place for place, sign in enumerate(found.group()) if sign == ".")


def _is_host(labels: list[str]) -> bool:
    """Whether parts between points may be a host's: not "e.g", "ст.15", "3.5", "млн.руб" or "report.pdf"."""
    *before, last = (label.strip("_") for label in labels)
    if any(label.casefold() in _KNOWN for label in before[1:]) and any(sign.isalpha() for sign in before[0]):
        return True
    if last.casefold() in _KNOWN or last.casefold().startswith("xn--"):
        return True
    if not before[-1] or before[-1].isdigit() or last.casefold() in _FILES:
        return False
    # "rules.The": a space was forgotten between two sentences.
    return last.isascii() and last.isalpha() and 2 <= len(last) <= 24 and (last.islower() or last.isupper())


def _is_number(folded: str, found: "re.Match[str]", labels: list[str]) -> bool:
    """Whether it is the number of a host, which a section or a version is not."""
    if len(labels) != 4 or not all(label.isdigit() and int(label) < 256 for label in labels):
        return False
    return folded[found.end() : found.end() + 1] in {"/", ":"} or max(map(int, labels)) > 99
