"""What a project's files say of where packages come from: addresses in the place of versions, and settings that name
another registry. Pure."""

from __future__ import annotations

import configparser
import re
import tomllib
from collections.abc import Iterable, Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from builder.safety.packages.shapes import Ecosystem, Wanted
from preview_runtime.file_tree import FileTree

_NAME: Final = 214
# The forms of npm (https://docs.npmjs.com/cli/configuring-npm/package-json#dependencies) that lead past the registry. A
# folder or a file of the project is its own code.
_ADDRESS: Final = re.compile(
    r"(?:https?|git(?:\+\w+)?|ssh|github|gitlab|bitbucket|gist|jsr):|[\w.-]+@[\w.-]+:|[\w-][\w.-]*/[\w.-]+(?:#.*)?$",
    re.IGNORECASE,
)
_PIP_ADDRESS: Final = re.compile(r"(?:-e\s+|--editable[ =]\s*)?((?:git|hg|svn|bzr)\+\S+|https?://\S+)", re.IGNORECASE)
_INDEX_OPTION: Final = re.compile(
    r"(?:^|\s)(?:-i|-f|--index-url|--extra-index-url|--find-links|--index|--default-index|--registry)[ =]\s*(\S+)"
)
_SCOPED: Final = re.compile(r"\s*(?:@[\w.-]+:)?registry\s*=\s*(\S+)")


def npm_address(asked: str) -> str:
    """The address in the place of a version in a package.json; "" for a range, a tag, or what is the project's own."""
    return asked if _ADDRESS.match(asked) else ""


def python_address(line: str) -> str:
    """The address that a line of a requirements.txt installs from; "" for none, or the project's own code."""
    found = _PIP_ADDRESS.match(line)
    return found[1] if found else ""


def from_address(ecosystem: Ecosystem, name: str, address: str, path: str) -> Wanted:
    """A package from an address; without a `name` the address is shown."""
    return Wanted(ecosystem, (name or _without_secrets(address))[:_NAME], "", path, elsewhere=address[:2_000])


def other_index(ecosystem: Ecosystem, address: str, path: str) -> Wanted | None:
    """A registry at `address`, named by its host; None for a folder."""
    try:
        host = urlsplit(address.strip("\"'")).hostname if "://" in address else ""
    except ValueError:
        host = address[:_NAME]
    return Wanted(ecosystem, host, "", path, elsewhere=address[:2_000]) if host else None


def is_index(wanted: Wanted) -> str:
    """The host of a registry that a file names; "" for everything else."""
    if not wanted.elsewhere:
        return ""
    try:
        return wanted.name if urlsplit(wanted.elsewhere.strip("\"'")).hostname == wanted.name else ""
    except ValueError:
        return ""


def index_options(ecosystem: Ecosystem, path: str, text: str) -> Iterator[Wanted]:
    """The registries that options of an installer name."""
    for found in _INDEX_OPTION.finditer(text):
        if (one := other_index(ecosystem, found[1], path)) is not None:
            yield one


def of_settings(tree: FileTree) -> Iterator[Wanted]:
    """What the settings of installers in the tree lead to: .npmrc, bunfig.toml, pip.conf, uv.toml, pyproject.toml."""
    for path in tree:
        name = path.rpartition("/")[2].lower()
        if "node_modules" in path.split("/"):
            continue
        read = _READERS.get(name)
        ecosystem = Ecosystem.NPM if name in (".npmrc", "bunfig.toml", ".bunfig.toml") else Ecosystem.PYPI
        for address in read(tree.text(path) or "") if read else ():
            if (one := other_index(ecosystem, address, path)) is not None:
                yield one
        if name == "bun.lockb":  # bun's binary form, which nobody can read here
            yield from_address(Ecosystem.NPM, "bun.lockb", path, path)
        if name in ("uv.toml", "pyproject.toml"):
            yield from _of_uv_sources(path, tree.text(path) or "")


def _of_npmrc(text: str) -> Iterator[str]:
    yield from (found[1] for line in text.splitlines() if (found := _SCOPED.match(line)))


def _of_bunfig(text: str) -> Iterator[str]:
    install = _toml(text).get("install")
    if isinstance(install, dict):
        scopes = install.get("scopes")
        for one in (install.get("registry"), *(scopes.values() if isinstance(scopes, dict) else ())):
            address = one.get("url") if isinstance(one, dict) else one
            yield from (address,) if isinstance(address, str) else ()


def _of_pip(text: str) -> Iterator[str]:
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return
    for section in parser.sections():
        for name in ("index-url", "extra-index-url", "find-links"):
            yield from parser.get(section, name, fallback="").split()


def _of_uv(text: str) -> Iterator[str]:
    for table in _uv_tables(text):
        for name in ("index-url", "extra-index-url", "find-links"):
            yield from _strings(table.get(name))
        for one in _list(table.get("index")):
            yield from _strings(one.get("url") if isinstance(one, dict) else None)


def _of_uv_sources(path: str, text: str) -> Iterator[Wanted]:
    for table in _uv_tables(text):
        sources = table.get("sources")
        for name, source in sources.items() if isinstance(sources, dict) else ():
            for one in _list(source) or [source]:
                for kind in ("git", "url"):
                    if isinstance(one, dict) and isinstance(address := one.get(kind), str):
                        yield from_address(Ecosystem.PYPI, str(name), address, path)


def _uv_tables(text: str) -> list[dict[str, Any]]:
    document = _toml(text)
    tool = document.get("tool")
    uv = tool.get("uv") if isinstance(tool, dict) else None
    found = [document, uv if isinstance(uv, dict) else {}]
    return [*found, *(pip for one in found if isinstance(pip := one.get("pip"), dict))]


_READERS: Final = {
    ".npmrc": _of_npmrc,
    "bunfig.toml": _of_bunfig,
    ".bunfig.toml": _of_bunfig,
    "pip.conf": _of_pip,
    "pip.ini": _of_pip,
    "uv.toml": _of_uv,
    "pyproject.toml": _of_uv,
}


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        return {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _strings(value: object) -> Iterable[str]:
    return [value] if isinstance(value, str) else [one for one in _list(value) if isinstance(one, str)]


def _without_secrets(address: str) -> str:
    return re.sub(r"//[^/@\s]*@", "//", address)
