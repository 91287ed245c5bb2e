"""JSON values as a whole: read from a text that holds one, and written back to the character."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from builder.generation.reading.scanner import ExactNumber, JsonFault, JsonScanner

MISSING: Final = object()
"""What `read_value` gives where there is none."""


class ValueReader:
    """Builds the value that a scanner reads. Satisfies `Reader`."""

    def __init__(self) -> None:
        self.result: Any = MISSING
        self._open: list[dict[str, Any] | list[Any]] = []
        self._keys: list[str] = []

    def begin(self, bracket: str) -> None:
        self._open.append({} if bracket == "{" else [])
        self._keys.append("")

    def end(self) -> None:
        self._keys.pop()
        self.value(self._open.pop())

    def key(self, name: str) -> None:
        self._keys[-1] = name

    def value(self, value: Any) -> None:
        if not self._open:
            self.result = value
        elif isinstance(inside := self._open[-1], dict):
            inside[self._keys[-1]] = value
        else:
            inside.append(value)

    def text_begins(self) -> bool:
        return False

    def piece(self, text: str) -> None:
        raise NotImplementedError("no text is asked for in pieces")

    def text_ends(self, parts: list[str]) -> None:
        raise NotImplementedError("no text is asked for in pieces")

    def note(self, remark: str) -> None:
        """What is odd inside a text in a text is read the same and not told."""


def read_value(text: str) -> Any:
    """The object or array that `text` is, fenced or written as a text again or not; `MISSING` where it is none."""
    text = _unfenced(text.strip())
    if not text.startswith(("{", "[", '"')):
        return MISSING
    reader = ValueReader()
    scanner = JsonScanner(reader)
    try:
        scanner.read(text)
    except JsonFault:
        return MISSING
    if not scanner.complete:
        return MISSING
    return read_value(reader.result) if isinstance(reader.result, str) else reader.result


def _unfenced(text: str) -> str:
    if text.startswith("```") and text.endswith("```"):
        return text.partition("\n")[2].removesuffix("```").strip()
    return text


def written(value: Any) -> str:
    """`value` as the text of a JSON file, as `json.dumps(value, indent=2)` has it, each number as it was written."""
    return f"{_written(value, '')}\n"


def _written(value: Any, indent: str) -> str:
    if isinstance(value, ExactNumber):
        return value.written
    if isinstance(value, dict):
        return _block("{}", indent, value.items(), lambda pair, deep: f"{_text(pair[0])}: {_written(pair[1], deep)}")
    if isinstance(value, list):
        return _block("[]", indent, value, _written)
    return _text(value)


def _block(brackets: str, indent: str, items: Any, one: Callable[[Any, str], str]) -> str:
    deep = f"{indent}  "
    lines = ",\n".join(f"{deep}{one(item, deep)}" for item in items)
    return f"{brackets[0]}\n{lines}\n{indent}{brackets[1]}" if lines else brackets


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
