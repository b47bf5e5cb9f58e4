"""Shorter sentences that hold wherever a sentence does, each of its own: what "which" tells, either "if", what is said next."""

import functools
import itertools
import re
from collections.abc import Iterator

from bot.proof.harmless import CONDITIONAL, RESTRICTS
from bot.proof.items import Row, row

LONGEST = 400
"""Characters of a sentence that is taken apart or put in other words; rules of grammar take too long for more."""
_WHICH_ONE = re.compile(r".*\b(?P<one>(?:an?|the) [^,;:()]{3,60}), (?:which|who) (?P<said>[^,;:]+)")
_WHICH = re.compile(
    r".*\b(?:with|to|by|from|at) (?P<one>(?:[^\s,;:()]+ ){0,5}[^\s,;:()]+), (?:which|who) (?P<said>[^,;:]+)"
)
_EITHER = re.compile(r"(?P<if>[Ii]f) (?P<one>[^,;:]+), or if (?P<other>[^;:]+?), (?P<then>[^,;:]+)")
_RU_EITHER = re.compile(r"(?P<if>[Ее]сли) (?P<one>[^,;:]+), (?:или|либо) если (?P<other>[^;:]+?), (?P<then>[^,;:]+)")
_ONE_OR_OTHER = re.compile(
    r"(?P<one>[^,，;；:：]{4,})[,，] ?(?:or |или |либо |或者?)(?P<other>[^,，;；:：]{4,}?)(?P<comma>, |，)(?P<then>[^;；]+)"
)
_BY_RULE = re.compile(
    r"(?:Under|According to|Pursuant to|In accordance with) (?:the )?(?:(?:[A-Z][\w/.-]*|\([A-Z]+\)|of|on|No\.|[\d/-]+) )*(?:Law|Regulations?|Order|Decree|Act|Code|Circular)(?: (?:No\.|\([A-Z]+\)|of|on|[A-Z]\w*|[\d/-]+))*,? (?=(?:an?|the|each|every|all)\b)"
    r"|(?:Согласно|По) (?:этому |данному )?(?:закон\w*|регламент\w*|постановлени\w*|приказ\w*|правил\w*),? |(?:按照|根据|依据)[^，；]{2,30}(?:条例|办法|规定|法|令)，(?!以下)"
)
"""Words that only name the rule by which something holds."""
_LISTED = re.compile(
    r"(?P<head>[^:：\n]+?) (?:(?:the )?following )?(?:\d+|two|three|four|five|six|seven|eight|nine|ten) (?:main )?(?:groups?|types?|kinds?|categories|lines|forms|points)"
    r"(?: of [a-z -]+?)?(?: that [a-z -]+?)?[:：]\s*\n(?P<items>[^\n]+\n[^\n](?s:.*))"
)
_ONLY_TOGETHER = re.compile(
    r"\b(?:if|unless|except|provided|one of|any of|either|all of|both|together|conditions?|not|no|without|only|and/or)\b|(?<!\w)(?:если|кроме|услови\w+|один из|одно из|все\w*|не|без|только)(?!\w)"
    r"|之一|条件|同时|除|若|如果|任一|均|并且|不含|仅"
)
"""What binds the items of a list, or takes them out of what is said."""
_MARK = re.compile(r"\s*(?:[-•*–—]|\d{1,2}[.)、])\s*")
_FOLLOWING = (
    re.compile(
        r"(?:以下|下列)(?:几类|情形|情况|项目|产品|货物|企业|材料|行业)(?:的[\u4e00-\u9fff]{0,6}?(?=[无须应可由免]))?"
    ),
    re.compile(r"\bthe following(?: [a-z]+)?(?= (?:are|is|must|may|need|can))", re.IGNORECASE),
    re.compile(r"(?:следующие|такие)(?: [а-я]+)?(?= (?:освобожден|подлежат|требу|долж|могут|не ))", re.IGNORECASE),
)
_ON_A_DAY = re.compile(r"(?:自|于|从|在)?\d{4}年")
_AND = re.compile(r" (?:and|и) |和|与|及")
_AND_AMOUNT = re.compile(r" (?:and|и) (?=(?:около |about |up to |до )?\d)")
_TOGETHER = re.compile(r"respectively|соответственно|分别|between|между|from .{1,30} to |(?<!\w)от .{1,30} до ")
_SAYS_NEXT = re.compile(
    r",? and (?=(?:is|are|was|were|has|have|had|will|must|may|can|shall|should|needs?|does|did|took|takes|entered|came|gives?|runs?|applies|\w{3,}ed (?:on|in|by|at|from|since|for)\b))"
    r"|,? и (?=(?:был\w*|является|имеет|вступил\w*|действует|применя\w+|составля\w+|долж\w+|мо(?:жет|гут)|не )(?!\w))|，并(?=[已由自须应可])"
)
_EACH = re.compile(r",? (?:and|while|but|compared with|against) |,? (?:а|и|но) |[;；] ?|[,，] ?")
_SUBJECT_ENDS = re.compile(
    r" (?=(?:is|are|was|were|has|have|had|will|must|may|can|shall|should|needs?|took|takes|entered|came|gives?|runs?|\w{3,}(?:es|ed))\b)"
    r"| (?=(?:был\w*|является|имеет|вступил\w*|действует|применя\w+|составля\w+|долж\w+|мо(?:жет|гут)|не )(?!\w))|(?=[已由自须应可])"
)


