"""How often something is: a year, a month, once, twice. A figure is true for its time only, whatever language says it."""

import re

from bot.proof.alignment import Match
from bot.proof.reading import Reading

_OFTEN = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("a year", r"\b(?:per|a|each|every) (?:calendar )?year\b|\bannual\w*|\byearly\b|\bper annum\b|(?<!\w)(?:в|за|каждый) год(?![ау])\b|(?<!\w)ежегодн\w*|годов\w+|每年|年度|全年|/年|年均|[吨时人]年"),
        ("a month", r"\b(?:per|a|each|every) month\b|\bmonthly\b|(?<!\w)(?:в|за|каждый) месяц\b|(?<!\w)(?:еже)?месячн\w*|每月|月度|每个月|/月|月均"),
        ("a day", r"\b(?:per|a|each|every) day\b|\bdaily\b|(?<!\w)(?:в|за|каждый) (?:день|сутки)\b|(?<!\w)ежедневн\w*|每天|每日|/日|日均"),
        ("once", r"\b(?:once(?! the| all| a\b)|one time|single)\b|(?<!\w)(?:один раз|однократн\w*|однажды)(?!\w)|[一1]次"),
        ("twice", r"\b(?:twice|two times|2 times)\b|(?<!\w)(?:дважды|два раза|2 раза|двукратн\w*)(?!\w)|[两二2]次"),
        ("thrice", r"\b(?:thrice|three times|3 times)\b|(?<!\w)(?:трижды|три раза|3 раза)(?!\w)|[三3]次"),
    )
)  # fmt: skip


def wrong_rate(clause: Reading, match: Match) -> str | None:
    """How often a clause says that something is, where its sentence says otherwise or nothing of it."""
    given = f"{match.stretch.reading.folded} {match.source.context.folded}"
    for kind, pattern in _OFTEN:
        if pattern.search(clause.folded) and not pattern.search(given):
            return kind
    return None
