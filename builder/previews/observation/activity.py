"""How much a preview is used, as whoever passes its requests on counts it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol


class UseCount(Protocol):
    """`requests` ever made, `open` ones at this moment (event streams and websockets as well), and when there was the
    `last` sign of life, in monotonic seconds."""

    @property
    def requests(self) -> int: ...

    @property
    def open(self) -> int: ...

    @property
    def last(self) -> float: ...


class UseCounter(Protocol):
    """Preview id → use."""

    def of(self, preview_id: str) -> UseCount: ...

    def forget(self, preview_id: str) -> None: ...


@dataclass(frozen=True, slots=True)
class _Unused:
    requests: int = 0
    open: int = 0
    last: float = -math.inf


class NoUseCounter:
    """Where nobody counts."""

    def of(self, _preview_id: str) -> UseCount:
        return _Unused()

    def forget(self, _preview_id: str) -> None:
        pass
