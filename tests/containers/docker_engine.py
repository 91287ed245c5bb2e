"""A Docker Engine for the tests: the one that runs, else one of our own."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import aiodocker

from preview_runtime.containers.docker.subnets import DEFAULT_POOL
from preview_runtime.containers.isolation import firewall

from . import machine

# On every container, volume and network that a test makes.
LABEL = "sayso.test"
HELP = "Docker is not installed or does not run: apt-get install -y docker.io iptables (or start Docker)"
_T = TypeVar("_T")
_START_SECONDS = 30.0
_STOP_SECONDS = 30.0


def run(coroutine: Coroutine[Any, Any, _T]) -> _T:
    """Its result, from a loop in a thread of its own: the browser tests have one running in this thread."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


def running() -> str | None:
    """Address of an engine that answers already; None where there is none."""
    places = [os.environ.get("DOCKER_HOST", ""), "unix:///run/docker.sock"]
    return next((place for place in places if place and run(_answers(place))), None)


async def _answers(address: str) -> bool:
    with contextlib.suppress(aiodocker.DockerError, OSError, ValueError, TimeoutError):
        async with asyncio.timeout(5), aiodocker.Docker(address) as docker:
            await docker.version()
            return True
    return False


def installed() -> bool:
    """Whether an engine of our own can be started."""
    return os.geteuid() == 0 and all(shutil.which(program) for program in ("dockerd", "containerd", "iptables"))


@contextlib.contextmanager
def own(data_root: Path, *, fresh: bool = False) -> Iterator[str]:
    """An engine that keeps its images in `data_root`, from the first answer to its end; yields its address.

    With `fresh` it begins without those of an earlier run.

    Everything else is in a fresh folder: an engine that was killed leaves a pidfile that would stop the next one.
    """
    data_root.mkdir(parents=True, exist_ok=True)
    lock_file = data_root.with_suffix(".lock")
    folder = Path(tempfile.mkdtemp(prefix="sayso-docker-"))
    address = f"unix://{folder}/docker.sock"
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        # One engine a folder: a second test run beside this one starts from nothing.
        lock = stack.enter_context(lock_file.open("w"))
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            data_root = folder / "data"
        if fresh:
            shutil.rmtree(data_root, ignore_errors=True)
        log = stack.enter_context((folder / "log").open("wb"))
        engine = OWN[address] = OwnEngine(address, folder, data_root, lock.fileno(), log.fileno())
        stack.callback(OWN.pop, address)
        stack.callback(engine.stop)
        engine.start()
        yield address


@contextlib.contextmanager
def beside(other: str, data_root: Path, images: Sequence[str]) -> Iterator[str]:
    """An engine of our own that may be killed, with `images` of the one at `other`, which notices nothing of it.

    Two engines on one host would share chains of rules, bridges and addresses, and whichever starts last empties the
    chains of both. So this one has a network of its own, as a machine of its own would, with the firewall's rules; the
    thread that asks is in it until the end, with all that it starts.
    """
    with contextlib.ExitStack() as stack:
        stack.enter_context(machine.own_network())
        address = stack.enter_context(own(data_root))
        run(sweep(address, everything=True))
        if missing := run(_lacking(address, images)):
            with subprocess.Popen(["docker", "--host", other, "save", *missing], stdout=subprocess.PIPE) as saved:
                subprocess.run(["docker", "--host", address, "load"], stdin=saved.stdout, check=True)
        firewall.install(firewall.all_rules(DEFAULT_POOL))
        yield address
        run(sweep(address, everything=True))
        OWN[address].kill()  # asked to stop, it would wait half a minute for a container that hangs


async def _lacking(address: str, images: Sequence[str]) -> list[str]:
    async with aiodocker.Docker(address) as docker:
        there = {name for image in await docker.images.list() for name in image["RepoTags"] or ()}
    return [name for name in images if name not in there]


# What dockerd tells a containerd that it starts itself. It would take the system's where one runs, beside another engine.
_CONTAINERD = """version = 2
root = "{data}/containerd/daemon"
state = "{folder}/exec/containerd/daemon"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
address = "{socket}"
"""


