"""An exported Docker project answers where nothing of Sayso is as it does in its preview: pages and routes.

With --all each starter; by itself, one by day.
"""

from __future__ import annotations

import datetime
import io
import os
import random
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser

from builder.projects.archive.export import write_zip
from builder.safety.probing.routes.reading import read_sources
from preview_runtime.file_tree import FileTree
from preview_runtime.plans.runtimes import Image, Runtime
from tests.browser.containers.exports.bare_engine import public_images, up
from tests.server_starters import images_of, running, shown, tree_of
from tests.starters import Starter, build, served, server_starters, starters

SEED = int(os.environ.get("SAYSO_SEED", datetime.datetime.now(datetime.UTC).date().toordinal()))
# Their pages are never twice the same: names drawn by lot, figures of the moment. The title and the kinds of their answers are compared.
LIVE = {"chat-room", "live-metrics"}
# What differs between two runs of the same app: times, and what is drawn by lot.
_OF_THE_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?|\b\d{1,2}:\d\d(:\d\d)?\b|\b1[5-9]\d{8}(\d{3})?(\.\d+)?\b"
    r"|\b[0-9a-f]{8}-[0-9a-f-]{27}\b|(?<=csrfmiddlewaretoken\" value=\")\w+|(https?://)?(localhost|127\.0\.0\.1|10[\d.]+):\d+"
)


def chosen(*, whole: bool) -> list[Starter]:
    every = [*server_starters(), *starters()]
    return every if whole else [random.Random(SEED).choice(every)]


def needed(starter: Starter) -> set[Image]:
    """The images that the exported `starter` is built on."""
    pages = {Runtime.NODE, Runtime.STATIC} if "index.html" in starter.files() else set()
    return {*pages, *(images_of(starter) if "server" in starter.spec else ())}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "starter" in metafunc.fixturenames:
        every = chosen(whole=metafunc.config.getoption("--all"))
        metafunc.parametrize("starter", every, ids=[starter.name for starter in every])


@pytest.fixture(scope="module")
def engine(request: pytest.FixtureRequest, docker_host: str, firewalled: None) -> Iterator[str]:
    whole = request.config.getoption("--all")
    if not (whole or any("exports" in argument for argument in request.config.invocation_params.args)):
        pytest.skip("takes minutes: run with --all, or this folder by itself")
    exported = chosen(whole=whole)
    images = {image for one in exported for image in needed(one)}
    with pytest.MonkeyPatch.context() as patch, public_images(docker_host, images):
        patch.setenv("DOCKER_HOST", docker_host)
        yield docker_host


def unpacked(files: FileTree, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(write_zip(files, "App", docker=True))) as archive:
        archive.extractall(folder)
    return folder


def asked(address: str, paths: list[str]) -> dict[str, tuple[int, str, str]]:
    """Status, kind and text of what each path answers; of a stream that goes on, its beginning."""
    told = {}
    with httpx.Client(base_url=address, trust_env=False, timeout=20) as client:
        for path in paths:
            with client.stream("GET", path) as answer:
                kind = answer.headers.get("Content-Type", "").partition(";")[0]
                text = "" if kind == "text/event-stream" else answer.read().decode(errors="replace")
            told[path] = (answer.status_code, kind, _OF_THE_MOMENT.sub("…", text))
    return told


def read(browser: Browser, address: str) -> tuple[str, str]:
    """Title and text of the page, once nothing changes any more for a moment."""
    page = browser.new_page()
    try:
        page.goto(address, wait_until="load")
        page.wait_for_function(
            "() => new Promise(done => { let last = '', same = 0; const look = setInterval(() => {"
            " const text = document.body.innerText; same = text && text === last ? same + 1 : 0; last = text;"
            " if (same > 4) { clearInterval(look); done(true) } }, 100) })"
        )
        return page.title(), _OF_THE_MOMENT.sub("…", page.inner_text("body"))
    finally:
        page.close()


def test_it_answers_on_a_bare_engine_as_in_sayso(
    starter: Starter, engine: str, browser: Browser, tmp_path: Path
) -> None:
    tree = FileTree({path: starter.text(path) for path in starter.files()})
    has_pages = "index.html" in starter.files()
    routes = [
        route.path
        for route in read_sources(tree).routes
        if route.method == "GET" and not re.search(r"[{<:*]", route.path)
    ]
    paths = ["/", *sorted({*routes} - {"/"}), "/nothing-is-here"]
    if has_pages:  # whose script and style sheet are called after what they hold
        paths = [path for path in paths if path.startswith("/api")]
    ours = (
        shown(running(starter, tmp_path / "ours"))
        if "server" in starter.spec
        else served(build(starter, tmp_path / "ours"))
    )
    with ours as address:
        expected = asked(address, paths), read(browser, address)
    with up(unpacked(tree_of(starter), tmp_path / "theirs"), engine, f"sayso-test-export-{starter.name}") as address:
        answers, (title, text) = asked(address, paths), read(browser, address)
    if starter.name in LIVE:
        answers, expected = _kinds(answers), (_kinds(expected[0]), (expected[1][0], text))
    assert (answers, (title, text)) == expected
    assert text.strip()


def _kinds(answers: dict[str, tuple[int, str, str]]) -> dict[str, tuple[int, str, str]]:
    return {path: (status, kind, "") for path, (status, kind, _) in answers.items()}
