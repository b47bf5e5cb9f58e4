"""A country's name put into the case of another's, in Russian: в Казахстане, в Сербии."""

import re

from retrieval import country_names, fold

_ENDINGS = {
    "ия": {"genitive": "ии", "dative": "ии", "accusative": "ию", "instrumental": "ией", "prepositional": "ии"},
    "а": {"genitive": "ы", "dative": "е", "accusative": "у", "instrumental": "ой", "prepositional": "е"},
    "й": {"genitive": "я", "dative": "ю", "accusative": "й", "instrumental": "ем", "prepositional": "е"},
    "": {"genitive": "а", "dative": "у", "accusative": "", "instrumental": "ом", "prepositional": "е"},
}
"""What a name ends with in its first form, and in the others. Names in other vowels have one form."""
_CONSONANTS = "бвгджзклмнпрстфхцчшщ"
_AFTER = (
    (re.compile(r"\b(?:в|во|на|о|об|при) $", re.IGNORECASE), ("prepositional", "accusative")),
    (re.compile(r"\b(?:из|от|до|для|у|без|с|со) $", re.IGNORECASE), ("genitive", "instrumental")),
    (re.compile(r"\b(?:к|ко|по) $", re.IGNORECASE), ("dative",)),
)
"""The cases that stand behind a preposition; behind none, whichever the other name shows."""


def as_written(name: str, code: str, *, like: str, its_code: str, before: str) -> str:
    """A country's name in the case of another name; itself where letters do not tell, or it was declined already.

    Args:
        name: in any form, of the country ``code``.
        like: the other country's name as it stands in the sentence, of ``its_code``.
        before: what stands before it there.
    """
    mine, first = (next(iter(country_names([one], "ru")), "") for one in (code, its_code))
    if mine and fold(like) == fold(first) and _case(like, first, "") is None:
        return mine
    if not mine or fold(name) != fold(mine) or " " in first or " " in name:
        return name
    case, own = _case(like, first, before), _kind(name)
    if case is None or own is None:
        return name
    return name[: len(name) - len(own)] + _ENDINGS[own][case]


def _case(like: str, first: str, before: str) -> str | None:
    """The case in which a name stands."""
    kind = _kind(first)
    if kind is None:
        return None
    stem = fold(first[: len(first) - len(kind)])
    shown = [case for case, ending in _ENDINGS[kind].items() if fold(like) == stem + ending]
    wanted = next((cases for pattern, cases in _AFTER if pattern.search(before)), ())
    leading = [case for case in wanted if case in shown]
    if fold(like) == fold(first) and not leading:
        return None
    return next(iter(leading or shown), None)


def _kind(name: str) -> str | None:
    """How a name is declined."""
    return next(
        (ending for ending in _ENDINGS if (name.endswith(ending) if ending else name[-1:] in _CONSONANTS)), None
    )
