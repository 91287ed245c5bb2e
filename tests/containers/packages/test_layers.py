"""Packages are installed once, shared read-only by all who ask for them, and nobody can spoil them for others."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import secrets
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import aiodocker
import pytest

from builder.texts import said
from preview_runtime.containers.app.parts import EngineParts
from preview_runtime.containers.docker import policy
from preview_runtime.containers.docker.labels import Role, filters
from preview_runtime.containers.docker.policy import MEGABYTE, ContainerSettings, Limits
from preview_runtime.containers.engine import ContainerEngine
from preview_runtime.containers.images import catalogue
from preview_runtime.containers.isolation.networks import Networks
from preview_runtime.containers.packages import layer_scripts
from preview_runtime.containers.packages.layer_records import read_records
from preview_runtime.containers.packages.layers import Layers
from preview_runtime.containers.packages.registries import Registries
from preview_runtime.engines import EngineFailed, FaultKind, RunHints
from preview_runtime.file_tree import FileTree
from preview_runtime.phrases import Phrase
from preview_runtime.plans.plan import plan_run
from preview_runtime.plans.runtimes import Runtime
from tests.containers import docker_engine, machine, package_index
from tests.containers.app.test_engine import get

pytestmark = pytest.mark.usefixtures("firewalled")

INSTANCE = f"sayso-layers-{os.getpid()}"
SETTINGS = ContainerSettings(instance=INSTANCE, start_seconds=60, install_seconds=120)
GREETING = "def text() -> str:\n    return 'good day'\n\n\ndef main() -> None:\n    print(text())\n"
PYTHON = """
import http.server, os, greeting
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(greeting.text().encode())
http.server.ThreadingHTTPServer(("0.0.0.0", int(os.environ["PORT"])), Page).serve_forever()
"""
# The version that it finds by name, and the program that its process was forked from.
PARENTS = """
VERSION = importlib.metadata.version("greeting")
with open(f"/proc/{os.getpid()}/cmdline") as line:
    PARENT = line.read().split(chr(0))[-2].rpartition("/")[2]
"""
NODE = """
import { createServer } from 'node:http'
import greeting from 'greeting'
createServer((q, r) => r.end(greeting())).listen(process.env.PORT, '0.0.0.0')
"""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of an index that install containers reach."""
    if why := machine.missing():
        (pytest.fail if os.environ.get("CI", "").lower() == "true" else pytest.skip)(why)
    folder = tmp_path_factory.mktemp("index")
    with package_index.served(folder):
        package_index.python_package(folder, "greeting", "1.0", GREETING)
        package_index.python_package(folder, "greeting", "2.0", GREETING.replace("good day", "good night"))
        files = {"index.js": "module.exports = () => 'good day'\n"}
        package_index.node_package(folder, package_index.address(), "greeting", "1.0.0", files)
        yield folder


class Shelf:
    """Layers of one Sayso, and the engines of its previews."""

    def __init__(
        self, docker: aiodocker.Docker, settings: ContainerSettings = SETTINGS, index: str = "", **options: Any
    ) -> None:
        self.docker = docker
        self.settings = settings
        self.networks = Networks(docker, settings)
        at = index or package_index.address()
        registries = Registries(environ={"UV_DEFAULT_INDEX": f"{at}/simple", "npm_config_registry": at})
        self.layers = Layers(docker, settings, self.networks, registries, **options)
        self.parts = EngineParts(layers=self.layers, registries=registries)
        self.lines: list[str] = []
        self.made: list[ContainerEngine] = []

    def engine(self) -> ContainerEngine:
        project = f"p-{secrets.token_hex(4)}"
        made = ContainerEngine(
            self.docker, project, self.settings, networks=self.networks, parts=self.parts, say=self.hear
        )
        self.made.append(made)
        return made

    def hear(self, line: str | Phrase) -> None:
        self.lines.append(line if isinstance(line, str) else said(line))

    async def ensure(self, files: dict[str, str], say: Callable[[str], None] | None = None) -> Any:
        tree = FileTree(files)
        plan = plan_run(tree, RunHints())
        assert plan.runtime
        return await self.layers.ensure(plan, tree, catalogue.tag(plan.runtime), say or self.hear)

    async def left(self) -> list[str]:
        wanted = filters(INSTANCE, role=Role.INSTALL)
        containers = await self.docker.containers.list(all=1, filters=json.dumps(wanted))
        networks = await self.docker.networks.list(filters=wanted)
        return [*[container["Names"][0] for container in containers], *[network["Name"] for network in networks]]

    async def inside(self, command: str) -> str:
        """What a shell says that sees the volume as root."""
        mount = {"Type": "volume", "Source": policy.layers_volume(SETTINGS), "Target": "/layers"}
        config = {
            "Image": catalogue.tag(Runtime.PYTHON),
            "User": "0:0",
            "Cmd": ["sh", "-c", command],
            "Labels": {docker_engine.LABEL: "1"},
            "HostConfig": {"NetworkMode": "none", "Mounts": [mount]},
        }
        container = await self.docker.containers.create(config)
        try:
            await container.start()
            await container.wait()
            return "".join(await container.log(stdout=True, stderr=True))
        finally:
            await container.delete(force=True, v=True)