@functools.lru_cache(maxsize=2_048)
def parts(text: str, language: str) -> tuple[str, ...]:
    """Shorter sentences that hold wherever a sentence does: what a "which" says of what it follows, either "if" alone."""
    found: list[str] = []
    if len(text) > LONGEST:
        return ()
    for match in (_WHICH.match(text), _WHICH_ONE.match(text)) if language.startswith("en") else ():
        if match is not None and RESTRICTS.search(text[: match.start("one")].casefold()) is None:
            found.append(f"{match['one']} {match['said']}")
    for match in filter(None, (_EITHER.match(text), _RU_EITHER.match(text))):
        found += [f"{match['if']} {case}, {match['then']}" for case in (match["one"], match["other"])]
    if match := _ONE_OR_OTHER.fullmatch(text):
        found += [f"{case}{match['comma']}{match['then']}" for case in (match["one"], match["other"])]
    if match := _BY_RULE.match(text):
        found.append(text[match.end() :])
    if match := _LISTED.fullmatch(text):
        items = [line.strip(" -•;,.；。") for line in match["items"].splitlines() if line.strip()]
        comma = "、" if language.startswith("zh") else ", "
        found.append(f"{match['head'].strip()} {comma.join(items)}")
    found += [*_each_listed(text), *_dated(text)]
    for one, other in itertools.chain(said_of_one(text), _second_amount(text, language)):
        # What holds back one of two things said may hold back the other too.
        found += [
            half
            for half, gone in ((one, text[len(one) :]), (other, _left_of(text, other)))
            if not RESTRICTS.search(gone.casefold())
        ]
    return tuple(found)


def _each_listed(text: str) -> Iterator[str]:
    """What the sentence that introduces a list says of each of its items."""
    head, colon, items = text.partition(":\n" if ":\n" in text else "：\n")
    if not colon or _ONLY_TOGETHER.search(head.casefold()):
        return
    for line in items.splitlines():
        item = _MARK.sub("", line).strip(" .。;；")
        if item and _ONLY_TOGETHER.search(item.casefold()) is None:
            yield from (f"{head}: {item}", *(pattern.sub(item, head) for pattern in _FOLLOWING if pattern.search(head)))


def _dated(text: str) -> Iterator[str]:
    """A Chinese sentence that tells of one thing what was done on several days, as a sentence for each."""
    subject, *told = text.rstrip("。").split("，")
    if len(told) > 1 and all(_ON_A_DAY.match(one) for one in told):
        names = [subject, *subject.split("即")[1:]]
        yield from (f"{name}{one}" for name in names for one in told)


def _left_of(text: str, part: str) -> str:
    """What of a sentence a part that begins and ends as it does has left out."""
    begin = next((n for n, (one, other) in enumerate(zip(text, part, strict=False)) if one != other), len(part))
    return text[begin : len(text) - (len(part) - begin)]


def _second_amount(text: str, language: str) -> Iterator[tuple[str, str]]:
    """Of two amounts that one thing has, each alone: "planned 26 percent of it and 4 gigawatts of that"."""
    whole = row(text, language)
    figures = [item for item in whole.items if item.kind == "figure"]
    dates = [item.start for item in whole.items if item.kind == "date"]
    cut = _AND_AMOUNT.search(text, figures[0].start) if len(figures) > 1 else None
    if cut is None or len(whole.folded) != len(text) or _TOGETHER.search(whole.folded):
        return
    said = text[: figures[0].start]
    starts = min((item.start for item in figures if item.start >= cut.end()), default=len(text))
    if starts > cut.end() + 6 or any(start >= figures[0].start for start in dates) or _AND.search(said):
        return
    if CONDITIONAL.search(whole.folded) is None:
        yield text[: cut.start()], said + text[cut.end() :]


def said_of_one(text: str) -> Iterator[tuple[str, str]]:
    """A sentence that says two things of one subject as two sentences that each say one."""
    subject = _SUBJECT_ENDS.search(text)
    if subject is None or subject.start() < 2:
        return
    for cut in itertools.islice(_SAYS_NEXT.finditer(text), 3):
        if cut.start() > subject.start():
            gap = "" if text[cut.end() :][:1] in "已由自须应可" else " "
            yield text[: cut.start()], f"{text[: subject.start()]}{gap}{text[cut.end() :]}"


def said_of_each(text: str, language: str) -> Iterator[tuple[str, str]]:
    """What is said of two things at once as two sentences: "25 years in Georgia and 20 years in Azerbaijan"."""
    for cut in itertools.islice(_EACH.finditer(text), 0 if _TOGETHER.search(text.casefold()) else 4):
        first, then = text[: cut.start()].rstrip(" ,"), text[cut.end() :].strip(" .。")
        one, other = row(first, language), row(then, language)
        figures = [[item for item in each.items if item.kind == "figure"] for each in (one, other)]
        if (
            len(figures[0]) != 1
            or len(figures[1]) != 1
            or one.folded != first.casefold()
            or other.folded != then.casefold()
        ):
            continue
        places = [[item for item in each.items if item.kind == "country"] for each in (one, other)]
        if len(places[0]) == 1 == len(places[1]) and _says_no_more(other, one):
            pairs = sorted(
                zip((figures[0][0], places[0][0]), (figures[1][0], places[1][0]), strict=True),
                key=lambda p: -p[0].start,
            )
            second = first
            for old, new in pairs:
                second = second[: old.start] + then[new.start : new.end] + second[old.end :]
            yield first, second
        elif not places[1] and figures[1][0].start == 0 and figures[0][0].end >= len(first) - 1:
            yield first, first[: figures[0][0].start] + then


def _says_no_more(row_of_one: Row, other: Row) -> bool:
    """Whether a half has nothing but its figure and its country that the half before it has not."""
    return all(item.kind in {"figure", "country"} or item.key in other.keys for item in row_of_one.items)
