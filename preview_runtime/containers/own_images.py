"""Builds the images of projects that bring a Dockerfile of their own."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import io
import json
import logging
import re
import tarfile
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

import aiodocker

from preview_runtime.containers import base_images, faults
from preview_runtime.containers.build_watch import BuildWatch
from preview_runtime.containers.dockerfile import Base, bases, instructions, with_bases
from preview_runtime.containers.dockerignore import context_filter
from preview_runtime.containers.install_access import Registries
from preview_runtime.containers.installer import Say
from preview_runtime.containers.installing import Shared
from preview_runtime.containers.labels import INSTANCE, Role
from preview_runtime.containers.networks import Networks
from preview_runtime.containers.other_app import context_folder
from preview_runtime.containers.policy import MEGABYTE, RUNTIME_USER, ContainerSettings
from preview_runtime.containers.recipe import DATA_FOLDER, RunPlan
from preview_runtime.containers.settled import settled
from preview_runtime.containers.slots import CONFLICT, NOT_FOUND
from preview_runtime.engines import EngineFailed, Fault, FaultKind
from preview_runtime.file_tree import FileTree

log = logging.getLogger(__name__)
NOT_BUILT_HERE: Final = Fault(
    FaultKind.POLICY,
    "own_dockerfile",
    "This project brings its own Dockerfile. Images of projects are not built here.",
)
# After these the app may run the way its language does.
WITHOUT_IMAGE: Final = frozenset({"own_dockerfile", "base_missing"})
OWNER: Final = "sayso.own-image"  # a label: the project whose image it is
_PREFIX: Final = "build-"  # of the project in the labels of a build's network
_SECONDS: Final = 900.0
_AT_ONCE: Final = 2
_AGAIN_SECONDS: Final = 600.0
_TAIL: Final = 8 * 1024
_MAX_LINE: Final = 64 * 1024
_FORBIDDEN: Final = 403
_PERIOD: Final = 100_000  # microseconds: the scheduler's period that a quota is a share of
_STEP: Final = re.compile(r"Step (\d+)/\d+ : ")
_MADE: Final = re.compile(r" ---> ([0-9a-f]{12,64})\s*$")
_NOISE: Final = re.compile(r" ---> Running in |(?:\x1b\[0m)?Removing intermediate container |Successfully built ")
_EMPTY: Final = ".sayso-data"
# Where the project's volume will be: it takes its owner from the image. An image without a shell has COPY too.
_DATA_STEP: Final = f"\nCOPY --chown={RUNTIME_USER}:{RUNTIME_USER} {_EMPTY} {DATA_FOLDER}\n"
_DATE: Final = 1_600_000_000.0  # of every file: the same files are the same context


@dataclass(frozen=True, slots=True)
class Context:
    """What a build is given: the files below the context's root, the Dockerfile's path there, and its text."""

    files: dict[str, bytes]
    path: str
    text: str

    def digest(self) -> str:
        told = hashlib.sha256(self.path.encode())
        for path, content in sorted(self.files.items()):
            told.update(f"{path}\0{len(content)}\0".encode() + content)
        return told.hexdigest()


class OwnImages:
    """The own images of all projects of one Sayso.

    A build's steps run the project's code as root inside a container of the engine's builder, with memory, processors
    and processes limited, on a network of its own that leads to the registries and no private address. `pull` lets
    the engine fetch images that a Dockerfile stands on; `allowed` names further images of this engine that projects may
    stand on, beside official ones and ours: any other may hold what is nobody's business.
    """

    def __init__(
        self,
        docker: aiodocker.Docker,
        settings: ContainerSettings,
        networks: Networks,
        registries: Registries | None = None,
        *,
        pull: bool = False,
        allowed: tuple[str, ...] = (),
        seconds: float = _SECONDS,
    ) -> None:
        self._docker = docker
        self._settings = settings
        self._networks = networks
        self._registries = registries or Registries()
        self._pull = pull
        self._allowed = frozenset(allowed)
        self._seconds = seconds
        self._building: dict[str, Shared[None]] = {}
        self._free = asyncio.Semaphore(_AT_ONCE)
        self._not_pulled: dict[str, float] = {}  # name → time.monotonic()
        self._left: dict[str, str] = {}  # project → what its last failed build came to

    async def ensure(self, project: str, plan: RunPlan, tree: FileTree, say: Callable[[str], None]) -> str:
        """The name of the project's image, built where it is missing; `say` gets the build's lines.

        Raises `EngineFailed`: `dockerfile_failed` and `build_slow` with the line of the step, `base_missing`.
        """
        context = context_of(tree, plan.dockerfile)
        try:
            taken = await self._bases(context, say)
            text = with_bases(context.text, taken) + _DATA_STEP
            name = self._name(project, f"{context.digest()}{text}")
            if not await base_images.has(self._docker, name):
                building = self._building.get(name)
                if building is None:

                    async def work(tell: Say) -> None:
                        try:
                            async with self._free:
                                await self._build(project, name, context, text, plan.dockerfile, tell)
                        finally:
                            self._building.pop(name, None)

                    building = self._building[name] = Shared(work, f"image of {project}")
                await building.wait(say)
                await self._remove(project, but=name)
            shown = (await self._docker.images.inspect(name))["Config"]
        except (aiodocker.DockerError, TimeoutError) as error:
            if isinstance(error, aiodocker.DockerError) and error.status == _FORBIDDEN:
                raise EngineFailed(NOT_BUILT_HERE) from error  # the proxy before the engine lets nobody build
            raise EngineFailed(faults.platform(error)) from error
        if not plan.start and not shown.get("Cmd") and not shown.get("Entrypoint"):
            message = "The project's Dockerfile does not say how the app is started. Add a CMD line at its end."
            raise EngineFailed(Fault(FaultKind.BUILD, "dockerfile_failed", message, plan.dockerfile))
        return name

    async def remove(self, project: str) -> None:
        """Remove the images of `project`; one that a container uses stays."""
        await self._remove(project)

    async def prune(self, projects: frozenset[str]) -> list[str]:
        """Remove the images of all projects but `projects`; returns their names."""
        gone: list[str] = []
        for image in await self._docker.images.list(
            filters={"label": [OWNER, f"{INSTANCE}={self._settings.instance}"]}
        ):
            owner = (image["Labels"] or {}).get(OWNER, "")
            if owner not in projects:
                gone += [name for name in image["RepoTags"] or () if await self._deleted(name)]
        return gone

    async def _bases(self, context: Context, say: Say) -> dict[str, str]:
        """Images to stand in for those that are written in the Dockerfile and are not here."""
        found = bases(context.text)
        if not found:
            message = "The project's Dockerfile has no FROM line: it has to say which image it stands on."
            raise EngineFailed(Fault(FaultKind.BUILD, "dockerfile_failed", message, context.path))
        taken: dict[str, str] = {}
        for base in found:
            if await base_images.usable(self._docker, base.name, self._allowed) or base.written in taken:
                continue
            if self._pull and await self._pulled(base.name, say):
                continue
            stand_in = await base_images.stand_in(self._docker, base.name, await self._registries.access())
            if not stand_in:
                raise EngineFailed(self._missing(base, context))
            say(f"{base.name} is not on this server: {stand_in} stands in for it.")
            taken[base.written] = stand_in
        return taken

    async def _pulled(self, name: str, say: Say) -> bool:
        """Whether an image that was not here could be fetched; a registry that did not give it is left alone a while."""
        failed = self._not_pulled.get(name, -_AGAIN_SECONDS)
        if not name or time.monotonic() - failed < _AGAIN_SECONDS or await base_images.has(self._docker, name):
            return False
        say(f"Fetching {name}")
        try:
            async with asyncio.timeout(self._seconds):
                # Without a tag the engine would fetch all there are.
                tagged = name if re.search(r"[:@][^/]*$", name) else f"{name}:latest"
                async for _ in self._docker.images.pull(tagged, stream=True):
                    pass
        except (aiodocker.DockerError, TimeoutError) as error:
            log.info("The image %s could not be fetched: %s", name, error)
            self._not_pulled[name] = time.monotonic()
            return False
        return True

    def _missing(self, base: Base, context: Context) -> Fault:
        message = (
            f"The Dockerfile stands on the image “{base.name or base.written}”, which this server does not offer. "
            "Use an official image of Python or Node, or ask the person who runs the server for this one."
        )
        return Fault(FaultKind.BUILD, "base_missing", message, context.path, base.line)

    def _name(self, project: str, told: str) -> str:
        digest = hashlib.sha256(f"{project}\0{told}\0{self._pull}".encode()).hexdigest()[:24]
        return f"{self._settings.instance}/own:{digest}"

    async def _build(self, project: str, name: str, context: Context, text: str, path: str, say: Say) -> None:
        token = f"{_PREFIX}{hashlib.sha256(name.encode()).hexdigest()[:12]}"
        files = {**context.files, context.path: text.encode(), f"{_EMPTY}/.keep": b""}
        left, step, said, made = self._left.pop(project, ""), 0, "", ""
        network = await self._networks.ensure(token, Role.INSTALL)
        watch = BuildWatch(self._docker, network, self._settings)
        try:
            async with asyncio.timeout(self._seconds), watch:
                async for line in self._lines(name, project, network, files, context.path):
                    if match := _STEP.match(line):
                        step = int(match[1])
                    if match := _MADE.match(line):
                        made = match[1]
                        continue
                    if _NOISE.match(line):
                        continue
                    said = f"{said}{line}\n"[-_TAIL:]
                    say(line)
        except TimeoutError as error:
            message = f"Building the project's image took longer than {self._seconds:.0f} seconds and was stopped."
            raise EngineFailed(self._fault("build_slow", message, path, context, step, said)) from error
        except _BuildFailed as error:
            self._left[project] = made
            message = watch.why or _explained(str(error))
            raise EngineFailed(
                self._fault("dockerfile_failed", message, path, context, step, said + str(error))
            ) from error
        finally:
            await settled(self._networks.remove(token, Role.INSTALL))
            if left:
                # Kept until here, so that what had worked was not done again.
                with contextlib.suppress(aiodocker.DockerError):
                    await self._docker.images.delete(left)

    async def _lines(
        self, name: str, project: str, network: str, files: dict[str, bytes], dockerfile: str
    ) -> AsyncIterator[str]:
        limits = self._settings.install_limits
        access = await self._registries.access()
        parameters = {
            "t": name,
            "dockerfile": dockerfile,
            "rm": "1",
            "forcerm": "1",
            "networkmode": network,
            "memory": str(limits.memory),
            "memswap": str(limits.memory),
            "cpuperiod": str(_PERIOD),
            "cpuquota": str(round(limits.cpus * _PERIOD)),
            "shmsize": str(16 * MEGABYTE),
            "labels": json.dumps({OWNER: project, INSTANCE: self._settings.instance}),
        }
        # One parameter for each host: aiodocker's own take one value only.
        hosts = urlencode([("extrahosts", host) for host in access.hosts])
        async with self._docker._query(
            f"build?{hosts}",
            "POST",
            params={key: value for key, value in parameters.items() if value},
            data=_tar(files),
            headers={"Content-Type": "application/x-tar"},
            timeout=None,
        ) as response:
            try:
                rest = ""
                async for message in _messages(response.content.iter_any()):
                    if error := message.get("error"):
                        raise _BuildFailed(str(error))
                    # A step's output comes in pieces that end anywhere.
                    *lines, rest = (rest + str(message.get("stream", ""))).split("\n")
                    rest = rest[-_MAX_LINE:]
                    for line in lines:
                        if line.strip():
                            yield line.rstrip("\r")
            finally:
                response.close()

    def _fault(self, code: str, message: str, path: str, context: Context, step: int, said: str) -> Fault:
        found = instructions(context.text)
        line = found[step - 1].line if 0 < step <= len(found) else 0
        return Fault(FaultKind.BUILD, code, message, path, line, 0, "\n".join(said.rstrip().splitlines()[-40:]))

    async def _remove(self, project: str, but: str = "") -> None:
        wanted = {"label": [f"{OWNER}={project}", f"{INSTANCE}={self._settings.instance}"]}
        for image in await self._docker.images.list(filters=wanted):
            for name in image["RepoTags"] or ():
                if name != but:
                    await self._deleted(name)

    async def _deleted(self, name: str) -> bool:
        try:
            await self._docker.images.delete(name)
        except aiodocker.DockerError as error:
            if error.status not in (NOT_FOUND, CONFLICT):  # a container uses it
                raise
            return False
        return True


class _BuildFailed(Exception):
    """The builder gave up; `str()` is what it said."""


def without_image(plan: RunPlan, failed: EngineFailed) -> RunPlan:
    """How the app runs instead, with the reason. Raises `failed`, with a way out, where that would only hide a mistake."""
    fault = failed.fault
    if plan.instead is None:
        raise failed
    if fault.code not in WITHOUT_IMAGE:
        if fault.kind is FaultKind.BUILD:
            message = f"{fault.message} Mend it, or choose under “How it runs” to run without it."
            raise EngineFailed(replace(fault, message=message)) from failed
        raise failed
    why = "images of projects are not built here" if fault is NOT_BUILT_HERE else _first_sentence(fault.message)
    return replace(plan.instead, reason=f"{plan.instead.reason} The Dockerfile is left out: {why}.")


def _first_sentence(message: str) -> str:
    first = message.split(". ")[0].rstrip(".")
    return first[:1].lower() + first[1:]


def context_of(tree: FileTree, dockerfile: str) -> Context:
    """What the build of `dockerfile`, a path in `tree`, is given: the files of its folder that .dockerignore leaves."""
    root = context_folder(dockerfile)
    prefix = f"{root}/" if root else ""
    path = dockerfile.removeprefix(prefix)
    rules = tree.text(f"{dockerfile}.dockerignore")
    sent = context_filter(rules if rules is not None else tree.text(f"{prefix}.dockerignore") or "")
    files = {
        name: content if isinstance(content, bytes) else content.encode()
        for whole, content in tree.items()
        if whole.startswith(prefix) and ((name := whole.removeprefix(prefix)) == path or sent(name))
    }
    return Context(files, path, tree.text(dockerfile) or "")


def _explained(error: str) -> str:
    if match := re.search(r"returned a non-zero code: (\d+)", error):
        if match[1] == "137":
            return "A step of the project's Dockerfile was stopped: it needs more memory than a build has."
        return f"A step of the project's Dockerfile failed (exit code {match[1]})."
    return "The project's image could not be built from its Dockerfile."


def _tar(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path, content in sorted(files.items()):
            entry = tarfile.TarInfo(path)
            entry.size, entry.mtime = len(content), _DATE
            entry.mode = 0o755 if content.startswith(b"#!") else 0o644
            tar.addfile(entry, io.BytesIO(content))
    return out.getvalue()


async def _messages(chunks: AsyncIterator[bytes]) -> AsyncIterator[dict[str, Any]]:
    buffer = b""
    async for chunk in chunks:
        *lines, buffer = (buffer + chunk).split(b"\n")
        for line in lines:
            if line.strip():
                yield json.loads(line)
    if buffer.strip():
        yield json.loads(buffer)
