"""A project with a Dockerfile of its own is built by the engine and runs as closed as every other app."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiodocker
import pytest

from builder.texts import said
from preview_runtime.containers.app.parts import EngineParts
from preview_runtime.containers.docker.labels import filters, name
from preview_runtime.containers.docker.policy import ContainerSettings
from preview_runtime.containers.dockerfiles.builds import OWNER, OwnImages
from preview_runtime.containers.engine import ContainerEngine
from preview_runtime.containers.images import catalogue
from preview_runtime.containers.isolation.networks import Networks
from preview_runtime.containers.packages.registries import Registries
from preview_runtime.engines import EngineFailed, FaultKind
from preview_runtime.file_tree import FileTree
from preview_runtime.plans.runtimes import Runtime
from tests.containers import docker_engine, package_index
from tests.containers.app.test_engine import get

pytestmark = pytest.mark.usefixtures("firewalled")

INSTANCE = f"sayso-own-{os.getpid()}"
SETTINGS = ContainerSettings(instance=INSTANCE, start_seconds=60)
SERVER = """
import http.server, os
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(open("built.txt", "rb").read() + f"{os.getuid()} {sorted(os.listdir('.'))}".encode())
http.server.HTTPServer(("0.0.0.0", 9000), Page).serve_forever()
"""
DOCKERFILE = """FROM python:3.12-slim
WORKDIR /srv
COPY . .
RUN echo "built by $(id -u)" > built.txt
EXPOSE 9000
CMD ["python", "-u", "serve"]
"""
# More processes than a step may have, each for a short time: how many there could be.
CROWD = """FROM python:3.12-slim
RUN sleep 2; for n in $(seq 700); do sleep 6 & done 2>&1 | grep -c -i -E "fork|resource" ; jobs | wc -l; exit 3
"""


@pytest.fixture(scope="module", autouse=True)
def volumes(docker_host: str) -> Iterator[None]:
    """The volumes of this module's instance are gone at the end."""
    yield

    async def remove() -> None:
        async with aiodocker.Docker(docker_host) as client:
            for found in (await client.volumes.list(filters=filters(INSTANCE)))["Volumes"] or []:
                await (await client.volumes.get(found["Name"])).delete(force=True)

    docker_engine.run(remove())


class Builds:
    def __init__(self, docker: aiodocker.Docker) -> None:
        self.docker = docker
        self.lines: list[str] = []
        self.networks = Networks(docker, SETTINGS)
        self.images = OwnImages(docker, SETTINGS, self.networks, Registries(environ={}))
        self.made: list[ContainerEngine] = []

    def engine(self) -> ContainerEngine:
        project = f"p-{secrets.token_hex(4)}"
        parts = EngineParts(own_images=self.images)
        made = ContainerEngine(
            self.docker,
            project,
            SETTINGS,
            networks=self.networks,
            parts=parts,
            say=lambda line: self.lines.append(line if isinstance(line, str) else said(line)),
        )
        self.made.append(made)
        return made

    async def of(self, project: str) -> list[str]:
        """Names of the project's images."""
        found = await self.docker.images.list(filters={"label": [f"{OWNER}={project}"]})
        return [name for image in found for name in image["RepoTags"] or ()]

    async def failure(self, files: dict[str, str]) -> EngineFailed:
        with pytest.raises(EngineFailed) as failed:
            await self.engine().start(FileTree(files))
        return failed.value


@pytest.fixture
async def builds(docker: aiodocker.Docker, python_image: str) -> AsyncIterator[Builds]:
    made = Builds(docker)
    yield made
    for engine in made.made:
        await engine.remove()
        await made.images.remove(engine.project)
        assert await made.of(engine.project) == []


async def test_a_project_runs_as_its_dockerfile_says(builds: Builds) -> None:
    engine = builds.engine()
    tree = FileTree({"Dockerfile": DOCKERFILE, "serve": SERVER, "left.out": "", ".dockerignore": "*.out\n"})
    answer = await get(await engine.start(tree))
    user = SETTINGS.users.of(name(INSTANCE, engine.project))
    assert answer == f"built by 0\n{user} ['.dockerignore', '.sayso-data', 'Dockerfile', 'built.txt', 'serve']"
    assert any("stands in for it" in line for line in builds.lines)
    assert any(line.startswith("Step 4/") for line in builds.lines)
    kept = await engine.exec(["sh", "-c", "echo 1 > /data/kept; echo 1 > /srv/x"])
    assert "Read-only file system" in kept.output
    [before] = await builds.of(engine.project)
    edited = tree.replace({"Dockerfile": DOCKERFILE.replace("built by", "made by")})
    assert (await get(await engine.start(edited))).startswith("made by 0")
    assert (await engine.exec(["cat", "/data/kept"])).output == "1\n"
    assert before in await builds.of(engine.project), "its container ran while the new one was built"
    builds.lines.clear()
    await engine.start(edited)
    assert not any(line.startswith("Step") for line in builds.lines)


