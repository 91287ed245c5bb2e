"""What people have when the builder, the engine or their containers are killed at any moment: all of it, or its name.

Three moments by default, thirty with --all; SAYSO_SEED repeats others. It is an engine of the tests' own: beside
one that somebody uses, another is started. The last line it prints (-s) says how long previews were away.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import statistics
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from signal import SIGKILL
from typing import Any

import aiodocker
import pytest

from preview_runtime.containers.docker.labels import INSTANCE, PROJECT, ROLE, Role
from tests.browser.conftest import Server
from tests.browser.workbench import imported
from tests.containers import docker_engine
from tests.containers.fixtures import DATA_ROOT

SECONDS = 10.0  # after the engine answers again
PREVIEWS = 3
# Counts its starts in a file, so that a lost volume shows, and says which text it was started with.
APP = """
import http.server, os, pathlib
count = pathlib.Path("count.txt")
count.write_text(str(int(count.read_text()) + 1 if count.exists() else 1))
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        kept = pathlib.Path("kept.txt")
        if self.path.startswith("/keep/"):
            kept.write_text(self.path[6:])
        body = f"text 0 {kept.read_text() if kept.exists() else ''}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *arguments):
        pass
http.server.ThreadingHTTPServer(("0.0.0.0", int(os.environ["PORT"])), Page).serve_forever()
"""


@pytest.fixture
def own_engine(
    docker_host: str, python_image: str, node_image: str, request: pytest.FixtureRequest
) -> Iterator[docker_engine.OwnEngine]:
    """One that the tests may kill: theirs, or where somebody's own runs here, another beside that."""
    if docker_host in docker_engine.OWN:
        request.getfixturevalue("firewalled")
        yield docker_engine.OWN[docker_host]
        return
    if not docker_engine.installed():
        missing = f"Nobody's engine is killed, and one beside it cannot be started. {docker_engine.HELP}"
        (pytest.fail if os.environ.get("CI", "").lower() == "true" else pytest.skip)(missing)
    with docker_engine.beside(docker_host, DATA_ROOT, [python_image, node_image]) as address:
        yield docker_engine.OWN[address]


@pytest.fixture
def builder(own_engine: docker_engine.OwnEngine, tmp_path: Path) -> Iterator[Server]:
    settings = {"DOCKER_HOST": own_engine.address, "PREVIEW_WARM": "1", "OFFLINE_SPEED": "60000"}
    server = Server(tmp_path / "data", settings).start()
    try:
        yield server
    finally:
        with contextlib.suppress(Exception):
            server.stop()


class Stage:
    """Previews that run, and the ways to take something away from under them."""

    def __init__(self, server: Server, engine: docker_engine.OwnEngine, seed: int) -> None:
        self.server, self.engine, self.random = server, engine, random.Random(seed)
        self.projects = [imported(server, {"server.py": APP}, title=f"Kept-{number}") for number in range(PREVIEWS)]
        self.texts = dict.fromkeys(self.projects, 0)

    def state(self, project: str) -> dict[str, Any]:
        found: dict[str, Any] = self.server.get(f"/api/v1/projects/{project}/server")
        return found

    def bring_up(self, project: str) -> None:
        self.server.call("PUT", f"/api/v1/projects/{project}/server")

    def asked(self, project: str, path: str = "/") -> str:
        """What the preview answers, "" where it does not answer as an app does."""
        host = f"p-{project}.preview.localhost:{self.server.port}"
        request = urllib.request.Request(f"http://127.0.0.1:{self.server.port}{path}", headers={"Host": host})
        with contextlib.suppress(OSError), urllib.request.urlopen(request, timeout=5) as answer:
            return str(answer.read().decode())
        return ""

    def edit(self, project: str) -> None:
        """Change what the app says; whether it has taken effect is another matter."""
        self.texts[project] += 1
        text = APP.replace("text 0", f"text {self.texts[project]}")
        with contextlib.suppress(OSError, ValueError):
            self.server.call("PATCH", f"/api/v1/projects/{project}/working", {"put": {"server.py": text}})
            self.bring_up(project)

    def back(self, project: str) -> bool:
        """Whether the app answers, with its data."""
        return self.asked(project).endswith(f"kept-{project}")

    def named(self, project: str) -> bool:
        """Whether the person is told what is wrong."""
        with contextlib.suppress(OSError):
            found = self.state(project)
            return found["status"] == "failed" and bool(found["fault"]["message"])
        return False

    def kill(self, target: str) -> None:
        if target == "builder":
            self.server.stop(SIGKILL)
            self.server.start()
        elif target == "engine":
            self.engine.kill()
            time.sleep(self.random.uniform(0, 1))
            self.engine.start()
        else:
            docker_engine.run(self._kill_container())

    async def _kill_container(self) -> None:
        async with aiodocker.Docker(self.engine.address) as docker:
            running = [one for one in await docker.containers.list() if one["Labels"].get(ROLE) == Role.APP]
            for one in self.random.sample(running, min(2, len(running))):
                with contextlib.suppress(aiodocker.DockerError):
                    await one.kill()

    async def left(self) -> tuple[set[str], set[str]]:
        """(slots with a container, slots with a volume), of this installation: other tests use the engine too."""
        async with aiodocker.Docker(self.engine.address) as docker:
            wanted = json.dumps({"label": [PROJECT]})
            containers = await docker.containers.list(all=1, filters=wanted)
            volumes = (await docker.volumes.list(filters={"label": [PROJECT]}))["Volumes"] or []
        of_apps = [one["Labels"] for one in containers if one["Labels"].get(ROLE) == Role.APP]
        kept = [volume["Labels"] for volume in volumes if volume["Labels"].get(ROLE) != Role.LAYERS]
        ours = {labels[INSTANCE] for labels in (*of_apps, *kept) if labels[PROJECT] in self.projects}
        return (
            {labels[PROJECT] for labels in of_apps if labels[INSTANCE] in ours},
            {labels[PROJECT] for labels in kept if labels[INSTANCE] in ours},
        )


