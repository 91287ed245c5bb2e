"""What is known of packages: which there are, which names they give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ModuleNames:
    """What a module of an npm package gives: `values` that run, `types` that do not, and whether it has a default
    export. `open`: it may give more than these."""

    values: frozenset[str]
    types: frozenset[str]
    default: bool
    open: bool = False

    def __contains__(self, name: str) -> bool:
        return (name == "default" and self.default) or name in self.values or name in self.types


class PackageKnowledge(Protocol):
    """Answers at once and without a network; what it does not know is None, "" or empty, and is then left alone."""

    def npm_version(self, name: str) -> str:
        """The newest version of an npm package that the registry serves, "" where it is not known to exist."""

    def npm_modules(self, name: str) -> Mapping[str, ModuleNames]:
        """What the package gives in that version, by import path ("react-dom/client"); empty where that is not known."""

    def npm_peers(self, name: str) -> tuple[str, ...]:
        """The packages that have to stand beside it."""

    def npm_programs(self, name: str) -> tuple[str, ...]:
        """The programs it brings for package.json's scripts."""

    def pypi_version(self, name: str) -> str:
        """The newest version of a Python package, by its normalised name; "" where it is not known to exist."""

    def pypi_needs(self, name: str, extras: bool) -> frozenset[str]:
        """All packages that are installed with it, itself included; `extras`: those of its own extras too."""

    def pypi_package(self, module: str) -> str:
        """The package that brings the top-level `module`, "" where none or more than one is known."""

    def python_classes(self, module: str) -> frozenset[str]:
        """Those of its names that are classes defined in it, and not taken from another module."""

    def python_names(self, module: str) -> frozenset[str]:
        """The names in a module of the standard library or of a package; empty where they are not known."""
