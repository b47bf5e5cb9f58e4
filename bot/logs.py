"""Log lines: for people, or one JSON object a line; with the id of the request they belong to, and no secrets."""

import datetime as dt
import json
import logging
import re
import sys
from contextvars import ContextVar
from typing import Literal

REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)
ACCESS = "dragoman.requests"
"""The logger of requests; each of its records bears ``request``, a dictionary of plain values."""

SAID = "dragoman"
"""The logger of what the program says to whoever started it."""

LogFormat = Literal["text", "json"]
_SECRETS = re.compile(r"(?i)\b(bearer\s+|\bbot\d+:|pk_|sk[-_])[\w.~+/=-]{6,}")

_STAFF_KEY = re.compile(r"(/knowledge, key )\S+")


def configure_logs(how: LogFormat) -> None:
    """Sends every record of the program to stderr: warnings as text, or everything from requests upward as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if how == "json" else PlainLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(SAID).setLevel(logging.INFO)
    logging.getLogger(ACCESS).setLevel(logging.INFO if how == "json" else logging.WARNING)


def redacted(text: str) -> str:
    """The text without anything that looks like a key or a token."""
    return _SECRETS.sub(lambda found: f"{found[1]}[redacted]", text)


class JsonLines(logging.Formatter):
    """One object a line; control characters are escaped by JSON itself.

    Such lines are collected elsewhere: the staff key, which people are shown once, stays out of them.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        line: dict[str, object] = {
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _STAFF_KEY.sub(r"\1[redacted]", redacted(record.getMessage())),
        }
        if request_id := REQUEST_ID.get():
            line["request_id"] = request_id
        line |= getattr(record, "request", {})
        if record.exc_info:
            line["exception"] = redacted(self.formatException(record.exc_info))
        return json.dumps(line)


class PlainLines(logging.Formatter):
    """For people; nothing in a line can move the cursor or begin another one."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as text."""
        request_id = REQUEST_ID.get()
        said = record.name == SAID and record.levelno == logging.INFO
        text = f"{SAID if said else f'{record.levelname.lower()} {record.name}'}: {record.getMessage()}"
        text += f" [{request_id}]" if request_id else ""
        lines = [text, *(self.formatException(record.exc_info).splitlines() if record.exc_info else ())]
        return redacted("\n".join("".join(s if s.isprintable() or s == "\t" else "�" for s in line) for line in lines))
