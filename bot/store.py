"""What must survive a restart: the turns of conversations with their citations, and questions left open. In SQL."""

import datetime as dt
import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects import sqlite

from bot.answer import Answer, Feedback, Outcome, Removed, RemovedFrom
from bot.errors import StartError, StoreEraseError, StoreError, StoreReadError

log = logging.getLogger(__name__)

_schema = sa.MetaData()
_turns = sa.Table(
    "turns",
    _schema,
    sa.Column("answer_id", sa.String, primary_key=True),
    sa.Column("conversation_id", sa.String, nullable=False, index=True),
    sa.Column("asked_at", sa.String, nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("language", sa.String, nullable=False),
    sa.Column("outcome", sa.String, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
)
_open_questions = sa.Table(
    "open_questions",
    _schema,
    sa.Column("answer_id", sa.String, primary_key=True),
    sa.Column("asked_at", sa.String, nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("language", sa.String, nullable=False),
)
_feedback = sa.Table(
    "feedback",
    _schema,
    sa.Column("answer_id", sa.String, primary_key=True),
    sa.Column("given_at", sa.String, nullable=False),
    sa.Column("helpful", sa.Boolean, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)
_removed = sa.Table(
    "removed",
    _schema,
    sa.Column("answer_id", sa.String, nullable=False, index=True),
    sa.Column("removed_at", sa.String, nullable=False),
    sa.Column("model", sa.String, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("quoted", sa.Boolean, nullable=False),
)
_tokens = sa.Table(
    "tokens",
    _schema,
    sa.Column("day", sa.String, primary_key=True),
    sa.Column("tokens", sa.Integer, nullable=False),
)
_answer_json: TypeAdapter[Answer] = TypeAdapter(Answer)


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question the documents did not cover, or one its asker put to a person."""

    answer_id: str
    asked_at: str
    question: str
    language: str


class Store:
    """The bot's memory in one SQL database. Safe to use from several threads.

    Raises:
        StartError: the file cannot be made or written.
    """

    def __init__(self, path: Path) -> None:
        # Questions and answers are parameters: what fails must not carry them into a log.
        self._engine = sa.create_engine(
            sa.URL.create("sqlite", database=str(path)), connect_args={"timeout": 5}, hide_parameters=True
        )
        sa.event.listen(self._engine, "connect", _set_pragmas)
        try:
            _schema.create_all(self._engine)
        except sa.exc.DatabaseError as error:
            raise StartError(f"{path} cannot be used ({error.orig}); check its permissions and free space") from error

    def keep(self, answer: Answer) -> None:
        """Stores a turn; and the question as an open one, where it was not covered.

        Raises:
            StoreError: the file cannot be written now.
        """
        try:
            self._keep(answer)
        except sa.exc.SQLAlchemyError as error:
            raise StoreError(f"the turn was not stored ({error})") from error

    def _keep(self, answer: Answer) -> None:
        now = _now()
        with self._engine.begin() as connection:
            connection.execute(
                sa.insert(_turns).values(
                    answer_id=answer.id,
                    conversation_id=answer.conversation_id,
                    asked_at=now,
                    question=answer.question,
                    language=answer.language,
                    outcome=answer.outcome.value,
                    answer=_answer_json.dump_json(answer).decode(),
                )
            )
            if answer.removed:
                rows = [
                    {
                        "answer_id": answer.id,
                        "removed_at": now,
                        "model": answer.model or "",
                        "text": one.text,
                        "reason": one.reason,
                        "quoted": one.quoted,
                    }
                    for one in answer.removed
                ]
                connection.execute(sa.insert(_removed), rows)
            if answer.outcome is Outcome.NOT_COVERED:
                _leave_open(connection, answer, now)

    def answer(self, answer_id: str) -> Answer | None:
        """An answer that was given; None if there is none of this id.

        Raises:
            StoreReadError: the file cannot be read now.
        """
        query = sa.select(_turns.c.answer).where(_turns.c.answer_id == answer_id)
        with self._reading("the answer") as connection:
            row = connection.scalar(query)
        return _answer_json.validate_json(row) if row is not None else None

    def rate(self, feedback: Feedback) -> bool:
        """Keeps what a reader thought of an answer, in place of what was kept before; False if there is no such answer.

        Raises:
            StoreError: the file cannot be written now.
        """
        try:
            with self._engine.begin() as connection:
                if not _exists(connection, feedback.answer_id):
                    return False
                connection.execute(sa.delete(_feedback).where(_feedback.c.answer_id == feedback.answer_id))
                if feedback.helpful is not None:
                    connection.execute(
                        sa.insert(_feedback).values(
                            answer_id=feedback.answer_id,
                            given_at=_now(),
                            helpful=feedback.helpful,
                            reason=feedback.reason,
                        )
                    )
                return True
        except sa.exc.SQLAlchemyError as error:
            raise StoreError(f"the feedback was not stored ({error})") from error

    def rating(self, answer_id: str) -> Feedback | None:
        """What a reader thought of an answer, if anything was said.

        Raises:
            StoreReadError: the file cannot be read now.
        """
        query = sa.select(_feedback.c.helpful, _feedback.c.reason).where(_feedback.c.answer_id == answer_id)
        with self._reading("the feedback") as connection:
            row = connection.execute(query).first()
        return Feedback(answer_id, row.helpful, row.reason) if row is not None else None

    def ask_a_person(self, answer_id: str) -> bool:
        """Keeps the question of an answer as an open one for staff; False if there is no such answer.

        Raises:
            StoreError: the file cannot be read (then a ``StoreReadError``) or written now.
        """
        answer = self.answer(answer_id)
        if answer is None:
            return False
        try:
            with self._engine.begin() as connection:
                _leave_open(connection, answer, _now())
        except sa.exc.SQLAlchemyError as error:
            raise StoreError(f"the question was not stored ({error})") from error
        return True

    def forget(self, conversation_id: str) -> int:
        """Erases a conversation with its feedback and open questions, byte for byte; tells how many turns it had.

        Raises:
            StoreEraseError: the file cannot be written now.
        """
        turns = sa.select(_turns.c.answer_id).where(_turns.c.conversation_id == conversation_id)
        try:
            with self._engine.begin() as connection:
                for table in (_feedback, _open_questions, _removed):
                    connection.execute(sa.delete(table).where(table.c.answer_id.in_(turns)))
                gone = connection.execute(sa.delete(_turns).where(_turns.c.conversation_id == conversation_id)).rowcount
            with self._engine.connect() as connection:
                # What was deleted stands in the log beside the file until it is written back.
                connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))
        except sa.exc.SQLAlchemyError as error:
            raise StoreEraseError(f"the conversation was not erased ({error})") from error
        return gone

    def turns(self, conversation_id: str, *, last: int | None = None) -> Sequence[Answer]:
        """The answers of a conversation, the oldest first; with ``last``, no more than so many of the newest.

        Raises:
            StoreReadError: the file cannot be read now.
        """
        query = sa.select(_turns.c.answer).where(_turns.c.conversation_id == conversation_id)
        newest_first = query.order_by(_turns.c.asked_at.desc(), sa.text("rowid desc")).limit(last)
        with self._reading("the conversation") as connection:
            rows = connection.scalars(newest_first).all()
        return [_answer_json.validate_json(row) for row in reversed(rows)]

    def removed(self, *, limit: int = 100) -> Sequence[tuple[str, Removed]]:
        """What the proof took out of models' drafts, with the ids of their answers, the newest first; for staff.

        Raises:
            StoreReadError: the file cannot be read now.
        """
        query = sa.select(_removed).order_by(_removed.c.removed_at.desc(), sa.text("rowid desc")).limit(limit)
        with self._reading("what was removed") as connection:
            rows = connection.execute(query).all()
        return [(row.answer_id, Removed(row.text, row.reason, quoted=row.quoted)) for row in rows]

    def removed_lately(self, *, answers: int = 20) -> Sequence[RemovedFrom]:
        """What was taken out of the newest answers that lost something, with their questions, the newest first; for staff.

        Raises:
            StoreReadError: the file cannot be read now.
        """
        lost = sa.select(_removed.c.answer_id)
        query = sa.select(_turns.c.answer).where(_turns.c.answer_id.in_(lost))
        newest = query.order_by(_turns.c.asked_at.desc(), sa.text("rowid desc")).limit(answers)
        with self._reading("what was removed") as connection:
            found = [_answer_json.validate_json(row) for row in connection.scalars(newest)]
        # What a follow-up was understood as tells more than "and in Peru?".
        return [RemovedFrom(each.understood_as or each.question, one) for each in found for one in each.removed]

    def removed_counts(self) -> Mapping[str, int]:
        """How many statements were taken out, by the kind of reason; and under ``quoted`` how many gave way to a quote.

        Raises:
            StoreReadError: the file cannot be read now.
        """
        with self._reading("what was removed") as connection:
            columns = (_removed.c.reason, _removed.c.quoted)
            rows = connection.execute(sa.select(*columns, sa.func.count()).group_by(*columns)).all()
        counts: Counter[str] = Counter()
        for reason, quoted, number in rows:
            counts[reason.partition(":")[0]] += number
            counts["quoted"] += number if quoted else 0
        return dict(counts)

    def tokens_on(self, day: dt.date) -> int:
        """Tokens a model has spent on a day.

        Raises:
            StoreReadError: the file cannot be read now.
        """
        with self._reading("the budget") as connection:
            return connection.scalar(sa.select(_tokens.c.tokens).where(_tokens.c.day == day.isoformat())) or 0

    def spend_tokens(self, day: dt.date, tokens: int) -> None:
        """Adds to them; what cannot be written is lost, for no answer should fail over it."""
        row = {"day": day.isoformat(), "tokens": tokens}
        statement = sqlite.insert(_tokens).values(row)
        added = statement.on_conflict_do_update(index_elements=["day"], set_={"tokens": _tokens.c.tokens + tokens})
        try:
            with self._engine.begin() as connection:
                connection.execute(added)
        except sa.exc.SQLAlchemyError:
            log.exception("%d tokens were not counted", tokens)

    def open_questions(self) -> Sequence[OpenQuestion]:
        """Questions that wait for staff, the newest first.

        Raises:
            StoreReadError: the file cannot be read now.
        """
        query = sa.select(_open_questions).order_by(_open_questions.c.asked_at.desc())
        with self._reading("the open questions") as connection:
            return [OpenQuestion(*row) for row in connection.execute(query)]

    @contextmanager
    def _reading(self, what: str) -> Iterator[sa.Connection]:
        try:
            with self._engine.connect() as connection:
                yield connection
        except sa.exc.SQLAlchemyError as error:
            raise StoreReadError(f"{what} could not be read ({error})") from error

    def close(self) -> None:
        """Lets go of the file."""
        self._engine.dispose()


def _leave_open(connection: sa.Connection, answer: Answer, now: str) -> None:
    # Staff see no conversation, so "and in Peru?" alone would tell them nothing.
    asked = answer.understood_as or answer.question
    connection.execute(
        sa.insert(_open_questions)
        .prefix_with("OR IGNORE", dialect="sqlite")
        .values(answer_id=answer.id, asked_at=now, question=asked, language=answer.language)
    )


def _exists(connection: sa.Connection, answer_id: str) -> bool:
    return connection.scalar(sa.select(_turns.c.answer_id).where(_turns.c.answer_id == answer_id)) is not None


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


def _set_pragmas(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
