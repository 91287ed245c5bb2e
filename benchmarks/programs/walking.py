"""Walks from outside of the workbench: its own runner, put into its page."""

from __future__ import annotations

import subprocess
import time
import urllib.error
import urllib.request
from contextlib import suppress
from functools import cache
from typing import Any

from playwright.sync_api import Page

from builder.base.settings import ROOT
from tests.browser.conftest import Server

_PACKAGE = ROOT / "preview_runtime" / "browser"
STROLLS = ("stroll", "stroll slowly")
_RUN = """({ walks, url, before, stroll, untilTold, lanes }) => {
  const enough = new AbortController();
  const ended = (result) => { if (untilTold && (!result.ok || result.difference)) enough.abort(); };
  return saysoWalks.runWalks(walks, { url, home: document.body, before, stroll, ...(lanes && { lanes }), signal: enough.signal, ended });
}"""


@cache
def runner() -> str:
    """The runner as one script."""
    esbuild = _PACKAGE / "node_modules" / ".bin" / "esbuild"
    command = [esbuild, "src/walks/walks.ts", "--bundle", "--format=iife", "--global-name=saysoWalks"]
    return subprocess.run(command, cwd=_PACKAGE, check=True, capture_output=True, text=True).stdout


def provide(page: Page) -> None:
    """Make the runner known to a page of the workbench, which itself walks through nothing as long as nobody sees it."""
    page.evaluate(f"{runner()}; globalThis.saysoWalks = saysoWalks;")
    page.evaluate("""() => {
      Object.defineProperty(document, "hidden", { value: true, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }""")


def painted(page: Page) -> None:
    """Once the preview has painted, be the machine as busy as it may."""
    page.locator("iframe.wb-frame[data-painted=true]").wait_for(state="attached", timeout=120_000)


def served(server: Server, project: str, path: str) -> bytes:
    """What the preview host gives for a file at this moment."""
    host = f"p-{project}.preview.localhost:{server.port}"
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}/{path}", headers={"Host": host})
    with urllib.request.urlopen(request) as answer:
        found: bytes = answer.read()
    return found


def published(server: Server, project: str) -> None:
    """Once the preview host has the app. Raises TimeoutError where it never comes to have it."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        with suppress(urllib.error.HTTPError):
            served(server, project, "")
            return
        time.sleep(0.1)
    raise TimeoutError


def walks_of(server: Server, project: str) -> dict[str, Any]:
    """What the project says of its walks."""
    found: dict[str, Any] = server.get(f"/api/v1/projects/{project}/walks")
    return found


def walk(
    page: Page,
    walks: dict[str, Any],
    url: str,
    before: dict[str, Any] | None = None,
    *,
    stroll: bool = True,
    until_told: bool = False,
    lanes: int = 0,
) -> list[dict[str, Any]]:
    """How each walk went, and the stroll; `before`: what was shown when it last went well, by path. `until_told`: no more
    after the first that tells of something. `lanes`: how many go side by side; 0 as many as in the workbench."""
    given = {
        "walks": walks,
        "url": url,
        "before": before or {},
        "stroll": stroll,
        "untilTold": until_told,
        "lanes": lanes,
    }
    results: list[dict[str, Any]] = page.evaluate(_RUN, given)
    return results


def traces_of(results: list[dict[str, Any]]) -> dict[str, Any]:
    """What was shown in the walks that went well, by path."""
    return {result["walk"]: result["trace"] for result in results if "trace" in result}


def tells(result: dict[str, Any]) -> bool:
    """Whether a walk failed, or showed something else than before."""
    return not result["ok"] or "difference" in result
