"""Small working parts behind the web channel: a library of four documents, and an assistant that quotes them."""

import asyncio
import datetime as dt
import uuid
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from bot.answer import Answer, Citation, Delta, Feedback, Note, NoteKind, Outcome, Removed, RemovedFrom, Statement
from bot.assistant import clean_question
from bot.channels.web.ports import Overview, ReadinessState, SourceDocument, SyncState, UnderstoodFile
from bot.errors import QuestionError
from retrieval import (
    Access,
    DocumentRecord,
    FolderCounts,
    Hit,
    IndexCounts,
    KnowledgeFile,
    KnowledgeFolderError,
    Location,
    Metadata,
    Passage,
    Status,
    Stored,
    SyncReport,
)

HOSTILE_ID = 'policy/出口 税?a=1#x"&<b>%2F.md'
HOSTILE_TITLE = "<img src=x onerror=alert(1)> {{ 7*7 }} \"'</title><script>alert(2)</script>"
HOSTILE_QUOTE = '<script>alert(3)</script> & "quoted" </mark>'


def _document(document_id: str, metadata: Metadata, language: str, *texts: tuple[Location, str]) -> SourceDocument:
    passages = tuple(
        Passage(document_id, number, text, language, location) for number, (location, text) in enumerate(texts, 1)
    )
    return SourceDocument(document_id, metadata, language, passages)


DOCUMENTS = (
    _document(
        "policy/cbam reporting.md",
        Metadata(
            title="Guidance on the Carbon Border Adjustment Mechanism for exporters",
            issuer="European Commission",
            doc_number="C(2026) 118",
            date_issued=dt.date(2026, 3, 2),
            date_effective=dt.date(2026, 4, 1),
            status=Status.AMENDED,
            countries=("BE", "CN-BJ"),
            as_of=dt.date(2026, 10, 1),
            source_url="https://taxation-customs.example/cbam?lang=en&v=2",
        ),
        "en",
        (
            Location(headings=("Scope",)),
            "This guidance explains what exporters of cement, aluminium, fertilisers, iron and steel, hydrogen and "
            "electricity should prepare.\n\nIt replaces no legal act. Where this text and the Regulation differ, the "
            "Regulation prevails.",
        ),
        (
            Location(headings=("Deadlines", "Annual declaration")),
            "An authorised declarant submits the CBAM declaration for the preceding calendar year by 30 September of "
            "each year. The first declaration concerns goods imported in 2026.",
        ),
        (
            Location(headings=("Deadlines", "Documents to keep")),
            "The declarant keeps the following for four years:\nverified emissions data of each installation\n"
            "evidence of a carbon price paid in the country of origin\ncopies of the verifier's accreditation\n\n"
            "Records may be kept electronically.",
        ),
    ),
    _document(
        "market/carbon-prices.xlsx",
        Metadata(title="Carbon prices, 2026", issuer="Dragoman desk", date_published=dt.date(2026, 9, 30)),
        "en",
        (
            Location(sheet="Prices", row=2, last_row=4),
            "market: EU ETS; price: 71.20; unit: EUR/t\nmarket: China ETS; price: 96.50; unit: CNY/t\n"
            "market: UK ETS; price: 48.10; unit: GBP/t",
        ),
    ),
    _document(
        "policy/碳市场 2026.md",
        Metadata(
            title="碳排放权交易管理办法要点",
            issuer="生态环境部",
            date_issued=dt.date(2024, 1, 25),
            status=Status.IN_FORCE,
            countries=("CN",),
        ),
        "zh",
        (
            Location(headings=("第三章 配额",), page=4),
            "重点排放单位应当在每年12月31日前足额清缴上一年度的碳排放配额。未按时清缴的，由生态环境主管部门责令改正，并处罚款。",
        ),
    ),
    _document(
        HOSTILE_ID,
        Metadata(title=HOSTILE_TITLE, issuer="<b>Bold</b>", source_url="javascript:alert(4)"),
        "en",
        (Location(headings=("<i>Heading</i>",)), f"Before it. {HOSTILE_QUOTE} After it."),
    ),
    _document("country/ar.md", Metadata(title="مناخ الاستثمار"), "ar", (Location(), "النص هنا.")),
    _document("staff/secret.md", Metadata(title="Secret", access=Access.STAFF), "en", (Location(), "secret")),
)


