"""Every starter with a server is complete, describes itself truly and is readable in both themes."""

from __future__ import annotations

import re

import pytest

from builder.demo.starters.starter import all_starters
from builder.projects.starters import list_starters, starter_packages
from preview_runtime.containers.images.preinstalled import ready_packages
from preview_runtime.engines import Capabilities, EngineKind, RunHints, choose_engine
from preview_runtime.file_tree import FileTree
from preview_runtime.plans.database_need import asks_for_postgres
from preview_runtime.plans.plan import plan_run
from preview_runtime.plans.runtimes import Runtime
from preview_runtime.stack import detect_stack
from tests.starters import Starter, server_starters
from tests.unit.projects.test_starters import contrast

each_starter = pytest.mark.parametrize("starter", server_starters(), ids=lambda starter: starter.name)
READABLE = (("ink", "page"), ("ink", "surface"), ("muted", "page"), ("muted", "surface"), ("accent-ink", "accent"))


def tree_of(starter: Starter) -> FileTree:
    return FileTree({path: starter.text(path) for path in starter.files()})


def test_there_are_sixteen_on_four_runtimes_two_with_a_front_end_and_one_with_postgres() -> None:
    found = server_starters()
    assert len(found) >= 16
    assert {starter.spec["server"] for starter in found} == {"python", "node", "go", "java"}
    assert sum("index.html" in starter.files() for starter in found) >= 2
    assert sum(bool(asks_for_postgres(tree_of(starter))) for starter in found) >= 1


@each_starter
def test_it_says_what_it_is(starter: Starter) -> None:
    spec = starter.spec
    assert set(spec) == {"title", "description", "stack", "prompt", "keywords", "server", "name"}
    assert len(spec["description"]) < 90, "the gallery shows one line"
    assert len(spec["keywords"]) >= 5
    assert spec["keywords"] == [word.lower() for word in spec["keywords"]]
    assert any(spec["name"] in starter.text(path) for path in starter.files())


@each_starter
def test_its_files_say_how_it_runs(starter: Starter) -> None:
    tree = tree_of(starter)
    assert plan_run(tree, RunHints()).runtime is Runtime(starter.spec["server"])
    everything = Capabilities(frozenset({EngineKind.INSTANT, EngineKind.DOCKER}))
    assert choose_engine(tree, RunHints(), everything).kind is EngineKind.DOCKER
    assert detect_stack(tree).front_end is ("index.html" in tree)


@each_starter
def test_it_needs_no_install(starter: Starter) -> None:
    plan = plan_run(tree_of(starter), RunHints())
    wanted: set[str] = set()
    for path in starter.files():
        if path.endswith("requirements.txt"):
            wanted |= set(starter.text(path).split())
        elif path.endswith("package.json") and path.removesuffix("package.json").strip("/") == plan.folder:
            wanted |= set(re.findall(r'"([@\w/-]+)": "\^', starter.text(path)))
    ready = {name.partition(" ")[0] for name in ready_packages(Runtime(starter.spec["server"]))}
    assert wanted <= ready


def colours(starter: Starter) -> dict[str, dict[str, str]]:
    """The custom properties of its style sheet: light and dark."""
    path = next(path for path in starter.files() if path.endswith("style.css"))
    found = re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", starter.text(path))
    return {"light": {name: light for name, light, _ in found}, "dark": {name: dark for name, _, dark in found}}


@each_starter
def test_it_is_readable_in_both_themes(starter: Starter) -> None:
    for theme, values in colours(starter).items():
        values.setdefault("page", values.get("board", ""))
        for front, back in READABLE:
            if front in values and values.get(back):
                ratio = contrast(values[front], values[back])
                assert ratio >= 4.5, f"{theme}: --{front} on --{back} is {ratio:.2f}:1"


@each_starter
def test_its_page_fits_a_phone_and_loads_nothing_from_elsewhere(starter: Starter) -> None:
    text = "\n".join(starter.text(path) for path in starter.files())
    assert 'name="viewport"' in text
    assert '<html lang="en">' in text
    assert ":focus-visible" in text
    assert not re.findall(r"""(?:src|href|@import|from|url\()\s*=?\s*["'(]*https?://[^"'\s)]+""", text)


def test_the_gallery_knows_which_need_a_server_and_the_offline_demo_leaves_them_be() -> None:
    servers = {starter.name: starter.server for starter in list_starters() if starter.server}
    assert servers == {starter.name: starter.spec["server"] for starter in server_starters()}
    assert not set(servers) & set(all_starters())


def test_what_a_server_imports_is_not_prepared_for_browsers() -> None:
    assert not {"express", "fastify", "hono", "ws"} & {package.partition(" ")[0] for package in starter_packages()}
