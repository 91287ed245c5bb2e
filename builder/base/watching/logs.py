"""The log: one line a record, as text or as JSON, and nothing in it that somebody could sign in with."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, Literal

from builder.base.watching.about import about
from builder.base.watching.plain_text import PlainFormatter, escaped

LogForm = Literal["text", "json"]
Mask = Callable[[str], str]
_LINE: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class JsonFormatter(logging.Formatter):
    """An object a line: `time` (ISO 8601 UTC), `level`, `logger`, `message`, the ids of what it is `about`, and of an
    exception its traceback in `error`."""

    def __init__(self, mask: Mask) -> None:
        super().__init__()
        self._mask = mask

    def format(self, record: logging.LogRecord) -> str:
        """Control characters are escaped as for a terminal, where logs are read too."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {
            "time": at.replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
            "message": self._safe(record.getMessage()),
            **about().known,
        }
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = self._safe(self.formatException(record.exc_info))
        if record.stack_info:
            line["stack"] = self._safe(self.formatStack(record.stack_info))
        return json.dumps(line, ensure_ascii=False)

    def _safe(self, text: str) -> str:
        return escaped(self._mask(text))


def begin_logs(level: str, form: LogForm, mask: Mask) -> None:
    """Have all loggers write to standard error, in one form. `mask` takes secrets out of every text."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter(mask) if form == "json" else PlainFormatter(_LINE, mask=mask))
    logging.basicConfig(level=level, handlers=[handler])
