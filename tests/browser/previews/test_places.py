"""Each element of a running app is known to be where it is written: starters, and apps by chance in every framework."""

from __future__ import annotations

import json
import random
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from preview_runtime.node import node_executable
from tests.browser.conftest import ROOT, Server
from tests.browser.previews.generated_apps import APPS, with_truth
from tests.browser.projects.test_starters import SEED
from tests.browser.workbench import imported, open_project, preview_frame
from tests.starters import starters

DIST = ROOT / "preview_runtime" / "browser" / "dist"
EXACT = 0.995
SAMPLE, MAINS, ALL_MAINS = 1, 6, 70

_LOOK = """async () => {
  const { marksOf } = await import("/@sayso/picker.js");
  return [...document.body.querySelectorAll("[data-truth]")].map((element) => ({
    truth: element.dataset.truth, tag: element.localName, text: "", repeated: 1, ...marksOf(element),
  }));
}"""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    whole = metafunc.config.getoption("--all")
    if "starter" in metafunc.fixturenames:
        names = [one.name for one in starters() if (one.folder / "index.html").exists()]
        metafunc.parametrize("starter", names if whole else sorted(random.Random(SEED).sample(names, SAMPLE)))
    if "mains" in metafunc.fixturenames:
        metafunc.parametrize("mains", [ALL_MAINS if whole else MAINS])


def places(files: dict[str, str], pointed: list[dict[str, Any]]) -> list[dict[str, Any] | None]:
    order = json.dumps({"dist": str(DIST), "files": files, "pointed": pointed})
    script = Path(__file__).with_name("places.mjs")
    done = subprocess.run(
        [str(node_executable()), str(script)], input=order, capture_output=True, text=True, timeout=60, check=True
    )
    found: list[dict[str, Any] | None] = json.loads(done.stdout)
    return found


def check(page: Page, server: Server, files: dict[str, str], least: int) -> None:
    marked = with_truth(files)
    app = open_project(page, server, imported(server, marked))
    expect(app.locator("[data-truth]").first).to_be_attached()
    pointed = preview_frame(page).evaluate(_LOOK)
    assert len(pointed) >= least
    wrong = []
    for one, place in zip(pointed, places(marked, pointed), strict=True):
        source = marked[place["path"]][place["start"] :] if place else ""
        if not place or not place["exact"] or not re.match(rf"<[\w-]+ data-truth=[{{\"]{one['truth']}[\"}}]", source):
            wrong.append((one, source[:60]))
    print(f"{len(pointed)} elements, {len(wrong)} not exact")
    assert len(wrong) <= len(pointed) * (1 - EXACT), wrong[:5]


def test_each_element_of_a_starter_is_where_it_says(page: Page, server: Server, starter: str) -> None:
    one = next(each for each in starters() if each.name == starter)
    texts = {}
    for path in sorted(one.folder.rglob("*")):
        if path.is_file() and path.name not in ("starter.json", "screenshot.webp"):
            texts[path.relative_to(one.folder).as_posix()] = path.read_text()
    check(page, server, texts, least=5)


@pytest.mark.parametrize("framework", APPS)
def test_each_element_of_an_app_by_chance_is_where_it_says(
    page: Page, server: Server, framework: str, mains: int
) -> None:
    check(page, server, APPS[framework](random.Random(SEED), mains), least=mains * 5)
