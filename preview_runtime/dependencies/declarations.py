"""What the installed packages declare (`.d.ts`): an editor reads it to tell what is wrong before anything runs."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from preview_runtime.dependencies.installer import Installer
from preview_runtime.dependencies.request import DependencyRequest

MOST_BYTES: Final = 12 * 1024 * 1024
# One package's own: an icon set with a declaration for each of its icons is worth less than what it would push out.
MOST_OF_ONE: Final = 4 * 1024 * 1024
KEPT: Final = 40
_ENDINGS: Final = (".d.ts", ".d.mts", ".d.cts")
# What leads from an import to a declaration (TypeScript handbook, "Modules - Reference").
_FIELDS: Final = ("name", "version", "type", "main", "module", "types", "typings", "typesVersions", "exports")
# Packages that are declared by DefinitelyTyped and, in apps of people who never wrote TypeScript, seldom with it.
_DECLARED_ELSEWHERE: Final = frozenset({"react", "react-dom", "three", "d3", "lodash", "leaflet", "express"})


def with_declarations(dependencies: Mapping[str, str]) -> dict[str, str]:
    """The packages, and `@types/…` of those that do not declare themselves, in the same major version where it is told."""
    added: dict[str, str] = {}
    for name in sorted(_DECLARED_ELSEWHERE & dependencies.keys()):
        major = dependencies[name].strip().lstrip("^~=v").partition(".")[0]
        follows = name.startswith("react") and major.isdecimal() and int(major) >= 16
        added[f"@types/{name}"] = f"^{major}.0.0" if follows else "*"
    return {**added, **dependencies}


class Declarations:
    """Reads them out of installations, once for each; the answers are kept below `folder`."""

    def __init__(self, folder: Path, installer: Installer) -> None:
        self._folder, self._installer = folder / "declarations", installer

    async def of(self, request: DependencyRequest) -> dict[str, str]:
        """By their path below `node_modules`; those of the named packages first, then of what these bring along. Raises
        `DependencyError`."""
        kept = self._folder / f"{request.install_key}.json"
        if (found := await asyncio.to_thread(_kept, kept)) is not None:
            return found
        installed = await self._installer.install(request, low_priority=True)
        names = [name for name, _ in request.packages]
        return await asyncio.to_thread(_keep, kept, installed.root / "node_modules", names)


def declared(modules: Path, names: list[str]) -> dict[str, str]:
    """The declarations of the packages `names` in `modules`, and of the packages that these depend on; it reads files."""
    found: dict[str, str] = {}
    size, queue, seen = 0, list(names), set(names)
    while queue:
        name = queue.pop(0)
        manifest = _manifest(modules / name)
        mine = dict(_declarations(modules, modules / name, manifest)) if manifest else {}
        weight = sum(map(len, mine.values()))
        if len(mine) > 1 and weight <= MOST_OF_ONE and size + weight <= MOST_BYTES:
            found.update(mine)
            size += weight
        brought = [one for one in (manifest.get("dependencies") or {}) if one not in seen]
        seen.update(brought)
        queue.extend(brought)
    return found


def _declarations(modules: Path, package: Path, manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield (
        f"{package.relative_to(modules).as_posix()}/package.json",
        json.dumps({key: manifest[key] for key in _FIELDS if key in manifest}),
    )
    size = 0
    for folder, below, files in os.walk(package):
        below[:] = sorted(one for one in below if one != "node_modules")
        for file in sorted(files):
            path = Path(folder, file)
            if file == "package.json" and path.parent != package:
                inner = _manifest(path.parent)
                yield path.relative_to(modules).as_posix(), json.dumps({k: inner[k] for k in _FIELDS if k in inner})
            if not file.endswith(_ENDINGS) or path.is_symlink():
                continue
            text = path.read_text(encoding="utf-8", errors="replace")
            yield path.relative_to(modules).as_posix(), text
            size += len(text)
            if size > MOST_OF_ONE:
                return


def _manifest(package: Path) -> dict[str, Any]:
    with contextlib.suppress(OSError, ValueError):
        found = json.loads((package / "package.json").read_text(encoding="utf-8"))
        return found if isinstance(found, dict) else {}
    return {}


def _kept(path: Path) -> dict[str, str] | None:
    with contextlib.suppress(FileNotFoundError, ValueError):
        found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        os.utime(path)
        return found
    return None


def _keep(path: Path, modules: Path, names: list[str]) -> dict[str, str]:
    found = declared(modules, names)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
    part.write_text(json.dumps(found), encoding="utf-8")
    part.replace(path)
    for old in sorted(path.parent.glob("*.json"), key=lambda one: one.stat().st_mtime, reverse=True)[KEPT:]:
        old.unlink(missing_ok=True)
    return found