class FakeLibrary:
    """The documents above, less those that are not public."""

    def document(self, document_id: str) -> SourceDocument | None:
        """As the port has it."""
        found = (d for d in DOCUMENTS if d.id == document_id and d.metadata.access is Access.PUBLIC)
        return next(found, None)

    def search(self, query: str, *, language: str | None = None) -> Sequence[Hit]:
        """Passages that hold a word of the query."""
        wanted = set(query.casefold().split())
        return [
            Hit(passage, document.metadata)
            for document in DOCUMENTS
            if document.metadata.access is Access.PUBLIC
            for passage in document.passages
            if wanted & set(passage.text.casefold().split())
        ]


@dataclass
class FakeMemory:
    """Remembers in lists."""

    kept: list[Answer] = field(default_factory=list)
    ratings: dict[str, Feedback] = field(default_factory=dict)
    handed_over: list[str] = field(default_factory=list)

    def answer(self, answer_id: str) -> Answer | None:
        """As the port has it."""
        return next((answer for answer in self.kept if answer.id == answer_id), None)

    def turns(self, conversation_id: str) -> Sequence[Answer]:
        """As the port has it."""
        return [answer for answer in self.kept if answer.conversation_id == conversation_id]

    def rate(self, feedback: Feedback) -> bool:
        """As the port has it."""
        self.ratings[feedback.answer_id] = feedback
        return self.answer(feedback.answer_id) is not None

    def rating(self, answer_id: str) -> Feedback | None:
        """As the port has it."""
        return self.ratings.get(answer_id)

    def ask_a_person(self, answer_id: str) -> bool:
        """As the port has it."""
        self.handed_over.append(answer_id)
        return self.answer(answer_id) is not None

    def forget(self, conversation_id: str) -> int:
        """As the port has it."""
        before = len(self.kept)
        self.kept = [answer for answer in self.kept if answer.conversation_id != conversation_id]
        return before - len(self.kept)


SITE_KEY = "pk_test"
HOST_PAGE = "https://www.customer.example"
STAFF_KEY = "open-sesame ключ"
TODAY = dt.date(2026, 11, 21)
BROKEN = KnowledgeFile("risk/scan <b>.pdf", None, "no text on any of 9 pages; it is probably a scan <script>.")


def _file(document: SourceDocument, *warnings: str, reason: str | None = None) -> KnowledgeFile:
    record = DocumentRecord(
        document.id, "0" * 64, document.language, document.metadata, warnings, None, len(document.passages),
        "2026-11-20T08:30:00+00:00",
    )  # fmt: skip
    return KnowledgeFile(document.id, record, reason)


def _files() -> tuple[KnowledgeFile, ...]:
    held = _file(DOCUMENTS[1], reason="it is empty; save it again with its text.")
    warned = _file(DOCUMENTS[0], "line 3: unknown field 'colour'; it is ignored <i>")
    others = [_file(document) for document in DOCUMENTS[2:]]
    old = SourceDocument(
        "law/old.md",
        Metadata(title="Old law", status=Status.SUPERSEDED, review_by=dt.date(2026, 1, 31), superseded_by=("new",)),
        "ru",
        (),
    )
    return tuple(sorted((held, warned, *others, _file(old), BROKEN), key=lambda file: file.path))


