"""Updates in: fetched by long polling, or delivered to our webhook; confirmed only when they stand in the inbox."""

import asyncio
import contextlib
import hmac
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from bot.channels.telegram.api import Api
from bot.channels.telegram.failures import ConflictError, TelegramFailure, TokenError, TooManyError
from bot.channels.telegram.ledger import Json, Ledger, Taken
from bot.channels.telegram.pace import REAL, Pace
from bot.errors import StartError

log = logging.getLogger(__name__)

LONGEST_BODY = 1024 * 1024
_GRACE = (1, 2, 3)
"""So many pauses long, at the start, another who fetches may be one of ours that is just ending."""

Admit = Callable[[Taken], None]
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


async def poll(api: Api, ledger: Ledger, admit: Admit, pace: Pace = REAL) -> None:
    """Fetches updates until it is cancelled.

    Raises:
        StartError: another process fetches them too, or the token is not valid any more.
    """
    offset: int | None = None
    newest_at = asyncio.get_running_loop().time()
    grace = [pace.pause * times for times in _GRACE]
    pause = pace.pause
    while True:
        began = asyncio.get_running_loop().time()
        if began - newest_at > pace.quiet:
            offset = None  # all before were confirmed long ago; one with a lower number must not be confirmed unseen
        try:
            updates = await api.updates(offset)
            new = await ledger.take(updates)
        except ConflictError as error:
            if not grace:
                raise StartError(_conflict(error)) from None
            if "webhook" in str(error):
                with contextlib.suppress(TelegramFailure):
                    await api.delete_webhook()
            await asyncio.sleep(grace.pop(0))
            continue
        except TokenError:
            await confirm_token(api, pace)
            await asyncio.sleep(pause)
            pause = min(pace.longest, pause * 2)
            continue
        except TooManyError as error:
            await asyncio.sleep(error.seconds)
            continue
        except TelegramFailure as error:
            log.warning("Telegram cannot be reached (%s); trying again in %g s", error, pause)
            await asyncio.sleep(pause)
            pause = min(pace.longest, pause * 2)
            continue
        except Exception:
            # A full disk, say. What cannot be kept is not confirmed, so it comes again.
            log.exception("updates could not be kept")
            await asyncio.sleep(pause)
            pause = min(pace.longest, pause * 2)
            continue
        grace, pause = [], pace.pause
        offset = _after(offset, updates)
        newest_at = asyncio.get_running_loop().time() if updates else newest_at
        for taken in new:
            admit(taken)
        if not new and asyncio.get_running_loop().time() - began < pace.look:
            await asyncio.sleep(pace.look)  # a server that does not let us wait


async def confirm_token(api: Api, pace: Pace = REAL) -> None:
    """Asks who we are. A gateway may say now and then that it does not know us; Telegram itself says it every time.

    Raises:
        StartError: the token is not valid.
    """
    for _ in range(SURE):
        try:
            return await api.check_token()
        except TokenError:
            await asyncio.sleep(pace.pause)
        except TelegramFailure:
            return None  # an outage is no news of the token
    raise StartError(WRONG_TOKEN)


SURE = 3
"""So often Telegram must say that it does not know the token."""
WRONG_TOKEN = (
    "DRAGOMAN_TELEGRAM_TOKEN: Telegram does not know this token; take it from @BotFather again, "  # noqa: S105 no password
    "or leave it empty to serve without Telegram"
)


def _conflict(error: ConflictError) -> str:
    if "webhook" in str(error):
        return (
            f"Telegram delivers this bot's updates to a webhook ({error}); remove it, or set DRAGOMAN_TELEGRAM_WEBHOOK"
        )
    return (
        "another process fetches the updates of this Telegram bot; only one may: stop the other, "
        "or give this one a token of its own in DRAGOMAN_TELEGRAM_TOKEN"
    )


def _after(offset: int | None, updates: Sequence[Json]) -> int | None:
    numbers = [number for update in updates if isinstance(number := update.get("update_id"), int)]
    if not numbers:
        return offset
    return max(numbers) + 1 if offset is None else max(offset, max(numbers) + 1)


class Webhook:
    """An ASGI application for the one address that Telegram delivers to."""

    def __init__(self, ledger: Ledger, admit: Admit, *, secret: str) -> None:
        self._ledger = ledger
        self._admit = admit
        self._secret = secret.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Keeps an update and says so at once; it is answered later."""
        status = await self._receive(scope, receive)
        headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"{}"})

    async def _receive(self, scope: Scope, receive: Receive) -> int:
        if scope["method"] != "POST":
            return 405
        given = dict(scope["headers"]).get(b"x-telegram-bot-api-secret-token", b"")
        if not hmac.compare_digest(given, self._secret):
            return 403
        body = await _body(receive)
        if body is None:
            return 413
        try:
            update = json.loads(body)
        except (ValueError, RecursionError):
            return 400
        if not isinstance(update, dict):
            return 400
        try:
            new = await self._ledger.take([update])
        except Exception:
            log.exception("an update could not be kept; Telegram will bring it again")
            return 500
        for taken in new:
            self._admit(taken)
        return 200


async def _body(receive: Receive) -> bytes | None:
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if len(body) > LONGEST_BODY:
            return None
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            return body
