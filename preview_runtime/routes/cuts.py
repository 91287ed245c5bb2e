"""Logs connections and requests that one of our bounds ended: which bound, whose, how many.

So the log explains a page that gets no answer. The first is logged at once, then at most one line per minute and bound:
a client with many connections does not fill the log.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Final

log = logging.getLogger(__name__)

SECONDS: Final = 60.0
_THIS_COMPUTER: Final = "this computer"  # a socket without an address


class Cuts:
    """Those of one server."""

    def __init__(self) -> None:
        self._waiting: dict[str, tuple[int, str]] = {}

    def say(self, bound: str, address: str, level: int = logging.WARNING, detail: str = "") -> None:
        """`bound`, one of a few, ended a connection or request of `address`."""
        address = address or _THIS_COMPUTER
        if bound in self._waiting:
            self._waiting[bound] = self._waiting[bound][0] + 1, address
            return
        log.log(level, "Ended by a bound (%s): a connection or request of %s%s", bound, address, detail)
        self._wait(bound, level)

    def _wait(self, bound: str, level: int) -> None:
        self._waiting[bound] = 0, ""
        asyncio.get_running_loop().call_later(SECONDS, self._tell, bound, level)

    def _tell(self, bound: str, level: int) -> None:
        count, address = self._waiting.pop(bound)
        if count:
            log.log(level, "Ended by a bound (%s): %s more, at last of %s", bound, count, address)
            self._wait(bound, level)