@dataclass
class FakeInventory:
    """The documents above with one that is held, one that is old, and a scan."""

    files: tuple[KnowledgeFile, ...] = field(default_factory=_files)
    sync_state: SyncState = field(default_factory=lambda: SyncState("idle", ended_at="2026-11-20T08:30:05+00:00"))
    folder: FolderCounts | None = field(default_factory=lambda: FolderCounts(8, 0))
    indexes: IndexCounts | None = field(default_factory=lambda: IndexCounts(7, 7, 7, True))
    removed: dict[str, int] = field(default_factory=dict)
    removed_lately: tuple[RemovedFrom, ...] = ()

    def overview(self) -> Overview:
        """As the port has it."""
        return Overview(
            TODAY, self.sync_state, self.files, 8, self.folder, self.indexes, self.removed, self.removed_lately
        )

    def sync(self, *, rebuild: bool, allow_removals: bool) -> SyncReport:
        """Does nothing, and tells that it was asked to."""
        if not allow_removals:
            raise KnowledgeFolderError("the folder has lost everything; allow removals if that is right")
        return SyncReport(removed=8, changed=int(rebuild), seconds=0.1)

    def understood(self, document_id: str) -> UnderstoodFile | None:
        """As the port has it."""
        file = next((file for file in self.files if file.path == document_id), None)
        if file is None:
            return None
        passages = next((document.passages for document in DOCUMENTS if document.id == document_id), ())
        stored = tuple(
            Stored(
                number, passage, file.record.metadata, "Title › <u>Context</u>", frozenset({"KZ"}),
                np.zeros(2, np.float32),
            )
            for number, passage in enumerate(passages)
            if file.record is not None
        )  # fmt: skip
        return UnderstoodFile(file, stored, TODAY)


@dataclass
class FakeReadiness:
    """A state that a test sets."""

    now: ReadinessState = field(default_factory=lambda: ReadinessState(True, "ready", 5, 5, "", 5, 8))

    def state(self) -> ReadinessState:
        """As the port has it."""
        return self.now


