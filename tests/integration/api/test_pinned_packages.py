"""Lock files of a project: made from the registries, used by whatever installs, moved by nothing but a person."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from builder.composition.pinning.pins import pinned, pins_of
from preview_runtime.dependencies.errors import DependencyError
from preview_runtime.dependencies.pinning import Pinning
from preview_runtime.engines import RunHints
from preview_runtime.file_tree import FileTree
from preview_runtime.node import node_executable
from preview_runtime.plans.plan import plan_run
from tests.integration.npm_registry import Package, npm_registry
from tests.integration.safety.packages.python_index import Release, python_index

SERVER = "import fastapi\napp = fastapi.FastAPI()\n"


@contextmanager
def registries(monkeypatch: pytest.MonkeyPatch, packages: list[Package], releases: list[Release]) -> Iterator[None]:
    with npm_registry(*packages) as (npm, _), python_index(*releases) as (index, _):
        monkeypatch.setenv("npm_config_registry", npm)
        monkeypatch.setenv("UV_DEFAULT_INDEX", index)
        yield


def manifest(**packages: str) -> str:
    return json.dumps({"name": "shop", "dependencies": packages})


def tides(version: str) -> Package:
    return Package(
        "tides", version, manifest={"dependencies": {"moon": "^1.0.0"}, "scripts": {"postinstall": "exit 1"}}
    )


async def test_node_packages_are_pinned_and_one_more_moves_no_other(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pinning = Pinning(tmp_path, node_executable())
    tree = FileTree({"package.json": manifest(tides="^1.0.0"), "server.js": "require('tides')"})
    with registries(monkeypatch, [tides("1.0.0"), Package("moon")], []):
        made = await pinned(tree, pinning)
        assert await pinned(tree, pinning) == made  # the same list, the same lock
    lock = json.loads(made["package-lock.json"])
    assert {name: one["version"] for name, one in lock["packages"].items() if name} == {
        "node_modules/tides": "1.0.0", "node_modules/moon": "1.0.0",
    }  # fmt: skip
    assert all(one["integrity"].startswith("sha512-") for name, one in lock["packages"].items() if name)
    assert "127.0.0.1" not in made["package-lock.json"]
    tree = tree.replace(made)
    assert [one.holds for one in pins_of(tree)] == [True]
    assert await pinned(tree, pinning) == {}
    grown = tree.replace({"package.json": manifest(tides="^1.0.0", sun="^1.0.0")})
    assert [one.holds for one in pins_of(grown)] == [False]
    later = [tides("1.0.0"), tides("1.1.0"), Package("moon"), Package("moon", "1.2.0"), Package("sun")]
    with registries(monkeypatch, later, []):
        again = json.loads((await pinned(grown, pinning))["package-lock.json"])["packages"]
    versions = {name.removeprefix("node_modules/"): one["version"] for name, one in again.items() if name}
    assert versions == {"tides": "1.0.0", "moon": "1.0.0", "sun": "1.0.0"}


async def test_the_same_list_is_not_asked_of_the_registry_twice_a_day(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tree = FileTree({"package.json": manifest(tides="^1.0.0"), "server.js": "require('tides')"})
    with npm_registry(tides("1.0.0"), Package("moon")) as (npm, asked):
        monkeypatch.setenv("npm_config_registry", npm)
        made = await pinned(tree, Pinning(tmp_path, node_executable()))
        before = len(asked)
        assert await pinned(tree, Pinning(tmp_path, node_executable())) == made
        assert len(asked) == before
        for kept in (tmp_path / "pinned").iterdir():
            os.utime(kept, (0, 0))
        assert await pinned(tree, Pinning(tmp_path, node_executable())) == made
        assert len(asked) > before


async def test_python_packages_are_pinned_with_digests_that_a_start_uses(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pinning = Pinning(tmp_path, node_executable())
    old, moon = Release("tides", "1.0.0", needs=("moon>=1",)), Release("moon")
    tree = FileTree({"main.py": SERVER, "requirements.txt": "tides>=1  # ours\n"})
    with registries(monkeypatch, [], [old, moon]):
        made = await pinned(tree, pinning)
    wheels = {name: hashlib.sha256(body).hexdigest() for one in (old, moon) for name, body in one.files.items()}
    assert made["requirements.lock"].splitlines() == [
        f"moon==1.0.0 --hash=sha256:{wheels['moon-1.0.0-py3-none-any.whl']}",
        f"tides==1.0.0 --hash=sha256:{wheels['tides-1.0.0-py3-none-any.whl']}",
    ]
    locked = tree.replace(made)
    assert [one.holds for one in pins_of(locked)] == [True]
    plan = plan_run(locked, RunHints())
    assert plan.packages is not None
    assert plan.packages.files == {"requirements.txt": made["requirements.lock"]}
    assert plan.packages.wanted == (("moon", "moon==1.0.0"), ("tides", "tides==1.0.0"))
    assert "requirements.lock" in plan.install_inputs
    # A lock that no longer says what is asked for is not used, and made anew from where it was.
    grown = locked.replace({"requirements.txt": "tides>=1\nsun\n"})
    assert [one.holds for one in pins_of(grown)] == [False]
    other = plan_run(grown, RunHints()).packages
    assert other is not None
    assert other.files == {"requirements.txt": "sun\ntides>=1\n"}
    with registries(monkeypatch, [], [old, Release("tides", "1.1.0"), moon, Release("moon", "1.5.0"), Release("sun")]):
        again = await pinned(grown, pinning)
    assert [line.partition(" ")[0] for line in again["requirements.lock"].splitlines()] == [
        "moon==1.0.0", "sun==1.0.0", "tides==1.0.0",
    ]  # fmt: skip


async def test_nothing_of_a_source_distribution_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    trap = Release("tides", source_only=True, setup=f"open({str(ran)!r}, 'w')")
    tree = FileTree({"main.py": SERVER, "requirements.txt": "tides\n"})
    with registries(monkeypatch, [], [trap]), pytest.raises(DependencyError) as refused:
        await pinned(tree, Pinning(tmp_path, node_executable()))
    assert refused.value.says.key == "fault.package_source_only"
    assert refused.value.package == "tides"
    assert not ran.exists()


@pytest.mark.parametrize("asked", ["git+https://example.com/x.git", "file:./x", "https://example.com/x.tgz"])
async def test_what_comes_from_elsewhere_is_not_pinned_and_said(tmp_path: Path, asked: str) -> None:
    with pytest.raises(DependencyError) as refused:
        await pinned(FileTree({"package.json": manifest(x=asked)}), Pinning(tmp_path, node_executable()))
    assert refused.value.code == "specifier_refused"
