"""The ``dragoman`` command. Nothing heavy is imported before a command is known to need it."""

import argparse
import asyncio
import json
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.answer import Answer
    from bot.channels.telegram.options import Options as TelegramOptions
    from bot.opening import ModelSettings
    from bot.settings import BotSettings
    from retrieval import FileReport, KnowledgeBase, Progress, RetrievalSettings

from bot.printing import answer_text, file_table, findings_text, folder_line, shown_host, sync_lines

_EPILOG = "Settings come from the environment or .env; see .env.example. Options given here go before them."


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; 0 on success, 1 on a failure that one line on stderr explains, 2 on wrong usage."""
    parser = _parser()
    options = parser.parse_args(arguments)
    from pydantic import ValidationError

    from bot.errors import BotError
    from bot.settings import is_secret
    from retrieval import RetrievalError

    try:
        _COMMANDS[options.command](options)
    except ValidationError as error:
        first = error.errors()[0]
        name = "DRAGOMAN_" + "_".join(str(part) for part in first["loc"]).upper()
        value = "" if is_secret(str(first["loc"][0])) else f" (it is '{first['input']}')"
        return _explain(f"{name}: {first['msg']}{value}; see .env.example")
    except (BotError, RetrievalError) as error:
        return _explain(str(error))
    except BrokenPipeError:
        return 0
    except KeyboardInterrupt:
        return _explain("stopped")
    except OSError as error:
        return _explain(f"{error.filename or 'the system'}: {error.strerror or error}")
    return 0


def _explain(message: str) -> int:
    print("dragoman: " + " ".join(message.split()), file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dragoman", description="Answers questions from a folder of documents, with proof.", epilog=_EPILOG
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text, epilog=_EPILOG)
        made.add_argument("--knowledge", type=Path, metavar="DIR", help="the folder of documents")
        made.add_argument("--data", type=Path, metavar="DIR", help="where the catalog and the indexes live")
        return made

    serve = command("serve", "index the folder, watch it, and answer on the web")
    serve.add_argument("--host", help="the address to listen on")
    serve.add_argument("--port", type=int, help="the port to listen on; 0 takes a free one")

    command("mcp", "offer search, fetch and ask to an assistant over standard input and output (MCP)")

    ask = command("ask", "answer one question")
    ask.add_argument("question")
    ask.add_argument(
        "--language", type=_language, metavar="XX", help="language of the answer; without it, the question's own"
    )
    ask.add_argument("--json", action="store_true", help="print the answer as one JSON object")

    sync = command("sync", "bring the index level with the folder")
    sync.add_argument("--rebuild", action="store_true", help="read every file again and make the indexes anew")
    sync.add_argument("--allow-removals", action="store_true", help="believe a folder that has lost all its documents")
    sync.add_argument("--json", action="store_true", help="print the report as one JSON object")

    check = command("check", "find what staff should mend in the folder")
    check.add_argument("--json", action="store_true", help="print the findings as one JSON object")

    status = command("status", "show what is indexed")
    status.add_argument("--json", action="store_true", help="print it as one JSON object")

    passages = command("passages", "show what was understood of a document, or of all")
    passages.add_argument("document_id", nargs="?", metavar="DOCUMENT_ID", help="a path under the folder")
    passages.add_argument("--json", action="store_true", help="print a JSON object a line, one for each passage")

    evaluate = command("eval", "ask a set of questions and measure the answers")
    evaluate.add_argument("--questions", type=Path, required=True, metavar="Q.jsonl")
    evaluate.add_argument("--corpus", type=Path, metavar="C.jsonl", help="documents, one a line, instead of a folder")
    evaluate.add_argument("--predictions", type=Path, metavar="OUT.jsonl", help="write an answer a line")
    evaluate.add_argument("--limit", type=_count, metavar="N", help="ask only the first N questions")
    evaluate.add_argument("--json", action="store_true", help="print the measures as one JSON object")
    return parser


def _language(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", value):
        raise argparse.ArgumentTypeError(f"'{value}' is not a language code such as en, zh or ru")
    return value.lower()


def _count(value: str) -> int:
    if not value.isascii() or not value.isdecimal() or int(value) == 0:
        raise argparse.ArgumentTypeError(f"'{value}' is not a number from 1 on")
    return int(value)


# -- commands ----------------------------------------------------------------------------------------------------------


def _serve(options: argparse.Namespace) -> None:
    from bot.app import Doors, serve
    from bot.channels.web.public import Limits
    from bot.logs import configure_logs
    from bot.settings import listed

    retrieval, bot = _settings(options)
    configure_logs(bot.log)
    serve(
        doors=Doors(
            host=bot.host,
            port=bot.port,
            public_url=bot.public_url,
            staff_key=bot.staff_key,
            site_keys=listed(bot.site_keys),
            allowed_origins=listed(bot.allowed_origins),
            api_keys=listed(bot.api_keys),
            metrics_token=bot.metrics_token,
            privacy_url=bot.privacy_url,
            limits=Limits.of(bot.limit_address, bot.limit_session, bot.limit_site),
            limit_at_once=bot.limit_at_once,
            trusted_proxies=listed(bot.trusted_proxies),
            mcp=bot.mcp,
            docs=bot.docs,
        ),
        knowledge_dir=retrieval.knowledge_dir,
        data_dir=retrieval.data_dir,
        embedding_model=retrieval.embedding_model,
        limits=retrieval.limits,
        today=retrieval.today,
        telegram=_telegram(bot),
        model=_model(bot),
    )


def _model(bot: "BotSettings") -> "ModelSettings":
    from bot.opening import ModelSettings as Settings

    return Settings(bot.model, bot.model_seconds, bot.model_tokens_per_day)


def _mcp(options: argparse.Namespace) -> None:
    from bot.logs import configure_logs
    from bot.settings import listed
    from bot.stdio import serve_of, serve_own
    from retrieval import DataFolderInUseError

    retrieval, bot = _settings(options)
    configure_logs(bot.log)  # standard output belongs to the protocol
    try:
        with _KnowledgeBase(retrieval) as knowledge:
            knowledge.sync(progress=_progress("indexing"))
            base = bot.public_url or f"http://127.0.0.1:{bot.port}"
            serve_own(knowledge, retrieval.data_dir, model=_model(bot), today=retrieval.today, base=base)
    except DataFolderInUseError as error:
        if error.owner_url is None:
            raise
        serve_of(error.owner_url, next(iter(listed(bot.api_keys)), ""))


def _telegram(settings: "BotSettings") -> "TelegramOptions | None":
    from bot import VERSION
    from bot.channels.telegram.options import Options
    from bot.prose import longest_answer

    token = settings.telegram_token.get_secret_value().strip()
    if not token:
        return None
    return Options(
        token=token,
        base_url=settings.telegram_base_url,
        proxy=settings.telegram_proxy.get_secret_value(),
        webhook=settings.telegram_webhook,
        public_url=settings.public_url,
        groups=settings.telegram_groups,
        group_list=_numbers(settings.telegram_group_list),
        staff=_numbers(settings.telegram_staff),
        answer_seconds=longest_answer(settings.model_seconds if settings.model else 0.0),
        version=VERSION,
    )


def _numbers(text: str) -> frozenset[int]:
    return frozenset(int(number) for number in text.replace(",", " ").split())


def _ask(options: argparse.Namespace) -> None:
    from bot.assistant import clean_question
    from retrieval import DataFolderInUseError

    retrieval, bot = _settings(options)
    clean_question(options.question, language=options.language)
    try:
        with _KnowledgeBase(retrieval) as knowledge:
            knowledge.sync(progress=_progress("indexing"))
            body = _answer_body(_ask_once(knowledge, retrieval, bot, options), bot)
    except DataFolderInUseError as error:
        if error.owner_url is None:
            raise
        body = _ask_server(error.owner_url, bot, options)
    _print_json(body) if options.json else print(answer_text(body))


def _ask_once(
    knowledge: "KnowledgeBase", settings: "RetrievalSettings", bot: "BotSettings", options: argparse.Namespace
) -> "Answer":
    from bot.opening import open_assistant, open_model
    from bot.store import Store

    store = Store(settings.data_dir / "bot.sqlite")
    try:
        assistant = open_assistant(knowledge, store, open_model(_model(bot), store), today=settings.today)
        return asyncio.run(assistant.ask(options.question, language=options.language))
    finally:
        store.close()


def _ask_server(url: str, bot: "BotSettings", options: argparse.Namespace) -> dict[str, Any]:
    """The answer of the server that owns the data folder."""
    from bot.settings import listed

    key = next(iter(listed(bot.api_keys)), "")
    question = {"question": options.question} | ({"language": options.language} if options.language else {})
    return _post(f"{url}/api/v1/ask", question, owner=url, key=key, seconds=60.0)


def _post(url: str, body: dict[str, Any], *, owner: str, seconds: float, key: str = "") -> dict[str, Any]:
    import httpx

    from bot.errors import BotError

    headers = {b"authorization": f"Bearer {key}".encode()} if key else {}
    try:
        response = httpx.post(url, json=body, headers=headers, timeout=seconds, trust_env=False)
        answer = response.json()
    except (httpx.HTTPError, ValueError) as error:
        raise BotError(
            f"the server at {owner} owns the data folder but does not answer ({error}); try again"
        ) from error
    if response.is_error:
        raise BotError(str(answer.get("detail") or answer.get("title") or response.reason_phrase))
    return dict(answer)


def _sync(options: argparse.Namespace) -> None:
    from bot.channels.web.bodies import SyncReportBody
    from retrieval import DataFolderInUseError

    retrieval, bot = _settings(options)
    try:
        with _KnowledgeBase(retrieval) as knowledge:
            report = SyncReportBody.of(
                knowledge.sync(
                    rebuild=options.rebuild, allow_removals=options.allow_removals, progress=_progress("indexing")
                )
            )
    except DataFolderInUseError as error:
        if error.owner_url is None:
            raise
        report = SyncReportBody.model_validate(_sync_server(error.owner_url, retrieval, bot, options))
    if options.json:
        _print_json(report.model_dump(mode="json"))
        return
    print("\n".join(sync_lines(report)))


def _sync_server(
    url: str, retrieval: "RetrievalSettings", bot: "BotSettings", options: argparse.Namespace
) -> dict[str, Any]:
    """A sync by the server that owns the data folder, which knows staff by the key in it."""
    key_file = retrieval.data_dir / "staff_key"
    key = bot.staff_key or (key_file.read_text("ascii").strip() if key_file.exists() else "")
    wanted = {"rebuild": options.rebuild, "allow_removals": options.allow_removals}
    return _post(f"{url}/api/v1/knowledge/sync", wanted, owner=url, key=key, seconds=3_600.0)


def _check(options: argparse.Namespace) -> None:
    import datetime as dt

    from retrieval import check_folder

    retrieval, _ = _settings(options)
    today = retrieval.today or dt.datetime.now(dt.UTC).date()
    files, findings = check_folder(retrieval.knowledge_dir, today=today, limits=retrieval.limits)
    if options.json:
        _print_json({"files": files, "findings": [asdict(finding) for finding in findings]})
        return
    print(findings_text(files, findings))


def _status(options: argparse.Namespace) -> None:
    import datetime as dt

    from bot.channels.web.bodies import FileBody
    from retrieval import CatalogReader, KnowledgeFolderError

    retrieval, bot = _settings(options)
    today = retrieval.today or dt.datetime.now(dt.UTC).date()
    site_keys = _site_keys(retrieval, bot)
    catalog = CatalogReader.open(retrieval.data_dir)
    try:
        status = catalog.status()
        files = [FileBody.of(file, today) for file in catalog.files()]
        try:
            folder = catalog.compare_folder(retrieval.knowledge_dir)
        except KnowledgeFolderError:
            folder = None
    finally:
        catalog.close()
    if options.json:
        _print_json(
            {
                "knowledge_dir": str(retrieval.knowledge_dir),
                "data_dir": str(retrieval.data_dir),
                "documents": status.documents,
                "passages": status.passages,
                "languages": list(status.languages),
                "failed": [{"path": failed.path, "reason": failed.message} for failed in status.failed],
                "warnings": [_warning(warning) for warning in status.warnings],
                "model": status.model,
                "changed_at": status.changed_at,
                "folder_files": folder.files if folder else None,
                "files_waiting": folder.waiting if folder else None,
                "site_keys": list(site_keys),
                "documents_list": [file.model_dump(mode="json") for file in files],
            }
        )
        return
    print(f"knowledge  {retrieval.knowledge_dir}")
    print(f"data       {retrieval.data_dir}")
    print(f"folder     {folder_line(folder)}")
    print(
        f"indexed    {status.documents} documents, {status.passages} passages in {', '.join(status.languages) or '-'}"
    )
    print(f"model      {status.model}")
    print(f"changed    {status.changed_at or 'never'}")
    print(f"site keys  {', '.join(site_keys) or 'made at the first start of the server'}")
    print("\n".join(file_table(files)))


def _site_keys(retrieval: "RetrievalSettings", bot: "BotSettings") -> tuple[str, ...]:
    """Those of the settings, else the one that the server keeps in the data folder."""
    from bot.settings import listed

    file = retrieval.data_dir / "site_key"
    return listed(bot.site_keys) or ((file.read_text("ascii").strip(),) if file.exists() else ())


def _passages(options: argparse.Namespace) -> None:
    from bot.errors import BotError
    from retrieval import CatalogReader

    retrieval, _ = _settings(options)
    catalog = CatalogReader.open(retrieval.data_dir)
    try:
        if options.document_id and catalog.document(options.document_id) is None:
            raise BotError(
                f"'{options.document_id}' is not indexed; 'dragoman status' shows what is, and why a file is not"
            )
        documents = [options.document_id] if options.document_id else [record.id for record in catalog.documents()]
        for document_id in documents:
            for passage in catalog.passages(document_id):
                if options.json:
                    line = {
                        "document_id": passage.document_id,
                        "passage_id": passage.id,
                        "location": str(passage.location),
                        "language": passage.language,
                        "text": passage.text,
                    }
                    print(json.dumps(line, ensure_ascii=False))
                else:
                    print(f"--- {passage.id}  [{passage.language}]  {passage.location}\n{passage.text}\n")
    finally:
        catalog.close()


def _eval(options: argparse.Namespace) -> None:
    from bot.evaluation import evaluate, table
    from retrieval import TERMBASE_FILE

    retrieval, bot = _settings(options)
    measures = evaluate(
        options.questions,
        corpus=options.corpus,
        knowledge=None if options.corpus else retrieval.knowledge_dir,
        predictions=options.predictions,
        limit=options.limit,
        termbase=retrieval.knowledge_dir / TERMBASE_FILE,
        embedding_model=retrieval.embedding_model,
        today=retrieval.today,
        data=options.data,
        model=_model(bot),
        progress=_progress("indexing"),
    )
    _print_json(measures) if options.json else print(table({str(options.questions): measures}))


_COMMANDS: dict[str, Callable[[argparse.Namespace], None]] = {
    "serve": _serve,
    "mcp": _mcp,
    "ask": _ask,
    "sync": _sync,
    "check": _check,
    "status": _status,
    "passages": _passages,
    "eval": _eval,
}


# -- what commands share -----------------------------------------------------------------------------------------------


def _settings(options: argparse.Namespace) -> "tuple[RetrievalSettings, BotSettings]":
    """Settings from the environment, with the options of the command line before them."""
    from bot.settings import BotSettings
    from retrieval import RetrievalSettings

    given = {"knowledge_dir": options.knowledge, "data_dir": options.data}
    retrieval = RetrievalSettings(**{name: value for name, value in given.items() if value is not None})
    doors = {"host": getattr(options, "host", None), "port": getattr(options, "port", None)}
    return retrieval, BotSettings(**{name: value for name, value in doors.items() if value is not None})


class _KnowledgeBase:
    """The knowledge base of the settings, for the length of a ``with``."""

    def __init__(self, settings: "RetrievalSettings") -> None:
        self._settings = settings

    def __enter__(self) -> "KnowledgeBase":
        from retrieval import KnowledgeBase

        settings = self._settings
        self._base = KnowledgeBase.open_folder(
            settings.knowledge_dir,
            settings.data_dir,
            embedding_model=settings.embedding_model,
            limits=settings.limits,
            progress=_progress("embedding anew"),
        )
        return self._base

    def __exit__(self, *_: object) -> None:
        self._base.close()


def _progress(what: str) -> "Callable[[Progress], None]":
    def tell(progress: "Progress") -> None:
        if progress.total and (progress.done == progress.total or progress.done % max(1, progress.total // 20) == 0):
            print(f"dragoman: {what} {progress}", file=sys.stderr)

    return tell


def _answer_body(answer: "Answer", bot: "BotSettings") -> dict[str, Any]:
    from bot.channels.web.bodies import AnswerBody
    from bot.channels.web.links import source_link

    # No server was asked; the links lead to where one would answer with these settings.
    base = bot.public_url or f"http://{shown_host(bot.host)}:{bot.port}"
    return AnswerBody.of(answer, lambda citation: source_link(base, citation)).model_dump(mode="json")


def _warning(warning: "FileReport") -> dict[str, str]:
    return {"path": warning.path, "message": warning.message}


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False))
