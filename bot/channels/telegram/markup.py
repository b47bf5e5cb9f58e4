"""Telegram's markup from our own tree: never from the text of a model or a document, and cut where it may be cut."""

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

UNITS = 4_000
"""UTF-16 units of a part; Telegram's own limit is 4,096 after its markup is read."""
ENTITIES = 90
"""Marked places of a part; Telegram reads 100 and silently leaves out the rest."""
BYTES = 30_000
"""Bytes of a part with its markup; Telegram refuses more than 32 KiB before it reads them."""

Style = Literal["", "b", "i", "code"]
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\u2028\u2029]")
_LINKED_BY_ITSELF = re.compile(r"https?://|www\.|(?<!\w)[@#/$]\w|\w\.\w{2,}")
"""What Telegram makes an entity of without being asked."""
_BREAKS = (re.compile(r"\n+"), re.compile(r"(?<=[.!?;。！？；])\s*"), re.compile(r"\s+"))


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style, or one link. A link has an absolute address that Telegram keeps."""

    text: str
    style: Style = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """What stands on lines of its own. ``near``: no empty line before it; ``bound``: never parted from what follows."""

    spans: tuple[Span, ...]
    kind: Literal["paragraph", "quote", "folded_quote"] = "paragraph"
    near: bool = False
    bound: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One message: with markup, and in plain words for when the markup is refused."""

    html: str
    plain: str


def paragraph(*pieces: Span | str, near: bool = False, bound: bool = False) -> Block:
    """A paragraph of spans and plain words."""
    return Block(_spans(pieces), near=near, bound=bound)


def quote(text: str, *, folded: bool) -> Block:
    """Words of a source, in a block that Telegram draws with a line beside it; folded to three lines or not."""
    return Block(_spans([text]), kind="folded_quote" if folded else "quote", near=True)


def _spans(pieces: Iterable[Span | str]) -> tuple[Span, ...]:
    made = (piece if isinstance(piece, Span) else Span(piece) for piece in pieces)
    return tuple(replace(span, text=_UNSEEN.sub("", span.text)) for span in made if span.text)


def parts(blocks: Sequence[Block]) -> list[Part]:
    """The blocks as as few messages as may be, each of which can be read alone."""
    made: list[list[Block]] = []
    for group in _bound_together(_cut(block) for block in blocks if _seen(block)):
        if made and _fits([*made[-1], *group]):
            made[-1] += group
        else:
            made.append(list(group))
    return [part(group) for group in made]


def part(blocks: Sequence[Block]) -> Part:
    """The blocks as one message, which the caller knows to be short enough."""
    marked, plain = "", ""
    for number, block in enumerate(blocks):
        gap = "" if number == 0 else "\n" if block.near else "\n\n"
        marked += gap + _html(block)
        plain += gap + _text(block)
    return Part(marked, plain)


def fits(blocks: Sequence[Block]) -> bool:
    """Whether the blocks are one message."""
    return _fits([block for block in blocks if _seen(block)])


def units(text: str) -> int:
    """The length of a text as Telegram counts it: in UTF-16 units."""
    return len(text) + sum(character > "\uffff" for character in text)


def shortened(text: str, limit: int) -> str:
    """The text, or its beginning up to a word border with an ellipsis, in at most ``limit`` UTF-16 units."""
    folded = " ".join(text.split())
    if units(folded) <= limit:
        return folded
    kept = ""
    for character in folded:
        if units(kept) + units(character) > limit - 1:
            break
        kept += character
    word = kept.rpartition(" ")[0]
    return (word if len(word) > limit // 2 else kept).rstrip() + "…"


def pinched(text: str, limit: int) -> str:
    """The text, or its beginning and its end with an ellipsis between: what a suggestion asks stands last."""
    folded = " ".join(text.split())
    if units(folded) <= limit:
        return folded
    start = shortened(folded, limit // 2)
    end = ""
    for character in reversed(folded):
        if units(end) + units(character) > limit - units(start):
            break
        end = character + end
    return start + end.lstrip()


def escaped(text: str) -> str:
    """Text as it stands between marks, or in an attribute."""
    return html.escape(text, quote=False).replace('"', "&quot;")


def _html(block: Block) -> str:
    inner = "".join(_span_html(span) for span in block.spans)
    if block.kind == "paragraph":
        return inner
    return f"<blockquote{' expandable' if block.kind == 'folded_quote' else ''}>{inner}</blockquote>"


def _span_html(span: Span) -> str:
    text = escaped(span.text)
    if span.url:
        return f'<a href="{escaped(span.url)}">{text}</a>'
    return f"<{span.style}>{text}</{span.style}>" if span.style else text


def _text(block: Block) -> str:
    return "".join(span.text for span in block.spans)


def _seen(block: Block) -> bool:
    return bool(_text(block).strip())


def _fits(blocks: Sequence[Block]) -> bool:
    made = part(blocks)
    return (
        units(made.plain) <= UNITS
        and sum(_entities(block) for block in blocks) <= ENTITIES
        and len(made.html.encode()) <= BYTES
    )


def _entities(block: Block) -> int:
    made = sum(bool(span.style or span.url) for span in block.spans) + (block.kind != "paragraph")
    return made + len(_LINKED_BY_ITSELF.findall(_text(block)))


def _bound_together(cut: Iterable[Sequence[Block]]) -> Iterator[list[Block]]:
    """Blocks in groups that stay on one message, as long as one message holds them."""
    group: list[Block] = []
    for pieces in cut:
        for piece in pieces:
            if group and not (group[-1].bound and _fits([*group, piece])):
                yield group
                group = []
            group.append(piece)
    if group:
        yield group


def _cut(block: Block) -> list[Block]:
    """A block in pieces of which each fits a message, cut at lines, sentences, words; a quote is opened again."""
    if _fits([block]):
        return [block]
    pieces: list[list[Span]] = [[]]
    for span in block.spans:
        for crumb in _crumbs(span):
            if pieces[-1] and not _fits([replace(block, spans=(*pieces[-1], crumb))]):
                pieces.append([])
            pieces[-1].append(crumb)
    made = [replace(block, spans=_joined(spans), bound=False) for spans in pieces]
    return [piece for piece in made if _seen(piece)]


def _crumbs(span: Span, breaks: Sequence[re.Pattern[str]] = _BREAKS) -> Iterator[Span]:
    """A span in the largest pieces that are short; a link stays whole as long as it can."""
    if units(span.text) <= UNITS // 8 and len(_LINKED_BY_ITSELF.findall(span.text)) <= ENTITIES // 8:
        yield span
        return
    if breaks:
        ends = [found.end() for found in breaks[0].finditer(span.text)]
        for start, end in zip([0, *ends], [*ends, len(span.text)], strict=True):
            if start < end:
                yield from _crumbs(replace(span, text=span.text[start:end]), breaks[1:])
        return
    step = UNITS // 16
    for start in range(0, len(span.text), step):
        yield replace(span, text=span.text[start : start + step])


def _joined(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Crumbs of one style side by side as one span, without white space around the whole."""
    made: list[Span] = []
    for span in spans:
        if made and (made[-1].style, made[-1].url) == (span.style, span.url):
            made[-1] = replace(made[-1], text=made[-1].text + span.text)
        else:
            made.append(span)
    if made:
        made[0] = replace(made[0], text=made[0].text.lstrip())
        made[-1] = replace(made[-1], text=made[-1].text.rstrip())
    return tuple(span for span in made if span.text)
