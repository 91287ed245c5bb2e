"""requirements.txt: packages that are used but not asked for, and modules of Python itself that are."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from builder.generation.mends.python.places import is_local
from builder.generation.mends.reading.python_module import STANDARD, imports, optional
from builder.generation.mends.work.mend import Splice
from preview_runtime.plans.python_packages import requirement_files

if TYPE_CHECKING:
    from builder.generation.mends.work.workpiece import Workpiece

_NAME: Final = "requirements.txt"
_ELSEWHERE: Final = ("pyproject.toml", "Pipfile", "setup.py", "setup.cfg", "environment.yml", "poetry.lock")
_TESTS: Final = re.compile(r"(?:^|/)(?:tests?/|test_|conftest\.py)")
# What a name of a package needs beside it, without importing it itself.
_IMPLIED: Final = {
    ("fastapi", "Form"): "python-multipart",
    ("fastapi", "File"): "python-multipart",
    ("fastapi", "UploadFile"): "python-multipart",
    ("fastapi.templating", "Jinja2Templates"): "jinja2",
    ("starlette.templating", "Jinja2Templates"): "jinja2",
    ("pydantic", "EmailStr"): "email-validator",
    ("fastapi.testclient", "TestClient"): "httpx",
    ("starlette.middleware.sessions", "SessionMiddleware"): "itsdangerous",
    ("fastapi.middleware.sessions", "SessionMiddleware"): "itsdangerous",
}
# Modules of Python that an index has no package for.
_NOT_ON_PYPI: Final = frozenset(
    [
        "sqlite3",
        "json",
        "os",
        "sys",
        "re",
        "math",
        "time",
        "datetime",
        "random",
        "itertools",
        "functools",
        "collections",
        "tkinter",
        "uuid",
        "secrets",
        "hashlib",
    ]
) & frozenset(STANDARD)


def mend_requirements(work: Workpiece) -> None:
    """Adds each package that a changed module imports and that nothing brings along; takes out what is no package."""
    for path in [one for one in work.changed if one.endswith(_NAME)]:
        _take_out(work, path)
    # Where the list itself changed, everything is held against it.
    everything = any(path.endswith(_NAME) for path in work.changed)
    for path in list(work.files) if everything else work.changed:
        module = work.module(path) if path.endswith(".py") and not _TESTS.search(path) else None
        if module is None:
            continue
        skipped = optional(module)
        for node, dotted, dots in imports(module):
            top = dotted.partition(".")[0]
            if dots or not top or top in STANDARD or node.lineno in skipped or is_local(work, top):
                continue
            _need(work, path, work.packages.pypi_package(top), top)
            for alias in node.names if isinstance(node, ast.ImportFrom) else ():
                if implied := _IMPLIED.get((dotted, alias.name)):
                    _need(work, path, implied, implied)


def _need(work: Workpiece, path: str, package: str, module: str) -> None:
    file = _file(work, path)
    if file is None:
        return
    if not package:
        work.leave("unknown_package", path, name=module)
        return
    asked = _asked(work, file)
    if asked is None or package in asked:
        return
    text = work.text(file) or ""
    pinned = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    version = work.packages.pypi_version(package)
    all_pinned = bool(pinned) and all("==" in line for line in pinned)
    line = f"{package}=={version}" if all_pinned and version else package
    if file not in work.files:
        work.make("requirement", file, f"{line}\n", name=package)
        return
    end = len(text.encode())
    lead = "" if not text or text.endswith("\n") else "\n"
    work.mend("requirement", file, [Splice(end, end, f"{lead}{line}\n")], name=package)


def _file(work: Workpiece, path: str) -> str | None:
    """The requirements.txt for a module: the nearest above, or one to be made at the top; None where the project says
    what it needs in another way."""
    folder = path.rpartition("/")[0]
    while True:
        inside = f"{folder}/" if folder else ""
        if f"{inside}{_NAME}" in work.files:
            return f"{inside}{_NAME}"
        if any(f"{inside}{name}" in work.files for name in _ELSEWHERE):
            return None
        if not folder:
            break
        folder = folder.rpartition("/")[0]
    if any(one.endswith((_NAME, *_ELSEWHERE)) or one.startswith("requirements") for one in work.files):
        return None
    beside = path.rpartition("/")[0]
    return _NAME if not beside else None


def _asked(work: Workpiece, file: str) -> frozenset[str] | None:
    """All packages that a requirements file brings; None where one of its lines is something else."""
    from preview_runtime.file_tree import FileTree

    found: set[str] = set()
    texts = {path: text for path, text in work.files.items() if path.endswith(".txt")}
    for path in requirement_files(FileTree(texts), file) if file in work.files else ():
        for line in (work.text(path) or "").splitlines():
            line = line.partition(" #")[0].strip()
            if not line or line.startswith(("#", "-r", "-c", "--")):
                continue
            try:
                requirement = Requirement(line)
            except InvalidRequirement:
                return None
            found |= work.packages.pypi_needs(canonicalize_name(requirement.name), bool(requirement.extras))
    return frozenset(found)


def _take_out(work: Workpiece, path: str) -> None:
    text = work.text(path) or ""
    at = 0
    for line in text.splitlines(keepends=True):
        name = line.partition("=")[0].partition(">")[0].strip().lower()
        if name in _NOT_ON_PYPI:
            work.mend("requirement_standard", path, [Splice(at, at + len(line.encode()), "")], name=name)
            return _take_out(work, path)
        at += len(line.encode())
    return None
