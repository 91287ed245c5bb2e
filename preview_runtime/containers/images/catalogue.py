"""The images that container previews run in: which there are, their names, and how they are built.

Each is one Dockerfile in templates/deploy on a public base image. When no registry answers, the base is assembled from
Debian packages instead, and the same Dockerfile is applied to it. Nothing is ever pulled while a preview starts.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import tarfile
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import aiodocker

from preview_runtime.containers.agents.image_file import image_file
from preview_runtime.containers.docker.connection import EngineConnection
from preview_runtime.containers.docker.creation import create
from preview_runtime.containers.docker.logs import log_lines, opened
from preview_runtime.containers.images import debian, frameworks
from preview_runtime.plans.runtimes import Image, Runtime, Sidecar

DEPLOY: Final = Path(__file__).resolve().parents[3] / "templates" / "deploy"
USER_ID: Final = 10001
STATIC_PORT: Final = 8080
LABEL: Final = "sayso.image"
BASE_LABEL: Final = "sayso.base"
NO_DOCKER: Final = "Docker does not answer. Install and start it, or set DOCKER_HOST to where it listens."
_BASE_LINE: Final = re.compile(r"^ARG BASE=(\S+)$", re.MULTILINE)
_VERSION: Final = re.compile(r":(\d+\.\d+\.\d+)")
_CHUNK: Final = 2**20
_NOT_FOUND: Final = 404


IMAGES: Final[tuple[Image, ...]] = (*Runtime, *Sidecar)
# Called with the present step, as a sentence for the person who waits.
Progress = Callable[[Image, str], None]


class ImageError(Exception):
    """An image cannot be built. `message` is for the person; `detail` goes to the log."""

    def __init__(self, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail


class _Assembly(NamedTuple):
    """The parts of a base that is assembled here: Debian packages, and short names that scripts would make."""

    packages: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()


_ASSEMBLIES: Final[Mapping[Image, _Assembly]] = {
    Runtime.PYTHON: _Assembly(("python3", "python3-venv", "media-types")),
    Runtime.NODE: _Assembly(),
    Runtime.STATIC: _Assembly(("nginx",)),
    Runtime.GO: _Assembly(("golang-go",)),
    Runtime.JAVA: _Assembly(
        ("default-jdk-headless",),
        tuple((f"usr/bin/{name}", f"../lib/jvm/default-java/bin/{name}") for name in ("java", "javac", "jar")),
    ),
    Sidecar.POSTGRES: _Assembly(("postgresql",)),
}


def dockerfile(runtime: Image) -> Path:
    """The folder with the recipe of a runtime's image."""
    return DEPLOY / f"{runtime}.Dockerfile"


def public_base(runtime: Image) -> str:
    """The public base image of a runtime, by exact tag or digest, as its Dockerfile names it."""
    found = _BASE_LINE.search(dockerfile(runtime).read_text(encoding="utf-8"))
    if found is None:
        raise ImageError(f"{dockerfile(runtime).name} has no line “ARG BASE=…”. Restore the file.")
    return found[1]


def build_arguments(runtime: Image) -> dict[str, str]:
    """The build arguments of a runtime's image on its public base."""
    return {"BASE": public_base(runtime), "USER_ID": str(USER_ID)}


def tag(runtime: Image) -> str:
    """The name of a runtime's image, such as sayso/python:3f2a9c1b7d04.

    It is derived from the Dockerfile, the files beside it, the agent, the build arguments and the parts of an assembled
    base: another recipe gives another name, so an existing image is never outdated. The name does not depend on the
    origin of the base, which is in the label `sayso.base`.
    """
    told = hashlib.sha256()
    recipe = {name: path.read_bytes() for name, path in _recipe(runtime).items()}
    for name, content in (*recipe.items(), *image_file(runtime).items()):
        told.update(f"{name}\0{len(content)}\0".encode() + content)
    for name, value in sorted(build_arguments(runtime).items()):
        told.update(f"{name}={value}\0".encode())
    told.update(repr((debian.REVISION, debian.COMMON, _ASSEMBLIES[runtime])).encode())
    return f"sayso/{runtime}:{told.hexdigest()[:12]}"


def _recipe(runtime: Image) -> dict[str, Path]:
    """The Dockerfile and the files beside it, under their names in the build context."""
    beside = sorted(path for path in (DEPLOY / runtime).rglob("*") if path.is_file())
    return {path.relative_to(DEPLOY).as_posix(): path for path in (dockerfile(runtime), *beside)}


