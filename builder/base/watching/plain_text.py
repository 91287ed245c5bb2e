"""Foreign text, made safe for a terminal or a log: nothing in it moves the cursor or looks like a new record.

File names, addresses, header values, exceptions and what apps print all hold text of strangers. One formatter and one
stream escape everything that this process prints, so that no caller has to think of it.
"""

from __future__ import annotations

import contextlib
import logging
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Any, Final, TextIO

# C0 without tab and line feed, DEL, C1, line and paragraph separators, the controls of text direction (Unicode Standard
# Annex 9), and lone surrogates, which no stream can encode. See CWE-117 and CWE-150.
_UNSAFE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_INSIDE: Final = "  | "


def escaped(text: str) -> str:
    """`text` with its control characters as Python writes them; line feeds and tabs stay."""
    return _UNSAFE.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def one_line(text: str) -> str:
    """As `escaped`, with line feeds escaped too."""
    return escaped(text).replace("\n", "\\n")


class PlainFormatter(logging.Formatter):
    """A record is one line; the lines of its traceback follow, each with a prefix that no record begins with."""

    def __init__(self, line: str, *, mask: Callable[[str], str] = str) -> None:
        """`mask` takes secrets out of a text, before its lines are put apart."""
        super().__init__(line)
        self._mask = mask

    def format(self, record: logging.LogRecord) -> str:
        """A traceback text that another formatter stored in the record is not reused."""
        kept, record.exc_text = record.exc_text, None
        try:
            return super().format(record)
        finally:
            record.exc_text = kept

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line itself."""
        return one_line(self._mask(super().formatMessage(record)))

    def formatException(
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        """Each line marked."""
        return _marked(self._mask(super().formatException(ei)))

    def formatStack(self, stack_info: str) -> str:
        """Each line marked."""
        return _marked(self._mask(super().formatStack(stack_info)))


class _PlainStream:
    """Writes `escaped` text to another stream; everything else is passed on to that stream."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        self._stream.write(escaped(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextlib.contextmanager
def plain_output() -> Iterator[None]:
    """While the context is open, everything that this process prints, libraries included, is `escaped`."""
    streams = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = _PlainStream(sys.stdout), _PlainStream(sys.stderr)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = streams


def _marked(text: str) -> str:
    return "\n".join(_INSIDE + escaped(line) for line in text.split("\n"))
