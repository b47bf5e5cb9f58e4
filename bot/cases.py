"""A country's name put into the case of another's, in Russian: в Казахстане, в Узбекистане."""

from retrieval import country_names, fold

_VOWELS = "аеёиоуыэюя"
_LONGEST_ENDING = 3


def as_written(name: str, code: str, *, like: str, its_code: str) -> str:
    """A country's name in the form of another name; itself where the two are not declined alike, as far as letters tell.

    Args:
        name: in any form, of the country ``code``.
        like: the other country's name as it stands in the sentence, of ``its_code``.
    """
    mine, first = (next(iter(country_names([one], "ru")), "") for one in (code, its_code))
    if mine and fold(like) == fold(first):
        return mine
    if fold(name) != fold(mine) or not first or " " in first or " " in name:
        return name
    kept = next((n for n, (a, b) in enumerate(zip(fold(first), fold(like), strict=False)) if a != b), None)
    if kept is None:
        kept = min(len(first), len(like))
    lost, won = first[kept:], like[kept:]
    alike = name.endswith(lost) if lost else name[-1:] not in _VOWELS + "йь"
    return name[: len(name) - len(lost)] + won if alike and len(lost) < _LONGEST_ENDING else name