@pytest.fixture
async def shelf(docker: aiodocker.Docker, python_image: str, node_image: str, index: Path) -> AsyncIterator[Shelf]:
    made = Shelf(docker)
    yield made
    for engine in made.made:
        await engine.remove()
    assert await made.left() == []


@pytest.fixture(scope="module", autouse=True)
def volume(docker_host: str) -> Iterator[None]:
    """The tests' volume is gone at the end."""
    yield

    async def remove() -> None:
        async with aiodocker.Docker(docker_host) as client:
            for found in (await client.volumes.list(filters=filters(INSTANCE)))["Volumes"] or []:
                await (await client.volumes.get(found["Name"])).delete(force=True)

    docker_engine.run(remove())


def python_app(version: str = "1.0", **more: str) -> dict[str, str]:
    return {"server.py": PYTHON, "requirements.txt": f"greeting=={version}\nflask\n", **more}


def node_app(**fields: object) -> dict[str, str]:
    manifest = {"type": "module", "dependencies": {"greeting": "^1.0.0"}, **fields}
    return {"package.json": json.dumps(manifest), "index.js": NODE}


async def test_two_python_apps_share_what_was_installed_once(shelf: Shelf) -> None:
    one, other = shelf.engine(), shelf.engine()
    assert await get(await one.start(FileTree(python_app()))) == "good day"
    assert any("greeting==1.0" in line for line in shelf.lines)
    # What the image has already is not installed again.
    assert not any("flask" in line.lower() for line in shelf.lines)
    shelf.lines.clear()
    assert await get(await other.start(FileTree(python_app(**{"README.md": "another app"})))) == "good day"
    assert shelf.lines == []
    assert one.get_state()["layer"] == other.get_state()["layer"] != ""
    done = await one.exec(["sh", "-c", "ls /layers; touch $PYTHONUSERBASE/x; echo $?; env | grep -c SECRET"])
    assert "cannot open directory" in done.output


async def test_an_app_with_packages_of_its_own_starts_from_what_is_loaded(shelf: Shelf) -> None:
    """Its packages are beside those that wait: no interpreter is started for it."""
    source = (
        PYTHON.replace("import http", "import importlib.metadata, http")
        .replace("greeting.text()", "f'{VERSION} {PARENT}'")
        .replace("class Page", PARENTS + "class Page")
    )
    engine = shelf.engine()
    assert await get(await engine.start(FileTree({**python_app(), "server.py": source}))) == "1.0 agent.py"


async def test_a_script_that_a_package_brings_is_found(shelf: Shelf) -> None:
    engine = shelf.engine()
    hints = RunHints(start="greeting > said.txt && exec python -m http.server")
    assert await get(await engine.start(FileTree(python_app()), hints), "/said.txt") == "good day\n"


async def test_a_node_app_finds_its_packages_and_may_write_beside_them(shelf: Shelf) -> None:
    engine = shelf.engine()
    assert await get(await engine.start(FileTree(node_app()))) == "good day"
    done = await engine.exec(["sh", "-c", "mkdir node_modules/.vite && echo > node_modules/.vite/a && echo kept"])
    assert done.output == "kept\n"
    spoil = await engine.exec(["sh", "-c", "echo > node_modules/greeting/index.js"])
    assert "Read-only file system" in spoil.output


