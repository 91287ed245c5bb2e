"""Builds the images of projects with a Dockerfile of their own."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import logging
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

import aiodocker

from preview_runtime.containers.docker import faults, policy
from preview_runtime.containers.docker.labels import INSTANCE, Role, claims
from preview_runtime.containers.docker.policy import MEGABYTE, ContainerSettings
from preview_runtime.containers.docker.users import OURS
from preview_runtime.containers.dockerfiles import added_archives, image_paths
from preview_runtime.containers.dockerfiles import bases as base_images
from preview_runtime.containers.dockerfiles.build_watch import FILES, SPACE, BuildTooLarge, BuildWatch
from preview_runtime.containers.dockerfiles.built_images import OWNER, BuiltImage, built_images, kept_with, removed
from preview_runtime.containers.dockerfiles.context import BuildContext, context_of, packed, refusal
from preview_runtime.containers.dockerfiles.dockerfile import (
    BaseImage,
    Dockerfile,
    DockerfileRefused,
    harmless_trigger,
    read,
)
from preview_runtime.containers.dockerfiles.steps import Steps
from preview_runtime.containers.images import catalogue
from preview_runtime.containers.isolation.networks import Networks
from preview_runtime.containers.packages.layer_install import Shared
from preview_runtime.containers.packages.registries import Registries
from preview_runtime.engines import EngineFailed, Fault, FaultKind
from preview_runtime.file_tree import FileTree
from preview_runtime.phrases import Phrase, Say
from preview_runtime.plans.recipe import DATA_FOLDER, RunPlan
from preview_runtime.plans.runtimes import Runtime
from preview_runtime.uncancelled import uncancelled

__all__ = ["NOT_BUILT_HERE", "OWNER", "OwnImages", "without_image"]
log = logging.getLogger(__name__)
NOT_BUILT_HERE: Final = Fault(
    FaultKind.POLICY,
    "own_dockerfile",
    Phrase("fault.own_dockerfile"),
)
# After these faults the app may run in the way of its language instead.
WITHOUT_IMAGE: Final = frozenset({"own_dockerfile", "base_missing"})
_PREFIX: Final = "build-"  # the project, in the labels of a build's network
_SECONDS: Final = 900.0
_AT_ONCE: Final = 2
_AGAIN_SECONDS: Final = 600.0
_TAIL: Final = 8 * 1024
_MAX_LINE: Final = 64 * 1024
_FORBIDDEN: Final = 403
_PERIOD: Final = 100_000  # microseconds: the scheduler's period, of which a quota is a share
_STEP: Final = re.compile(r"Step (\d+)/\d+ : ")
_MADE: Final = re.compile(r" ---> ([0-9a-f]{12,64})\s*$")
_NOISE: Final = re.compile(r" ---> Running in |(?:\x1b\[0m)?Removing intermediate container |Successfully built ")
_EMPTY: Final = ".sayso-data"
_PART: Final = ".sayso-dockerfile"
_RULES: Final = ".dockerignore"
# The future mount point of the project's volume: the volume takes its owner from the image. An image without a shell
# has COPY too.
_DATA_STEP: Final = f"COPY --chown={OURS}:{OURS} {_EMPTY} {DATA_FOLDER}"
_LOOKED_AT: Final = "1"  # the version of our checks of an image: an image with an earlier one is built again


@dataclass(frozen=True, slots=True)
class _Build:
    """One build: `path` is the Dockerfile's path in the project, `text` the text that the engine gets instead."""

    project: str
    name: str
    path: str
    context: BuildContext
    dockerfile: Dockerfile
    text: str
    bases: frozenset[str]


