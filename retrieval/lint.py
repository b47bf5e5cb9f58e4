"""The linter of the knowledge folder: what staff should mend, without touching any index.

**Error**: the file is not answered from, or what its card says is missing, contradictory or leads nowhere, so that answers
would be wrong. **Warning**: it is answered from, and somebody should look at it.
"""

import csv
import datetime as dt
import hashlib
import io
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path, PurePosixPath

from ftfy.badness import is_bad

from retrieval.document import Document
from retrieval.errors import UnreadableFileError
from retrieval.folder import walk
from retrieval.language import detect_language, script_counts, stop_words
from retrieval.likeness import Sketch, near_pairs, sketch_of
from retrieval.limits import ReadLimits
from retrieval.links import links_in
from retrieval.metadata import (
    CATEGORIES,
    LANGUAGE,
    SIDECAR_SUFFIX,
    FrontMatterError,
    Metadata,
    Status,
    contradictions,
    missing_fields,
    read_fields,
    split_front_matter,
)
from retrieval.readers import FORMATS
from retrieval.readers.decoding import DecodingError, decode
from retrieval.readers.sandbox import Sandbox
from retrieval.readers.source import read_bytes
from retrieval.termbase import TERMBASE_FILE, Termbase

_RAW_BYTES = 4 * 1024 * 1024
"""Of a text file this much is looked through for its card and its links; longer ones are left to their reader."""
_SAME_BYTES = 50 * 1024 * 1024
_TEXT_CHARS = 300_000
_LISTED = 20
_SCRIPT = {"zh": "han", "ru": "cyrillic", "en": "latin"}


class Severity(StrEnum):
    """How bad a finding is; the module says what the two mean."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class FolderFinding:
    """A file and what is wrong with it."""

    path: str
    severity: Severity
    message: str


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is kept of a document until all are read: enough to compare it with the others."""

    id: str
    path: Path
    size: int
    metadata: Metadata
    language: str
    sketch: Sketch | None
    links: tuple[tuple[str, int], ...]


def check_folder(
    folder: Path, *, today: dt.date, limits: ReadLimits | None = None, progress: Callable[[int], None] = lambda _: None
) -> tuple[int, list[FolderFinding]]:
    """How many files there are, and the findings in the order of paths.

    Raises:
        KnowledgeFolderError: there is no such folder.
    """
    findings: list[FolderFinding] = []
    seen: list[_Seen] = []
    count = 0
    with Sandbox(limits) as sandbox:
        for count, found in enumerate(walk(folder), start=1):
            progress(count)
            findings += _misplaced(found.id)
            if found.reason is not None:
                findings.append(FolderFinding(found.id, Severity.ERROR, found.reason))
                continue
            try:
                document = sandbox.read(found.path, found.id)
            except UnreadableFileError as error:
                findings.append(FolderFinding(found.id, Severity.ERROR, error.reason))
                continue
            raw = _raw_text(found.path, found.id)
            findings += _alone(document, _given_fields(found.path, found.id, raw), today)
            seen.append(
                _Seen(
                    id=found.id,
                    path=found.path,
                    size=found.path.lstat().st_size if found.path.exists() else 0,
                    metadata=document.metadata,
                    language=document.metadata.language or detect_language(document.text),
                    sketch=sketch_of(document.text[:_TEXT_CHARS]),
                    links=tuple(links_in(raw, found.id)),
                )
            )
    findings += _keys(seen)
    findings += _duplicates(seen)
    findings += _dead_links(seen, folder)
    findings += _terms(folder / TERMBASE_FILE)
    return count, sorted(findings, key=lambda finding: (finding.path, finding.severity, finding.message))


# -- one file ----------------------------------------------------------------------------------------------------------


def _misplaced(document_id: str) -> Iterator[FolderFinding]:
    first = document_id.split("/")[0] if "/" in document_id else None
    if first not in CATEGORIES:
        where = f"the folder '{first}' is no category" if first else "it lies in no category folder"
        message = f"{where}; move it into one of {', '.join(CATEGORIES)}"
        yield FolderFinding(document_id, Severity.WARNING, message)


