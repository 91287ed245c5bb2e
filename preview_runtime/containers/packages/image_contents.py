"""The packages in a runtime image, and whether a project needs no others.

An image is inspected once, in a container without a network. After that an answer needs no container.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import aiodocker
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion
from semantic_version import NpmSpec, Version

from preview_runtime.containers.docker.policy import ContainerSettings
from preview_runtime.containers.jobs.own_command import run_own_command
from preview_runtime.plans.python_packages import REQUIREMENTS
from preview_runtime.plans.recipe import PackageSet
from preview_runtime.plans.runtimes import Runtime

PINS: Final = "image.txt"
CONSTRAINTS: Final = "constraints.txt"
_DEPTH: Final = 12
# The environment markers are those of PEP 508.
_PYTHON: Final = """
import importlib.metadata as metadata, json, os, platform, sys
version = sys.implementation.version
print(json.dumps({
    "packages": {d.name: [d.version, d.requires or []] for d in metadata.distributions() if d.name},
    "markers": {
        "implementation_name": sys.implementation.name,
        "implementation_version": "%d.%d.%d" % version[:3],
        "os_name": os.name,
        "platform_machine": platform.machine(),
        "platform_release": platform.release(),
        "platform_system": platform.system(),
        "platform_version": platform.version(),
        "python_full_version": platform.python_version(),
        "platform_python_implementation": platform.python_implementation(),
        "python_version": ".".join(platform.python_version_tuple()[:2]),
        "sys_platform": sys.platform,
    },
}))
"""
# The place where `import` and `require` look last: see node.Dockerfile.
_NODE: Final = """
const fs = require('fs')
const packages = {}
for (const name of fs.readdirSync('/node_modules')) {
  const names = name.startsWith('@') ? fs.readdirSync('/node_modules/' + name).map((inner) => name + '/' + inner) : [name]
  for (const each of names) {
    try {
      packages[each] = [JSON.parse(fs.readFileSync('/node_modules/' + each + '/package.json', 'utf8')).version, []]
    } catch {}
  }
}
console.log(JSON.stringify({ packages, markers: {} }))
"""
_COMMANDS: Final = {Runtime.PYTHON: ["python", "-c", _PYTHON], Runtime.NODE: ["node", "-e", _NODE]}


@dataclass(frozen=True, slots=True)
class ImagePackages:
    """The packages of one image: name → (version, what it requires). `markers` is the environment of its Python."""

    runtime: Runtime
    packages: Mapping[str, tuple[str, tuple[str, ...]]]
    markers: Mapping[str, str] = field(default_factory=dict)

    def has(self, packages: PackageSet) -> bool:
        """Whether no package is missing or of a wrong version; False when that cannot be decided."""
        if packages.wanted is None or packages.runtime is not self.runtime:
            return False
        if self.runtime is Runtime.PYTHON:
            return all(self._has_requirement(text) for _, text in packages.wanted)
        return all(self._has_range(name, versions) for name, versions in packages.wanted)

    def inputs(self, packages: PackageSet) -> dict[str, str]:
        """The input files of an installer of Python packages: those of `packages`, and the image's packages.

        Plain requirements that the image fulfils become constraints, so that no index has to be asked about them.
        """
        files = {**packages.files, PINS: self._pins()}
        if (
            packages.wanted is None
            or len(packages.files) > 1
            or "--hash" in packages.files[REQUIREMENTS]  # all or nothing is checked
            or "-" in {line[:1] for line in packages.files[REQUIREMENTS].splitlines()}
        ):
            return files
        fulfilled = [text for _, text in packages.wanted if self._has_requirement(text)]
        lacking = [text for _, text in packages.wanted if text not in fulfilled]
        return {
            **files,
            REQUIREMENTS: "".join(f"{text}\n" for text in lacking),
            CONSTRAINTS: "".join(f"{_constraint(text)}\n" for text in fulfilled),
        }

    def _pins(self) -> str:
        """The Python packages as requirements, one per line, as uv writes them."""
        return "".join(sorted(f"{name}=={version}\n" for name, (version, _) in self.packages.items()))

    def _has_requirement(self, text: str, extra: str = "", depth: int = 0) -> bool:
        try:
            requirement = Requirement(text)
            if requirement.marker and not requirement.marker.evaluate({**self.markers, "extra": extra}):
                return True
            found = self.packages.get(canonicalize_name(requirement.name))
            if found is None or requirement.url or depth > _DEPTH:
                return False
            version, requires = found
            if not requirement.specifier.contains(version, prereleases=True):
                return False
        except (InvalidRequirement, InvalidVersion):
            return False
        # A package's required dependencies are in the image with it; those of an extra may be missing.
        return all(
            self._has_requirement(needed, extra, depth + 1)
            for extra in requirement.extras
            for needed in requires
            if "extra" in needed
        )

    def _has_range(self, name: str, versions: str) -> bool:
        found = self.packages.get(name)
        if found is None:
            return False
        if versions.strip() in ("", "*", "latest"):
            return True
        try:
            return Version(found[0]) in NpmSpec(versions.strip())
        except ValueError:
            return False  # a tag, an address, an alias: only the installer can tell


def _constraint(text: str) -> str:
    requirement = Requirement(text)
    marker = f" ; {requirement.marker}" if requirement.marker else ""
    return f"{requirement.name}{requirement.specifier}{marker}"


class ImageContents:
    """The contents of images, each read once."""

    def __init__(self, docker: aiodocker.Docker, settings: ContainerSettings) -> None:
        self._docker = docker
        self._settings = settings
        self._known: dict[str, ImagePackages] = {}
        self._reading = asyncio.Lock()

    async def of(self, image: str, runtime: Runtime) -> ImagePackages:
        """The contents of `image`. Raises aiodocker.DockerError and TimeoutError."""
        found = str((await self._docker.images.inspect(image))["Id"])
        if contents := self._known.get(found):
            return contents
        async with self._reading:
            if found not in self._known:
                self._known[found] = await self._read(found, runtime)
        return self._known[found]

    async def _read(self, image: str, runtime: Runtime) -> ImagePackages:
        command = _COMMANDS.get(runtime)
        if command is None:
            return ImagePackages(runtime, {})
        said = await run_own_command(self._docker, image, command, self._settings)
        return contents_of(runtime, json.loads(said))


def contents_of(runtime: Runtime, found: Mapping[str, Any]) -> ImagePackages:
    """The contents from an image's own report."""
    name = canonicalize_name if runtime is Runtime.PYTHON else str
    packages = {name(key): (str(version), tuple(requires)) for key, (version, requires) in found["packages"].items()}
    return ImagePackages(runtime, packages, dict(found["markers"]))
