"""Takes the picture that the gallery shows of each starter: built natively, those with a server in a container."""

from __future__ import annotations

import base64
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import CHROMIUM_ARGUMENTS, find_chromium
from tests.server_starters import running, shown
from tests.starters import Starter, build, served, server_starters, starters

VIEWPORT = (1200, 800)  # CSS pixels
WIDTH = 560  # pixels of the picture
QUALITY = 70
SETTLE = 2_000  # milliseconds
TOTAL_BYTES = (
    146_000  # of all pictures together: with the answers' headers 150 kB, the budget of the home page's gallery
)
LOWEST_QUALITY = 30


def take(page: Page, address: str) -> list[tuple[int, bytes]]:
    """The picture of a page in falling qualities: (quality, WebP bytes)."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address, wait_until="load")
    page.wait_for_timeout(SETTLE)  # a page that streams is never idle
    page.evaluate("document.fonts.ready")
    if errors:
        raise SystemExit(f"{address} does not run: {errors[0]}")
    session = page.context.new_cdp_session(page)
    clip = {"x": 0, "y": 0, "width": VIEWPORT[0], "height": VIEWPORT[1], "scale": WIDTH / VIEWPORT[0]}
    pictures = []
    for quality in range(QUALITY, LOWEST_QUALITY - 1, -10):
        answer = session.send("Page.captureScreenshot", {"format": "webp", "quality": quality, "clip": clip})
        pictures.append((quality, base64.b64decode(answer["data"])))
    session.detach()
    return pictures


def main(names: list[str]) -> None:
    chosen = [starter for starter in [*starters(), *server_starters()] if not names or starter.name in names]
    if unknown := set(names) - {starter.name for starter in chosen}:
        raise SystemExit(f"There is no starter called {', '.join(sorted(unknown))}.")
    each = TOTAL_BYTES // max(1, len(starters()))
    total = 0
    with tempfile.TemporaryDirectory() as work, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(CHROMIUM_ARGUMENTS))
        for starter in chosen:
            context = browser.new_context(
                viewport={"width": VIEWPORT[0], "height": VIEWPORT[1]}, reduced_motion="reduce", color_scheme="light"
            )
            seen = (
                shown(running(starter, Path(work))) if "server" in starter.spec else served(build(starter, Path(work)))
            )
            with seen as address:
                pictures = take(context.new_page(), address)
            context.close()
            # The best quality that keeps to this starter's share of the budget.
            quality, picture = next((p for p in pictures if len(p[1]) <= each), pictures[-1])
            target(starter).write_bytes(picture)
            total += len(picture)
            print(f"{starter.name:16} {len(picture):6} bytes, quality {quality}")
        browser.close()
    print(f"{'together':16} {total:6} bytes")


def target(starter: Starter) -> Path:
    return starter.folder / "screenshot.webp"


if __name__ == "__main__":
    main(sys.argv[1:])
