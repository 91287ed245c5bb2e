"""Each starter passes its own `npm run build`. A seeded sample by default, all of them with --all or SAYSO_ALL=1."""

from __future__ import annotations

import datetime
import os
import random
from pathlib import Path

import pytest

from tests.starters import Starter, build, starters

SAMPLE = 4
# Another sample each day; SAYSO_SEED repeats one.
SEED = int(os.environ.get("SAYSO_SEED", datetime.datetime.now(datetime.UTC).date().toordinal()))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    chosen = starters()
    if not metafunc.config.getoption("--all"):
        chosen = sorted(random.Random(SEED).sample(chosen, SAMPLE), key=lambda starter: starter.name)
    metafunc.parametrize("starter", chosen, ids=lambda starter: starter.name)


def test_it_builds_with_its_own_script(starter: Starter, tmp_path: Path) -> None:
    site = build(starter, tmp_path)
    page = (site / "index.html").read_text()
    assert "/src/main" not in page, "the page still loads the sources"
    scripts = list(site.glob("assets/*.js"))
    styles = list(site.glob("assets/*.css"))
    assert scripts
    assert styles
    assert sum(path.stat().st_size for path in scripts) < 900_000, "more code than a starter needs"
    name = starter.content["app"]["name"]
    assert any(name in path.read_text() for path in scripts), "the content did not make it into the build"
