"""A Bot API server of our own on the loopback: strict where Telegram is, with faults by order, and a transcript."""

import asyncio
import itertools
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.channels.telegram.pace import REAL, Pace
from tests.bot.channels.telegram.telegram_html import Entity, ParseError, kept, parse, units

TOKEN = "424242:AAF-secret_secret_secret_secret"
BOT_ID, BOT_NAME = 424242, "dragoman_test_bot"
Json = dict[str, Any]
_COUNTED = {"sendMessage", "sendMessageDraft", "editMessageText"}
_UNCOUNTED = {"getUpdates", "getMe", "file"}


@dataclass(frozen=True)
class Call:
    """A call that reached the server."""

    method: str
    params: Json
    at: float
    outcome: str = "ok"
    """ok, or the status code it was refused with, or dropped."""
    text: str = ""
    entities: tuple[Entity, ...] = ()
    message_id: int = 0

    @property
    def chat_id(self) -> int:
        return int(self.params.get("chat_id", 0))

    @property
    def buttons(self) -> list[Json]:
        return [button for row in self.params.get("reply_markup", {}).get("inline_keyboard", []) for button in row]

    @property
    def links(self) -> list[str]:
        return [entity.url for entity in self.entities if entity.type == "text_link"]


@dataclass
class Fault:
    """What goes wrong with the next calls of a method, to a chat or to any."""

    method: str
    status: int = 0
    description: str = ""
    retry_after: int = 0
    parameters: Json = field(default_factory=dict)
    times: int = 1
    chat_id: int | None = None
    seconds: float = 0.0
    drop: str = ""
    """before: the connection breaks and nothing has happened; after: it has."""
    only: Callable[[Json], bool] = lambda _: True


class RefusalError(Exception):
    def __init__(self, status: int, description: str, parameters: Json | None = None) -> None:
        super().__init__(description)
        self.status, self.description, self.parameters = status, description, parameters or {}


