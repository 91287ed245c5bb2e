"""What this process takes of the machine, read from /proc."""

from __future__ import annotations

import os
import time
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Meter:
    """`requests` is raised by whoever answers one."""

    def __init__(self) -> None:
        self.requests = 0
        self._seen = 0
        self._at = time.monotonic()
        self._ticks = self._process_ticks()

    def sample(self) -> dict[str, float]:
        """Since the last sample: processor in percent of one core, requests a second; memory in MB at this moment."""
        now, ticks, requests = time.monotonic(), self._process_ticks(), self.requests
        seconds = max(now - self._at, 0.001)
        found = {
            "at": round(time.time(), 1),
            "cpu": round((ticks - self._ticks) / _TICKS / seconds * 100, 1),
            "memory": round(int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE / 1e6, 1),
            "requests": round((requests - self._seen) / seconds, 1),
        }
        self._at, self._ticks, self._seen = now, ticks, requests
        return found

    @staticmethod
    def _process_ticks() -> int:
        # Fields 14 and 15 (proc(5)): time in user and kernel mode. The name before them may hold spaces.
        fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])
