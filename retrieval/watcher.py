"""Says when a folder changed. What changed, ``ingest`` decides."""

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

log = logging.getLogger(__name__)

_QUIET_MS = 400
_SLICE_MS = 500
_LOOK_EVERY = 120
"""Slices of quiet after which the folder is looked at anyway: network shares do not tell, and a queue can overflow."""


def watch_folder(folder: Path, *, stop: threading.Event) -> Iterator[None]:
    """Yields once after each burst of changes, and once a minute without any; ends when ``stop`` is set.

    A folder that is not there is waited for.
    """
    from watchfiles import watch  # only a server watches

    quiet = 0
    while not stop.is_set():
        try:
            changes = watch(
                folder,
                watch_filter=None,
                debounce=1_600,
                step=_QUIET_MS,
                stop_event=stop,
                rust_timeout=_SLICE_MS,
                yield_on_timeout=True,
                raise_interrupt=False,
                ignore_permission_denied=True,
            )
            for change in changes:
                quiet = 0 if change else quiet + 1
                if change or quiet >= _LOOK_EVERY:
                    quiet = 0
                    yield
        except (FileNotFoundError, OSError) as error:
            log.warning("%s cannot be watched (%s); looking again in 5 s", folder, error)
            stop.wait(5)
            yield
