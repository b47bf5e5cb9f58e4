"""The pages for staff as values: the list of all files, filtered and sorted, and one document as it was understood."""

import dataclasses
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from bot.answer import RemovedFrom
from bot.channels.web.bodies import FileBody
from bot.channels.web.ports import Overview
from bot.channels.web.staff_words import StaffWords
from bot.channels.web.words import direction
from retrieval import Access, FileStanding, Standing

FILES_PER_PAGE = 100
_QUERY_CHARS = 200

_FITS: Mapping[str, Callable[[FileBody], bool]] = {
    "failed": lambda file: file.state is FileStanding.FAILED,
    "held": lambda file: file.state is FileStanding.HELD,
    "warnings": lambda file: bool(file.warnings),
    "review": lambda file: file.review_passed,
    "current": lambda file: file.standing is Standing.CURRENT,
    "past": lambda file: file.standing is not None and file.standing.is_past,
    "coming": lambda file: file.standing is Standing.COMING,
    "hidden": lambda file: file.access not in {None, Access.PUBLIC},
}
_STATES = (FileStanding.FAILED, FileStanding.HELD, FileStanding.INDEXED)
"""What needs a hand comes first."""
_ORDER: Mapping[str, Callable[[FileBody], tuple[int, str, str]]] = {
    "path": lambda file: (0, file.path.casefold(), file.path),
    "title": lambda file: (0, (file.title or file.path).casefold(), file.path),
    "state": lambda file: (_STATES.index(file.state), file.path, ""),
    "language": lambda file: (file.language is None, file.language or "", file.path),
    "passages": lambda file: (file.passages, file.path, ""),
    "effective": lambda file: (file.date_effective is None, str(file.date_effective), file.path),
    "review": lambda file: (file.review_by is None, str(file.review_by), file.path),
    "indexed": lambda file: (file.indexed_at is None, file.indexed_at or "", file.path),
}


@dataclass(frozen=True, slots=True)
class Choices:
    """What the address asks for, as anyone may have written it; what makes no sense is left out."""

    text: str = ""
    show: str = ""
    language: str = ""
    category: str = ""
    sort: str = "path"
    descending: bool = False
    page: int = 1

    @staticmethod
    def of(query: Mapping[str, str]) -> "Choices":
        """The choices in a query string."""
        sort = query.get("sort", "")
        name = sort.removeprefix("-")
        page = query.get("page", "")
        return Choices(
            text=query.get("q", "").strip()[:_QUERY_CHARS],
            show=query.get("show", "") if query.get("show") in _FITS else "",
            language=query.get("language", "")[:20],
            category=query.get("category", "")[:100],
            sort=name if name in _ORDER else "path",
            descending=sort.startswith("-") and name in _ORDER,
            page=int(page) if page.isascii() and page.isdecimal() and len(page) < 7 else 1,
        )

    @property
    def filters(self) -> bool:
        """Whether anything is left out."""
        return bool(self.text or self.show or self.language or self.category)

    def query(self, words: StaffWords, **changed: object) -> str:
        """The query string for these choices, some of them changed."""
        new = dataclasses.replace(self, **{"page": 1, **changed})  # type: ignore[arg-type]
        pairs = {
            "q": new.text,
            "show": new.show,
            "language": new.language,
            "category": new.category,
            "sort": f"-{new.sort}" if new.descending else new.sort if new.sort != "path" else "",
            "page": str(new.page) if new.page > 1 else "",
            "lang": words.code,
        }
        return "?" + urlencode({name: value for name, value in pairs.items() if value}, errors="replace")


