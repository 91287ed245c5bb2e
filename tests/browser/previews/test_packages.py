"""A package that is held back, as a person meets it: why, what to do, and the app that runs afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server
from tests.browser.workbench import files_of, imported
from tests.integration.npm_registry import Package, npm_registry

PAGE = "import { map } from 'lodahs'\nimport tides from 'brand-new-tides'\ndocument.body.append(map([1, 2], (x) => x * 2 + tides).join())\n"
FILES = {
    "package.json": json.dumps({"dependencies": {"lodahs": "^1.0.0", "brand-new-tides": "^1.0.0"}}),
    "index.html": '<!doctype html><title>Tides</title><script type="module" src="/src/main.js"></script>',
    "src/main.js": PAGE,
}


def package(name: str, days: float, version: str = "1.0.0") -> Package:
    published = (datetime.now(UTC) - timedelta(days=days)).isoformat().replace("+00:00", "Z")
    module = {"index.js": "export default 1\nexport const map = (list, change) => list.map(change)\n"}
    manifest = {"type": "module", "main": "index.js"}
    return Package(name, version, manifest=manifest, files=module, published=published)


@pytest.fixture
def wary(tmp_path: Path) -> Iterator[Server]:
    """A server whose registry has a trap and a new package, with prepared packages of its own."""
    (tmp_path / "data" / "packages").mkdir(parents=True)
    packages = (package("lodahs", 90), package("lodash", 4_000, "4.17.21"), package("brand-new-tides", 2.5))
    with npm_registry(*packages) as (registry, _):
        server = Server(tmp_path / "data", {"npm_config_registry": registry}).start()
        try:
            yield server
        finally:
            server.stop()


def test_one_is_replaced_another_used_all_the_same_and_the_versions_are_pinned(wary: Server, page: Page) -> None:
    project = imported(wary, FILES, "Tides")
    page.goto(f"{wary.url}/p/{project}")
    card = page.locator(".wb-fault")
    expect(card).to_contain_text("“lodahs” looks like the npm package “lodash”")
    expect(card).to_contain_text("“brand-new-tides” came out 2 days ago")
    card.get_by_role("button", name="Use lodash instead").click()
    expect(page.get_by_text("lodash is used instead of lodahs")).to_be_visible()
    expect(card).not_to_contain_text("lodahs")
    assert "from 'lodash'" in files_of(wary, project)["src/main.js"]
    card.get_by_role("button", name="Use it anyway").click()
    expect(card.get_by_role("button", name="Keep it out")).to_be_focused()
    card.get_by_role("button", name="Use brand-new-tides").click()
    expect(page.frame_locator("iframe.wb-frame").get_by_text("3,5")).to_be_visible()
    page.get_by_role("button", name="Tides: rename").click()
    page.get_by_role("menuitem", name="Packages").click()
    dialog = page.get_by_role("dialog", name="Packages")
    expect(dialog).to_contain_text("Nothing is held back.")
    expect(dialog.get_by_text("pinned just now")).to_be_visible()
    assert "package-lock.json" not in files_of(wary, project)
    dialog.get_by_role("button", name="Put them into the files").click()
    expect(dialog.get_by_text("in package-lock.json")).to_be_visible()
    assert "node_modules/lodash" in files_of(wary, project)["package-lock.json"]
    dialog.get_by_role("button", name="Hold brand-new-tides back again").click()
    expect(dialog).to_contain_text("“brand-new-tides” came out 2 days ago")
