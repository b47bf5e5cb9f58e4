"""What a model thinks aloud before it answers, between tags, taken out of its text as that comes: it is no part of an answer."""

import re

_OPENS = re.compile(r"<(think|thinking|thought|reasoning|reflection)>", re.IGNORECASE)
_LONGEST_TAG = 14
"""Characters of the longest tag."""


class Thoughts:
    """Takes a text in pieces and gives what is meant for readers."""

    def __init__(self) -> None:
        self._held = ""
        self._closing: re.Pattern[str] | None = None

    def without(self, piece: str) -> str:
        """What of the text so far is certainly no thought, and was not given yet."""
        self._held += piece
        said = ""
        while True:
            if self._closing is not None:
                closed = self._closing.search(self._held)
                if closed is None:
                    self._held = self._held[-_LONGEST_TAG:]
                    return said
                self._held, self._closing = self._held[closed.end() :], None
            opened = _OPENS.search(self._held)
            if opened is None:
                # What may be the beginning of a tag waits for its end.
                begun = self._held.rfind("<", max(0, len(self._held) - _LONGEST_TAG))
                kept = len(self._held) if begun < 0 or ">" in self._held[begun:] else begun
                said, self._held = said + self._held[:kept], self._held[kept:]
                return said
            said += self._held[: opened.start()]
            self._held = self._held[opened.end() :]
            self._closing = re.compile(rf"</{opened[1]}>", re.IGNORECASE)

    def end(self) -> str:
        """What was held back and is no tag after all; a thought that never ended is none of it."""
        held, self._held = self._held, ""
        return "" if self._closing is not None else held