def _alone(document: Document, given: Iterable[str] | None, today: dt.date) -> Iterator[FolderFinding]:
    """What is wrong with a document in itself. ``given`` are the fields of its card; None where it has none."""

    def warning(message: object) -> FolderFinding:
        return FolderFinding(document.id, Severity.WARNING, str(message))

    card = document.metadata
    yield from map(warning, document.warnings)
    if given is None:
        name = PurePosixPath(document.id).name + SIDECAR_SUFFIX
        yield warning(f"no card: title, date and countries are guessed; add front matter or {name}")
    else:
        fields = set(given)
        # What stays when the fields that only deserve a warning are taken away is an error.
        certain = missing_fields(replace(card, confidence=None, source_type=None), fields)
        for finding in missing_fields(card, fields):
            severity = Severity.ERROR if finding in certain else Severity.WARNING
            yield FolderFinding(document.id, severity, str(finding))
    certain = contradictions(replace(card, review_by=None), today)
    for finding in contradictions(card, today):
        severity = Severity.ERROR if finding in certain else Severity.WARNING
        yield FolderFinding(document.id, severity, str(finding))
    yield from map(warning, _language_findings(document))
    yield from map(warning, _mojibake_findings(document))


def _language_findings(document: Document) -> Iterator[str]:
    text = document.text[:_TEXT_CHARS]
    scripts = script_counts(text)
    letters = sum(scripts.values())
    stated = document.metadata.language
    if not letters:
        yield "no words in it, only figures and signs; nobody can ask for it. Add a title and headings"
    elif stated is None:
        found = detect_language(text)
        if found == "en" and not stop_words("en") & set(re.findall(r"[a-z]+", text.casefold())):
            yield "its language cannot be told; add 'lang' to its card"
    else:
        wanted = _SCRIPT.get(stated.split("-")[0])
        if wanted and letters > 200 and scripts[wanted] < 0.02 * letters:
            yield f"lang is '{stated}' but the text reads like '{detect_language(text)}'"


_REPLACED = re.compile("\ufffd|锟斤拷|烫烫烫")
_HAN = re.compile("[\u4e00-\u9fff]")


def _mojibake_findings(document: Document) -> Iterator[str]:
    lines = [line for line in document.text[:_TEXT_CHARS].splitlines() if not line.isascii() and is_mojibake(line)]
    if lines:
        many = "1 line looks" if len(lines) == 1 else f"{len(lines)} lines look"
        shown = lines[0].strip()[:40]
        yield f"{many} like text opened in a wrong encoding, such as '{shown}'; take it anew from its source"


def is_mojibake(line: str) -> bool:
    """Whether a line is what is left of text that was read in a wrong encoding."""
    if _REPLACED.search(line) or is_bad(line):
        return True
    # ftfy knows encodings of one byte only. UTF-8 read as GBK is Chinese that turns into Chinese again; real Chinese does not.
    foreign = "".join(sign for sign in line if sign > "\x7f")
    back = foreign.encode("gb18030", "ignore").decode("utf-8", "replace")
    return len(back) > 2 and len(_HAN.findall(back)) > 0.4 * len(foreign) and back.count("\ufffd") * 4 < len(back)


# -- the file itself, beside what its reader made of it -----------------------------------------------------------------


def _raw_text(path: Path, document_id: str) -> str:
    """The text of a text file; empty for other formats, and for what cannot be had."""
    form = FORMATS.get(PurePosixPath(document_id).suffix.lower())
    if form is None or not form.is_text:
        return ""
    try:
        return decode(read_bytes(path, document_id, _RAW_BYTES)).text
    except (UnreadableFileError, DecodingError):
        return ""


def _given_fields(path: Path, document_id: str, raw: str) -> set[str] | None:
    """The fields that front matter and sidecar name, empty ones left out; None where there is neither."""
    values: dict[str, object] = {}
    beside = path.with_name(path.name + SIDECAR_SUFFIX)
    try:
        values |= split_front_matter(raw)[0].values
        if beside.is_file():
            values |= read_fields(decode(read_bytes(beside, document_id, _RAW_BYTES)).text).values
    except (FrontMatterError, UnreadableFileError, DecodingError):
        pass  # its reader has said so
    return {name for name, value in values.items() if value not in (None, "", [])} if values else None


# -- between files -----------------------------------------------------------------------------------------------------


