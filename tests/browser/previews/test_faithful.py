"""The instant engine shows what `vite build` showed: a drawn sample of `script/bench faithful`, whose pages are recorded."""

from __future__ import annotations

import asyncio
import json
import random
import threading
from typing import Any

import pytest
from playwright.sync_api import Browser

from benchmarks.corpus.ours import RECORDED, OurSite, Refused, differences, recorded
from benchmarks.corpus.projects import projects
from benchmarks.corpus.sites import serving
from benchmarks.faithful import FORMS, LOOK, ours

SEED = 13
SEEN = json.loads(RECORDED.read_text())
SAMPLE = random.Random(SEED).sample(sorted(SEEN), 10)


@pytest.fixture(scope="module")
def sites() -> dict[str, OurSite | Refused]:
    """The sample, compiled in both forms. In a thread: Playwright has the loop of this one."""
    made: dict[str, Any] = {}
    chosen = [one for one in projects() if one.name in SAMPLE]
    thread = threading.Thread(target=lambda: made.update(asyncio.run(ours(chosen))))
    thread.start()
    thread.join()
    return made


def test_the_recorded_pages_are_of_the_corpus_as_it_is() -> None:
    now = {one.name: one.hash for one in projects()}
    assert {name: now.get(name) for name in SEEN} == {name: seen["hash"] for name, seen in SEEN.items()}
    assert len(SEEN) >= len(SAMPLE)


@pytest.mark.parametrize("name", SAMPLE)
def test_a_project_shows_what_vite_made_of_it(name: str, sites: dict[str, Any], browser: Browser) -> None:
    for form, built in FORMS.items():
        if SEEN[name]["byMode"] and not built:
            continue
        context = browser.new_context(viewport={"width": 800, "height": 600})
        with serving(sites) as port:
            page = context.new_page()
            page.goto(f"http://{name}-{form}.localhost:{port}/")
            assert differences(recorded(page.evaluate(LOOK)), SEEN[name]) == []
        context.close()
