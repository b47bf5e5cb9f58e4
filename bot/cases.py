"""A country's name put into the case of another's, in Russian: в Казахстане, в Узбекистане."""

from retrieval import country_names, fold

_VOWELS = "аеёиоуыэюя"


def as_written(name: str, like: str, code: str) -> str:
    """A country's name in the form of another name; itself where the two are not declined alike, as far as letters tell.

    Args:
        name: in its first form, as after a dash or alone.
        like: the other country's name as it stands in the sentence.
        code: of the other country.
    """
    first = next(iter(country_names([code], "ru")), "")
    if not first or " " in first or " " in name or fold(like) == fold(first):
        return name
    same = next((n for n, (a, b) in enumerate(zip(fold(first), fold(like), strict=False)) if a != b), None)
    kept = min(len(first), len(like)) if same is None else same
    lost, won = first[kept:], like[kept:]
    alike = name.endswith(lost) if lost else name[-1:] not in _VOWELS + "йь"
    return name[: len(name) - len(lost)] + won if alike and len(lost) < _LONGEST_ENDING else name


_LONGEST_ENDING = 3
