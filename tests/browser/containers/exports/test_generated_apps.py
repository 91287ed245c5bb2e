"""A generated app that was exported as Docker project answers where nothing of Sayso is as it does in Sayso: the page that the
engine makes of it, the answers of its server in a container of ours.

With --all each; by itself, one by day.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser

from builder.projects.run_hints import read_hints
from preview_runtime.compiling.compiler import Compiler, Order
from preview_runtime.dependencies import DependencyService
from preview_runtime.file_tree import FileTree
from preview_runtime.node import node_executable
from preview_runtime.plans.database_need import asks_for_postgres
from preview_runtime.plans.plan import plan_run
from preview_runtime.plans.runtimes import Image, Runtime, Sidecar
from preview_runtime.stack import Stack, detect_stack
from tests.browser.containers.exports.bare_engine import public_images, up
from tests.browser.containers.exports.generated import Generated, Request, generated
from tests.browser.containers.exports.test_docker_projects import SEED, read, unpacked
from tests.containers.docker_engine import run
from tests.server_starters import running_tree, shown
from tests.starters import ROOT, served

BROWSER = ROOT / "preview_runtime" / "browser"


def chosen(*, whole: bool) -> list[Generated]:
    return generated() if whole else [random.Random(SEED).choice(generated())]


def stack_of(tree: FileTree) -> Stack:
    return detect_stack(tree, read_hints(tree).start)


def server_images(tree: FileTree) -> list[Runtime | Sidecar]:
    """What its server runs in, and beside; nothing for pages alone."""
    runtime = plan_run(tree, read_hints(tree)).runtime if stack_of(tree).needs_server else None
    return [*([runtime] if runtime else []), *([Sidecar.POSTGRES] if asks_for_postgres(tree) else [])]


def needed(tree: FileTree) -> set[Image]:
    return {*server_images(tree), *([Runtime.NODE, Runtime.STATIC] if stack_of(tree).front_end else [])}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "app" in metafunc.fixturenames:
        every = chosen(whole=metafunc.config.getoption("--all"))
        metafunc.parametrize("app", every, ids=[app.name for app in every])


@pytest.fixture(scope="module")
def engine(request: pytest.FixtureRequest, docker_host: str, firewalled: None) -> Iterator[str]:
    whole = request.config.getoption("--all")
    if not (whole or any("exports" in argument for argument in request.config.invocation_params.args)):
        pytest.skip("takes minutes: run with --all, or this folder by itself")
    images = {image for app in chosen(whole=whole) for image in needed(app.tree)}
    with pytest.MonkeyPatch.context() as patch, public_images(docker_host, images):
        patch.setenv("DOCKER_HOST", docker_host)
        yield docker_host


async def site(tree: FileTree, folder: Path) -> Path:
    """What visitors of a live link get of the pages of `tree`, as a folder."""
    dependencies = DependencyService(ROOT / ".pytest_cache" / "packages", node_executable(), BROWSER)
    compiler = Compiler(dependencies, node_executable(), BROWSER)
    try:
        output = await compiler.compile(tree, Order(person="tests", project="exported", built=True))
        for path, file in {**output, **dependencies.files(output)}.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(file.body)
        (folder / "@sayso").symlink_to(BROWSER / "dist" / "preview")
        return folder
    finally:
        await compiler.close()
        await dependencies.close()


def answers(address: str, asked: tuple[Request, ...]) -> list[tuple[str, int, str, str]]:
    """For each request the status, the kind and the text of its answer."""
    told = []
    with httpx.Client(base_url=address, trust_env=False, timeout=20) as client:
        for one in asked:
            form, sent = (one.body, None) if one.form else (None, one.body)
            answer = client.request(one.method, one.path, data=form, json=sent)
            kind = answer.headers.get("Content-Type", "").partition(";")[0]
            told.append((f"{one.method} {one.path}", answer.status_code, kind, answer.text.replace(address, "…")))
    return told


@contextlib.contextmanager
def as_in_sayso(tree: FileTree, folder: Path) -> Iterator[str]:
    pages = run(site(tree, folder)) if stack_of(tree).front_end else None
    images = server_images(tree)
    with shown(running_tree(tree, images, pages)) if images else served(pages or folder) as address:
        yield address


def test_it_answers_on_a_bare_engine_as_in_sayso(app: Generated, engine: str, browser: Browser, tmp_path: Path) -> None:
    with as_in_sayso(app.tree, tmp_path / "ours") as address:
        expected = answers(address, app.asked), read(browser, address)
    with up(unpacked(app.tree, tmp_path / "theirs"), engine, f"sayso-test-{app.name}") as address:
        seen = answers(address, app.asked), read(browser, address)
    assert seen == expected
    assert seen[1][1].strip()
