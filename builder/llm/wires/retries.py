"""When a refused request is sent again: only if nothing was spent and the wait is short.

Both SDKs' errors have the same shape: `status_code` and `response` if there was an answer, else the transport's error
as the cause.
"""

from __future__ import annotations

from typing import Any, Final

CONNECT_SECONDS: Final = 10.0
RETRIES: Final = 2
FIRST_WAIT_SECONDS = 0.5
"""Seconds before the first of our own retries, doubled for each next one; tests set it to 0."""
LONGEST_WAIT_SECONDS: Final = 10.0
_PASSING: Final = frozenset({429, 500, 502, 503, 529})


def wait_before_retry(fault: Exception, tries: int) -> float | None:
    """Seconds to wait before retry number `tries` (from 0), None for no retry."""
    import httpx2

    if tries >= RETRIES:
        return None
    status = getattr(fault, "status_code", None)
    if status is None:
        return _own_wait(tries) if isinstance(fault.__cause__, httpx2.ConnectError) else None
    if status not in _PASSING:
        return None
    asked = retry_after(fault)
    wait = asked if asked is not None else _own_wait(tries)
    return wait if wait <= LONGEST_WAIT_SECONDS else None


def retry_after(fault: Any) -> float | None:
    """Seconds that the provider asks to wait, if it says so."""
    try:
        return float(fault.response.headers.get("retry-after", ""))
    except ValueError:
        return None


def _own_wait(tries: int) -> float:
    return FIRST_WAIT_SECONDS * float(2**tries)
