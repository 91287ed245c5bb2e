"""How much a preview is used, as counted by the code that passes its requests on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol


class UseCount(Protocol):
    """`requests` made so far, requests `open` at the moment (event streams and websockets included), and the time of
    the `last` sign of life, in monotonic seconds."""

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