class FakeTelegram:
    """The server, and the people who write to the bot. Its methods may be called from any thread."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.blocked: set[int] = set()
        self.threads: dict[int, set[int]] = {}
        self.files: dict[str, bytes] = {}
        self.webhook: Json | None = None
        self.token = TOKEN
        self.pace = REAL
        """What the bot is held against."""
        self.reads_groups = True
        self.offsets: list[int | None] = []
        self._updates: list[Json] = []
        self._ids = itertools.count(1_000)
        self._message_ids = itertools.count(1)
        self._known: set[tuple[int, int]] = set()
        self._texts: dict[tuple[int, int], str] = {}
        self._poll = 0
        self._lock = threading.RLock()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.listen(256)
        self.port = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        routes = [
            Route("/bot{token}/{method}", self._call, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", self._file),
        ]
        inner = Starlette(routes=routes)

        async def app(scope: Any, receive: Any, send: Any) -> None:
            await inner({**scope, "cycle": getattr(send, "__self__", None)}, receive, send)

        config = uvicorn.Config(app, log_level="critical", lifespan="off", timeout_graceful_shutdown=1, backlog=2_048)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)

    @contextmanager
    def running(self) -> Iterator["FakeTelegram"]:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        try:
            yield self
        finally:
            self._server.should_exit = self._server.force_exit = True
            self._thread.join(timeout=10)
            self._socket.close()

    # -- people --------------------------------------------------------------------------------------------------------

    def put(self, update: Json, *, update_id: int | None = None) -> int:
        """Has an update come to the bot."""
        with self._lock:
            number = update_id if update_id is not None else next(self._ids)
            self._updates.append({**update, "update_id": number})
            return number

    def message(self, chat_id: int = 7, *, user_id: int | None = None, language: str = "en", **fields: Any) -> Json:
        """A message as Telegram describes it."""
        with self._lock:
            number = next(self._message_ids)
            self._known.add((chat_id, number))
        user = user_id if user_id is not None else abs(chat_id)
        kind = {"type": "private", "first_name": "N"} if chat_id > 0 else {"type": "supergroup", "title": "G"}
        return {
            "message_id": number, "date": 1_760_000_000, "chat": {"id": chat_id, **kind},
            "from": {"id": user, "is_bot": False, "first_name": "N", "language_code": language}, **fields,
        }  # fmt: skip

    def say(self, text: str, chat_id: int = 7, **fields: Any) -> Json:
        """Somebody writes to the bot."""
        message = self.message(chat_id, text=text, **fields)
        self.put({"message": message})
        return message

    def mention(self, text: str, chat_id: int, **fields: Any) -> Json:
        """Somebody mentions the bot in a group."""
        name = f"@{BOT_NAME}"
        entity = {"type": "mention", "offset": 0, "length": len(name)}
        return self.say(f"{name} {text}", chat_id, entities=[entity], **fields)

    def press(self, call: Call, data: str, **fields: Any) -> None:
        """Somebody presses a button under a message of the bot's."""
        message = {
            "message_id": call.message_id, "date": 1_760_000_000, "text": call.text,
            "chat": {"id": call.chat_id, "type": "private" if call.chat_id > 0 else "supergroup"},
            "from": {"id": BOT_ID, "is_bot": True, "first_name": "D", "username": BOT_NAME},
        }  # fmt: skip
        user = {"id": abs(call.chat_id), "is_bot": False, "first_name": "N", "language_code": "en"}
        query = {"id": str(next(self._ids)), "from": user, "chat_instance": "1", "message": message, "data": data}
        self.put({"callback_query": {**query, **fields}})

    # -- what was seen ---------------------------------------------------------------------------------------------------

    def made(self, method: str, chat_id: int | None = None) -> list[Call]:
        """Calls of a method that were accepted."""
        with self._lock:
            return [
                call for call in self.calls
                if call.method == method and call.outcome in {"ok", "dropped after"} and chat_id in {None, call.chat_id}
            ]  # fmt: skip

    def sent(self, chat_id: int = 7) -> list[Call]:
        """Messages that a chat shows."""
        return self.made("sendMessage", chat_id)

    def limits_broken(self) -> list[str]:
        """What Telegram's limits, at the pace of this server, would have objected to."""
        with self._lock:
            return limits_broken(self.calls, self.pace)

    def waiting(self) -> int:
        """Updates that the bot has not confirmed."""
        with self._lock:
            return len(self._updates)

    # -- the interface -----------------------------------------------------------------------------------------------------

    async def _file(self, request: Request) -> Response:
        content = self.files.get(request.path_params["path"])
        return Response(content) if content is not None else JSONResponse({"ok": False}, status_code=404)

    async def _call(self, request: Request) -> Response:
        method = request.path_params["method"]
        params = {
            name: _value(value) for name, value in parse_qsl((await request.body()).decode(), keep_blank_values=True)
        }
        if request.path_params["token"] != self.token:
            return _error(401, "Unauthorized")
        at = time.monotonic()
        fault = self._fault(method, params)
        if fault is not None and fault.seconds:
            await asyncio.sleep(fault.seconds)
        if fault is not None and fault.drop == "before":
            self._note(Call(method, params, at, "dropped before"))
            request.scope["cycle"].transport.abort()
            return Response()
        if fault is not None and fault.status:
            self._note(Call(method, params, at, str(fault.status)))
            extra = {"retry_after": fault.retry_after} if fault.retry_after else fault.parameters
            return _error(fault.status, fault.description or "fault", extra)
        try:
            if method == "getUpdates":
                result = await self._get_updates(params)
            else:
                with self._lock:
                    call, result = self._do(method, params, at)
                    self._note(call if fault is None or not fault.drop else _dropped(call))
        except RefusalError as refusal:
            self._note(Call(method, params, at, str(refusal.status)))
            return _error(refusal.status, refusal.description, refusal.parameters)
        if fault is not None and fault.drop == "after":
            request.scope["cycle"].transport.abort()
        return Response(json.dumps({"ok": True, "result": result}), media_type="application/json")

    def _fault(self, method: str, params: Json) -> Fault | None:
        with self._lock:
            for fault in self.faults:
                if (
                    fault.method == method
                    and fault.times > 0
                    and fault.chat_id in {None, params.get("chat_id")}
                    and fault.only(params)
                ):
                    fault.times -= 1
                    return fault
        return None

    def _note(self, call: Call) -> None:
        with self._lock:
            self.calls.append(call)

    async def _get_updates(self, params: Json) -> list[Json]:
        with self._lock:
            self._poll += 1
            mine = self._poll
            self.offsets.append(params.get("offset"))
            if "offset" in params:
                self._updates = [update for update in self._updates if update["update_id"] >= params["offset"]]
        deadline = time.monotonic() + min(float(params.get("timeout", 0)), 2.0)
        while True:
            with self._lock:
                if mine != self._poll:
                    raise RefusalError(
                        409,
                        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
                    )
                wanted = params.get("allowed_updates") or []
                allowed = [u for u in self._updates if not wanted or any(name in wanted for name in u)]
                if allowed or time.monotonic() >= deadline:
                    return allowed[: int(params.get("limit", 100))]
            await asyncio.sleep(0.02)

    def _do(self, method: str, params: Json, at: float) -> tuple[Call, Any]:
        call = Call(method, params, at)
        chat_id = params.get("chat_id")
        if chat_id in self.blocked:
            raise RefusalError(403, "Forbidden: bot was blocked by the user")
        match method:
            case "getMe":
                return call, {
                    "id": BOT_ID, "is_bot": True, "first_name": "D", "username": BOT_NAME,
                    "can_join_groups": True, "can_read_all_group_messages": self.reads_groups, "supports_inline_queries": True,
                }  # fmt: skip
            case "sendMessage":
                return self._send(params, at)
            case "sendMessageDraft":
                if not isinstance(chat_id, int) or chat_id < 0 or not params.get("draft_id"):
                    raise RefusalError(400, "Bad Request: drafts are for private chats")
                if units(str(params.get("text", ""))) > 4_096:
                    raise RefusalError(400, "Bad Request: message is too long")
                return Call(method, params, at, text=str(params.get("text", ""))), True
            case "getFile":
                path = str(params["file_id"])
                return call, {"file_id": path, "file_unique_id": "u", "file_path": path}
            case "setWebhook":
                self.webhook = params
                return call, True
            case "deleteWebhook":
                self.webhook = None
                return call, True
            case (
                "answerCallbackQuery"
                | "answerInlineQuery"
                | "sendChatAction"
                | "setMyCommands"
                | "setMyDescription"
                | "setMyShortDescription"
            ):
                for result in params.get("results", []):
                    _checked(result["input_message_content"]["message_text"], "HTML")
                return call, True
        raise RefusalError(404, "Not Found: method not found")

    def _send(self, params: Json, at: float) -> tuple[Call, Json]:
        chat_id, written = params["chat_id"], str(params.get("text", ""))
        text, entities = _checked(written, params.get("parse_mode"))
        thread = params.get("message_thread_id")
        if thread is not None and thread not in self.threads.get(chat_id, set()):
            raise RefusalError(400, "Bad Request: message thread not found")
        reply = params.get("reply_parameters") or {}
        if reply and (chat_id, reply["message_id"]) not in self._known and not reply.get("allow_sending_without_reply"):
            raise RefusalError(400, "Bad Request: message to be replied not found")
        for row in params.get("reply_markup", {}).get("inline_keyboard", []):
            for button in row:
                if len(button.get("callback_data", "").encode()) > 64:
                    raise RefusalError(400, "Bad Request: BUTTON_DATA_INVALID")
                if "url" in button and not kept(button["url"]):
                    raise RefusalError(
                        400, f"Bad Request: inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL"
                    )
        number = next(self._message_ids)
        self._known.add((chat_id, number))
        self._texts[chat_id, number] = text
        sent = {"message_id": number, "date": 1_760_000_000, "text": text, "chat": {"id": chat_id, "type": "private"}}
        return Call("sendMessage", params, at, text=text, entities=tuple(entities), message_id=number), sent