@dataclass
class FakeAssistant:
    """Answers by a word of the question; remembers what it was asked."""

    asked: list[tuple[str, str | None, str | None]] = field(default_factory=list)
    memory: FakeMemory = field(default_factory=FakeMemory)
    pause: float = 0.0
    """Seconds between two words of a stream."""
    closed: int = 0
    """Streams that were closed before their end."""
    untitled: bool = False
    """Whether the documents it cites have no titles."""
    cleans: bool = False
    """Whether it keeps a question without invisible signs, as the assistant does."""
    removed: tuple[Removed, ...] = ()
    """What the proof took out of the draft."""
    understood_as: str | None = None
    """As what it understands every follow-up."""

    def examples(self, language: str) -> Sequence[str]:
        """As the port has it."""
        return {
            "zh": ("重点排放单位何时清缴配额？", "CBAM 年度申报的截止日期是哪天？"),
            "ru": ("Когда подаётся годовая декларация CBAM?", "Какова цена углерода в ЕС?"),
        }.get(
            language,
            (
                "When is the annual CBAM declaration due?",
                "Which records must a declarant keep?",
                "What does a tonne of CO₂ cost in the EU and in China?",
            ),
        )

    async def stream(
        self, question: str, *, conversation_id: str | None = None, language: str | None = None
    ) -> AsyncGenerator[Delta | Answer, None]:
        """The answer of ``ask``, a word at a time; kept in the memory."""
        answer = await self.ask(question, conversation_id=conversation_id, language=language)
        answer = replace(answer, id=uuid.uuid4().hex)
        earlier = [one for one in self.memory.kept if one.conversation_id == answer.conversation_id]
        if self.cleans:
            answer = replace(answer, question=clean_question(question, language=language))
        answer = replace(answer, removed=self.removed, understood_as=self.understood_as if earlier else None)
        if self.untitled:
            answer = replace(answer, citations=tuple(replace(cited, title="") for cited in answer.citations))
        ended = False
        try:
            for word in answer.text.split(" "):
                await asyncio.sleep(self.pause)
                yield Delta(word + " ")
                if "midway" in word:
                    raise RuntimeError("the secret inside")
            self.memory.kept.append(answer)
            ended = True
            yield answer
        finally:
            self.closed += not ended

    async def ask(self, question: str, *, conversation_id: str | None = None, language: str | None = None) -> Answer:
        """As the port has it."""
        self.asked.append((question, conversation_id, language))
        if not question.strip():
            raise QuestionError("question_empty", "Please write a question.")
        if len(question) > 2_000:
            raise QuestionError("question_too_long", "问题过长。")
        if "crash" in question:
            raise RuntimeError("the secret inside")
        zh = any("\u4e00" <= letter <= "\u9fff" for letter in question)
        answer_language = language or ("zh" if zh else "en")
        conversation = conversation_id or "conversation-1"
        if "weather" in question or "天气" in question:
            text = (
                "文件中没有关于这个问题的内容。我已记下这个问题，工作人员会看到。"
                if zh
                else "The documents say nothing about this. The question has been kept for staff.\n"
                "You can name a country or a policy, or ask about one of the topics below."
            )
            return Answer(
                "a2", conversation, question, Outcome.NOT_COVERED, answer_language, text,
                suggestions=tuple(self.examples(answer_language)[:2]),
            )  # fmt: skip
        if "hostile" in question:
            citation = _cite(1, HOSTILE_ID, 1, HOSTILE_QUOTE)
            return _answer(conversation, question, "en", [(HOSTILE_QUOTE, (1,))], (citation,))
        if "which country" in question:
            return Answer(
                "a3", conversation, question, Outcome.CLARIFY, "en", "For which country?", suggestions=("For China",)
            )
        declaration = _cite(
            1, "policy/cbam reporting.md", 2,
            "An authorised declarant submits the CBAM declaration for the preceding calendar year by 30 September of "
            "each year.",
        )  # fmt: skip
        keep = _cite(
            2, "policy/cbam reporting.md", 3,
            "The declarant keeps the following for four years: verified emissions data of each installation evidence "
            "of a carbon price paid in the country of origin",
        )  # fmt: skip
        quota = _cite(3, "policy/碳市场 2026.md", 1, "重点排放单位应当在每年12月31日前足额清缴上一年度的碳排放配额。")
        if zh:
            statements: list[tuple[str, tuple[int, ...]]] = [
                ("CBAM 年度申报须在次年 9 月 30 日前提交。", (1,)),
                ("申报人须将相关资料保存四年，包括各装置经核查的排放数据。", (2,)),
                ("重点排放单位应当在每年12月31日前足额清缴上一年度的碳排放配额。", (3,)),
            ]
            notes: tuple[Note, ...] = (Note(NoteKind.DATED, "第 1 项来源此后有过修订，请核对最新文本。", (1,)),)
            suggestions: tuple[str, ...] = ("未按时清缴配额有什么后果？",)
        else:
            statements = [
                ("The CBAM declaration for a calendar year is due by 30 September of the next year.", (1,)),
                ("The declarant keeps the verified emissions data of each installation for four years.", (1, 2)),
                ("In China, covered firms surrender allowances for the year before by 31 December.", (3,)),
            ]
            notes = (
                Note(NoteKind.DATED, "Source 1 has been amended since it was issued; check the current text.", (1,)),
                Note(NoteKind.OTHER_LANGUAGE, "One source is in Chinese.", (3,)),
            )
            suggestions = ("What happens if allowances are surrendered late?", "Which goods does CBAM cover?")
        return _answer(
            conversation, question, answer_language, statements, (declaration, keep, quota), notes, suggestions
        )


def _cite(number: int, document_id: str, ordinal: int, quote: str) -> Citation:
    document = next(d for d in DOCUMENTS if d.id == document_id)
    passage = document.passages[ordinal - 1]
    return Citation(
        number=number,
        document_id=document_id,
        passage_id=passage.id,
        title=document.metadata.title,
        language=document.language,
        location=str(passage.location),
        quote=quote,
        issuer=document.metadata.issuer,
        date=document.metadata.date,
        source_url=document.metadata.source_url,
    )


def _answer(
    conversation: str,
    question: str,
    language: str,
    statements: Sequence[tuple[str, tuple[int, ...]]],
    citations: tuple[Citation, ...],
    notes: tuple[Note, ...] = (),
    suggestions: tuple[str, ...] = (),
) -> Answer:
    return Answer(
        id="a1",
        conversation_id=conversation,
        question=question,
        outcome=Outcome.ANSWERED,
        language=language,
        text=" ".join(f"{text} {''.join(f'[{n}]' for n in numbers)}" for text, numbers in statements),
        statements=tuple(Statement(text, numbers) for text, numbers in statements),
        citations=citations,
        notes=notes,
        suggestions=suggestions,
    )
