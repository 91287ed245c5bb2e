"""The images that projects' own Dockerfiles may stand on, and what stands in for a well-known one that is not here."""

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
# Of a runtime's image what a build needs, without its user and its volume: a build's steps write to /app, and what they
# write below a volume is lost.
_COPIED: Final = {
    Runtime.PYTHON: ("/opt/frameworks", "/usr/local"),
    Runtime.NODE: ("/opt/frameworks", "/usr/local"),
    Runtime.GO: (),
    Runtime.JAVA: (),
}
# Registries for everybody, whose answers their users cannot shape.
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
    """The id of an image that the engine has, where a project may stand on it, else "".

    That is an official image of Docker's own registry, or one that is named in `allowed`. What else lies in the engine,
    other projects' images among it, may hold what a project must not read.
    """
    try:
        found = await docker.images.inspect(name)
    except aiodocker.DockerError as error:
        if error.status in (NOT_FOUND, 400):
            return ""
        raise
    # Pulled, not made here, and from nobody's own corner of the registry.
    official = any("/" not in digest.partition("@")[0] for digest in found.get("RepoDigests") or ())
    return str(found["Id"]) if official or name in allowed or f"{name}:latest" in allowed else ""


def public(name: str, allowed: frozenset[str]) -> bool:
    """Whether the engine may fetch an image of this name for a project.

    It does so from the host's own network, and a registry may send it on to any address: so only from registries that
    are known not to, and what is named in `allowed`.
    """
    host, slash, _ = name.partition("/")
    # As Docker tells them: a first part with a dot or a colon, or "localhost", is a host.
    named = bool(slash) and ("." in host or ":" in host or host == "localhost" or host != host.lower())
    return name in allowed or f"{name}:latest" in allowed or not named or host in _PUBLIC


async def came_from(docker: aiodocker.Docker, name: str) -> bool:
    """Whether an image that the engine has came from a registry."""
    return bool((await docker.images.inspect(name)).get("RepoDigests"))


async def stand_in(docker: aiodocker.Docker, name: str, access: InstallAccess) -> str:
    """The name of an image of ours for a well-known public one, made where it is missing; "" where we have none.

    It holds what `access` says of registries and certificates: a build takes no such thing from outside its image.
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