def connect(address: str = "") -> aiodocker.Docker:
    """A client of the engine at `address`, or of the one named by DOCKER_HOST, Docker's context or the usual socket.
    Raises `ImageError`."""
    try:
        return EngineConnection(address or None)
    except (AssertionError, ValueError, aiodocker.DockerError) as error:
        raise ImageError(NO_DOCKER, str(error)) from error


async def missing_images(docker: aiodocker.Docker, runtimes: Iterable[Image] = tuple(Runtime)) -> list[Image]:
    """Those of `runtimes` whose image the engine does not have. Raises aiodocker.DockerError when it does not
    answer."""
    return [runtime for runtime in runtimes if not await _has(docker, tag(runtime))]


async def build_images(docker: aiodocker.Docker, runtimes: Iterable[Image], progress: Progress) -> None:
    """Build the images of `runtimes`, including existing ones, one after the other.

    A base in the engine is used as it is; otherwise it is pulled, or, if that fails, assembled from Debian packages.
    Raises `ImageError`; images built before stay.
    """
    try:
        engine = await docker.version()
    except aiodocker.DockerError as error:
        raise ImageError(NO_DOCKER, str(error)) from error
    architecture = debian.architecture(engine["Arch"])
    for runtime in runtimes:
        with tempfile.TemporaryDirectory(prefix="sayso-image-") as folder:
            build = _Build(docker, runtime, architecture, Path(folder), progress)
            try:
                await build.run()
            except frameworks.FetchFailed as error:
                raise ImageError(
                    f"{error.message} Check the connection and the settings of pip and npm, then run script/images again.",
                    error.detail,
                ) from error
            except aiodocker.DockerError as error:
                raise ImageError(f"Docker could not build the {runtime} image: {error.message}", str(error)) from error


class _Build:
    """One build of an image, with a temporary folder of its own."""

    def __init__(
        self, docker: aiodocker.Docker, runtime: Image, architecture: str, work: Path, progress: Progress
    ) -> None:
        self._docker = docker
        self._runtime = runtime
        self._architecture = architecture
        self._work = work
        self._progress = progress

    async def run(self) -> None:
        """Build and tag the image, from its base on."""
        runtime = self._runtime
        base = await self._base()
        context = _recipe(runtime)
        for name, program in image_file(runtime).items():
            context[name] = self._work / name
            context[name].write_bytes(program)
        packages = self._work / "packages"
        if runtime is Runtime.PYTHON:
            self._say("Fetching the Python frameworks")
            version = await self._python_version(base)
            requirements = DEPLOY / "python" / "requirements.txt"
            await frameworks.python_packages(requirements, packages, version, self._architecture)
            context["packages"] = packages
        elif runtime is Runtime.NODE:
            self._say("Fetching the Node frameworks")
            await frameworks.node_packages(DEPLOY / "node", packages, self._architecture)
            context["packages"] = packages
        self._say(f"Building {tag(runtime)}")
        archive = self._work / "context.tar"
        await asyncio.to_thread(_write_context, archive, context)
        with archive.open("rb") as content:
            async for _ in self._docker.images.build(
                fileobj=content,
                encoding="identity",
                path_dockerfile=dockerfile(runtime).name,
                tag=tag(runtime),
                buildargs={**build_arguments(runtime), "BASE": base},
                labels={LABEL: str(runtime), BASE_LABEL: base},
                forcerm=True,
                stream=True,
            ):
                pass

    def _say(self, sentence: str) -> None:
        self._progress(self._runtime, sentence)

    async def _base(self) -> str:
        base = public_base(self._runtime)
        if await _has(self._docker, base):
            return base
        self._say(f"Pulling {base}")
        try:
            async for _ in self._docker.images.pull(base, stream=True):
                pass
        except aiodocker.DockerError as error:
            if error.status == _NOT_FOUND:
                raise ImageError(
                    f"There is no image {base}. Name another in the first lines of {dockerfile(self._runtime).name}.",
                    str(error),
                ) from error
            if not debian.available():
                raise ImageError(
                    f"{base} could not be pulled, and this machine has no apt to put a base together with."
                    " Check the connection to the registry, then run script/images again.",
                    str(error),
                ) from error
            self._say(f"No registry answers ({_cause(error)}): putting a base together from Debian packages")
            return await self._assembled()
        return base

    async def _assembled(self) -> str:
        """The name of our own base, assembled now unless the engine has it."""
        runtime, machine = self._runtime, self._architecture
        assembly = _ASSEMBLIES[runtime]
        node = _VERSION.search(public_base(runtime)) if runtime is Runtime.NODE else None
        try:
            packages = await debian.resolve([*debian.COMMON, *assembly.packages], self._work, machine)
            name = f"sayso/base-{runtime}:{debian.digest(packages, {'node': node[1]} if node else {})}"
            if await _has(self._docker, name):
                return name
            archives = await debian.download(packages, self._work, machine)
        except debian.AptFailed as error:
            raise ImageError(
                "Neither an image registry nor a Debian mirror can be reached. Check the connection,"
                " then run script/images again.",
                str(error),
            ) from error
        trees = {}
        if node:
            trees["usr/local"] = self._work / "node"
            await frameworks.node_itself(node[1], trees["usr/local"], machine)
        root = self._work / "root.tar"
        await asyncio.to_thread(debian.write_root, archives, root, trees, dict(assembly.links))
        await self._import(root, name)
        return name

    async def _import(self, root: Path, name: str) -> None:
        repository, _, version = name.partition(":")
        parameters = {"fromSrc": "-", "repo": repository, "tag": version, "message": "Debian packages"}
        # aiodocker has `docker load` but not `docker import`.
        async with self._docker._query(
            "images/create",
            "POST",
            params=parameters,
            data=_chunks(root),
            headers={"Content-Type": "application/x-tar"},
            timeout=None,
        ) as answer:
            said = (await answer.read()).decode()
        if '"error"' in said:
            raise aiodocker.DockerError(500, said.strip().splitlines()[-1])

    async def _python_version(self, base: str) -> str:
        """Major and minor version of the Python in an image, such as 3.11."""
        question = "import sys; print('%d.%d' % sys.version_info[:2])"
        container = await create(
            self._docker,
            {
                "Image": base,
                "Entrypoint": [],
                "Cmd": ["python3", "-c", question],
                "Labels": {LABEL: str(self._runtime)},
                "HostConfig": {"NetworkMode": "none", "Mounts": []},
            },
        )
        try:
            await container.start()
            await container.wait()
            async with opened(self._docker, container.id, stderr=False) as chunks:
                return "".join([line.text async for line in log_lines(chunks, timestamps=False)]).strip()
        finally:
            await container.delete(force=True, v=True)


