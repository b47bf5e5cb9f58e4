"""The linter of the knowledge folder: what staff should mend, without touching any index."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from retrieval.document import Document
from retrieval.errors import UnreadableFileError
from retrieval.ingest import walk
from retrieval.metadata import contradictions
from retrieval.readers.sandbox import Sandbox
from retrieval.termbase import TERMBASE_FILE, Termbase


class Severity(StrEnum):
    """``error``: the file is not answered from, or its card misleads. ``warning``: it should be looked at."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class FolderFinding:
    """A file and what is wrong with it."""

    path: str
    severity: Severity
    message: str


def check_folder(
    folder: Path, *, today: dt.date, progress: Callable[[int], None] = lambda _: None
) -> tuple[int, list[FolderFinding]]:
    """How many files there are, and the findings in the order of paths.

    Raises:
        KnowledgeFolderError: there is no such folder.
    """
    findings: list[FolderFinding] = []
    documents: list[Document] = []
    count = 0
    with Sandbox() as sandbox:
        for count, found in enumerate(walk(folder), start=1):
            progress(count)
            if found.reason is not None:
                findings.append(FolderFinding(found.id, Severity.ERROR, found.reason))
                continue
            try:
                document = sandbox.read(found.path, found.id)
            except UnreadableFileError as error:
                findings.append(FolderFinding(found.id, Severity.ERROR, error.reason))
                continue
            documents.append(document)
            findings += [FolderFinding(found.id, Severity.WARNING, message) for message in document.warnings]
            for finding in contradictions(document.metadata, today):
                findings.append(FolderFinding(found.id, Severity.WARNING, str(finding)))
    findings += _between(documents)
    _, problems = Termbase.load(folder / TERMBASE_FILE)
    findings += [FolderFinding(TERMBASE_FILE, Severity.WARNING, str(problem)) for problem in problems]
    return count, sorted(findings, key=lambda finding: (finding.path, finding.severity, finding.message))


def _between(documents: list[Document]) -> list[FolderFinding]:
    """What is wrong between documents: two with one id in one language, and references to ids that nobody has."""
    findings: list[FolderFinding] = []
    owners: dict[tuple[str, str | None], str] = {}
    keys = {document.metadata.key for document in documents if document.metadata.key}
    for document in documents:
        card = document.metadata
        if card.key:
            first = owners.setdefault((card.key, card.language), document.id)
            if first != document.id:
                message = f"has the same id '{card.key}' and language as {first}; give one of them another"
                findings.append(FolderFinding(document.id, Severity.ERROR, message))
        for field, named in (("supersedes", card.supersedes), ("superseded_by", card.superseded_by)):
            for key in named:
                if key not in keys:
                    message = f"{field} names '{key}', which is the id of no document here"
                    findings.append(FolderFinding(document.id, Severity.WARNING, message))
    return findings
