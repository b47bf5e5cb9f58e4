"""From files to ranked passages. This is the door: nothing else of the package is imported from outside.

Names are loaded when they are first asked for, so that a command that needs little starts at once.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from retrieval.catalog import DocumentRecord as DocumentRecord
    from retrieval.catalog import Stored as Stored
    from retrieval.data_lock import DataLock as DataLock
    from retrieval.dictionary import Translator as Translator
    from retrieval.document import Hit as Hit
    from retrieval.document import Location as Location
    from retrieval.document import Passage as Passage
    from retrieval.document import Scores as Scores
    from retrieval.errors import DataFolderError as DataFolderError
    from retrieval.errors import DataFolderInUseError as DataFolderInUseError
    from retrieval.errors import KnowledgeFolderError as KnowledgeFolderError
    from retrieval.errors import ModelError as ModelError
    from retrieval.errors import NotReadyError as NotReadyError
    from retrieval.errors import RetrievalError as RetrievalError
    from retrieval.errors import StoppedError as StoppedError
    from retrieval.evaluation import Prediction as Prediction
    from retrieval.evaluation import measure as measure
    from retrieval.folder import check_folder_is_there as check_folder_is_there
    from retrieval.gazetteer import countries_in as countries_in
    from retrieval.gazetteer import countries_of_adjectives as countries_of_adjectives
    from retrieval.gazetteer import countries_of_document as countries_of_document
    from retrieval.gazetteer import country_names as country_names
    from retrieval.gazetteer import unspaced_names_in as unspaced_names_in
    from retrieval.indexes import IndexCounts as IndexCounts
    from retrieval.ingest import FileReport as FileReport
    from retrieval.ingest import Progress as Progress
    from retrieval.ingest import SyncReport as SyncReport
    from retrieval.kinds import Asked as Asked
    from retrieval.kinds import has_unit as has_unit
    from retrieval.kinds import is_of_kind as is_of_kind
    from retrieval.knowledge_base import CatalogReader as CatalogReader
    from retrieval.knowledge_base import FileStanding as FileStanding
    from retrieval.knowledge_base import FolderCounts as FolderCounts
    from retrieval.knowledge_base import KnowledgeBase as KnowledgeBase
    from retrieval.knowledge_base import KnowledgeFile as KnowledgeFile
    from retrieval.knowledge_base import KnowledgeStatus as KnowledgeStatus
    from retrieval.language import detect_language as detect_language
    from retrieval.language import fold as fold
    from retrieval.language import stop_words as stop_words
    from retrieval.language import terms as terms
    from retrieval.language import words as words
    from retrieval.limits import ReadLimits as ReadLimits
    from retrieval.lint import FolderFinding as FolderFinding
    from retrieval.lint import check_folder as check_folder
    from retrieval.metadata import Access as Access
    from retrieval.metadata import Metadata as Metadata
    from retrieval.metadata import Status as Status
    from retrieval.metadata import contradictions as contradictions
    from retrieval.question import Concept as Concept
    from retrieval.question import Question as Question
    from retrieval.question import Reading as Reading
    from retrieval.retriever import SearchResult as SearchResult
    from retrieval.sentences import Sentence as Sentence
    from retrieval.sentences import split_sentences as split_sentences
    from retrieval.settings import RetrievalSettings as RetrievalSettings
    from retrieval.termbase import TERMBASE_FILE as TERMBASE_FILE
    from retrieval.termbase import Termbase as Termbase
    from retrieval.validity import Standing as Standing
    from retrieval.validity import standing_of as standing_of

_ROOMS = {
    "catalog": "DocumentRecord Stored",
    "data_lock": "DataLock",
    "dictionary": "Translator",
    "document": "Hit Location Passage Scores",
    "errors": "DataFolderError DataFolderInUseError KnowledgeFolderError ModelError NotReadyError RetrievalError "
    "StoppedError",
    "evaluation": "Prediction measure",
    "folder": "check_folder_is_there",
    "gazetteer": "countries_in countries_of_adjectives countries_of_document country_names unspaced_names_in",
    "indexes": "IndexCounts",
    "ingest": "FileReport Progress SyncReport",
    "kinds": "Asked has_unit is_of_kind",
    "knowledge_base": "CatalogReader FileStanding FolderCounts KnowledgeBase KnowledgeFile KnowledgeStatus",
    "language": "detect_language fold stop_words terms words",
    "limits": "ReadLimits",
    "lint": "FolderFinding check_folder",
    "metadata": "Access Metadata Status contradictions",
    "question": "Concept Question Reading",
    "retriever": "SearchResult",
    "sentences": "Sentence split_sentences",
    "settings": "RetrievalSettings",
    "termbase": "TERMBASE_FILE Termbase",
    "validity": "Standing standing_of",
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names.split()}

__all__ = sorted(_ROOM_OF)


def __getattr__(name: str) -> Any:
    if name not in _ROOM_OF:
        raise AttributeError(f"retrieval has no {name!r}")
    return getattr(import_module(f"retrieval.{_ROOM_OF[name]}"), name)