class OwnImages:
    """The own images of all projects of one Sayso.

    A build's steps run the project's code as root inside a container of the engine's builder, with memory, processors
    and processes limited, on a network of its own that leads to the registries and no private address. `pull` lets the
    engine fetch base images; `allowed` names further images in this engine that projects may use as a base, besides
    official ones and ours: any other may hold private data.
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
        space: int = SPACE,
        most_files: int = FILES,
    ) -> None:
        self._docker = docker
        self._settings = settings
        self._networks = networks
        self._registries = registries or Registries()
        self._pull = pull
        self._allowed = frozenset(allowed)
        self._seconds = seconds
        self._space = space
        self._most_files = most_files
        self._building: dict[str, Shared[None]] = {}
        self._free = asyncio.Semaphore(_AT_ONCE)
        self._not_pulled: dict[str, float] = {}  # name → time.monotonic()
        self._public: dict[str, str] = {}  # name → id of an image that a registry gave to everybody
        self._at_work: Counter[str] = Counter()  # builds by project
        self._swept = False

    async def ensure(self, project: str, plan: RunPlan, tree: FileTree, say: Say) -> str:
        """The name of the project's image, built if it is missing; `say` gets the build's lines.

        Raises `EngineFailed`: `dockerfile_refused`, `dockerfile_failed`, `build_too_large` and `build_slow` with the
        line, `base_missing`.
        """
        context = await asyncio.to_thread(context_of, tree, plan.dockerfile)
        dockerfile = await self._read(context, plan.dockerfile)
        try:
            bases = await self._bases(dockerfile, plan.dockerfile, say)
            labels = {OWNER: project, INSTANCE: self._settings.instance}
            text = dockerfile.written(bases, labels, [_DATA_STEP])
            name = self._name(project, f"{context.digest()}{text}")
            if not await base_images.has(self._docker, name):
                building = self._building.get(name)
                if building is None:
                    build = _Build(project, name, plan.dockerfile, context, dockerfile, text, frozenset(bases.values()))

                    async def work(tell: Say) -> None:
                        self._at_work[project] += 1
                        try:
                            async with self._free:
                                await self._build(build, tell)
                        finally:
                            self._building.pop(name, None)
                            self._at_work -= Counter([project])

                    building = self._building[name] = Shared(work, f"image of {project}")
                await building.wait(say)
            else:
                await self._replaced(project, name)
            shown = (await self._docker.images.inspect(name))["Config"]
        except (aiodocker.DockerError, TimeoutError) as error:
            if isinstance(error, aiodocker.DockerError) and error.status == _FORBIDDEN:
                raise EngineFailed(NOT_BUILT_HERE) from error  # the proxy in front of the engine allows no builds
            raise EngineFailed(faults.platform(error)) from error
        if not plan.start and not shown.get("Cmd") and not shown.get("Entrypoint"):
            message = Phrase("fault.dockerfile_failed.no_command")
            raise EngineFailed(Fault(FaultKind.BUILD, "dockerfile_failed", message, plan.dockerfile))
        return name

    async def remove(self, project: str) -> None:
        """Remove everything that builds of `project` have made; images used by a container stay."""
        await removed(self._docker, [image for image in await self._made() if image.project == project])

    async def prune(self, projects: frozenset[str]) -> list[str]:
        """Remove everything that builds of projects other than `projects` have made; returns names and ids.

        The first call also removes what interrupted builds of `projects` left in a process that was killed.
        """
        made = await self._made()
        kept = set() if self._swept else kept_with(made, [image.id for image in made if image.names])
        gone = [
            image
            for image in made
            if not self._at_work[image.project]
            and (image.project not in projects or (not self._swept and image.id not in kept))
        ]
        self._swept = True
        return await removed(self._docker, gone)

    async def _made(self) -> list[BuiltImage]:
        return await built_images(self._docker, self._settings.instance)

    async def _cleared(self, project: str, kept: Collection[str], *, builds: int = 1) -> None:
        """Remove what the project's builds have made except `kept` and the images below it; `builds` are under way."""
        if self._at_work[project] > builds:
            return  # the end of the other build removes it
        made = [image for image in await self._made() if image.project == project]
        stays = kept_with(made, kept)
        await removed(self._docker, [image for image in made if image.id not in stays])

    async def _replaced(self, project: str, name: str) -> None:
        """Remove the project's images except `name`: a container may have used one when a build replaced it."""
        made = [image for image in await self._made() if image.project == project]
        if any(image.names and name not in image.names for image in made):
            below = {image.parent for image in made}
            # Keep stages and steps on which nothing is based: the next build begins with them.
            kept = [image.id for image in made if name in image.names or (not image.names and image.id not in below)]
            await self._cleared(project, kept, builds=0)

    async def _read(self, context: BuildContext, path: str) -> Dockerfile:
        try:
            dockerfile = await asyncio.to_thread(read, context.text)
            adds = [step for step in dockerfile.steps if step.sources]
            if adds:
                times = sum(step.sources for step in adds)
                if not await asyncio.to_thread(added_archives.fit, context.files, times):
                    message = Phrase("fault.dockerfile_refused.archives")
                    raise DockerfileRefused(adds[0].line, message)
        except DockerfileRefused as refused:
            raise EngineFailed(refusal(path, refused.line, refused.says)) from refused
        return dockerfile

    async def _bases(self, dockerfile: Dockerfile, path: str, say: Say) -> dict[str, str]:
        """The ids of the images that the Dockerfile names, or of their replacements."""
        found: dict[str, str] = {}
        for base in dockerfile.bases:
            if base.name in found:
                continue
            image = await base_images.usable(self._docker, base.name, self._allowed)
            if not image and self._pull:
                image = await self._pulled(base.name, say)
            if not image:
                stand_in = await base_images.stand_in(self._docker, base.name, await self._registries.access())
                if not stand_in:
                    raise EngineFailed(self._missing(base, path))
                say(Phrase("log.stand_in", {"name": base.name, "stand_in": stand_in}))
                image = (await self._docker.images.inspect(stand_in))["Id"]
            shown = (await self._docker.images.inspect(image))["Config"]
            if shown.get("Volumes") and await catalogue.missing_images(self._docker, [Runtime.PYTHON]):
                message = Phrase("fault.dockerfile_refused.volumes", {"image": base.name})
                raise EngineFailed(refusal(path, base.line, message))
            if claimed := claims(shown.get("Labels")):
                message = Phrase("fault.dockerfile_refused.label", {"image": base.name, "label": claimed[0][:80]})
                raise EngineFailed(refusal(path, base.line, message))
            triggers = shown.get("OnBuild") or []
            if not all(map(harmless_trigger, triggers)):
                message = Phrase("fault.dockerfile_refused.triggers", {"image": base.name})
                raise EngineFailed(refusal(path, base.line, message))
            found[base.name] = image
        return found

    async def _pulled(self, name: str, say: Say) -> str:
        """The id of an image that a public registry gives without a password; "" when it does not.

        The registry is asked even if the engine has the image: only the registry knows whether everybody may have it.
        After a refusal the registry is not asked again for a while.
        """
        if known := self._public.get(name):
            with contextlib.suppress(aiodocker.DockerError):
                return str((await self._docker.images.inspect(known))["Id"])
        failed = self._not_pulled.get(name, -_AGAIN_SECONDS)
        if time.monotonic() - failed < _AGAIN_SECONDS or not base_images.public(name, self._allowed):
            return ""
        if await base_images.has(self._docker, name) and not await base_images.came_from(self._docker, name):
            return ""  # built here: a fetch would take its name away
        say(Phrase("log.fetching", {"image": name}))
        # Without a tag the engine would fetch all tags.
        tagged = name if re.search(r"[:@][^/]*$", name) else f"{name}:latest"
        try:
            async with asyncio.timeout(self._seconds):
                async for _ in self._docker.images.pull(tagged, stream=True):
                    pass
            image = str((await self._docker.images.inspect(tagged))["Id"])
        except (aiodocker.DockerError, TimeoutError) as error:
            log.info("The image %s could not be fetched: %s", name, error)
            self._not_pulled[name] = time.monotonic()
            return ""
        self._public[name] = image
        return image

    def _missing(self, base: BaseImage, path: str) -> Fault:
        message = Phrase("fault.base_missing", {"image": base.name or base.written})
        return Fault(FaultKind.BUILD, "base_missing", message, path, base.line)

    def _name(self, project: str, told: str) -> str:
        digest = hashlib.sha256(f"{project}\0{told}\0{self._pull}\0{_LOOKED_AT}".encode()).hexdigest()[:24]
        return f"{self._settings.instance}/own:{digest}"

    async def _build(self, build: _Build, say: Say) -> None:
        token = f"{_PREFIX}{hashlib.sha256(build.name.encode()).hexdigest()[:12]}"
        steps, step, said = Steps(build.dockerfile), 0, ""
        for left in build.dockerfile.steps:
            if left.left_out:
                say(Phrase("log.left_out", {"line": left.line, "text": left.written[:80], "folder": DATA_FOLDER}))
        network = await self._networks.ensure(token, Role.INSTALL)
        watch = BuildWatch(self._docker, network, self._settings, build.bases, self._space, self._most_files)
        kept: set[str] | None = None  # None: deletes only a former name
        try:
            async with asyncio.timeout(self._seconds), watch:
                done, image = 0, ""
                # Builds in parts, each of which begins with the image of the previous part: the engine does not stop
                # between two steps, and the files that it opens in the second have to be checked after the first.
                for text in _parts(build):
                    async for line in self._lines(build, text, network):
                        if match := _STEP.match(line):
                            step = int(match[1])
                            watch.copies = steps.copies(step)
                            line = steps.shown(step)
                        elif match := _MADE.match(line):
                            image = match[1]
                            await watch.layer(image)
                            continue
                        if not line or _NOISE.match(line) or steps.ours(step) or step <= done:
                            continue
                        said = f"{said}{line}\n"[-_TAIL:]
                        say(line)
                    done = step
                    await image_paths.look_at(self._docker, image, self._settings)
                    if watch.special and steps.copy_later(step):
                        raise image_paths.UnusableImage(image_paths.special(watch.special))
            kept = watch.made
        except TimeoutError as error:
            message = Phrase("fault.build_slow", {"seconds": round(self._seconds)})
            raise EngineFailed(self._fault("build_slow", message, build, steps.line(step), said)) from error
        except image_paths.UnusableImage as error:
            log.warning("An image of %s is not used: %s", build.project, error)
            place = steps.line_before(step)
            raise EngineFailed(self._fault("dockerfile_refused", error.says, build, place, said)) from error
        except (_BuildFailed, BuildTooLarge) as error:
            if watch.why:
                fault = self._fault("build_too_large", watch.why, build, steps.line(step), said)
            else:
                # Successful steps are kept until the next build, so that they are not repeated.
                kept = watch.made | await self._named(build.project)
                fault = self._fault(
                    "dockerfile_failed", _explained(str(error)), build, steps.line(step), said + str(error)
                )
            raise EngineFailed(fault) from error
        finally:
            await uncancelled(self._networks.remove(token, Role.INSTALL))
            await uncancelled(self._tidied(build, kept))

    async def _named(self, project: str) -> set[str]:
        return {image.id for image in await self._made() if image.project == project and image.names}

    async def _tidied(self, build: _Build, kept: set[str] | None) -> None:
        try:
            if kept is None:
                with contextlib.suppress(aiodocker.DockerError):
                    await self._docker.images.delete(build.name)  # the build finished all the same
                kept = await self._named(build.project)
            await self._cleared(build.project, kept)
        except (aiodocker.DockerError, TimeoutError) as error:
            log.warning("What the build of %s left could not be removed yet: %s", build.project, error)

    async def _lines(self, build: _Build, text: str, network: str) -> AsyncIterator[str]:
        """The engine's messages while it builds `text`. The limits work only with the classic builder: `version` 1."""
        # The engine leaves its own input files out of the context if the rules name them. So a part's Dockerfile does
        # not change what a COPY of everything copies.
        rules = build.context.files.get(_RULES, f"{_RULES}\n".encode()).rstrip(b"\n")
        files = {
            **build.context.files,
            build.context.path: build.text.encode(),
            f"{_EMPTY}/.keep": b"",
            _PART: text.encode(),
            _RULES: rules + f"\n{_PART}\n".encode(),
        }
        whole = text == build.text
        limits = self._settings.install_limits
        access = await self._registries.access()
        parameters = {
            "t": build.name if whole else "",
            "dockerfile": _PART,
            "version": "1",
            "rm": "1",
            "forcerm": "1",
            "networkmode": network,
            "memory": str(limits.memory),
            "memswap": str(limits.memory),
            "cpuperiod": str(_PERIOD),
            "cpuquota": str(round(limits.cpus * _PERIOD)),
            "shmsize": str(16 * MEGABYTE),
            # The build's steps run as user 0 of the computer, so they get only a share of what the kernel counts per
            # user.
            "ulimits": json.dumps(policy.ulimits(limits)),
            # Our labels are on top of each stage already; at the end they override the project's.
            "labels": json.dumps({OWNER: build.project, INSTANCE: self._settings.instance}) if whole else "",
        }
        # One parameter per host: aiodocker's own call takes only one value.
        hosts = urlencode([("extrahosts", host) for host in access.hosts])
        async with self._docker._query(
            f"build?{hosts}",
            "POST",
            params={key: value for key, value in parameters.items() if value},
            data=packed(files),
            headers={"Content-Type": "application/x-tar"},
            timeout=None,
        ) as response:
            try:
                rest = ""
                async for message in _messages(response.content.iter_any()):
                    if error := message.get("error"):
                        raise _BuildFailed(str(error))
                    # A step's output comes in pieces that may end anywhere.
                    *lines, rest = (rest + str(message.get("stream", ""))).split("\n")
                    rest = rest[-_MAX_LINE:]
                    for line in lines:
                        if line.strip():
                            yield line.rstrip("\r")
            finally:
                response.close()

    def _fault(self, code: str, says: Phrase, build: _Build, line: int, said: str) -> Fault:
        frame = "\n".join(said.rstrip().splitlines()[-40:])
        return Fault(FaultKind.BUILD, code, says, build.path, line, 0, frame)


