"""When a request that was not accepted is sent again: only if nothing was spent and the wait is short.

The SDKs' errors have a common shape: a status and a `response` if there was an answer, else the transport's error
itself or as the cause.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from builder.llm.conversation.errors import ModelError, NoCredit
from builder.llm.conversation.events import Waiting

CONNECT_SECONDS: Final = 10.0
RETRIES: Final = 2
FIRST_WAIT_SECONDS = 1.0
"""Seconds before the first of our own retries, doubled for each next one; tests set it to 0."""
JITTER: Final = 0.5
"""A wait of ours is up to this share shorter or longer, so that many that were refused at once do not return at once;
one that the provider asked for is only made longer, by up to a tenth."""
_PASSING: Final = frozenset({429, 500, 502, 503, 529})

UNREADABLE: Final = (ValueError, TypeError, AttributeError)
"""What reading an event raises that is not of its form: the SDKs only look at what they expect."""

Pause = Callable[[float], Awaitable[object]]


@dataclass(slots=True)
class Sending:
    """A request that is sent until the provider accepts it; `response` is then the stream.

    `send` raises one of `faults` when it is not accepted. `amend` changes the request after a fault that a smaller
    request avoids, and says whether it did. `translate` makes our error of a fault.
    """

    send: Callable[[], Awaitable[Any]]
    faults: tuple[type[Exception], ...]
    amend: Callable[[Exception], bool]
    translate: Callable[[Exception], ModelError]
    provider: str
    longest_wait: float
    pause: Pause = asyncio.sleep
    response: Any = None

    async def waits(self) -> AsyncGenerator[Waiting, None]:
        """Send it; each event comes before the wait that it announces. Raises `ModelError`."""
        tries = 0
        while True:
            try:
                self.response = await self.send()
                return
            except self.faults as fault:
                if self.amend(fault):
                    continue  # a refused request costs nothing
                meant = self.translate(fault)
                wait = None if isinstance(meant, NoCredit) else wait_before_retry(fault, tries, self.longest_wait)
                if wait is None:
                    raise meant from fault
            tries += 1
            yield Waiting(meant.code, wait, self.provider)
            await self.pause(wait)


def wait_before_retry(fault: Exception, tries: int, longest: float) -> float | None:
    """Seconds to wait before retry number `tries` (from 0), None for no retry."""
    if tries >= RETRIES:
        return None
    status = status_of(fault)
    if status is None:
        return _own_wait(tries) if never_connected(fault) else None
    if status not in _PASSING:
        return None
    asked = retry_after(fault)
    if asked is None:
        return _own_wait(tries)
    return asked * (1 + random.random() / 10) if asked <= longest else None  # noqa: S311  # no secret


def status_of(fault: Exception) -> int | None:
    """The HTTP status of the provider's answer, None when there was none."""
    status = getattr(fault, "status_code", None)
    return status if isinstance(status, int) else None


def never_connected(fault: Exception) -> bool:
    """Whether no connection could be made, so that nothing was sent."""
    import httpx2

    unsent = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
    return isinstance(fault, unsent) or isinstance(fault.__cause__, unsent)


def retry_after(fault: Any) -> float | None:
    """Seconds that the provider asks to wait, if it says so: in a `retry-after` header (RFC 9110, section 10.2.3), or as
    the fault itself has read."""
    if isinstance(known := getattr(fault, "retry_after", None), float):
        return known
    headers = getattr(getattr(fault, "response", None), "headers", None)
    asked = (headers.get("retry-after") or "").strip() if headers is not None else ""
    try:
        return max(0.0, float(asked))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(asked) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def _own_wait(tries: int) -> float:
    return FIRST_WAIT_SECONDS * float(2**tries) * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311  # no secret