@dataclass
class OwnEngine:
    """An engine that the tests started, and may end in any way. `lock`, `log`: open files that it is to have."""

    address: str
    folder: Path
    data_root: Path
    lock: int
    log: int
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)  # containerd, dockerd

    def start(self) -> None:
        """Start it, also after `kill`; returns when it answers. Raises RuntimeError."""
        (self.folder / "pid").unlink(missing_ok=True)  # of a process that is no more
        socket, settings = self.folder / "exec" / "containerd" / "containerd.sock", self.folder / "containerd.toml"
        socket.parent.mkdir(parents=True, exist_ok=True)
        socket.unlink(missing_ok=True)
        settings.write_text(_CONTAINERD.format(data=self.data_root, folder=self.folder, socket=socket))
        self.processes = [self._begin("containerd", "--config", settings)]
        self._wait(socket.exists)
        self.processes.append(
            self._begin(
                "dockerd",
                *("--host", self.address, "--containerd", socket),
                *("--data-root", self.data_root, "--exec-root", self.folder / "exec", "--pidfile", self.folder / "pid"),
            )
        )
        self._wait(lambda: run(_answers(self.address)))

    def kill(self) -> None:
        """End it as a loss of power would; what runs in its containers is left to itself."""
        for process in reversed(self.processes):
            process.kill()
            process.wait()

    def stop(self) -> None:
        for process in reversed(self.processes):
            _stop(process)
        self._end_what_is_left()
        # One that was killed left its folder mounted on itself: nobody could remove it.
        subprocess.run(["umount", self.data_root], capture_output=True, check=False)

    def _begin(self, *command: str | Path) -> subprocess.Popen[bytes]:
        # The lock stays as long as the engine: one that outlives a killed test run keeps its folder to itself.
        return subprocess.Popen(
            command, stdout=self.log, stderr=self.log, start_new_session=True, pass_fds=(self.lock,)
        )

    def _wait(self, ready: Callable[[], bool]) -> None:
        end = time.monotonic() + _START_SECONDS
        while not ready():
            if any(process.poll() is not None for process in self.processes) or time.monotonic() > end:
                lines = (self.folder / "log").read_text().splitlines()
                raise RuntimeError("dockerd did not start:\n" + "\n".join(lines[-15:]))
            time.sleep(0.05)

    def _end_what_is_left(self) -> None:
        """What an engine that was killed no longer knew: a shim holds the lock, and the next engine would have no images."""
        of_ours = f"{self.folder}/exec/containerd/".encode()
        shims = set()
        for status in Path("/proc").glob("[0-9]*/status"):
            with contextlib.suppress(OSError):
                if of_ours in status.with_name("cmdline").read_bytes():
                    shims.add(int(status.parent.name))
        below = set()
        for status in Path("/proc").glob("[0-9]*/status"):
            with contextlib.suppress(OSError):
                parent = next(line for line in status.read_text().splitlines() if line.startswith("PPid:"))
                if int(parent.split()[1]) in shims:
                    below.add(int(status.parent.name))
        for pid in below | shims:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


OWN: dict[str, OwnEngine] = {}
"""Those that run, by their address."""


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


async def sweep(address: str, *, everything: bool) -> None:
    """Remove the containers, volumes and networks of the tests; with `everything`, all that the engine has."""
    labelled = {} if everything else {"label": [LABEL]}
    async with aiodocker.Docker(address) as docker:
        for container in await docker.containers.list(all=True, filters=labelled):
            await _in_use_is_fine(container.delete(force=True, v=True))
        for volume in (await docker.volumes.list(filters=labelled))["Volumes"] or []:
            await _in_use_is_fine(aiodocker.volumes.DockerVolume(docker, volume["Name"]).delete())
        for network in await docker.networks.list(filters={**labelled, "type": ["custom"]}):
            await _in_use_is_fine(aiodocker.networks.DockerNetwork(docker, network["Id"]).delete())


async def _in_use_is_fine(call: Coroutine[Any, Any, Any]) -> None:
    """Another test run at the same engine may be using it, or have removed it."""
    with contextlib.suppress(aiodocker.DockerError):
        await call
