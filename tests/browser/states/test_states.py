"""The main states look as they did, in both themes, on a phone, a tablet, a desk and a large screen.

What is kept of a picture is an eighth of its size: how letters are drawn, or how long something took, does not count; a
part that moved, shrank or lost its colour does. After a change that is meant to be seen:
`SAYSO_STATES=keep script/test tests/browser/states`, and look at the pictures.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageChops
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import Server
from tests.browser.test_accessibility import FOLLOWED, SETTLED, show
from tests.browser.workbench import imported, painted

KEPT = Path(__file__).parent / "pictures"
SIZES = [
    ViewportSize(width=390, height=844),
    ViewportSize(width=768, height=1024),
    ViewportSize(width=1280, height=800),
    ViewportSize(width=1920, height=1080),
]
SCALE = 8
DIFFERS = 40  # of 255, in one channel of what is kept
MOST = 0.03  # of the picture


def as_before(page: Page, state: str) -> None:
    """Fail where `state` looks different from what is kept of it; the new pictures stand in SAYSO_PICTURES."""
    size = page.viewport_size
    assert size
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        assert page.evaluate(FOLLOWED, theme == "dark")
        page.evaluate(SETTLED)
        name = f"{state}-{size['width']}-{theme}"
        whole = page.screenshot(animations="disabled", caret="hide")
        if folder := os.environ.get("SAYSO_PICTURES"):
            Path(folder, f"{name}.png").write_bytes(whole)
        seen = Image.open(io.BytesIO(whole)).convert("RGB")
        seen = seen.resize((seen.width // SCALE, seen.height // SCALE), Image.Resampling.BOX)
        kept = KEPT / f"{name}.webp"
        if os.environ.get("SAYSO_STATES") == "keep":
            KEPT.mkdir(exist_ok=True)
            seen.save(kept, lossless=True)
            continue
        share = _different(seen, Image.open(kept).convert("RGB"))
        assert share <= MOST, f"{share:.0%} of {name} looks different (see SAYSO_PICTURES; SAYSO_STATES=keep keeps it)"


def _different(one: Image.Image, other: Image.Image) -> float:
    assert one.size == other.size
    channels = ImageChops.difference(one, other).split()
    most = ImageChops.lighter(ImageChops.lighter(channels[0], channels[1]), channels[2])
    counts = most.histogram()
    return sum(counts[DIFFERS:]) / sum(counts)


def test_the_main_states_look_as_they_did(make_page: Callable[..., Page], make_server: Callable[..., Server]) -> None:
    server, looking = make_server(), make_page(reduced_motion="reduce")
    for size in SIZES:
        looking.set_viewport_size(size)
        looking.goto(server.url)
        expect(looking.locator("p.offline")).not_to_be_empty()
        as_before(looking, "home")
    project = imported(server)
    for size in SIZES:
        looking.set_viewport_size(size)
        looking.goto(f"{server.url}/p/{project}")
        show(looking, "Preview")
        painted(looking)  # which it may be before the workbench is there
        expect(looking.locator("#wb-preview .wb-status")).to_contain_text("Running")
        as_before(looking, "preview")
        show(looking, "Chat")
        as_before(looking, "chat")
        show(looking, "Code")
        expect(looking.locator(".monaco-editor .view-lines, .cm-content").first).to_contain_text("useState")
        as_before(looking, "code")
        show(looking, "Logs")
        expect(looking.get_by_role("log", name="Logs")).to_be_visible()
        as_before(looking, "logs")
        looking.get_by_role("button", name="Share").click()
        expect(looking.get_by_text("No secrets found in the files.")).to_be_visible()
        as_before(looking, "share")
