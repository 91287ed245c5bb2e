"""Previews in containers: from files to an answer through the router, edits, waking, many at once; and jobs.

Beside them, in the same run, `docker run` of the same FastAPI app and of a job's command with the same image, and Traefik before the same app.
Uses the Docker Engine that answers, else one of its own; needs root for the firewall's rule. `--runs N` (20) sets how
often each is done, `--only NAME,NAME` picks some of: warm, job, cold, known, wake, many, router.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiodocker
import aiohttp
import uvicorn

from benchmarks._harness import ROOT, finish, median, say
from benchmarks.programs.container_apps import APPS, MARK
from benchmarks.programs.router import host
from preview_runtime.containers.app.parts import EngineParts
from preview_runtime.containers.app.warm import WarmPool
from preview_runtime.containers.docker.labels import filters
from preview_runtime.containers.docker.policy import MEGABYTE, ContainerSettings
from preview_runtime.containers.docker.subnets import DEFAULT_POOL
from preview_runtime.containers.engine import ContainerEngine
from preview_runtime.containers.images import catalogue
from preview_runtime.containers.isolation import firewall
from preview_runtime.containers.isolation.networks import Networks
from preview_runtime.containers.isolation.slots import Slots
from preview_runtime.containers.jobs.jobs import Jobs
from preview_runtime.containers.jobs.spec import JobSpec
from preview_runtime.containers.packages.layers import Layers
from preview_runtime.containers.packages.registries import Registries
from preview_runtime.file_tree import FileTree
from preview_runtime.plans.runtimes import Runtime
from preview_runtime.routes.route_table import Route, RouteTable
from tests.containers import docker_engine, package_index
from tests.integration.preview_routers import traefik_arguments

DOMAIN = "preview.localhost"
INSTANCE = f"sayso-bench-{os.getpid()}"
SETTINGS = ContainerSettings(instance=INSTANCE)
PACKAGES = {"requirements.txt": "fastapi\nuvicorn\ngreeting==1.0\n", "more.py": "import greeting\n"}
MANY = 30
RATE = 500
LOAD_SECONDS = 6.0
PARTS = ("warm", "job", "cold", "known", "wake", "many", "router")


JOBS = {
    Runtime.PYTHON: (("python", "main.py"), {"main.py": "print('first output')\n"}),
    Runtime.NODE: (("node", "main.js"), {"main.js": "console.log('first output')\n"}),
}


class Bench:
    """An engine's client, a router with its table, and a pool of containers that wait."""

    def __init__(self, docker: aiodocker.Docker, table: RouteTable, port: int, session: aiohttp.ClientSession) -> None:
        self.docker, self.table, self.port, self.session = docker, table, port, session
        self.networks = Networks(docker, SETTINGS)
        self.slots = Slots(docker, SETTINGS, self.networks)
        self.pool = WarmPool(self.slots, {Runtime.PYTHON: 2, Runtime.NODE: 2}, 2048 * MEGABYTE)
        self.figures: dict[str, float] = {}
        self.baselines: dict[str, float] = {}

    def engine(self, *, warm: bool, layers: Layers | None = None) -> ContainerEngine:
        parts = EngineParts(pool=self.pool if warm else None, layers=layers)
        return ContainerEngine(self.docker, f"b-{secrets.token_hex(4)}", SETTINGS, networks=self.networks, parts=parts)

    async def answered(self, engine: ContainerEngine, address: str, expected: str) -> None:
        """Until the router gives `expected` for the preview."""
        self.table.put(engine.project, Route(address))
        url = f"http://127.0.0.1:{self.port}/"
        async with self.session.get(url, headers={"Host": f"p-{engine.project}.{DOMAIN}"}) as answer:
            text = await answer.text()
        if answer.status != 200 or expected not in text:
            raise RuntimeError(f"{answer.status}: {text[:500]}")

    async def full(self) -> None:
        """Until containers wait, and nothing is going on."""
        while min(self.pool.waiting.values()) < 2:  # noqa: ASYNC110 - it is looked at from outside
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.3)

    @contextlib.asynccontextmanager
    async def running(
        self, app: str, *, warm: bool = True, layers: Layers | None = None
    ) -> AsyncIterator[tuple[ContainerEngine, str, float]]:
        """(engine, address, milliseconds from files to the answer through the router)"""
        engine = self.engine(warm=warm, layers=layers)
        tree = FileTree(APPS[app] if layers is None else {**APPS[app], **PACKAGES})
        try:
            began = time.perf_counter()
            address = await engine.start(tree)
            await self.answered(engine, address, MARK)
            yield engine, address, (time.perf_counter() - began) * 1000
        finally:
            self.table.drop(engine.project)
            await engine.remove()

    async def warm(self, runs: int) -> None:
        edits: list[float] = []
        for app, files in APPS.items():
            starts, own_edits = [], []
            for _ in range(runs):
                await self.full()
                async with self.running(app) as (engine, _, took):
                    starts.append(took)
                    await asyncio.sleep(1.0)  # a person reads before they edit
                    edited = FileTree({path: text.replace(MARK, "second answer") for path, text in files.items()})
                    began = time.perf_counter()
                    await self.answered(engine, await engine.start(edited), "second answer")
                    own_edits.append((time.perf_counter() - began) * 1000)
            self.figures[f"warm_{app}_ms"] = median(starts)
            self.figures[f"edit_{app}_ms"] = median(own_edits)
            edits += own_edits
            say(f"{app}: warm {median(starts)} ms, edit {median(own_edits)} ms")
        self.figures["edit_ms"] = median(edits)

    async def job(self, runs: int) -> None:
        """From a command and its files to the first thing it writes."""
        jobs, plain = Jobs(self.slots, pool=self.pool), []
        for runtime, (argv, files) in JOBS.items():
            took = []
            for number in range(runs):
                await self.full()
                await asyncio.sleep(1.0)  # the frameworks that wait are loaded
                began = time.perf_counter()
                spec = JobSpec(f"b-{number}", "bench", runtime, argv, FileTree(files))
                async with await jobs.start(spec) as job, contextlib.aclosing(job.output()) as pieces:
                    if (await anext(pieces)).data != b"first output\n":
                        raise RuntimeError("a job wrote something else")
                    took.append((time.perf_counter() - began) * 1000)
            self.figures[f"job_{runtime}_ms"] = median(took)
        for _ in range(runs):
            plain.append(await asyncio.to_thread(docker_run_job))
        self.baselines["docker_run_python_ms"] = median(plain)
        figures = self.figures["job_python_ms"], self.figures["job_node_ms"]
        say(f"job: Python {figures[0]} ms, Node {figures[1]} ms, docker run of the first {median(plain)} ms")

    async def cold(self, runs: int) -> None:
        ours, plain = [], []
        for _ in range(runs):
            await self.full()
            async with self.running("fastapi", warm=False) as (_, _, took):
                ours.append(took)
            plain.append(await asyncio.to_thread(docker_run))
        self.figures["cold_fastapi_ms"] = median(ours)
        self.baselines["docker_run_fastapi_ms"] = median(plain)
        say(f"cold FastAPI {median(ours)} ms, docker run {median(plain)} ms")

    async def known(self, runs: int) -> None:
        """A project whose packages another one has installed before: what that adds to its start."""
        first: list[float] = []
        found: list[float] = []
        starts: list[float] = []
        with tempfile.TemporaryDirectory(prefix="sayso-bench-") as folder:
            Path(folder).chmod(0o755)  # noqa: ASYNC240
            package_index.python_package(Path(folder), "greeting", "1.0", "TEXT = 'good day'\n")
            with package_index.served(Path(folder)) as index:
                registries = Registries(environ={"UV_DEFAULT_INDEX": f"{index}/simple"})
                layers = Layers(self.docker, SETTINGS, self.networks, registries)
                for number in range(runs):
                    await self.full()
                    timed = Timed(layers)
                    async with self.running("fastapi", layers=timed) as (_, _, took):  # type: ignore[arg-type]
                        (starts if number else first).append(took)
                        found.append(timed.milliseconds)
        self.figures["known_packages_ms"] = median(found[1:])
        self.figures["warm_fastapi_known_packages_ms"] = median(starts)
        self.baselines["new_packages_ms"] = round(found[0], 1)
        say(f"packages: new {found[0]:.0f} ms, known {median(found[1:])} ms; then warm {median(starts)} ms")

    async def wake(self, runs: int) -> None:
        paused, slept = [], []
        await self.full()
        async with self.running("fastapi") as (engine, _, _):
            for _ in range(runs):
                await engine.pause()
                began = time.perf_counter()
                await self.answered(engine, await engine.resume(), MARK)
                paused.append((time.perf_counter() - began) * 1000)
                await engine.sleep()
                began = time.perf_counter()
                await self.answered(engine, await engine.resume(), MARK)
                slept.append((time.perf_counter() - began) * 1000)
                await asyncio.sleep(2.0)
        self.figures["wake_paused_ms"], self.figures["wake_stopped_ms"] = median(paused), median(slept)
        say(f"wake: paused {median(paused)} ms, stopped {median(slept)} ms")

    async def many(self, runs: int) -> None:
        del runs
        await self.full()
        apps = list(APPS)
        engines = [self.engine(warm=True) for _ in range(MANY)]
        try:
            began = time.perf_counter()
            turn = asyncio.Semaphore(2)

            async def start(number: int) -> None:
                async with turn:
                    app = apps[number % len(apps)]
                    await self.answered(engines[number], await engines[number].start(FileTree(APPS[app])), MARK)

            await asyncio.gather(*(start(number) for number in range(MANY)))
            self.figures["many_start_s"] = round(time.perf_counter() - began, 1)
            await asyncio.sleep(5)
            memory: dict[str, list[int]] = {}
            for number, engine in enumerate(engines):
                usage = await engine.usage()
                memory.setdefault(apps[number % len(apps)], []).append(usage.memory if usage else 0)
            for app, used in memory.items():
                self.figures[f"memory_{app}_mb"] = round(sum(used) / len(used) / 1e6, 1)
            self.figures["memory_all_mb"] = round(sum(map(sum, memory.values())) / 1e6)
            say(f"{MANY} at once: {self.figures['many_start_s']} s, {self.figures['memory_all_mb']} MB in all")
        finally:
            for engine in engines:
                self.table.drop(engine.project)
                await engine.remove()

    async def router(self, runs: int) -> None:
        del runs
        async with self.running("node") as (engine, address, _):
            direct = await loaded(address, "localhost")
            port = free_port()
            ours = subprocess.Popen(  # noqa: ASYNC220
                [sys.executable, "-m", "benchmarks.programs.router", str(port), engine.project, address], cwd=ROOT
            )
            try:
                await listening(port)
                routed = await loaded(f"http://127.0.0.1:{port}", f"p-{engine.project}.{DOMAIN}")
            finally:
                ours.terminate()
                ours.wait()
            with traefik(address) as traefik_port:
                await listening(traefik_port)
                behind = await loaded(f"http://127.0.0.1:{traefik_port}", f"p-{engine.project}.{DOMAIN}")
        self.figures["router_p99_ms"] = round(routed["p99"] - direct["p99"], 1)
        self.baselines["traefik_p99_ms"] = round(behind["p99"] - direct["p99"], 1)
        self.baselines["direct_p99_ms"] = direct["p99"]
        say(f"at {RATE}/s: direct {direct}, router {routed}, Traefik {behind}")

    async def clear(self) -> None:
        for container in await self.docker.containers.list(all=1, filters=json.dumps(filters(INSTANCE))):
            await container.delete(force=True, v=True)
        for network in await self.docker.networks.list(filters=filters(INSTANCE)):
            await (await self.docker.networks.get(network["Id"])).delete()
        for volume in (await self.docker.volumes.list(filters=filters(INSTANCE)))["Volumes"] or []:
            await (await self.docker.volumes.get(volume["Name"])).delete()


