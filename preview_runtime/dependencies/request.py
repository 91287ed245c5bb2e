"""A request for packages: npm names with ranges, and the import specifiers to make loadable. Everything else is
refused."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from preview_runtime.dependencies.errors import DependencyError
from preview_runtime.phrases import Phrase

MAX_PACKAGES: Final = 200
MAX_SPECIFIERS: Final = 600

# Names as the registry has them (npm docs, package.json "name"); only packages from before 2017 have capitals.
_NAME: Final = re.compile(r"(?:@[a-z0-9~-][a-z0-9._~-]*/)?[a-z0-9~-][a-z0-9._~-]*")
_MAX_NAME: Final = 214
_RESERVED: Final = frozenset({"node_modules", "favicon.ico"})
_SUBPATH_PART: Final = re.compile(r"[A-Za-z0-9_@~+.,()\[\]-]+")
_VERSION: Final = re.compile(
    r"(?:[<>]=?|=|~>?|\^)?v?(?:[0-9]+|[xX*])(?:\.(?:[0-9]+|[xX*])){0,2}(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?"
)
_OPERATOR: Final = re.compile(r"[<>]=?|=|~>?|\^")
_TAG: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
_MAX_RANGE: Final = 200


def package_of(specifier: str) -> str:
    """The npm name in an import specifier: `@scope/name/sub` → `@scope/name`."""
    parts = specifier.split("/")
    return "/".join(parts[:2]) if specifier.startswith("@") else parts[0]


def is_package_name(name: str) -> bool:
    """Whether the registry could hold a package of this name."""
    return len(name) <= _MAX_NAME and name not in _RESERVED and _NAME.fullmatch(name) is not None


def is_registry_range(text: str) -> bool:
    """Whether `text` is a semver range or a dist-tag: never git, http(s), file, link, workspace or a path.

    Read word by word, in linear time, after the grammar of npm's ranges (node-semver, "Range Grammar").
    """
    if len(text) > _MAX_RANGE:
        return False
    return _TAG.fullmatch(text) is not None or all(_is_conjunction(part.split()) for part in text.split("||"))


def _is_conjunction(words: list[str]) -> bool:
    if len(words) == 3 and words[1] == "-":
        words = [words[0], words[2]]
    wait_for_version = False
    for word in words:
        if _OPERATOR.fullmatch(word):
            if wait_for_version:
                return False
            wait_for_version = True
        elif _VERSION.fullmatch(word):
            wait_for_version = False
        else:
            return False
    return not wait_for_version


def is_specifier(text: str) -> bool:
    """Whether `text` is a bare import specifier that stays inside its package."""
    name = package_of(text)
    rest = text[len(name) :].split("/")[1:]
    return (
        len(text) <= 300
        and is_package_name(name)
        and all(part not in (".", "..") and _SUBPATH_PART.fullmatch(part) for part in rest)
    )


@dataclass(frozen=True)
class DependencyRequest:
    """Packages (name → range) and specifiers, validated and sorted, with the digests that identify them. `lock` is a
    package-lock.json without addresses, whose versions are installed where they fit; "" for none."""

    packages: tuple[tuple[str, str], ...]
    specifiers: tuple[str, ...]
    lock: str = ""

    @classmethod
    def parse(
        cls, dependencies: Mapping[str, str], specifiers: Iterable[str] = (), lock: str = ""
    ) -> DependencyRequest:
        """Raises `DependencyError` (`specifier_refused`, `too_large`) for what is not a plain registry dependency."""
        wanted = sorted(set(specifiers))
        if len(dependencies) > MAX_PACKAGES or len(wanted) > MAX_SPECIFIERS:
            raise DependencyError("too_large", Phrase("fault.too_large.packages", {"most": MAX_PACKAGES}))
        packages = tuple(sorted((name, _checked_range(name, text)) for name, text in dependencies.items()))
        for specifier in wanted:
            if not is_specifier(specifier):
                raise DependencyError(
                    "specifier_refused", Phrase("fault.specifier_refused.import", {"name": _shown(specifier)})
                )
        return cls(packages, tuple(wanted), lock if packages else "")

    @cached_property
    def install_key(self) -> str:
        """Digest of the packages alone: the installation does not depend on the imports."""
        return _digest((self.packages, self.lock) if self.lock else self.packages)

    @cached_property
    def key(self) -> str:
        """Digest of the whole request."""
        return _digest((self.packages, self.specifiers, self.lock) if self.lock else (self.packages, self.specifiers))


def _checked_range(name: str, text: object) -> str:
    if not is_package_name(name):
        raise DependencyError(
            "specifier_refused", Phrase("fault.specifier_refused.name", {"name": _shown(name)}), _shown(name)
        )
    if not isinstance(text, str):
        raise DependencyError("specifier_refused", Phrase("fault.specifier_refused.version", {"name": name}), name)
    target = text.strip()
    if target.startswith("npm:"):
        # An alias may point only to a plain registry package with a plain range.
        aliased, separator, target = target[4:].rpartition("@")
        if not separator or not aliased:
            aliased, target = f"{separator}{target}", ""
        if not is_package_name(aliased):
            raise DependencyError("specifier_refused", Phrase("fault.specifier_refused.alias", {"name": name}), name)
    if not is_registry_range(target):
        raise DependencyError(
            "specifier_refused",
            Phrase("fault.specifier_refused.registry", {"name": name, "version": _shown(text)}),
            name,
        )
    return text.strip() or "*"


def _shown(text: str) -> str:
    short = text if len(text) <= 80 else text[:77] + "…"
    return short.encode("unicode_escape").decode("ascii") if not short.isprintable() else short


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=True).encode()).hexdigest()[:32]
