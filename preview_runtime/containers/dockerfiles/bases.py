"""The base images that projects' Dockerfiles may use, and the replacement for a well-known one that the engine does not
have."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import tarfile
from typing import Final

import aiodocker

from preview_runtime.containers.images import catalogue
from preview_runtime.containers.images.catalogue import BASE_LABEL
from preview_runtime.containers.isolation.slots import NOT_FOUND
from preview_runtime.containers.packages.registries import CERTIFICATE_VARIABLES, CERTIFICATES, InstallAccess
from preview_runtime.plans.runtimes import Runtime

STAND_IN: Final = "sayso.stand-in"  # a label
_FAMILIES: Final = {
    "python": Runtime.PYTHON,
    "node": Runtime.NODE,
    "golang": Runtime.GO,
    "eclipse-temurin": Runtime.JAVA,
    "openjdk": Runtime.JAVA,
    "amazoncorretto": Runtime.JAVA,
}
# The folders of a runtime's image that a build needs, copied so that the image's user and volume are left behind: a
# build's steps write to /app, and files written below a volume are lost.
_COPIED: Final = {
    Runtime.PYTHON: ("/opt/frameworks", "/usr/local"),
    Runtime.NODE: ("/opt/frameworks", "/usr/local"),
    Runtime.GO: (),
    Runtime.JAVA: (),
}
# Public registries whose users cannot shape the registries' answers.
_PUBLIC: Final = frozenset({"docker.io", "ghcr.io", "quay.io", "gcr.io", "mcr.microsoft.com", "public.ecr.aws"})
_CERTIFICATES: Final = "/etc/ssl/certs/ca-certificates.crt"
_making = asyncio.Lock()


async def has(docker: aiodocker.Docker, name: str) -> bool:
    """Whether the engine has an image of this name."""
    try:
        await docker.images.inspect(name)
    except aiodocker.DockerError as error:
        if error.status in (NOT_FOUND, 400):  # 400: no name at all
            return False
        raise
    return True


async def usable(docker: aiodocker.Docker, name: str, allowed: frozenset[str]) -> str:
    """The id of an image in the engine if a project may use it as a base, else "".

    Allowed are official images of Docker's own registry and images named in `allowed`. All others in the engine, such
    as those of other projects, may hold data that a project must not read.
    """
    try:
        found = await docker.images.inspect(name)
    except aiodocker.DockerError as error:
        if error.status in (NOT_FOUND, 400):
            return ""
        raise
    # Pulled, not built here, and from no user's own namespace of the registry.
    official = any("/" not in digest.partition("@")[0] for digest in found.get("RepoDigests") or ())
    return str(found["Id"]) if official or name in allowed or f"{name}:latest" in allowed else ""


def public(name: str, allowed: frozenset[str]) -> bool:
    """Whether the engine may fetch an image of this name for a project.

    The engine fetches from the host's own network, and a registry may redirect it to any address. So it may fetch only
    from registries that are known not to do that, and the images named in `allowed`.
    """
    host, slash, _ = name.partition("/")
    # As in Docker: a first part with a dot or a colon, or "localhost", is a host.
    named = bool(slash) and ("." in host or ":" in host or host == "localhost" or host != host.lower())
    return name in allowed or f"{name}:latest" in allowed or not named or host in _PUBLIC


async def came_from(docker: aiodocker.Docker, name: str) -> bool:
    """Whether an image that the engine has came from a registry."""
    return bool((await docker.images.inspect(name)).get("RepoDigests"))


async def stand_in(docker: aiodocker.Docker, name: str, access: InstallAccess) -> str:
    """The name of our replacement for a well-known public image, built if it is missing; "" when we have none.

    It contains the settings of `access` for registries and certificates, because a build gets no such settings from
    outside its image.
    """
    repository = name.partition("@")[0].removeprefix("docker.io/").removeprefix("library/").rpartition(":")
    runtime = _FAMILIES.get(repository[0] or repository[2])
    if runtime is None or not await has(docker, catalogue.tag(runtime)):
        return ""
    told = hashlib.sha256(repr((sorted(access.environment.items()), access.certificates)).encode()).hexdigest()
    title = f"sayso/build-{runtime}:{catalogue.tag(runtime).rpartition(':')[2]}-{told[:6]}"
    async with _making:
        if not await has(docker, title):
            await _make(docker, runtime, title, access)
    return title


async def _make(docker: aiodocker.Docker, runtime: Runtime, title: str, access: InstallAccess) -> None:
    source = catalogue.tag(runtime)
    shown = (await docker.images.inspect(source))["Config"]
    lines = [f"FROM {(shown['Labels'] or {})[BASE_LABEL]}"]
    lines += [f"COPY --from={source} {path} {path}" for path in _COPIED[runtime]]
    if runtime is Runtime.NODE:
        lines.append("RUN ln -s /opt/frameworks/node/node_modules /node_modules")
    lines += [f"ENV {entry}" for entry in shown.get("Env") or () if entry.startswith(("PATH=", "JAVA_HOME=", "GO"))]
    files = {}
    variables = dict(access.environment)
    if access.certificates:
        files[CERTIFICATES] = access.certificates
        lines.append(f"COPY {CERTIFICATES} {_CERTIFICATES}")
        variables |= dict.fromkeys(CERTIFICATE_VARIABLES, _CERTIFICATES)
    lines += [f"ENV {key}={json.dumps(value)}" for key, value in variables.items()]
    files["Dockerfile"] = "\n".join([*lines, "USER root", "WORKDIR /", ""]).encode()
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for path, content in files.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    out.seek(0)
    async for _ in docker.images.build(
        fileobj=out, encoding="identity", tag=title, labels={STAND_IN: str(runtime)}, forcerm=True, stream=True
    ):
        pass
