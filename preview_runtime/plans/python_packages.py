"""Which packages a Python project needs, when its files alone can tell."""

from __future__ import annotations

import posixpath
import re
import tomllib
from typing import Final

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from preview_runtime.file_tree import FileTree
from preview_runtime.plans.recipe import PackageSet
from preview_runtime.plans.runtimes import Runtime

REQUIREMENTS: Final = "requirements.txt"
LOCK: Final = "requirements.lock"
_INCLUDE: Final = re.compile(r"^(?:-r|-c|--requirement|--constraint)[ =]?\s*(\S+)$")
# A path is the project's own code: installing it needs the tree, and no other project can share the result.
_LOCAL: Final = re.compile(r"^(?:-e\b|--editable\b|\.{1,2}(?:/|$)|/|file:)|@\s*(?:file:|\.{0,2}/)")
_HASH: Final = re.compile(r" --hash=[a-z0-9]+:[0-9a-f]+")
_COMMENT: Final = re.compile(r"(^|\s)#.*$")
# What people and models write for “install the requirements file”, with pip, with uv or without either.
_PLAIN: Final = re.compile(
    r"(?:(?:python3?|py)\s+-m\s+)?(?:uv\s+)?pip3?\s+install(?P<words>(?:\s+[^\s;&|<>$`]+)+)|uv\s+(?:sync|pip\s+sync\s+\S+)"
)
_OPTIONS: Final = frozenset(
    {
        "--upgrade",
        "-U",
        "--user",
        "--no-cache-dir",
        "--system",
        "-q",
        "--quiet",
        "--break-system-packages",
        "--no-input",
    }
)


def python_packages(tree: FileTree, path: str) -> PackageSet | None:
    """The packages that `path`, a requirements.txt or pyproject.toml, names; None when one of them is the project's own
    code."""
    if path.endswith(".toml"):
        return _of_pyproject(tree, path)
    files: dict[str, str] = {}
    if not _read(tree, path, files):
        return None
    lines = [line for text in files.values() for line in text.splitlines()]
    if len(files) > 1 or any(line.startswith("-") or "--hash" in line for line in lines):
        # If files include one another, their places matter, and an option may refer to the lines around it.
        plain = [line for line in lines if not _INCLUDE.match(line)]
        if len(files) > 1 and path != REQUIREMENTS:
            files[REQUIREMENTS] = f"-r {path}\n"
        elif path != REQUIREMENTS:
            files = {REQUIREMENTS: files[path]}
        return PackageSet(Runtime.PYTHON, files, _wanted(plain))
    return packages_of(lines)


def locked_packages(tree: FileTree, path: str) -> PackageSet | None:
    """The packages of the lock beside the requirements at `path`, with versions and digests; None where there is no lock,
    or one that does not hold for what is asked for by now."""
    lock = tree.text(f"{posixpath.dirname(path)}/{LOCK}".lstrip("/"))
    asked = python_packages(tree, path)
    if not lock or asked is None or asked.wanted is None:
        return None
    lines = [line.strip() for line in lock.splitlines() if line.strip() and not line.startswith("#")]
    wanted = _wanted([_HASH.sub("", line) for line in lines])
    if wanted is None or not all(" --hash=sha256:" in line for line in lines):
        return None
    # A name may stand there twice, with a version for each system.
    exact = {(canonicalize_name(name), one.version) for name, line in wanted for one in Requirement(line).specifier}
    for name, line in asked.wanted:
        mine = [version for other, version in exact if other == canonicalize_name(name)]
        if not any(Requirement(line).specifier.contains(version, prereleases=True) for version in mine):
            return None
    return PackageSet(Runtime.PYTHON, {REQUIREMENTS: "".join(f"{line}\n" for line in lines)}, wanted)


def requirement_files(tree: FileTree, path: str) -> tuple[str, ...]:
    """`path` and the requirements files it includes, if they are in the tree."""
    files: dict[str, str] = {}
    _read(tree, path, files)
    return tuple(files)


def packages_of(lines: list[str]) -> PackageSet:
    """The set of requirements, one a line."""
    return PackageSet(
        Runtime.PYTHON, {REQUIREMENTS: "".join(f"{line}\n" for line in sorted(set(lines)))}, _wanted(lines)
    )


def said_packages(command: str) -> list[str] | None:
    """The requirements in a given install command, to be added to those of the files (mostly none).

    None for a command that does something else as well: it has to be run.
    """
    match = _PLAIN.fullmatch(command.strip())
    if match is None:
        return None
    words = [word.strip("\"'") for word in (match["words"] or "").split()]
    found: list[str] = []
    while words:
        word = words.pop(0)
        if word in ("-r", "--requirement"):
            if not words or not words.pop(0).endswith((".txt", ".toml")):
                return None
        elif word in _OPTIONS or word == ".":
            continue
        elif word.startswith("-") or _LOCAL.search(word):
            return None
        else:
            found.append(word)
    return found


def with_packages(packages: PackageSet | None, lines: list[str]) -> PackageSet | None:
    """`packages` and those of `lines` as one set; None when a lock file does not allow additions."""
    if packages is None or not lines:
        return packages_of(lines) if lines else packages
    if REQUIREMENTS not in packages.files:
        return None
    listed = packages.files[REQUIREMENTS].splitlines()
    if len(packages.files) == 1 and not any(line.startswith("-") for line in listed):
        return packages_of([*listed, *lines])
    files = {**packages.files, REQUIREMENTS: "".join(f"{line}\n" for line in [*listed, *lines])}
    wanted = None if packages.wanted is None else [text for _, text in packages.wanted]
    return PackageSet(Runtime.PYTHON, files, None if wanted is None else _wanted([*wanted, *lines]))


def _of_pyproject(tree: FileTree, path: str) -> PackageSet:
    text = tree.text(path) or ""
    lock = tree.text(posixpath.join(posixpath.dirname(path), "uv.lock"))
    try:
        dependencies = tomllib.loads(text).get("project", {}).get("dependencies", [])
        lines = [" ".join(str(line).split()) for line in dependencies]
    except (ValueError, AttributeError, TypeError, RecursionError):
        # Broken: the installer says where.
        return PackageSet(Runtime.PYTHON, {"pyproject.toml": text}, None)
    if lock is not None:
        return PackageSet(Runtime.PYTHON, {"pyproject.toml": text, "uv.lock": lock}, None)
    return packages_of(lines)


def _read(tree: FileTree, path: str, files: dict[str, str]) -> bool:
    """Put `path` and the files it includes into `files`, comments left out; returns False when the project itself is
    named."""
    waiting = [path]
    while waiting:  # a chain of inclusions may have any length
        path = waiting.pop()
        if path in files:
            continue
        lines: list[str] = []
        included: list[str] = []
        for line in re.sub(r"\\\r?\n", " ", tree.text(path) or "").splitlines():
            line = _COMMENT.sub("", line).strip()
            if not line:
                continue
            if _LOCAL.search(line):
                return False
            if match := _INCLUDE.match(line):
                included.append(posixpath.normpath(posixpath.join(posixpath.dirname(path), match[1])))
            lines.append(line)
        files[path] = "".join(f"{line}\n" for line in lines)
        # The installer reports a missing one.
        waiting += [other for other in reversed(included) if other in tree]
    return True


def _wanted(lines: list[str]) -> tuple[tuple[str, str], ...] | None:
    found: list[tuple[str, str]] = []
    for line in lines:
        try:
            requirement = Requirement(line)
        except InvalidRequirement:
            return None
        found.append((requirement.name, line))
    return tuple(sorted(set(found)))