def eventually(check: Any, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not check():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def test_every_preview_is_back_or_named_and_nothing_is_lost(
    builder: Server, own_engine: docker_engine.OwnEngine, request: pytest.FixtureRequest
) -> None:
    moments = 30 if request.config.getoption("--all") else 3
    seed = int(os.environ.get("SAYSO_SEED", "20261122"))
    stage = Stage(builder, own_engine, seed)
    for project in stage.projects:
        stage.bring_up(project)
        assert eventually(lambda: stage.asked(project, f"/keep/kept-{project}"), 60), stage.state(project)  # noqa: B023
    order = ["builder", "engine", "container"]
    away: dict[str, list[float]] = {target: [] for target in order}  # seconds until each preview was back or named
    named = 0
    for moment in range(moments):
        if moment % 3 == 0:
            stage.random.shuffle(order)
        target = order[moment % 3]
        doing = stage.random.choice(["nothing", "edit", "stop"])
        chosen = stage.random.choice(stage.projects)
        if doing == "edit":
            stage.edit(chosen)
        elif doing == "stop":
            with contextlib.suppress(urllib.error.HTTPError):
                stage.server.call("DELETE", f"/api/v1/projects/{chosen}/server")
            stage.bring_up(chosen)
        time.sleep(stage.random.uniform(0, 0.6))
        what = f"seed {seed}, moment {moment}: {target} killed while {doing} in {stage.projects.index(chosen)}"
        stage.kill(target)
        began = time.monotonic()
        missing = set(stage.projects)

        def all_back() -> bool:
            missing.difference_update([one for one in missing if stage.back(one) or stage.named(one)])  # noqa: B023
            return not missing  # noqa: B023

        # A loaded machine starts containers slowly: what is promised is ten seconds, what fails is six times that.
        assert eventually(all_back, 6 * SECONDS), f"{what}: {[stage.state(one) for one in missing]}"
        away[target].append(time.monotonic() - began)
        print(f"{what}: {away[target][-1]:.1f} s", flush=True)
        for project in stage.projects:
            if not stage.back(project):
                # Named as lost: the action it offers brings it back, with its data.
                named += 1
                stage.bring_up(project)
                assert eventually(lambda: stage.back(project), 60), f"{what}: {stage.state(project)}"  # noqa: B023

    def no_orphan() -> bool:
        containers, volumes = docker_engine.run(stage.left())
        blanks = 2  # one of Python, one of Node
        return len(containers) <= PREVIEWS + blanks and len(volumes) <= PREVIEWS + blanks

    began = time.monotonic()
    assert eventually(no_orphan, 200), docker_engine.run(stage.left())
    clean = time.monotonic() - began
    for project in stage.projects:
        assert stage.back(project)
        stage.server.call("DELETE", f"/api/v1/projects/{project}/server/data")
    print(f"seed {seed}: {summary(away)}; {named} previews named as lost; nothing left over after {clean:.0f} s")


def summary(away: dict[str, list[float]]) -> str:
    """The seconds that previews were away, of each kind of kill and of all."""
    kinds = {**away, "all": [seconds for each in away.values() for seconds in each]}
    return ", ".join(
        f"{kind}: median {statistics.median(each):.1f} s, most {max(each):.1f} s ({len(each)})"
        for kind, each in kinds.items()
        if each
    )
