"""Changes values inside a JSON text and leaves everything else, spacing included, as it was written."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from builder.demo.starters.pointer import joined, parts_of

_SPACE: Final = re.compile(r"[ \t\r\n]*")
_SCALAR: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s,\]}]+')


class JsonDocument:
    """A JSON document as text. Methods change `text`; raises `ValueError` when the text is not JSON or a place is
    missing."""

    def __init__(self, text: str) -> None:
        json.loads(text)
        self.text = text

    def value(self) -> Any:
        return json.loads(self.text)

    def set(self, pointer: str, value: Any) -> None:
        """Puts `value` at the existing place `pointer`."""
        start, end = self._spans()[pointer]
        self.text = self.text[:start] + self._written(value, start) + self.text[end:]

    def add(self, pointer: str, value: Any) -> None:
        """Appends `value` to the list at `pointer`, laid out like the entries before it."""
        spans = self._spans()
        start, end = spans[pointer]
        entries = [spans[p] for p in spans if p.rpartition("/")[0] == pointer and p != pointer]
        if not entries:
            self.text = self.text[:start] + self._written([value], start) + self.text[end:]
            return
        last_start, last_end = entries[-1]
        gap = self.text[entries[-2][1] + 1 : last_start] if len(entries) > 1 else self.text[start + 1 : last_start]
        gap = gap.lstrip(",") or " "
        compact = "\n" not in self.text[last_start:last_end]
        self.text = (
            self.text[:last_end] + "," + gap + self._written(value, last_start, compact=compact) + self.text[last_end:]
        )

    def put(self, pointer: str, key: str, value: Any) -> None:
        """Sets `key` of the object at `pointer`, adding it at the end where it is missing."""
        spans = self._spans()
        place = f"{pointer}{joined([key])}"
        if place in spans:
            self.set(place, value)
            return
        members = [spans[p] for p in spans if p.rpartition("/")[0] == pointer and p != pointer]
        start, end = spans[pointer]
        if not members:
            self.text = self.text[:start] + self._written({key: value}, start) + self.text[end:]
            return
        begin = self.text.rindex("\n", 0, members[-1][0]) if "\n" in self.text[start : members[-1][0]] else -1
        indent = _SPACE.match(self.text, begin + 1)[0] if begin >= 0 else " "  # type: ignore[index]  # the pattern matches the empty text
        glue = ",\n" + indent if begin >= 0 else ", "
        at = members[-1][1]
        self.text = self.text[:at] + glue + json.dumps(key) + ": " + self._written(value, at) + self.text[at:]

    def remove(self, pointer: str) -> None:
        """Takes the list entry at `pointer` out, with its comma."""
        start, end = self._spans()[pointer]
        after = _SPACE.match(self.text, end)
        if after and self.text[after.end() : after.end() + 1] == ",":
            tail = _SPACE.match(self.text, after.end() + 1)
            self.text = self.text[:start] + self.text[tail.end() if tail else after.end() + 1 :]
            return
        head = self.text[:start].rstrip()
        self.text = (head[:-1] if head.endswith(",") else head) + self.text[end:]

    def _written(self, value: Any, at: int, *, compact: bool = False) -> str:
        if isinstance(value, str | int | float) or value is None or compact:
            made = json.dumps(value, ensure_ascii=False)
            return (
                re.sub(r"^([{\[])(.+)([}\]])$", r"{ \2 }", made, flags=re.DOTALL)
                if compact and isinstance(value, dict)
                else made
            )
        if (
            isinstance(value, list)
            and all(isinstance(v, str | int | float) for v in value)
            and len(json.dumps(value)) < 90
        ):
            return json.dumps(value, ensure_ascii=False)
        begin = self.text.rfind("\n", 0, at) + 1
        indent = _SPACE.match(self.text, begin)
        lines = json.dumps(value, ensure_ascii=False, indent=2).split("\n")
        return ("\n" + (indent[0] if indent else "")).join(lines)

    def _spans(self) -> dict[str, tuple[int, int]]:
        """pointer → (start, end) of every value, parents before their children."""
        spans: dict[str, tuple[int, int]] = {}

        def value(at: int, path: list[str]) -> int:
            at = skip(at)
            pointer = joined(path)
            spans[pointer] = (at, at)
            sign = self.text[at]
            if sign not in "{[":
                match = _SCALAR.match(self.text, at)
                end = match.end() if match else at
            else:
                end, index = skip(at + 1), 0
                while self.text[end] not in "}]":
                    if sign == "{":
                        key = _SCALAR.match(self.text, end)
                        name = json.loads(key[0]) if key else ""
                        end = skip(key.end() if key else end) + 1
                    else:
                        name = str(index)
                    end = skip(value(end, [*path, name]))
                    index += 1
                    if self.text[end] == ",":
                        end = skip(end + 1)
                end += 1
            spans[pointer] = (at, end)
            return end

        def skip(at: int) -> int:
            match = _SPACE.match(self.text, at)
            return match.end() if match else at

        value(0, [])
        return spans


def exists(text: JsonDocument, pointer: str) -> bool:
    """Whether there is a value at `pointer`."""
    value: Any = text.value()
    for part in parts_of(pointer):
        if isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        elif isinstance(value, dict) and part in value:
            value = value[part]
        else:
            return False
    return True
