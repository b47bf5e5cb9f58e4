"""What must survive a restart: the turns of conversations with their citations, and questions left open. In SQL."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter

from bot.answer import Answer, Outcome
from bot.errors import StartError, StoreError

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
_answer_json: TypeAdapter[Answer] = TypeAdapter(Answer)


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question the documents did not cover."""

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
        self._engine = sa.create_engine(sa.URL.create("sqlite", database=str(path)), connect_args={"timeout": 5})
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
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
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
            if answer.outcome is Outcome.NOT_COVERED:
                connection.execute(
                    sa.insert(_open_questions).values(
                        answer_id=answer.id, asked_at=now, question=answer.question, language=answer.language
                    )
                )

    def turns(self, conversation_id: str) -> Sequence[Answer]:
        """The answers of a conversation, the oldest first."""
        query = sa.select(_turns.c.answer).where(_turns.c.conversation_id == conversation_id)
        with self._engine.connect() as connection:
            rows = connection.scalars(query.order_by(_turns.c.asked_at, sa.text("rowid"))).all()
        return [_answer_json.validate_json(row) for row in rows]

    def open_questions(self) -> Sequence[OpenQuestion]:
        """Questions the documents did not cover, the newest first."""
        query = sa.select(_open_questions).order_by(_open_questions.c.asked_at.desc())
        with self._engine.connect() as connection:
            return [OpenQuestion(*row) for row in connection.execute(query)]

    def close(self) -> None:
        """Lets go of the file."""
        self._engine.dispose()


def _set_pragmas(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
