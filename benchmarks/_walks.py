"""Walks from outside of the workbench: its own runner, put into its page."""

from __future__ import annotations

import subprocess
from functools import cache
from typing import Any

from playwright.sync_api import Page

from builder.base.settings import ROOT
from tests.browser.conftest import Server

_PACKAGE = ROOT / "preview_runtime" / "browser"
_RUN = """async ({ walks, url }) => {
  const results = await saysoWalks.runWalks(walks, { url, home: document.body });
  return results;
}"""


@cache
def runner() -> str:
    """The runner as one script."""
    esbuild = _PACKAGE / "node_modules" / ".bin" / "esbuild"
    command = [esbuild, "src/walks/walks.ts", "--bundle", "--format=iife", "--global-name=saysoWalks"]
    return subprocess.run(command, cwd=_PACKAGE, check=True, capture_output=True, text=True).stdout


def provide(page: Page) -> None:
    """Make the runner known to a page of the workbench."""
    page.evaluate(f"{runner()}; globalThis.saysoWalks = saysoWalks;")


def walks_of(server: Server, project: str) -> dict[str, Any]:
    """What the project says of its walks."""
    found: dict[str, Any] = server.get(f"/api/v1/projects/{project}/walks")
    return found


def walk(page: Page, walks: dict[str, Any], url: str) -> list[dict[str, Any]]:
    """How each walk went."""
    results: list[dict[str, Any]] = page.evaluate(_RUN, {"walks": walks, "url": url})
    return results
