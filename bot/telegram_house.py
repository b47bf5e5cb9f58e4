"""What the Telegram channel asks of the house: what the documents are about, a search, and a place for a new document."""

import re
import shutil
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

from bot.answer import Citation
from bot.channels.telegram.ports import Found, Received, Topic
from bot.naming import may_be_said
from bot.replies import reply
from retrieval import (
    Access,
    DocumentRecord,
    KnowledgeBase,
    NotReadyError,
    SyncReport,
    country_names,
)

INBOX = "inbox"
_NAMED = frozenset(("country policy law procedures market risk finance events cooperation " + INBOX).split())
_QUESTIONS = 6
_LONGEST_NAME = 180
"""Bytes, of the 255 that a name may have on most disks."""


class TelegramHouse:
    """Answers the channel's ``Library`` and ``Shelf`` from the knowledge base, once there is one.

    Args:
        knowledge: the knowledge base; None before it is open.
        sync: a sync of the server's own, which waits for one that is running.
    """

    def __init__(self, knowledge: Callable[[], KnowledgeBase | None], sync: Callable[[], SyncReport]) -> None:
        self._knowledge = knowledge
        self._sync = sync

    def topics(self, language: str) -> Sequence[Topic]:
        """The categories of the folder."""
        shelves: dict[str, list[DocumentRecord]] = {}
        for record in self._public():
            if "/" in record.id:
                shelves.setdefault(record.id.split("/")[0], []).append(record)
        return [_topic(key, _category_name(key, language), shelves[key], language) for key in sorted(shelves)]

    def countries(self, language: str) -> Sequence[Topic]:
        """The countries that documents are about."""
        shelves: dict[str, list[DocumentRecord]] = {}
        for record in self._public():
            for code in {code[:2] for code in record.metadata.countries}:
                shelves.setdefault(code, []).append(record)
        named = [(next(iter(country_names([code], language)), code), code) for code in shelves]
        return [_topic(code, name, shelves[code], language) for name, code in sorted(named)]

    def find(self, text: str, *, limit: int) -> Sequence[Found]:
        """Passages for a search, at most one a document."""
        knowledge = self._opened()
        found: dict[str, Found] = {}
        for hit in knowledge.search(text).hits:
            passage, card = hit.passage, hit.metadata
            if card.access is not Access.PUBLIC or passage.document_id in found:
                continue
            citation = Citation(
                number=len(found) + 1,
                document_id=passage.document_id,
                passage_id=passage.id,
                title=card.title,
                language=passage.language,
                location=str(passage.location),
                quote=" ".join(passage.text.split()),
                issuer=card.issuer,
                date=card.date,
                source_url=card.source_url,
            )
            found[passage.document_id] = Found(citation)
        return list(found.values())[:limit]

    def receive(self, file: Path, *, name: str, category: str) -> Received:
        """Puts a file into the folder as staff would, and syncs; one that cannot be read is taken out again.

        Raises:
            NotReadyError: the index is not open yet.
            RetrievalError: the folder cannot be synced now.
            OSError: the folder cannot be written.
        """
        knowledge = self._opened()
        target = self._place(knowledge.folder, category) / safe_name(name)
        document_id = target.relative_to(knowledge.folder).as_posix()
        if target.is_symlink() or (target.exists() and not target.is_file()):
            return Received(document_id, reason="there is something of this name that is no file")
        before = file.with_name("before")
        replaced = target.exists()
        if replaced:
            shutil.copy2(target, before)
        _move_in(file, target)
        try:
            report = self._sync()
        except BaseException:
            # What could not be taken in must not stand in the folder, nor in place of what stood there.
            _move_in(before, target) if replaced else target.unlink(missing_ok=True)
            raise
        stands = knowledge.file(document_id)
        if stands is None or stands.reason or stands.record is None:
            _move_in(before, target) if replaced else target.unlink(missing_ok=True)
            self._sync()
            reason = stands.reason if stands is not None and stands.reason else "a file of this name is no document"
            return Received(document_id, replaced=replaced, reason=reason.removeprefix(f"{document_id}: "))
        record = stands.record
        return Received(
            document_id,
            replaced=replaced,
            title=record.metadata.title,
            language=record.language,
            passages=record.passages,
            warnings=tuple(warning.message for warning in report.warnings if warning.path == document_id),
        )

    def _public(self) -> list[DocumentRecord]:
        return [record for record in self._opened().documents() if record.metadata.access is Access.PUBLIC]

    def _opened(self) -> KnowledgeBase:
        """The knowledge base, once its index is level with the folder for the first time: half a list would be no list."""
        knowledge = self._knowledge()
        if knowledge is None or not knowledge.synced_before:
            raise NotReadyError("the index is still being opened; ask again in a moment")
        return knowledge

    @staticmethod
    def _place(folder: Path, category: str) -> Path:
        """The category's folder if there is one of this name, else the inbox."""
        wanted = category.casefold()
        for entry in sorted(folder.iterdir()):
            if entry.name.casefold() == wanted and entry.is_dir() and not entry.is_symlink() and wanted[:1] != ".":
                return entry
        (folder / INBOX).mkdir(exist_ok=True)
        return folder / INBOX


def safe_name(name: str) -> str:
    """A name that is only a name: no folder, nothing hidden, no control signs, short enough for any disk."""
    last = PurePosixPath(name.replace("\\", "/")).name
    kept = "".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in unicodedata.normalize("NFC", last))
    clean = re.sub(r'[<>:"|?*\s]+', " ", kept).strip().lstrip(".~ ")
    stem, dot, suffix = clean.rpartition(".")
    if not dot:
        stem, suffix = clean, ""
    short = stem.encode()[:_LONGEST_NAME].decode(errors="ignore").rstrip() or "document"
    return f"{short}{dot}{suffix[:10].lower()}"


def _move_in(file: Path, target: Path) -> None:
    """Puts a file where it is seen only when it is whole: the folder may lie on another disk."""
    beside = target.with_name(f".{target.name[:40]}.new")
    try:
        shutil.copyfile(file, beside)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def _topic(key: str, name: str, records: Sequence[DocumentRecord], language: str) -> Topic:
    own = [record for record in records if record.language.split("-")[0] == language] or list(records)
    asked = ((question, record) for record in own for question in record.metadata.questions[:2])
    questions = dict.fromkeys(question for question, record in asked if may_be_said(question, record.language))
    named = [record for record in [*own, *records] if may_be_said(record.metadata.title, record.language)]
    titles = dict.fromkeys(record.metadata.title for record in named)
    return Topic(key, name, len(records), tuple(questions)[:_QUESTIONS], tuple(titles))


def _category_name(key: str, language: str) -> str:
    return reply(f"telegram_topic_{key}", language) if key in _NAMED else key