@dataclass(frozen=True, slots=True)
class Count:
    """One of the numbers that stand side by side."""

    number: str
    label: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class DateLine:
    """A date of a document with what it means; ``mark`` where it asks for attention."""

    label: str
    value: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A file in the list."""

    file: FileBody
    address: str
    direction: str
    language: str
    dates: tuple[DateLine, ...]
    indexed_at: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading, and the address that sorts by it."""

    label: str
    query: str = ""
    sorted: str = ""
    """``ascending`` or ``descending`` where the list is sorted by it."""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a list of choices."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class ListPage:
    """All that the template of the list shows; it decides nothing."""

    counts: tuple[Count, ...]
    verdict: str
    verdict_class: str
    removed: str
    removed_lately: tuple[RemovedFrom, ...]
    activity: str
    problem: str
    done: int
    total: int
    refresh: bool
    choices: Choices
    shows: tuple[Option, ...]
    languages: tuple[Option, ...]
    categories: tuple[Option, ...]
    sorts: tuple[Option, ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    shown: str
    all_query: str
    previous: str
    next: str


def list_page(overview: Overview, choices: Choices, words: StaffWords) -> ListPage:
    """Lays out the list of all files."""
    files = [FileBody.of(file, overview.today) for file in overview.files]
    fitting = sorted(
        (file for file in files if _fits(file, choices)), key=_ORDER[choices.sort], reverse=choices.descending
    )
    last = max(1, math.ceil(len(fitting) / FILES_PER_PAGE))
    page = min(max(choices.page, 1), last)
    start = (page - 1) * FILES_PER_PAGE
    verdict, verdict_class = _verdict(overview, words)
    sync = overview.sync
    activity = ""
    if sync.phase == "syncing":
        activity = words.syncing.format(done=sync.done, total=sync.total)
        if sync.seconds_left and sync.seconds_left >= 5:
            activity += f", {words.seconds_left.format(round(sync.seconds_left))}"
    elif sync.phase == "starting":
        activity = words.starting
    elif sync.ended_at:
        activity = words.synced.format(_moment(sync.ended_at))
    languages = sorted({file.language for file in files if file.language})
    return ListPage(
        counts=_counts(overview, files, words),
        verdict=verdict,
        verdict_class=verdict_class,
        removed=_removed(overview.removed, words),
        removed_lately=overview.removed_lately,
        activity=activity,
        problem=f"{words.stopped} {sync.problem}" if sync.problem else "",
        done=sync.done if sync.phase == "syncing" else 0,
        total=sync.total if sync.phase == "syncing" else 0,
        refresh=sync.phase in {"starting", "syncing"},
        choices=choices,
        shows=_options({"": words.everything, **words.filters}, choices.show),
        languages=_options(
            {"": words.all_languages, **{code: words.language_name(code) for code in languages}}, choices.language
        ),
        categories=_options({"": words.all_categories, **_categories(files)}, choices.category),
        sorts=_options(
            {
                sign + name: label + arrow
                for name, label in words.sorts.items()
                for sign, arrow in (("", " ↑"), ("-", " ↓"))
            },
            ("-" if choices.descending else "") + choices.sort,
        ),
        columns=_columns(choices, words),
        rows=tuple(file_row(file, words) for file in fitting[start : start + FILES_PER_PAGE]),
        shown=words.shown.format(shown=len(fitting), total=len(files)) if files else "",
        all_query=Choices(sort=choices.sort, descending=choices.descending).query(words),
        previous=choices.query(words, page=page - 1) if page > 1 else "",
        next=choices.query(words, page=page + 1) if page < last else "",
    )


def address_of(document_id: str) -> str:
    """The way from the root of the service to the staff's page of a file."""
    return "knowledge/" + quote(document_id, safe="/", errors="replace")


def _fits(file: FileBody, choices: Choices) -> bool:
    if choices.show and not _FITS[choices.show](file):
        return False
    if choices.language and file.language != choices.language:
        return False
    if choices.category and file.category != choices.category:
        return False
    searched = " ".join([file.path, file.title or "", file.reason or "", *file.warnings]).casefold()
    return all(word in searched for word in choices.text.casefold().split())


def _counts(overview: Overview, files: Iterable[FileBody], words: StaffWords) -> tuple[Count, ...]:
    folder, indexes = overview.folder, overview.indexes
    failed = sum(file.state is FileStanding.FAILED for file in files)
    hidden = overview.passages - indexes.wanted if indexes else 0
    vectors = "–" if indexes is None else words.silent if indexes.vectors is None else str(indexes.vectors)
    return (
        Count(str(folder.files) if folder else "–", words.files),
        Count(str(overview.documents), words.documents, words.not_indexed.format(failed) if failed else ""),
        Count(str(overview.passages), words.passages, words.not_public.format(hidden) if hidden > 0 else ""),
        Count(str(indexes.lexical) if indexes else "–", words.lexical),
        Count(vectors, words.vectors),
    )


def _verdict(overview: Overview, words: StaffWords) -> tuple[str, str]:
    folder, indexes = overview.folder, overview.indexes
    if overview.agree is None:
        return "", ""
    if overview.agree:
        return words.agree, "good"
    if folder is None:
        return words.no_folder, "bad"
    if indexes is not None and indexes.vectors is None:
        return words.no_vectors, "bad"
    if folder.waiting:
        return words.waiting.format(folder.waiting), "warn"
    return words.disagree, "bad"


def _removed(counts: Mapping[str, int], words: StaffWords) -> str:
    """What the proof took out of models' drafts; nothing where it never had to."""
    kinds = {kind: number for kind, number in counts.items() if kind != "quoted"}
    if not kinds:
        return ""
    named = ", ".join(f"{kind} {number}" for kind, number in sorted(kinds.items(), key=lambda one: (-one[1], one[0])))
    return words.removed.format(total=sum(kinds.values()), quoted=counts.get("quoted", 0), kinds=named)


def _options(labels: Mapping[str, str], chosen: str) -> tuple[Option, ...]:
    return tuple(Option(value, label, value == chosen) for value, label in labels.items())


def _categories(files: Iterable[FileBody]) -> dict[str, str]:
    return {name: name for name in sorted({file.category for file in files if file.category})}


def _columns(choices: Choices, words: StaffWords) -> tuple[Column, ...]:
    def column(label: str, name: str) -> Column:
        here = choices.sort == name
        query = choices.query(words, sort=name, descending=here and not choices.descending)
        return Column(label, query, ("descending" if choices.descending else "ascending") if here else "")

    return (
        column(words.document, "title"),
        column(words.state, "state"),
        column(words.language, "language"),
        column(words.size, "passages"),
        column(words.dates, "review"),
        column(words.indexed_at, "indexed"),
    )


def file_row(file: FileBody, words: StaffWords) -> Row:
    """A file as every page for staff shows it."""
    return Row(
        file=file,
        address=address_of(file.path),
        direction=direction(file.language or "en"),
        language=words.language_name(file.language) if file.language else "",
        dates=_dates(file, words),
        indexed_at=_moment(file.indexed_at) if file.indexed_at else "",
    )


def _dates(file: FileBody, words: StaffWords) -> tuple[DateLine, ...]:
    found = []
    if file.date_effective or file.date_expires:
        until = f" {words.until} {file.date_expires}" if file.date_expires else ""
        found.append(DateLine(words.in_force, f"{file.date_effective or ''}{until}".strip()))
    elif file.date_issued or file.date_published:
        found.append(DateLine("", str(file.date_issued or file.date_published)))
    if file.as_of:
        found.append(DateLine(words.as_of, str(file.as_of)))
    if file.review_by:
        found.append(DateLine(words.review, str(file.review_by), words.review_passed if file.review_passed else ""))
    return tuple(found)


def _moment(iso: str) -> str:
    """An instant as people read it, to the minute."""
    return iso[:16].replace("T", " ") + " UTC" if len(iso) > 16 else iso
