"""Python packages for Pyodide: wheels from the machine's index, kept by their digest, and Pyodide's own files.

pip resolves for another interpreter than its own (PEP 783's platform `pyemscripten`); nothing of a package is run.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import shutil
import sys
import uuid
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from preview_runtime.dependencies.errors import DependencyError
from preview_runtime.dependencies.installer import explained
from preview_runtime.dependencies.process import OutputTooLarge, ProcessTimeout, run
from preview_runtime.dependencies.registry_proxy import registry_proxy
from preview_runtime.dependencies.registry_settings import installer_environment, pip_settings, python_index
from preview_runtime.phrases import Phrase

SECONDS: Final = 120.0
MOST_BYTES: Final = 80 * 1024 * 1024
_MOST_OUTPUT: Final = 4 * 1024 * 1024
_HOSTS: Final = ("files.pythonhosted.org",)
_PLATFORM: Final = "pyemscripten_{abi}_wasm32"
# pip reads the conditions of requirements (`; python_version < "3.14"`) with its own interpreter's values.
_PIP: Final = """
import json, sys
from pip._vendor.packaging import markers
known, there = markers.default_environment, json.loads(sys.argv.pop(1))
markers.default_environment = lambda: {**known(), **there}
from pip._internal.cli.main import main
sys.exit(main(sys.argv[1:]))
"""
# Packages with a native part that they do without, of which the index has no wheel for Pyodide.
_SPARED: Final = ("markupsafe",)
_NO_WHEEL: Final = re.compile(r"No matching distribution found for ([A-Za-z0-9._-]+)")
_NAME: Final = re.compile(r"[A-Za-z0-9][\w.+-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Wheel:
    """`digest`: SHA-256 (hex) of the file `name`."""

    digest: str
    name: str


class BrowserWheels:
    """Keeps wheels below `folder`; `pyodide` is the folder of Pyodide's own files, as npm has them."""

    def __init__(self, folder: Path, pyodide: Path) -> None:
        self._folder, self._pyodide = folder, pyodide
        self._home = folder / "home"
        self._one = asyncio.Lock()

    @cached_property
    def runtime(self) -> str:
        """The name under which Pyodide's files are served, "" where they are missing. Another version has another
        name."""
        try:
            return f"pyodide-{json.loads((self._pyodide / 'package.json').read_text('utf-8'))['version']}"
        except (OSError, ValueError, KeyError):
            return ""

    def path(self, hash: str, file: str) -> Path | None:
        """The path of a wheel by its digest, or of a file of Pyodide's; None when there is none."""
        if not _NAME.fullmatch(file) or not _NAME.fullmatch(hash):
            return None
        if hash == self.runtime:
            found = self._pyodide / file
        elif re.fullmatch(r"[0-9a-f]{64}", hash):
            found = self._folder / "files" / hash / file
        else:
            return None
        return found if found.is_file() else None

    async def prepared(self, requirements: Sequence[str]) -> tuple[Wheel, ...]:
        """The wheels of all requirements with what they bring along; once found, the same for good. Raises
        `DependencyError`."""
        if not requirements:
            return ()
        asked = hashlib.sha256("\n".join([self.runtime, *sorted(requirements)]).encode()).hexdigest()
        kept = self._folder / "sets" / f"{asked}.json"
        async with self._one:
            if (known := await asyncio.to_thread(self._known, kept)) is not None:
                return known
            await self._spare()
            return await self._found(requirements, kept)

    def _known(self, kept: Path) -> tuple[Wheel, ...] | None:
        try:
            wheels = tuple(Wheel(**one) for one in json.loads(kept.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return wheels if all(self.path(one.digest, one.name) for one in wheels) else None

    async def _found(self, requirements: Sequence[str], kept: Path) -> tuple[Wheel, ...]:
        info = json.loads(await asyncio.to_thread((self._pyodide / "pyodide-lock.json").read_text, "utf-8"))["info"]
        version = ".".join(info["python"].split(".")[:2])
        marks = {
            "python_version": version,
            "python_full_version": info["python"],
            "sys_platform": "emscripten",
            "platform_system": "Emscripten",
            "platform_machine": "wasm32",
            "os_name": "posix",
        }
        work = self._folder / "work" / uuid.uuid4().hex
        lines = "".join(f"{line}\n" for line in requirements)
        try:
            platform = (_PLATFORM.format(abi=info["abi_version"]),)
            await self._download(work, lines, platform, version, marks)
            wheels = await asyncio.to_thread(self._keep, work, kept)
        finally:
            await asyncio.to_thread(shutil.rmtree, work, True)
        return wheels

    async def _spare(self) -> None:
        """Wheels without the native part, where the package has the same in Python."""
        spared = self._folder / "spared"
        for name in _SPARED:
            if any(spared.glob(f"{name}-*.whl")):
                continue
            work = self._folder / "work" / uuid.uuid4().hex
            version = f"{sys.version_info.major}.{sys.version_info.minor}"
            platforms = ("manylinux_2_28_x86_64", "manylinux2014_x86_64")
            try:
                await self._download(work, f"{name}\n", platforms, version, {})
                await asyncio.to_thread(_without_native, work, spared)
            finally:
                await asyncio.to_thread(shutil.rmtree, work, True)

    async def _download(
        self, work: Path, requirements: str, platforms: Sequence[str], version: str, marks: Mapping[str, str]
    ) -> None:
        await asyncio.to_thread(_write, work, self._home, requirements)
        command = [sys.executable, "-c", _PIP, json.dumps(marks), "download", "--quiet", "--only-binary=:all:"]
        command += ["--no-input", "--disable-pip-version-check", "--python-version", version, "--dest", str(work)]
        command += [word for one in platforms for word in ("--platform", one)]
        command += ["--find-links", str(self._folder / "spared"), "-r", str(work / "requirements.txt")]
        environment = {**installer_environment(self._home), **_index()}
        try:
            async with registry_proxy(python_index(), environment, _HOSTS) as (proxied, _):
                ended = await run(
                    command, cwd=work, env={**environment, **proxied}, seconds=SECONDS, max_output=_MOST_OUTPUT
                )
        except ProcessTimeout as error:
            raise DependencyError("time_out", Phrase("fault.time_out.install")) from error
        except (OutputTooLarge, OSError) as error:
            raise DependencyError("install_failed", Phrase("fault.install_failed.installer")) from error
        if ended.code == 0:
            return
        output = ended.stderr + ended.stdout.decode("utf-8", "replace")
        if match := _NO_WHEEL.search(output):
            says = Phrase("fault.no_browser_wheel", {"name": match[1]})
            raise DependencyError("install_failed", says, match[1], detail=output[-4000:])
        raise explained(output)

    def _keep(self, work: Path, kept: Path) -> tuple[Wheel, ...]:
        found = sorted(work.glob("*.whl"))
        if sum(one.stat().st_size for one in found) > MOST_BYTES:
            raise DependencyError("too_large", Phrase("fault.browser_wheels_large", {"most": MOST_BYTES >> 20}))
        wheels = []
        for file in found:
            wheel = Wheel(hashlib.sha256(file.read_bytes()).hexdigest(), file.name)
            place = self._folder / "files" / wheel.digest
            place.mkdir(parents=True, exist_ok=True)
            file.replace(place / file.name)
            wheels.append(wheel)
        kept.parent.mkdir(parents=True, exist_ok=True)
        fresh = kept.with_suffix(f".{uuid.uuid4().hex}")
        fresh.write_text(json.dumps([asdict(one) for one in wheels]), "utf-8")
        fresh.replace(kept)
        return tuple(wheels)


def _index() -> dict[str, str]:
    """The machine's own index and its additions, in pip's names."""
    settings = pip_settings()
    more = {"PIP_EXTRA_INDEX_URL": "extra-index-url", "PIP_FIND_LINKS": "find-links", "PIP_CERT": "cert"}
    found = {name: " ".join(settings[key].split()) for name, key in more.items() if settings.get(key)}
    return {"PIP_INDEX_URL": python_index(), **found}


def _write(work: Path, home: Path, requirements: str) -> None:
    (home / "tmp").mkdir(parents=True, exist_ok=True)
    (home.parent / "spared").mkdir(parents=True, exist_ok=True)
    work.mkdir(parents=True)
    (work / "requirements.txt").write_text(requirements, "utf-8")


def _without_native(work: Path, spared: Path) -> None:
    for file in work.glob("*.whl"):
        name = "-".join(file.name.split("-")[:2]) + "-py3-none-any.whl"
        fresh = spared / f"{name}.{uuid.uuid4().hex}"
        with zipfile.ZipFile(file) as source, zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as target:
            for entry in source.namelist():
                if not entry.endswith((".so", ".c", "/RECORD")):
                    target.writestr(entry, source.read(entry))
        fresh.replace(spared / name)
