"""The packages that apps use most, as they were when `script/package-facts` last looked."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

import brotli  # type: ignore[import-untyped]  # it ships no types

from builder.generation.mends.packages.knowledge import ModuleNames

_FOLDER: Final = Path(__file__).resolve().parent
# Several distributions bring these modules: the one that an app's author names.
_WITH_EXTRAS: Final = frozenset({"uvicorn", "fastapi-cli"})
"""Packages that others ask for with their extras; what else an extra brings comes without its own."""
_USUAL: Final = {"psycopg2": "psycopg2-binary", "cv2": "opencv-python-headless", "multipart": "python-multipart"}


class BundledPackages:
    """`PackageKnowledge` from two files beside this one; they are read when first asked for."""

    def npm_version(self, name: str) -> str:
        return str(self._npm.get(name, {}).get("version", ""))

    def npm_modules(self, name: str) -> Mapping[str, ModuleNames]:
        if name not in self._modules:
            self._modules[name] = {
                path if path.startswith("node:") else name + path[1:]: ModuleNames(
                    frozenset(one["values"].split()), frozenset(one["types"].split()), one["default"], one["open"]
                )
                for path, one in self._npm.get(name, {}).get("modules", {}).items()
            }
        return self._modules[name]

    def npm_peers(self, name: str) -> tuple[str, ...]:
        return tuple(self._npm.get(name, {}).get("peers", ()))

    def npm_programs(self, name: str) -> tuple[str, ...]:
        return tuple(self._npm.get(name, {}).get("bins", ()))

    def pypi_version(self, name: str) -> str:
        return str(self._pypi.get(name, {}).get("version", ""))

    def pypi_needs(self, name: str, extras: bool) -> frozenset[str]:
        found, waiting = {name}, [name]
        while waiting:
            one = waiting.pop()
            package = self._pypi.get(one, {})
            asked = extras and (one == name or one in _WITH_EXTRAS)
            more = {*package.get("needs", ()), *(package.get("extras", ()) if asked else ())} - found
            found |= more
            waiting += more
        return frozenset(found)

    def pypi_package(self, module: str) -> str:
        return _USUAL.get(module) or self._bringing.get(module, "")

    def pypi_module(self, name: str) -> str:
        """The one module that a Python package brings; "" where that is not known."""
        brought = self._pypi.get(name, {}).get("imports", ())
        return str(brought[0]) if len(brought) == 1 else ""

    def python_names(self, module: str) -> frozenset[str]:
        return frozenset(self._python.get(module, "").split())

    def python_classes(self, module: str) -> frozenset[str]:
        return frozenset(str(_read("pypi")["homes"].get(module, "")).split())

    @cached_property
    def _npm(self) -> dict[str, Any]:
        return dict(_read("npm")["packages"])

    @cached_property
    def _modules(self) -> dict[str, dict[str, ModuleNames]]:
        return {}

    @cached_property
    def _pypi(self) -> dict[str, Any]:
        return dict(_read("pypi")["packages"])

    @cached_property
    def _python(self) -> dict[str, str]:
        return dict(_read("pypi")["modules"])

    @cached_property
    def _bringing(self) -> dict[str, str]:
        found = defaultdict[str, set[str]](set)
        for name, package in self._pypi.items():
            for module in package["imports"]:
                found[module].add(name)
        # A package that is called like the module goes before others that bring a part of it.
        return {
            module: module if module in names else min(names)
            for module, names in found.items()
            if len(names) == 1 or module in names
        }


@cache
def global_names() -> frozenset[str]:
    """What scripts find without an import: in browsers, in Node, and the types of TypeScript's own library."""
    return frozenset(_read("npm")["globals"].split())


@cache
def _read(name: str) -> dict[str, Any]:
    return dict(json.loads(brotli.decompress((_FOLDER / f"{name}.json.br").read_bytes())))
