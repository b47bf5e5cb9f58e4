"""A house behind the channel that needs no model: answers made by rule, kept in the real store. Also as a process to be killed."""

import argparse
import asyncio
import datetime as dt
import json
import re
import signal
import sys
import threading
import uuid
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Any

from bot.answer import Answer, Citation, Delta, Note, NoteKind, Outcome, Statement
from bot.assistant import clean_question
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.options import Options
from bot.channels.telegram.pace import REAL, Pace
from bot.channels.telegram.ports import Found, Received, Topic
from bot.channels.web.links import source_link
from bot.errors import StartError
from bot.store import Store
from retrieval import NotReadyError, StoppedError

TELLING = "424242:AAF-secret_secret_secret_secret"
PUBLIC_URL = "https://house.example.org"
QUICK = Pace(chat=0.1, group=6.0, total=0.1, pause=0.1, longest=1.0, look=0.05, ending=0.3, album=0.15)
"""Telegram's limits ten times as fast; what is sent is held against them all the same."""


def make_citation(
    number: int = 1, *, document: str = "policy/x.md", quote: str = "Words of the source.", **fields: Any
) -> Citation:
    """A citation as the assistant makes it."""
    known: dict[str, Any] = {
        "title": "Rules of trade", "language": "en", "location": "p. 3, § Deadlines", "issuer": "Ministry",
        "date": dt.date(2026, 6, 1),
    }  # fmt: skip
    return Citation(
        number=number, document_id=document, passage_id=f"{document}#{number}", quote=quote, **(known | fields)
    )


def make_answer(
    question: str,
    *statements: str,
    citations: Sequence[Citation] | None = None,
    conversation_id: str = "c",
    **fields: Any,
) -> Answer:
    """An answer whose nth statement is proven by the nth citation."""
    texts = statements or (f"The answer to “{question}”.",)
    proofs = tuple(
        citations if citations is not None else [make_citation(n, quote=text) for n, text in enumerate(texts, 1)]
    )
    made = tuple(Statement(text, (min(n, len(proofs)),)) for n, text in enumerate(texts, 1))
    known: dict[str, Any] = {"outcome": Outcome.ANSWERED, "language": "en", "suggestions": ("And what next?",)}
    return Answer(
        id=uuid.uuid4().hex,
        conversation_id=conversation_id,
        question=question,
        text="\n".join(f"{s.text} [{s.citations[0]}]" for s in made),
        statements=made,
        citations=proofs,
        **(known | fields),
    )