def _keys(seen: Sequence[_Seen]) -> Iterator[FolderFinding]:
    """Two documents with one id in one language, and what is said of ids that nobody has or that say otherwise."""
    owners: dict[tuple[str, str | None], str] = {}
    by_key: dict[str, list[_Seen]] = {}
    for one in seen:
        card = one.metadata
        if card.key:
            first = owners.setdefault((card.key, card.language), one.id)
            if first != one.id:
                message = f"has the same id '{card.key}' and language as {first}; give one of them another"
                yield FolderFinding(one.id, Severity.ERROR, message)
            by_key.setdefault(card.key, []).append(one)
    for one in seen:
        card = one.metadata
        original = (card.translation_of.rpartition("/")[0] or card.translation_of,) if card.translation_of else ()
        for field, named, severity in (
            ("superseded_by", card.superseded_by, Severity.ERROR),
            ("supersedes", card.supersedes, Severity.WARNING),
            ("translation_of", original, Severity.WARNING),
        ):
            for key in named:
                if key not in by_key:
                    yield FolderFinding(one.id, severity, f"{field} names '{key}', which is the id of no document here")
        for key in card.supersedes:
            for other in by_key.get(key, ()):
                if other.metadata.status is Status.IN_FORCE and not other.metadata.superseded_by:
                    message = f"status is in_force but {one.id} supersedes it; set status and superseded_by"
                    yield FolderFinding(other.id, Severity.ERROR, message)


def _duplicates(seen: Sequence[_Seen]) -> Iterator[FolderFinding]:
    """Files with the same bytes, and documents of one language whose texts are nearly the same."""
    same: dict[bytes, str] = {}
    twins = set()
    for _, group in itertools.groupby(sorted(seen, key=lambda one: (one.size, one.id)), key=lambda one: one.size):
        listed = list(group)
        for one in listed if len(listed) > 1 else ():
            try:
                digest = hashlib.sha256(read_bytes(one.path, one.id, _SAME_BYTES)).digest()
            except UnreadableFileError:
                continue
            first = same.setdefault(digest, one.id)
            if first != one.id:
                twins.add(one.id)
                yield FolderFinding(one.id, Severity.WARNING, f"is the same file as {first}; remove one of them")
    texts = [one for one in seen if one.sketch is not None and one.id not in twins]
    for first_one, other, share in near_pairs([(one, one.sketch) for one in texts if one.sketch is not None]):
        if first_one.language == other.language and not _are_related(first_one.metadata, other.metadata):
            message = (
                f"is nearly the same text as {first_one.id} ({share:.0%}); keep one, or say which supersedes which"
            )
            yield FolderFinding(other.id, Severity.WARNING, message)


def _are_related(one: Metadata, other: Metadata) -> bool:
    """Whether a card says that one text is the translation or the successor of the other."""
    for first, second in ((one, other), (other, one)):
        named = {*first.supersedes, *first.superseded_by, *first.amends}
        if second.key and (second.key in named or (first.translation_of or "").split("/")[0] == second.key):
            return True
    return False


def _dead_links(seen: Sequence[_Seen], folder: Path) -> Iterator[FolderFinding]:
    for one in seen:
        dead: dict[str, int] = {}
        for target, line in one.links:
            is_outside = target.startswith("..") or "\0" in target
            try:
                is_there = not is_outside and (folder / target).exists()
            except OSError:
                is_there = False
            if not is_there:
                dead.setdefault(target, line)
        for target, line in list(dead.items())[:_LISTED]:
            message = f"line {line}: links to '{target}', which is not there; mend the link or take it out"
            yield FolderFinding(one.id, Severity.WARNING, message)
        if len(dead) > _LISTED:
            yield FolderFinding(one.id, Severity.WARNING, f"{len(dead) - _LISTED} more of its links lead nowhere")


# -- the termbase ------------------------------------------------------------------------------------------------------


def _terms(path: Path) -> Iterator[FolderFinding]:
    _, problems = Termbase.load(path)
    messages = [str(problem) for problem in problems]
    try:
        rows = list(_term_rows(path))
    except (OSError, UnicodeDecodeError, csv.Error):
        rows = []
    first: dict[tuple[str, str], int] = {}
    for line, cells in rows:
        missing = [language for language, cell in cells.items() if not cell]
        if missing:
            messages.append(f"line {line}: no term in {', '.join(missing)}; questions in it do not find the others")
        for language, cell in cells.items():
            before = first.setdefault((language, cell.casefold()), line) if cell else line
            if before != line:
                messages.append(
                    f"line {line}: '{cell}' ({language}) stands on line {before} already; join the two rows"
                )
    return (FolderFinding(TERMBASE_FILE, Severity.WARNING, message) for message in messages)


def _term_rows(path: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    """The line and the terms by language of each whole row."""
    reader = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig")))
    header = [name.strip() for name in next(reader, [])]
    languages = [(number, name) for number, name in enumerate(header) if LANGUAGE.fullmatch(name)]
    for cells in reader:
        if any(cells) and len(cells) == len(header) and len(languages) > 1:
            yield reader.line_num, {name: " ".join(cells[number].split()) for number, name in languages}
