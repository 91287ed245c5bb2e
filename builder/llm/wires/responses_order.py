"""Whether the events of a response came whole, once each and in order, by their numbers and what each part is in the end.

A gateway that loses, repeats or mixes events would otherwise change an app's text unseen.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

_PIECES = ("response.output_text.delta", "response.function_call_arguments.delta")
_WHOLE = {"response.output_text.done": "text", "response.function_call_arguments.done": "arguments"}


class OutOfOrder(Exception):
    """Text is missing or in the wrong place."""


class EventOrder:
    """The events so far."""

    def __init__(self) -> None:
        self._last: int | None = None
        self._skipped: set[int] = set()
        self._written: defaultdict[tuple[int, int], int] = defaultdict(int)
        self._calls: set[int] = set()

    def takes(self, event: Any) -> bool:
        """Whether the event is a further one, and not told twice. Raises `OutOfOrder`."""
        number = getattr(event, "sequence_number", None)
        if isinstance(number, int):
            if self._last is not None and number <= self._last:
                if number in self._skipped:
                    raise OutOfOrder(f"{number} came after {self._last}")
                return False
            # Numbers may have gaps; one that is filled later was no gap.
            if self._last is not None and number - self._last < 100:
                self._skipped.update(range(self._last + 1, number))
            self._last = number
        self._count(event)
        return True

    def _count(self, event: Any) -> None:
        kind = event.type
        if kind == "response.output_item.added" and event.item.type == "function_call":
            self._calls.add(event.output_index)
        if kind not in _WHOLE and kind not in _PIECES:
            return
        part = event.output_index, getattr(event, "content_index", 0)
        if kind.startswith("response.function_call") and event.output_index not in self._calls:
            raise OutOfOrder(f"a piece of call {event.output_index} came before it")
        if kind in _PIECES:
            self._written[part] += len(event.delta)
        elif len(whole := getattr(event, _WHOLE[kind], None) or "") != self._written[part]:
            raise OutOfOrder(f"{self._written[part]} of {len(whole)} characters came")
