"""What commands print for people: an answer, the findings of the linter, the list of files, the report of a sync."""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bot.replies import reply
from bot.tables import markdown_of
from bot.unlinked import unlinked

if TYPE_CHECKING:
    from bot.channels.web.bodies import FileBody, SyncReportBody
    from retrieval import FolderCounts, FolderFinding


def answer_text(body: Mapping[str, Any]) -> str:
    """An answer with its sources, as the interface tells it."""
    understood = body.get("understood_as")
    lines = [reply("understood_as", body["language"], question=unlinked(understood)), ""] if understood else []
    lines.append(
        re.sub(r"^## (.+)$", lambda over: f"{over[1]}\n{'─' * len(over[1])}", markdown_of(body), flags=re.MULTILINE)
    )
    for citation in body["citations"]:
        where = ", ".join(str(part) for part in (citation["issuer"], citation["date"], citation["location"]) if part)
        lines.append(f"\n[{citation['number']}] {unlinked(citation['title'])}" + (f" ({where})" if where else ""))
        lines.append(f"    “{unlinked(citation['quote'])}”")
        lines.append(f"    {citation['document_id']}")
    lines += [f"\n! {note['text']}" for note in body["notes"]]
    return "\n".join(lines)


def sync_lines(report: "SyncReportBody") -> Iterator[str]:
    """What a sync did, and what staff should mend."""
    yield (
        f"{report.added} added, {report.changed} changed, {report.moved} moved, {report.removed} removed, "
        f"{report.unchanged} unchanged in {report.seconds:.1f} s; {report.documents} documents, {report.passages} passages"
    )
    for failed in report.failed:
        yield f"not indexed  {one_line(failed.path)}: {one_line(failed.reason)}"
    for warning in report.warnings:
        yield f"warning      {one_line(warning.path)}: {one_line(warning.message)}"


def findings_text(files: int, findings: "Sequence[FolderFinding]") -> str:
    """Findings grouped by file, what is grave first."""
    lines = []
    for path, group in itertools.groupby(findings, key=lambda finding: finding.path):
        lines.append(one_line(path))
        lines += [f"  {finding.severity:8} {one_line(finding.message)}" for finding in group]
        lines.append("")
    errors = sum(finding.severity == "error" for finding in findings)
    named = len({finding.path for finding in findings})
    tail = (
        f": {errors} errors and {len(findings) - errors} warnings in {named} of them" if findings else ": all is well"
    )
    return "\n".join([*lines, f"{files} files{tail}"])


def folder_line(folder: "FolderCounts | None") -> str:
    """Whether the folder is as it was indexed."""
    if folder is None:
        return "is not there"
    waiting = f"{folder.waiting} of them differ from what was indexed last; run 'dragoman sync'"
    return f"{folder.files} files" + (f", {waiting}" if folder.waiting else ", as they were indexed last")


def file_table(files: "Sequence[FileBody]") -> list[str]:
    """A line for each file, and below it what is wrong with it."""
    heads = ("in force", "until", "as of", "review by")
    names = "  ".join(f"{head:10}" for head in heads)
    lines = ["", f"{'state':8} {'today':10} lang {'pages':>5} {'pass.':>5}  {names}  {'indexed':16}  document"]
    for file in files:
        dates = (file.date_effective, file.date_expires, file.as_of, file.review_by)
        shown = "  ".join(f"{day or '-'!s:10}" for day in dates)
        indexed = (file.indexed_at or "-")[:16].replace("T", " ")
        lines.append(
            f"{file.state:8} {file.standing or '-':10} {file.language or '-':4} {file.pages or '-':>5} "
            f"{file.passages:>5}  {shown}  {indexed:16}  {one_line(file.path)}"
        )
        problems = ([f"not indexed: {file.reason}"] if file.reason else []) + file.warnings
        lines += [f"{'':8} ! {one_line(problem)}" for problem in problems]
    return lines if files else []


def one_line(text: str) -> str:
    """What a terminal may be shown of a name or text that anyone may have chosen."""
    return "".join(sign if sign.isprintable() else "�" for sign in text)


def shown_host(host: str) -> str:
    """The host part of an address that a browser on this machine can open."""
    if host in {"0.0.0.0", "::", ""}:  # noqa: S104 compared, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