async def test_a_step_that_fails_is_told_with_its_line_and_output(builds: Builds) -> None:
    failed = await builds.failure({"Dockerfile": "FROM python:3.12-slim\n\n# why\nRUN echo so far && \\\n  exit 3\n"})
    fault = failed.fault
    assert (fault.kind, fault.code, fault.file, fault.line) == (FaultKind.BUILD, "dockerfile_failed", "Dockerfile", 4)
    assert said(fault.says) == "A step of the project's Dockerfile failed (exit code 3)."
    assert "so far" in fault.frame


async def test_an_image_that_is_not_offered_is_named(builds: Builds) -> None:
    ours = catalogue.tag(Runtime.PYTHON)
    for base in ("example.org/no-such:1", ours):
        fault = (await builds.failure({"Dockerfile": f"# first\nFROM {base}\nCMD true\n"})).fault
        assert (fault.code, fault.line) == ("base_missing", 2)
        assert base in said(fault.says)


PLAIN = {"main.py": SERVER.replace('open("built.txt", "rb").read()', 'b"by itself "')}


async def test_without_the_image_it_stands_on_the_app_runs_as_its_language_does_and_says_why(builds: Builds) -> None:
    engine = builds.engine()
    user = SETTINGS.users.of(name(INSTANCE, engine.project))
    tree = FileTree({**PLAIN, "Dockerfile": "FROM example.org/no-such:1\nCMD true\n"})
    assert (await get(await engine.start(tree))).startswith(f"by itself {user}")
    assert engine.reason
    assert said(engine.reason) == (
        "Python runs in a container. The Dockerfile is left out: "
        "the Dockerfile stands on the image “example.org/no-such:1”, which this server does not offer."
    )
    assert said(engine.reason) in builds.lines
    edited = tree.replace({"Dockerfile": DOCKERFILE.replace('"serve"', '"main.py"')})
    assert (await get(await engine.start(edited))).startswith(f"by itself {user}")
    assert engine.reason
    assert said(engine.reason) == "The project's own Dockerfile says how it runs."


async def test_where_no_images_are_built_the_app_runs_as_its_language_does(builds: Builds) -> None:
    engine = ContainerEngine(builds.docker, f"p-{secrets.token_hex(4)}", SETTINGS, networks=builds.networks)
    builds.made.append(engine)
    answer = await get(await engine.start(FileTree({**PLAIN, "Dockerfile": DOCKERFILE})))
    assert answer.startswith(f"by itself {SETTINGS.users.of(name(INSTANCE, engine.project))}")
    assert said(engine.reason).endswith("The Dockerfile is left out: images of projects are not built here.")


async def test_a_mistake_in_the_dockerfile_is_shown_with_the_way_around_it(builds: Builds) -> None:
    fault = (await builds.failure({**PLAIN, "Dockerfile": "FROM python:3.12-slim\nRUN exit 3\n"})).fault
    assert (fault.code, fault.line) == ("dockerfile_failed", 2)
    assert said(fault.says).endswith("Mend it, or choose under “How it runs” to run without it.")


async def test_a_dockerfile_that_starts_nothing_is_told_so(builds: Builds) -> None:
    fault = (await builds.failure({"Dockerfile": "FROM python:3.12-slim\nRUN true\n"})).fault
    assert "Add a CMD line" in said(fault.says)
    assert "no FROM line" in said((await builds.failure({"Dockerfile": "RUN true\n"})).fault.says)


async def test_a_step_has_a_limited_number_of_processes(builds: Builds) -> None:
    fault = (await builds.failure({"Dockerfile": CROWD})).fault
    assert fault.code == "dockerfile_failed"
    assert "700" not in fault.frame.splitlines()
    assert "fork" in fault.frame.lower() or "non-zero code" in fault.frame


async def test_a_build_reaches_neither_the_host_nor_private_addresses(builds: Builds, tmp_path: Path) -> None:
    with package_index.served(tmp_path, "10.214.79") as private, socket.create_server(("0.0.0.0", 0)) as host:
        there, port = private.removeprefix("http://").split(":")
        here = there.rpartition(".")[0] + f".{int(there.rpartition('.')[2]) - 1}"
        places = [(there, int(port)), (here, host.getsockname()[1])]
        for place in places:
            socket.create_connection(place, 5).close()  # the test would see a hole
        await _kept_out(builds, places)


async def _kept_out(builds: Builds, places: list[tuple[str, int]]) -> None:
    reach = (
        f"import socket\\nfor place in {places!r}:\\n"
        "    s = socket.socket(); s.settimeout(1)\\n    print('REACHED' if s.connect_ex(place) == 0 else 'kept out')"
    )
    await builds.failure({"Dockerfile": f'FROM python:3.12-slim\nRUN printf "{reach}" | python3 -; exit 1\n'})
    heard = [line for line in builds.lines if line in ("REACHED", "kept out")]
    assert heard == ["kept out"] * len(places)


async def test_the_images_of_projects_that_are_gone_are_removed(builds: Builds) -> None:
    engine = builds.engine()
    await engine.start(FileTree({"Dockerfile": DOCKERFILE, "serve": SERVER}))
    await engine.remove()
    assert await builds.images.prune(frozenset({engine.project})) == []
    assert await builds.images.prune(frozenset()) != []
    assert await builds.of(engine.project) == []