async def _has(docker: aiodocker.Docker, name: str) -> bool:
    try:
        await docker.images.inspect(name)
    except aiodocker.DockerError as error:
        if error.status == _NOT_FOUND:
            return False
        raise
    return True


def _cause(error: aiodocker.DockerError) -> str:
    """The last part of an engine's long chain of error causes, such as “no such host”."""
    return str(error.message).strip().rpartition(": ")[2]


async def _chunks(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as content:
        while chunk := await asyncio.to_thread(content.read, _CHUNK):
            yield chunk


def _write_context(archive: Path, context: Mapping[str, Path]) -> None:
    """A build context whose bytes depend on the files alone, so that the engine's cache recognises it."""
    with tarfile.open(archive, "w") as out:
        for name, path in sorted(context.items()):
            out.add(path, name, filter=debian.owned_by_root)


async def outdated_images(docker: aiodocker.Docker) -> list[str]:
    """Names of the images and bases that an earlier recipe left behind."""
    current = {tag(image) for image in IMAGES}
    found = await docker.images.list()
    names = {name for image in found for name in image["RepoTags"] or () if name.startswith("sayso/")}
    used = [await docker.images.inspect(name) for name in current & names]
    bases = {(image["Config"]["Labels"] or {}).get(BASE_LABEL) for image in used}
    return sorted(names - current - bases)


def pinned(text: str, digest: str) -> str:
    """A Dockerfile's text with its base pinned to `digest` (sha256:…), whatever pin it had before."""
    return _BASE_LINE.sub(lambda found: f"ARG BASE={found[1].partition('@')[0]}@{digest}", text)


async def pin(docker: aiodocker.Docker, runtime: Image) -> str:
    """Write the digest that the registry has for a runtime's base into its Dockerfile; returns the pinned name.

    Raises `ImageError`; the Dockerfile is then as it was.
    """
    digest = await _registry_digest(docker, runtime)
    path = dockerfile(runtime)
    path.write_text(pinned(path.read_text(encoding="utf-8"), digest), encoding="utf-8")
    return public_base(runtime)


async def _registry_digest(docker: aiodocker.Docker, runtime: Image) -> str:
    base = public_base(runtime).partition("@")[0]
    try:
        answer: dict[str, Any] = await docker._query_json(f"distribution/{base}/json")
    except aiodocker.DockerError as error:
        raise ImageError(f"The registry did not say what {base} is: {_cause(error)}.", str(error)) from error
    return str(answer["Descriptor"]["digest"])
