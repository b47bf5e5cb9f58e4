"""The short names that a document gives: NEMA for the authority, "the Regulations" for what it is about."""

import functools
import re
from collections.abc import Iterator

_DOCUMENT = re.compile(
    r"\b(?P<head>Regulations?|Law|Order|Measures|Code|Rules|Act|Decree|Opinions|Catalogue|Agreement)\b (?!No\b).+"
)
_INITIALS = re.compile(r"\((?P<short>[A-ZА-ЯЁ]{2,6})\)")
_NUMBERED = re.compile(
    r"(?P<long>(?:\d{4}年第\d+号[\u4e00-\u9fff]{2,8}|(?:[A-Z][a-z]+ ){1,3}\d+ of \d{4})) ?[（(](?P<short>[A-Z][^（）()]{1,18}\d)[）)]"
)
"""A numbered rule with its short name behind it: "2021年第5号政府条例（GR 5/2021）"."""
_SMALL = frozenset("of and the for on о об и в по для".split())
_OWN_NUMBER = re.compile(
    r"(?:Order|Regulation|Decree|Circular) No\. ?(?P<number>\d+)|第 ?(?P<zh>\d+) ?号令|令第 ?(?P<zh2>\d+) ?号"
)
"""What numbers the document itself, whose articles are then its own: "Article 33 of Order No. 837"."""
_NAMED = re.compile(
    r"(?P<long>[A-Z][\w&'’-]*(?: (?:[A-Z][\w&'’-]*|of|for|and|on|the|&))* [A-Z][\w&'’-]*) \((?P<short>[A-Z][\w-]+)\)"
)


def by_short_names(text: str, named: tuple[tuple[str, str], ...]) -> str:
    """A text with the short names of things that a document gives both names of."""
    for long, short in named:
        text = text.replace(f"{long} ({short})", short).replace(f"{long}（{short}）", short).replace(long, short)
    return text


def _names_of(title: str) -> Iterator[tuple[str, str]]:
    """What a document may be called for short: "the Regulations" for "Regulations on Outbound Investment"."""
    for match in _OWN_NUMBER.finditer(title):
        if match["number"]:
            yield from ((f" of State Council {match.group()}", ""), (f" of {match.group()}", ""))
        else:
            yield f"第{match['zh'] or match['zh2']}号令第", "第"
    for part in re.split(r"[:()]", title.partition("\n")[0]):
        if (called := _DOCUMENT.search(part)) and len(called.group().split()) > 1:
            yield called.group().strip(), called["head"]


@functools.lru_cache(maxsize=2_048)
def names_given(text: str, title: str) -> tuple[tuple[str, str], ...]:
    """The long names of a text with the short ones that stand in brackets behind them.

    These are made of the letters of the long ones, or are what the document is called after.
    """
    found = list(_names_of(title))
    for match in _NAMED.finditer(text):
        short = match["short"]
        words = match["long"].split()
        while words and not _abbreviates(short, words) and short != title.split(":")[0]:
            words = words[1:]
        if len(words) > 1:
            found.append((" ".join(words), short))
    found += [(match["long"], match["short"]) for match in _NUMBERED.finditer(text)]
    for match in _INITIALS.finditer(text):
        if long := _spelled(match["short"], text[: match.start()].rstrip(" (")):
            found.append((long, match["short"]))
    return tuple(dict.fromkeys(found))


def _spelled(short: str, before: str) -> str:
    """The words right before a short name whose first letters it is made of: "value added tax (VAT)"."""
    words = list(re.finditer(r"[^\W\d_]+", before[-120:]))
    for count in range(2, min(len(words), len(short) + 3) + 1):
        letters = [word.group()[0] for word in words[-count:] if word.group() not in _SMALL]
        if "".join(letters).casefold() == short.casefold() and words[-count].group() not in _SMALL:
            return before[-120:][words[-count].start() :]
    return ""


def _abbreviates(short: str, words: list[str]) -> bool:
    """Whether a short name is made of the initials of a long one, in order: NEMA, MOFCOM."""
    initials = [word[0] for word in words if word[0].isupper()]
    if not short.isupper() or not words[0][0].isupper() or short[0] != initials[0] or len(initials) < 2:
        return False
    letters = iter(short)
    return all(initial in letters for initial in initials)