def _checked(written: str, mode: object) -> tuple[str, list[Entity]]:
    if len(written.encode()) > 32_768:
        raise RefusalError(400, "Bad Request: Text is too long")
    try:
        text, entities = parse(written) if mode == "HTML" else (written, [])
    except ParseError as error:
        raise RefusalError(400, f"Bad Request: {error}") from error
    if not text.strip():
        raise RefusalError(400, "Bad Request: message text is empty")
    if units(text) > 4_096:
        raise RefusalError(400, "Bad Request: message is too long")
    return text, entities[:100]


def limits_broken(calls: list[Call], pace: Pace = REAL) -> list[str]:
    """What Telegram's published limits would have objected to, or those of another pace."""
    broken = []
    times = sorted(call.at for call in calls if call.method not in _UNCOUNTED)
    if any(later - first < pace.total for first, later in zip(times, times[pace.total_calls :], strict=False)):
        broken.append("more than thirty calls within a second")
    by_chat: dict[int, list[float]] = {}
    for call in calls:
        if call.method in _COUNTED:
            by_chat.setdefault(call.chat_id, []).append(call.at)
    for chat_id, at in by_chat.items():
        at.sort()
        if any(later - first < pace.chat for first, later in itertools.pairwise(at)):
            broken.append(f"two messages to chat {chat_id} within a second")
        if chat_id < 0 and any(
            later - first < pace.group for first, later in zip(at, at[pace.group_calls :], strict=False)
        ):
            broken.append(f"more than twenty messages to group {chat_id} within a minute")
    return broken


def _value(text: str) -> Any:
    """A parameter as it was meant: numbers, lists and objects come as JSON."""
    if text[:1] in "[{" or text.lstrip("-").isdigit() or text in {"true", "false"}:
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text


def _error(status: int, description: str, parameters: Json | None = None) -> JSONResponse:
    body = {"ok": False, "error_code": status, "description": description}
    return JSONResponse(body | ({"parameters": parameters} if parameters else {}), status_code=status)


def _dropped(call: Call) -> Call:
    return Call(call.method, call.params, call.at, "dropped after", call.text, call.entities, call.message_id)
