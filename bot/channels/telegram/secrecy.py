"""The token in no log record of the whole process, whatever library makes it."""

import logging
from typing import Any


def keep_out_of_logs(secret: str) -> None:
    """No record that is made from now on, by whatever library, holds the secret."""
    for name in ("httpx", "httpcore"):  # they log the address of every call
        logging.getLogger(name).setLevel(logging.WARNING)
    # It writes a trace and the whole page of whatever gateway answered in Telegram's place; we say that in a line.
    logging.getLogger("telegram.request.BaseRequest").setLevel(logging.CRITICAL)
    if not secret:
        return
    before = logging.getLogRecordFactory()

    def factory(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = before(*args, **kwargs)
        try:
            said = record.getMessage()
        except Exception:
            return record  # the handler will say what is wrong with it
        if secret in said:
            record.msg, record.args = said.replace(secret, "[token]"), ()
        if record.exc_info and record.exc_info[1] is not None:
            written = logging.Formatter().formatException(record.exc_info)
            if secret in written:
                record.exc_info, record.exc_text = None, written.replace(secret, "[token]")
        return record

    logging.setLogRecordFactory(factory)
