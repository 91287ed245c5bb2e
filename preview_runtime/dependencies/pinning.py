"""Lock files: the exact versions, with their digests, that a list of packages stands for. No package's code is run."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import shutil
import sys
import time
import uuid
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from preview_runtime.dependencies.errors import DependencyError
from preview_runtime.dependencies.installer import explained, npm_program
from preview_runtime.dependencies.lock import refuse_foreign_packages
from preview_runtime.dependencies.process import OutputTooLarge, ProcessTimeout, run
from preview_runtime.dependencies.registry_proxy import registry_proxy
from preview_runtime.dependencies.registry_settings import (
    DEFAULT_REGISTRY,
    index_environment,
    installer_environment,
    npm_registry,
    python_index,
)
from preview_runtime.dependencies.request import is_registry_range
from preview_runtime.phrases import Phrase

NPM_LOCK: Final = "package-lock.json"
PYTHON_LOCK: Final = "requirements.lock"
PYTHON_VERSION: Final = "3.11"  # the oldest that runs apps here: a lock for it holds for all newer ones
SECONDS: Final = 90.0
# The same list again within this time gets the same answer: many projects begin with a starter's.
_KEPT_SECONDS: Final = 24 * 3600.0
_MOST_OUTPUT: Final = 4 * 1024 * 1024
_GROUPS: Final = ("dependencies", "devDependencies", "optionalDependencies")
FIELDS: Final = (*_GROUPS, "peerDependencies", "peerDependenciesMeta", "overrides")
# From where the two public registries have their packages fetched.
_FILES: Final = ("files.pythonhosted.org",)


class Pinning:
    """Makes lock files in folders below `folder`. An earlier lock keeps its versions where they still fit, so that one more
    package moves no other. `hosts` are further hosts from which the registries let packages be fetched."""

    def __init__(self, folder: Path, node: Path, hosts: Collection[str] = ()) -> None:
        self._folder = folder
        self._home = folder / "home"
        self._node = node
        self._hosts = (*hosts, *_FILES)
        self._one = asyncio.Semaphore(1)

    async def npm(self, manifest: Mapping[str, Any], earlier: str = "") -> str:
        """The package-lock.json for a package.json. Raises `DependencyError`: `specifier_refused` for packages from
        elsewhere, and those of an install."""
        kept = {name: manifest[name] for name in FIELDS if manifest.get(name)}
        for group in _GROUPS:
            for name, asked in (kept.get(group) or {}).items():
                if not isinstance(asked, str) or not is_registry_range(
                    asked.removeprefix("npm:").rpartition("@")[2].strip()
                ):
                    raise DependencyError(
                        "specifier_refused", Phrase("fault.not_pinned", {"name": str(name)[:100]}), str(name)
                    )
        npm = npm_program(self._node)
        if npm is None:
            raise DependencyError("install_failed", Phrase("fault.install_failed.no_installer"))
        # npm's own two retries with their pauses take 40 s where nobody answers.
        options = (
            "install --package-lock-only --ignore-scripts --no-audit --no-fund --omit-lockfile-registry-resolved"
            " --fetch-retries=1 --fetch-retry-mintimeout=500 --fetch-retry-maxtimeout=1000"
        )
        files = {"package.json": json.dumps({"name": "app", "private": True, **kept}), NPM_LOCK: earlier}
        text = await self._made(
            [self._node, npm, *options.split()], files, NPM_LOCK, npm_registry() or DEFAULT_REGISTRY
        )
        refuse_foreign_packages(NPM_LOCK, text)
        return text

    async def python(self, requirements: Sequence[str], earlier: str = "") -> str:
        """The requirements with all that they bring along, each with version and SHA-256, one a line, for every system.

        `requirements` are plain ones, without options. Raises `DependencyError`.
        """
        uv = shutil.which("uv", path=os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", ""))))
        if uv is None:
            raise DependencyError("install_failed", Phrase("fault.install_failed.no_installer"), detail="uv")
        options = (
            f"pip compile --universal --generate-hashes --no-build --no-config --no-header --no-annotate --no-python-downloads"
            f" --python {sys.executable} --python-version {PYTHON_VERSION} --output-file {PYTHON_LOCK} requirements.txt"
        )
        files = {"requirements.txt": "".join(f"{line}\n" for line in requirements), PYTHON_LOCK: earlier}
        text = await self._made([uv, *options.split()], files, PYTHON_LOCK, python_index())
        return "".join(" ".join(line.split()) + "\n" for line in text.replace("\\\n", " ").splitlines() if line.strip())

    async def _made(self, command: Sequence[str | Path], files: Mapping[str, str], result: str, registry: str) -> str:
        work = self._folder / "pinning" / uuid.uuid4().hex
        asked = json.dumps([command[1:], {**files}, registry], default=str).encode()
        kept = self._folder / "pinned" / hashlib.sha256(asked).hexdigest()
        async with self._one:
            if (known := await asyncio.to_thread(_known, kept)) is not None:
                return known
            try:
                await asyncio.to_thread(_write, work, self._home, files)
                environment = {**installer_environment(self._home), **index_environment(self._home)}
                async with registry_proxy(registry, environment, self._hosts) as (proxied, _):
                    ended = await run(
                        command, cwd=work, env={**environment, **proxied}, seconds=SECONDS, max_output=_MOST_OUTPUT
                    )
                if ended.code != 0:
                    raise explained(ended.stderr + ended.stdout.decode("utf-8", "replace"))
                return await asyncio.to_thread(_keep, work / result, kept)
            except ProcessTimeout as error:
                raise DependencyError("time_out", Phrase("fault.time_out.install")) from error
            except (OutputTooLarge, OSError) as error:
                raise DependencyError("install_failed", Phrase("fault.install_failed.installer")) from error
            finally:
                await asyncio.to_thread(shutil.rmtree, work, True)


def _known(kept: Path) -> str | None:
    try:
        return kept.read_text(encoding="utf-8") if _is_young(kept) else None
    except FileNotFoundError:
        return None


def _keep(made: Path, kept: Path) -> str:
    text = made.read_text(encoding="utf-8")
    kept.parent.mkdir(exist_ok=True)
    for old in kept.parent.iterdir():
        # Other processes keep theirs in the same folder.
        with contextlib.suppress(FileNotFoundError):
            if not _is_young(old):
                old.unlink()
    made.replace(kept)
    return text


def _is_young(file: Path) -> bool:
    return time.time() - file.stat().st_mtime < _KEPT_SECONDS


def _write(work: Path, home: Path, files: Mapping[str, str]) -> None:
    (home / "tmp").mkdir(parents=True, exist_ok=True)
    work.mkdir(parents=True)
    for name, text in files.items():
        if text:
            (work / name).write_text(text, encoding="utf-8")
