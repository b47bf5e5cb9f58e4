"""What of a sentence a statement may leave out: whole parts that only add something, and never what holds the rest back."""

import re
from collections.abc import Sequence

from bot.proof.harmless import ADDITIVE, CONDITIONAL, PREDICATE, RESTRICTS
from bot.proof.items import Item, Row

_HARMLESS_TURNS = frozenset({"must", "may", "§was", "§will"})
"""What else must or may be, or was, is no condition of what is said."""
_LIST_ITEM = 3
"""Items of a part of a sentence that may be one thing of a list."""
_BASIS = re.compile(
    r"(?:according to|under|pursuant to|in accordance with|согласно|в соответствии с|по (?:этому|данному))\b.*(?:\b(?:article|law|order|regulation|act|rules?|decree|code)s?\b"
    r"|стать\w+|закон\w*|постановлени\w+|регламент\w*|приказ\w*|указ\w*|правил\w*)|(?:根据|按照|依照|依据).*(?:条例|法|令|规定|办法)"
)
"""A part that only names the rule by which something holds."""
NEUTRAL_LABEL = re.compile(
    r"(?:.*\b)?(?:rate|amount|value|date|time|tax|rule|item|subject|indicator|measure|status|step|price|share|term|fee)s?\b.*|.*(?:ставка|сумма|дата|срок|налог|показатель|значение|этап|статус|цена|доля).*"
    r"|.*(?:税率|金额|日期|时间|税种|指标|数值|项目|状态|步骤|价格|比例|期限|事项).*"
)
"""What heads a column that says only what kind of thing stands in it."""
_REASON = re.compile(r"because\b|因为|由于|так как|потому что|поскольку")
"""What begins the reason of what is said, without which it is as true."""
_OF_TIME = re.compile(r"(?:以前|之前|以后|之后|前|后|至|到|before|after|until|till|to|up|from|since|до|после|по|с|со)*")
_PRONOUN = re.compile(r"\b(?:it|this|they|these|he|she)\b|(?<!\w)(?:он|она|оно|они|это|эти)(?!\w)|[它其该]")


def left_out(theirs: Sequence[Item], pairs: Sequence[tuple[int, int]], given: Row) -> str:
    """What a sentence has that the statement made of it does not, but for whole parts that only add something."""
    matched = {their for _, their in pairs}
    used = {theirs[their].segment for their in matched}
    gone = _first_predicate(theirs, matched, used, given)
    for number, item in enumerate(theirs):
        if number not in matched and item.segment in used and number not in gone:
            return f"{item.key} left out"
    filled = {item.segment for item in theirs}
    unused = sorted(filled - used)
    low, high = min(used), max(used)
    for segment in unused:
        if not _may_go(segment, low, high, given, theirs, used):
            return f"{given.segments[segment].text[:40]} left out"
    return ""


def _first_predicate(theirs: Sequence[Item], matched: set[int], used: set[int], given: Row) -> range:
    """The items of what a sentence says first of its subject, where only what it says next is taken: "was signed … and" entered."""
    nothing = range(0)
    kept = 0
    while kept in matched:
        kept += 1
    end = kept
    while end < len(theirs) and end not in matched and theirs[end].segment == theirs[0].segment:
        end += 1
    if not kept or end == kept or end >= len(theirs) or theirs[kept - 1].segment != theirs[0].segment:
        return nothing
    following = given.segments[theirs[end].segment]
    joined = following.before in {"and", ",and", ",и"} or (following.before == "," and given.language == "zh")
    if theirs[end].segment != theirs[0].segment + 1 or not joined or end not in matched:
        return nothing
    last, segment = theirs[kept - 1], given.segments[theirs[0].segment]
    behind = given.folded[last.end : segment.end]
    if (
        PREDICATE.match(behind) is None
        or RESTRICTS.search(behind)
        or any(i.kind == "cue" and i.key[0] != "§" for i in theirs[kept:end])
    ):
        return nothing
    return range(kept, end)


def _may_go(number: int, low: int, high: int, given: Row, theirs: Sequence[Item], used: set[int]) -> bool:
    segment = given.segments[number]
    if number > high and any(_REASON.match(given.segments[one].text) for one in range(high + 1, number + 1)):
        return given.segments[high + 1].before.startswith(",")
    turns = {item.key for item in theirs if item.segment == number and item.kind == "cue"}
    if _is_time_of_cell(number, given, theirs, used):
        return True
    if RESTRICTS.search(segment.text) or turns - _HARMLESS_TURNS:
        return False
    if segment.aside or _is_label(number, given, theirs, used):
        return True
    if number < low:
        return _stands_alone(low, given) or (segment.before == "" and _BASIS.match(segment.text) is not None)
    if number < high:
        return _is_listed(number, given, theirs) and segment.before == ","
    if any(CONDITIONAL.search(given.segments[one].text) for one in used):
        return False
    return any(_adds(one, given) for one in range(high + 1, number + 1)) or _is_listed(number, given, theirs)


def _adds(number: int, given: Row) -> bool:
    segment = given.segments[number]
    return (
        segment.before in {"strong", "and"}
        or (segment.before.startswith(",") and len(segment.before) > 1)
        or ADDITIVE.match(segment.text) is not None
    )


def _is_label(number: int, given: Row, theirs: Sequence[Item], used: set[int]) -> bool:
    """Whether a part is what a table row can do without: the name of its first column, a whole cell, a label that says nothing."""
    segments = given.segments
    colons = [place for place, one in enumerate(segments) if one.before == "colon"]
    if len(colons) < 2 or sum(one.before == "strong" for one in segments) != len(colons) - 1:
        return False
    heads = number + 1 in colons
    if number < 2:  # what the row is about stays
        return heads and (len(segments[0].text.split()) == 1 or NEUTRAL_LABEL.fullmatch(segments[0].text) is not None)
    filled = {item.segment for item in theirs}
    if len(colons) > 2:
        cell = {number, number + 1} if heads else {number - 1, number}
        return not cell & used & filled
    return heads and NEUTRAL_LABEL.fullmatch(segments[number].text) is not None


def _is_time_of_cell(number: int, given: Row, theirs: Sequence[Item], used: set[int]) -> bool:
    """Whether a part heads a column that is left out whole, and says only for when that holds: "until 31 March 2026"."""
    items = [item for item in theirs if item.segment == number]
    dated = any(item.kind == "date" for item in items) and _OF_TIME.fullmatch(
        "".join(item.text for item in items if item.kind != "date")
    )
    segments = given.segments
    heads = number + 1 < len(segments) and segments[number + 1].before == "colon"
    return bool(dated) and heads and number > 1 and _is_label(number, given, theirs, used)


def _stands_alone(low: int, given: Row) -> bool:
    """Whether the part that is kept begins anew: behind a semicolon, with a subject of its own."""
    segment = given.segments[low]
    is_row = sum(one.before == "colon" for one in given.segments) > 1
    return segment.before == "strong" and not is_row and _PRONOUN.search(segment.text) is None


def _is_listed(number: int, given: Row, theirs: Sequence[Item]) -> bool:
    """Whether a part is one thing of a list of at least three."""
    last = number
    while last + 1 < len(given.segments) and given.segments[last].before == ",":
        last += 1
    ends = given.segments[last].before in {"and", ",and", ",и"}
    items = [item for item in theirs if item.segment == number]
    return ends and len(items) <= _LIST_ITEM and all(item.kind == "word" for item in items)
