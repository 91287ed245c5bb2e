"""Watches processes that are not ours to wait for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path


def is_gone(pid_file: Path) -> bool:
    """Whether the process is dead; it may wait a moment for its new parent to reap it."""
    try:
        return Path(f"/proc/{pid_file.read_text().strip()}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


async def until(condition: Callable[[], bool]) -> None:
    """Wait for the outside world, which tells nobody; fails after ten seconds."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - another process cannot set our event
            await asyncio.sleep(0.01)
