"""What the benchmarks share: the machine's description, a real server, a real Chromium, medians and the last line."""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.browser.conftest import CHROMIUM_ARGUMENTS, NO_CHROMIUM, Server, installed_chromium

ROOT = Path(__file__).resolve().parents[1]


def machine() -> str:
    """Processor count, memory, system and Python, in one line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


def median(values: Sequence[float]) -> float:
    return round(statistics.median(values), 1)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie, nearest rank."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)


def say(text: str) -> None:
    """Progress, to the error stream: the last line of the output stays the result."""
    print(text, file=sys.stderr, flush=True)


def finish(name: str, figures: dict[str, Any], baselines: dict[str, Any], runs: int, **more: Any) -> None:
    """Print the result as the last line, one JSON object."""
    print(
        json.dumps(
            {"name": name, "figures": figures, "baselines": baselines, "runs": runs, "machine": machine(), **more}
        )
    )


@contextmanager
def running_server(**settings: str) -> Iterator[Server]:
    """A Sayso with a data directory of its own."""
    with tempfile.TemporaryDirectory(prefix="sayso-bench-") as folder:
        server = Server(Path(folder), settings).start()
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def playwright_chromium() -> Iterator[tuple[Playwright, str]]:
    """Playwright and the path of a Chromium. Ends the program with one sentence where there is none."""
    executable = installed_chromium() or sys.exit(NO_CHROMIUM)
    with sync_playwright() as playwright:
        yield playwright, executable


@contextmanager
def chromium(playwright: Playwright, executable: str) -> Iterator[Browser]:
    """A Chromium with a fresh profile."""
    browser = playwright.chromium.launch(executable_path=executable, args=list(CHROMIUM_ARGUMENTS))
    try:
        yield browser
    finally:
        browser.close()
