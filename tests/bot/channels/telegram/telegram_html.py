"""Telegram's HTML as Telegram reads it: what it refuses, what it drops without a word, and what it counts."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

_NAMES = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "code": "code", "pre": "pre",
    "a": "text_link", "blockquote": "blockquote", "tg-spoiler": "spoiler",
}  # fmt: skip
_TAG = re.compile(r"<(/?)([A-Za-z0-9-]+)((?:\s+[a-z-]+(?:=\"[^\"]*\")?)*)\s*>")
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&", "&quot;": '"'}


class ParseError(ValueError):
    """What Telegram answers with 400."""


@dataclass(frozen=True)
class Entity:
    """A marked place; offset and length in UTF-16 units."""

    type: str
    offset: int
    length: int
    url: str = ""
    text: str = ""


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def parse(markup: str) -> tuple[str, list[Entity]]:
    """The text and its entities.

    Raises:
        ParseError: an unknown tag, one that is not closed, or is closed in the wrong order.
    """
    text, found, open_tags, position = "", [], list[tuple[str, str, str]](), 0
    starts: list[int] = []
    while position < len(markup):
        letter = markup[position]
        if letter == "<":
            tag = _TAG.match(markup, position)
            if tag is None:
                raise ParseError(f"can't parse entities: unclosed start tag at byte offset {position}")
            closing, name, attributes = tag.group(1), tag.group(2).lower(), tag.group(3)
            if name not in _NAMES:
                raise ParseError(f'can\'t parse entities: unsupported start tag "{name}" at byte offset {position}')
            if not closing:
                open_tags.append((name, attributes, ""))
                starts.append(len(text))
            else:
                if not open_tags or open_tags[-1][0] != name:
                    raise ParseError(f"can't parse entities: unexpected end tag at byte offset {position}")
                opened, attributes, _ = open_tags.pop()
                start = starts.pop()
                if entity := _entity(opened, attributes, text, start):
                    found.append(entity)
            position = tag.end()
        elif letter == "&" and (sign := next((s for s in _ENTITIES if markup.startswith(s, position)), None)):
            text += _ENTITIES[sign]
            position += len(sign)
        else:
            text += letter
            position += 1
    if open_tags:
        raise ParseError(f"can't parse entities: can't find end tag corresponding to start tag \"{open_tags[-1][0]}\"")
    return text, sorted(found, key=lambda entity: (entity.offset, -entity.length))


def _entity(name: str, attributes: str, text: str, start: int) -> Entity | None:
    inside = text[start:]
    if not inside.strip():
        return None
    kind, url = _NAMES[name], ""
    if name == "blockquote" and "expandable" in attributes:
        kind = "expandable_blockquote"
    if name == "a":
        given = re.search(r'href="([^"]*)"', attributes)
        url = given.group(1) if given else inside
        for sign, plain in _ENTITIES.items():
            url = url.replace(sign, plain)
        if not kept(url):
            return None
    return Entity(kind, units(text[:start]), units(inside), url, inside)


def kept(url: str) -> bool:
    """Whether Telegram keeps a link: it must be absolute, and its host have a dot or be an IPv6 address."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return parts.scheme in {"http", "https", "tg"} and ("." in host or ":" in host)