class _BuildFailed(Exception):
    """The builder gave up; `str()` is its message."""


def _parts(build: _Build) -> list[str]:
    """The build's text up to each step before which the image is checked, and the whole text."""
    return [*(build.dockerfile.until(build.text, step) for step in build.dockerfile.pauses()), build.text]


def without_image(plan: RunPlan, failed: EngineFailed) -> RunPlan:
    """How the app runs instead, with the reason. Raises `failed`, with advice, when that would only hide a mistake."""
    fault = failed.fault
    if plan.instead is None:
        raise failed
    if fault.code not in WITHOUT_IMAGE:
        if fault.kind is FaultKind.BUILD:
            says = Phrase("fault.mend_dockerfile", {"problem": fault.says})
            raise EngineFailed(replace(fault, says=says)) from failed
        raise failed
    image = fault.says.values.get("image")
    why = Phrase("run.without_image.base", {"image": image}) if image else Phrase("run.without_image.here")
    return replace(plan.instead, reason=Phrase("run.without_image", {"reason": plan.instead.reason, "why": why}))


def _explained(error: str) -> Phrase:
    if match := re.search(r"returned a non-zero code: (\d+)", error):
        if match[1] == "137":
            return Phrase("fault.dockerfile_failed.memory")
        return Phrase("fault.dockerfile_failed.step", {"exit_code": match[1]})
    return Phrase("fault.dockerfile_failed")


async def _messages(chunks: AsyncIterator[bytes]) -> AsyncIterator[dict[str, Any]]:
    buffer = b""
    async for chunk in chunks:
        *lines, buffer = (buffer + chunk).split(b"\n")
        for line in lines:
            if line.strip():
                yield json.loads(line)
    if buffer.strip():
        yield json.loads(buffer)