class StandIn:
    """Assistant, library and shelf in one. A question says itself how it is to be treated:

    ``slow 3`` takes three seconds, ``long`` is longer than a message, ``broken`` fails, ``uncovered`` is not covered,
    ``thanks`` is small talk. It is answered in the language of its letters, else in the one that is hinted at.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.asked: list[tuple[str, str | None]] = []
        self.ready = True
        self.hints: list[str | None] = []
        self.received: list[tuple[str, str, bytes]] = []
        self.taking = threading.Event()
        self.may_take = threading.Event()
        self.may_take.set()
        self.many = 1

    async def _answers(
        self, question: str, conversation_id: str | None, hint: str | None
    ) -> AsyncGenerator[Delta | Answer, None]:
        text = clean_question(question, language=hint)
        self.asked.append((text, conversation_id))
        self.hints.append(hint)
        language = "ru" if re.search("[а-яё]", text) else "zh" if re.search("[\u4e00-\u9fff]", text) else hint or "en"
        if found := re.search(r"slow (\d+(?:\.\d+)?)", text):
            yield Delta("It is being written")
            await asyncio.sleep(float(found.group(1)))
        if "broken" in text:
            raise RuntimeError("a fault of ours")
        talk = conversation_id or uuid.uuid4().hex
        if "uncovered" in text:
            note = "The documents do not cover this."
            answer = Answer(uuid.uuid4().hex, talk, text, Outcome.NOT_COVERED, language, note)
        elif "thanks" in text:
            answer = Answer(uuid.uuid4().hex, talk, text, Outcome.CLARIFY, language, "You are welcome.")
        elif "long" in text:
            answer = make_answer(
                text, *[f"Sentence {n}: " + "words & <signs> " * 20 for n in range(1, 40)], conversation_id=talk
            )
        else:
            notes = (Note(NoteKind.DATED, "Of 2026 & <older>."),)
            answer = make_answer(text, conversation_id=talk, notes=notes, language=language)
        for line in answer.text.splitlines(keepends=True):
            yield Delta(line)
        await asyncio.to_thread(self.store.keep, answer)
        yield answer

    def stream(
        self, question: str, *, conversation_id: str | None = None, language: str | None = None
    ) -> AsyncGenerator[Delta | Answer, None]:
        if not self.ready:
            raise NotReadyError("still reading")
        return self._answers(question, conversation_id, language)

    def examples(self, language: str) -> Sequence[str]:
        return ["What is the VAT rate?", "Which papers are needed?"] if self.ready else []

    def topics(self, language: str) -> Sequence[Topic]:
        self._check_ready()
        return [Topic("law", "Law", 2, ("Which law applies?",), ("Rules <one>", "Rules & two"))]

    def countries(self, language: str) -> Sequence[Topic]:
        self._check_ready()
        first = Topic("KZ", "Kazakhstan", 1, ("What is the VAT rate in Kazakhstan?",), ("Card of Kazakhstan",))
        return [first, *(Topic(f"X{n}", f"Country {n}", 1) for n in range(2, self.many + 1))]

    def _check_ready(self) -> None:
        if not self.ready:
            raise NotReadyError("still reading")

    def find(self, text: str, *, limit: int) -> Sequence[Found]:
        self._check_ready()
        return [Found(make_citation(n, document=f"law/{n}.md", quote=f"{text} <{n}>")) for n in range(1, 3)][:limit]

    def receive(self, file: Path, *, name: str, category: str) -> Received:
        self.taking.set()
        self.may_take.wait(timeout=20)
        self.received.append((name, category, file.read_bytes()))
        if "interrupted" in name:
            raise StoppedError("reading was stopped")
        if "forbidden" in name:
            raise PermissionError(13, "Permission denied", "/srv/house/knowledge/inbox/x.md")
        if "telling" in name:
            return Received(f"inbox/{name}", reason=f"/srv/house/knowledge/inbox/{name}: no text (bot{TELLING})")
        if "broken" in name:
            return Received(f"inbox/{name}", reason="no text on any of 9 pages; it is probably a scan")
        return Received(
            f"{category or 'inbox'}/{name}", title="A <new> rule", language="en", passages=3, warnings=("no date",)
        )


def make_channel(
    stand_in: StandIn, data: Path, url: str, token: str, *, pace: Pace = REAL, **options: Any
) -> TelegramChannel:
    """The real channel over the stand-in."""
    return TelegramChannel(
        Options(token=token, version="0", **({"base_url": url, "public_url": PUBLIC_URL} | options)),
        assistant=stand_in,
        memory=stand_in.store,
        library=stand_in,
        shelf=stand_in,
        make_link=lambda base, citation, language: source_link(base, citation, language=language),
        data=data,
        say=lambda line: print(line, file=sys.stderr, flush=True),
        pace=pace,
    )


async def _serve(channel: TelegramChannel) -> None:
    running = asyncio.create_task(channel.run())
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    await asyncio.gather(running, return_exceptions=False)


def main() -> int:
    """The channel as a process of its own: ``python -m tests.bot.channels.telegram.stand_in URL TOKEN DATA OPTIONS``."""
    parser = argparse.ArgumentParser()
    for name in ("url", "token", "data", "options"):
        parser.add_argument(name)
    given = parser.parse_args()
    data = Path(given.data)
    options = json.loads(given.options)
    pace = QUICK if options.pop("pace", "") == "quick" else REAL
    data.mkdir(parents=True, exist_ok=True)
    store = Store(data / "bot.sqlite")
    try:
        asyncio.run(_serve(make_channel(StandIn(store), data, given.url, given.token, pace=pace, **options)))
    except asyncio.CancelledError:
        return 0
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