async def test_a_layer_that_is_known_takes_no_container(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    first = await shelf.ensure(python_app())

    async def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a container was made")

    monkeypatch.setattr(shelf.docker.containers, "create", refuse)
    assert await shelf.ensure(python_app()) == first
    # Neither does a set that the image has.
    assert await shelf.ensure({"main.py": PYTHON, "requirements.txt": "flask\nuvicorn>=0.1\n"}) is None


async def test_after_a_restart_a_layer_is_found_again(shelf: Shelf) -> None:
    first = await shelf.ensure(python_app())
    shelf.lines.clear()
    again = Shelf(shelf.docker)
    assert await again.ensure(python_app()) == first
    assert again.lines == []


async def test_other_versions_are_another_layer(shelf: Shelf) -> None:
    assert (await shelf.ensure(python_app())).name != (await shelf.ensure(python_app("2.0"))).name


async def test_two_who_ask_at_once_have_it_installed_once_and_both_hear_of_it(shelf: Shelf, index: Path) -> None:
    package_index.python_package(index, "twice", "1.0", GREETING)
    heard: tuple[list[str], list[str]] = ([], [])
    files = {"main.py": PYTHON, "requirements.txt": "twice\n"}
    one, other = await asyncio.gather(*(shelf.ensure(files, lines.append) for lines in heard))
    assert one == other
    for lines in heard:
        assert len([line for line in lines if "+ twice==1.0" in line]) == 1


async def test_a_failed_install_says_why_and_leaves_nothing(shelf: Shelf) -> None:
    with pytest.raises(EngineFailed) as failed:
        await shelf.ensure({"main.py": PYTHON, "requirements.txt": "greetign\n"})
    fault = failed.value.fault
    assert (fault.kind, fault.code) == (FaultKind.BUILD, "install_failed")
    assert "greetign was not found" in fault.frame
    assert await shelf.left() == []
    assert ".work-" not in await shelf.inside("ls -A /layers")


async def test_an_index_that_is_not_there_is_no_fault_of_the_app(shelf: Shelf) -> None:
    lost = Shelf(shelf.docker, index="http://no-such-index.invalid")
    with pytest.raises(EngineFailed) as failed:
        await lost.ensure({"main.py": PYTHON, "requirements.txt": "greeting\n"})
    assert (failed.value.fault.kind, failed.value.fault.code) == (FaultKind.PLATFORM, "registry_unreachable")


def with_package(index: Path, name: str, files: dict[str, str], **fields: object) -> dict[str, str]:
    """An app with a package of its own."""
    package_index.node_package(index, package_index.address(), name, "1.0.0", files, **fields)
    manifest = {"dependencies": {name: "1.0.0"}, "trustedDependencies": [name]}
    return {"package.json": json.dumps(manifest), "server.js": "require('http').createServer().listen(3000)"}


async def test_an_install_that_is_given_up_leaves_nothing_and_can_be_asked_for_again(shelf: Shelf, index: Path) -> None:
    files = with_package(index, "slow", {"index.js": ""})
    archive = index / "archives" / "slow-1.0.0.tgz"
    archive.unlink()
    os.mkfifo(archive)  # the index never gets to the end of it
    began = asyncio.Event()
    task = asyncio.create_task(shelf.ensure(files, lambda _: began.set()))
    async with asyncio.timeout(60):
        await began.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await shelf.left() == []
    assert ".work-" not in await shelf.inside("ls -A /layers")
    hasty = Shelf(shelf.docker, ContainerSettings(instance=INSTANCE, install_seconds=4))
    with pytest.raises(EngineFailed) as failed:
        await hasty.ensure(files)
    assert failed.value.fault.code == "install_slow"


async def test_an_install_that_takes_too_much_space_or_memory_is_stopped_and_named(shelf: Shelf, index: Path) -> None:
    wide = with_package(index, "wide", {"index.js": "", "x": secrets.token_hex(20 << 20)})
    slow = with_package(index, "waits", {"index.js": ""})
    archive = index / "archives" / "waits-1.0.0.tgz"
    archive.unlink()
    os.mkfifo(archive)  # so that the install lasts until its size is looked at
    both = {**json.loads(wide["package.json"])["dependencies"], **json.loads(slow["package.json"])["dependencies"]}
    small = Shelf(shelf.docker, largest=20 * MEGABYTE)
    with pytest.raises(EngineFailed) as failed:
        await small.ensure({**wide, "package.json": json.dumps({"dependencies": both})})
    assert failed.value.fault.code == "install_too_large"
    assert "more than 20 MB" in said(failed.value.fault.says)
    settings = ContainerSettings(instance=INSTANCE, install_limits=Limits(memory=24 * MEGABYTE))
    with pytest.raises(EngineFailed) as failed:
        await Shelf(shelf.docker, settings).ensure(wide)
    assert failed.value.fault.code in ("install_out_of_memory", "install_failed")


async def test_no_package_runs_code_at_its_install(shelf: Shelf, index: Path) -> None:
    scripts = dict.fromkeys(("preinstall", "install", "postinstall"), "node install.cjs")
    code = "require('fs').writeFileSync(__dirname + '/ran', '')"
    layer = await shelf.ensure(with_package(index, "eager", {"index.js": "", "install.cjs": code}, scripts=scripts))
    there = await shelf.inside(f"ls /layers/{layer.name}/node_modules/eager")
    assert sorted(there.split()) == ["index.js", "install.cjs", "package.json"]
    owners = await shelf.inside(f"find /layers/{layer.name} ! -user 0 -o -perm /022 ! -type l | wc -l")
    assert owners.strip() == "0"


async def test_publishing_follows_no_link_that_an_install_left(shelf: Shelf) -> None:
    await shelf.ensure(python_app())
    secret = (await shelf.inside("cat /layers/.secret")).strip()
    assert len(secret) == 64
    work, name = ".work-test", "0" * 40
    links = f"mkdir /layers/{work} && cd /layers/{work} && ln -s /layers/.secret .names && ln -s /layers .record && ln -s /etc/group a"
    await shelf.inside(f"{links} && chmod u+s . && ln -s /layers/.secret {secret[:8]}")
    said = await shelf.layers.run_trusted(catalogue.tag(Runtime.PYTHON), layer_scripts.PUBLISH, work, name)
    assert secret not in said
    assert read_records(said)[0].entries == ()
    assert (await shelf.inside("stat -c %a /layers/.secret /etc/group")).split() == ["600", "644"]
    assert (await shelf.inside(f"stat -c %a:%u /layers/{name}")).strip() == "755:0"


async def test_what_was_used_longest_ago_goes_first_and_what_is_in_use_stays(shelf: Shelf) -> None:
    kept, gone = await shelf.ensure(python_app()), await shelf.ensure(python_app("2.0"))
    tight = Shelf(shelf.docker, limit=1)
    tight.layers.use("p-1", kept.name)
    later = time.time() + 7200
    assert await tight.layers.prune(later) > 0
    names = (await shelf.inside("ls /layers")).split()
    assert kept.name in names
    assert gone.name not in names
    assert ".gone" not in await shelf.inside("ls -A /layers")
    tight.layers.leave("p-1")
    await tight.layers.prune()
    assert kept.name in (await shelf.inside("ls /layers")).split(), "it was in use within the last hour"


async def test_a_volume_that_was_removed_is_filled_again(shelf: Shelf, docker: aiodocker.Docker) -> None:
    first = await shelf.ensure(python_app())
    await (await docker.volumes.get(policy.layers_volume(SETTINGS))).delete(force=True)
    again = await shelf.ensure(python_app())
    # Another secret, other names.
    assert again.name != first.name
    assert again.name in await shelf.inside("ls /layers")


async def test_other_bytes_than_the_locks_stop_an_install_of_node(shelf: Shelf, index: Path) -> None:
    for version in ("1.9.0", "1.0.0"):
        package_index.node_package(index, package_index.address(), "pinned", version, {"index.js": ""})
    dist = json.loads((index / "pinned").read_text())["versions"]["1.0.0"]["dist"]
    files = {
        "package.json": json.dumps({"name": "app", "dependencies": {"pinned": "^1.0.0"}}),
        "server.js": "require('http').createServer().listen(3000)",
    }

    def locked(integrity: str) -> dict[str, str]:
        entry = {"version": "1.0.0", "resolved": dist["tarball"], "integrity": integrity}
        packages = {"": json.loads(files["package.json"]), "node_modules/pinned": entry}
        return {
            **files,
            "package-lock.json": json.dumps({"lockfileVersion": 3, "requires": True, "packages": packages}),
        }

    with pytest.raises(EngineFailed) as failed:
        await shelf.ensure(locked(f"sha512-{'A' * 86}=="))
    assert failed.value.fault.code == "install_failed"
    assert "ntegrity" in failed.value.fault.frame
    layer = await shelf.ensure(locked(dist["integrity"]))
    assert '"version": "1.0.0"' in await shelf.inside(f"cat /layers/{layer.name}/node_modules/pinned/package.json")


async def test_a_digest_that_is_not_the_locks_stops_an_install_of_python(shelf: Shelf, index: Path) -> None:
    files = {"server.py": PYTHON, "requirements.txt": "greeting\n"}
    wrong = f"greeting==1.0 --hash=sha256:{'0' * 64}\n"
    with pytest.raises(EngineFailed) as failed:
        await shelf.ensure({**files, "requirements.lock": wrong})
    assert failed.value.fault.code == "install_failed"
    wheel = next((index / "simple" / "greeting").glob("greeting-1.0-*.whl"))
    right = f"greeting==1.0 --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"
    layer = await shelf.ensure({**files, "requirements.lock": right})
    assert "greeting-1.0.dist-info" in await shelf.inside(f"find /layers/{layer.name} -name '*.dist-info'")