class Timed:
    """A store of layers that says how long a layer took."""

    def __init__(self, layers: Layers) -> None:
        self.layers = layers
        self.milliseconds = 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.layers, name)

    async def ensure(self, *arguments: Any) -> Any:
        began = time.perf_counter()
        try:
            return await self.layers.ensure(*arguments)
        finally:
            self.milliseconds = (time.perf_counter() - began) * 1000


def docker_run() -> float:
    """Milliseconds of `docker run` of the FastAPI app, from its files to its first answer."""
    with tempfile.TemporaryDirectory(prefix="sayso-bench-") as folder:
        Path(folder).chmod(0o755)
        began = time.perf_counter()
        for path, text in APPS["fastapi"].items():
            (Path(folder) / path).write_text(text)
        command = ["python3", "-m", "uvicorn", "main:app", "--host", "0.0.0.0"]
        mount = ["-v", f"{folder}:/app", "-w", "/app"]
        image = catalogue.tag(Runtime.PYTHON)
        name = subprocess.run(
            ["docker", "run", "-d", "--pull", "never", *mount, image, *command],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        try:
            shown = subprocess.run(
                ["docker", "inspect", "-f", "{{.NetworkSettings.IPAddress}}", name],
                check=True,
                capture_output=True,
                text=True,
            ).stdout.strip()
            while True:
                with contextlib.suppress(OSError), socket.create_connection((shown, 8000), 5) as connection:
                    connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
                    if b" 200 " in connection.recv(200):
                        return (time.perf_counter() - began) * 1000
                time.sleep(0.003)
        finally:
            subprocess.run(["docker", "rm", "-f", "-v", name], check=True, capture_output=True)


def docker_run_job() -> float:
    """Milliseconds of `docker run` of the Python job, from its files to the first thing it writes."""
    with tempfile.TemporaryDirectory(prefix="sayso-bench-") as folder:
        Path(folder).chmod(0o755)
        argv, files = JOBS[Runtime.PYTHON]
        began = time.perf_counter()
        for path, text in files.items():
            (Path(folder) / path).write_text(text)
        mount = ["-v", f"{folder}:/app", "-w", "/app", "--network", "none"]
        image = catalogue.tag(Runtime.PYTHON)
        with subprocess.Popen(
            ["docker", "run", "--rm", "--pull", "never", *mount, image, *argv], stdout=subprocess.PIPE
        ) as process:
            assert process.stdout
            process.stdout.readline()
            return (time.perf_counter() - began) * 1000


@contextlib.contextmanager
def traefik(address: str) -> Iterator[int]:
    """The real Traefik before the app, as it stands before Sayso in compose.yaml; its port."""
    program = shutil.which("traefik", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if not program:
        raise RuntimeError("Traefik is missing: run script/setup --dev")
    port = free_port()
    process = subprocess.Popen([program, *traefik_arguments(port)], env={"SAYSO": address})
    try:
        yield port
    finally:
        process.terminate()
        process.wait()


async def loaded(url: str, name: str) -> dict[str, float]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.programs.load",
        url,
        name,
        str(RATE),
        str(LOAD_SECONDS),
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    out, _ = await process.communicate()
    found: dict[str, float] = json.loads(out)
    if found["failed"]:
        raise RuntimeError(f"{found['failed']:.0f} requests failed at {url}")
    return found


async def listening(port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        await asyncio.sleep(0.05)
    raise RuntimeError(f"nobody listens at {port}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def measure(address: str, runs: int, parts: list[str]) -> None:
    table = RouteTable()
    port = free_port()
    app = host(table)
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", access_log=False, lifespan="off")
    )
    serving = asyncio.create_task(server.serve())
    async with aiodocker.Docker(address) as docker, aiohttp.ClientSession() as session:
        await listening(port)
        missing = await catalogue.missing_images(docker, (Runtime.PYTHON, Runtime.NODE))
        await catalogue.build_images(docker, missing, lambda runtime, what: say(f"{runtime}: {what}"))
        bench = Bench(docker, table, port, session)
        filling = asyncio.create_task(bench.pool.run())
        try:
            for part in parts:
                await getattr(bench, part)(runs)
        finally:
            filling.cancel()
            await asyncio.gather(filling, return_exceptions=True)
            await bench.clear()
            server.should_exit = True
            await serving
            await app.close()
    finish("containers", bench.figures, bench.baselines, runs)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--only", default=",".join(PARTS))
    options = parser.parse_args()
    parts = [part for part in options.only.split(",") if hasattr(Bench, part)]
    with contextlib.ExitStack() as stack:
        address = docker_engine.running()
        if address is None:
            if not docker_engine.installed():
                sys.exit(docker_engine.HELP)
            address = stack.enter_context(docker_engine.own(ROOT / ".pytest_cache" / "docker"))
        rules = [rule for rule in firewall.all_rules(DEFAULT_POOL) if not firewall.present(rule)]
        stack.callback(firewall.remove, rules)
        if rules:
            firewall.install(firewall.all_rules(DEFAULT_POOL))  # all of them: they have an order
        os.environ["DOCKER_HOST"] = address
        asyncio.run(measure(address, options.runs, parts))


if __name__ == "__main__":
    main()
