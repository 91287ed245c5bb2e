"""Imports of Python: names without one, names that a module does not give, modules that are looked for in the wrong place."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

from builder.generation.mends.python.places import is_local, local_module
from builder.generation.mends.reading.python_module import (
    STANDARD,
    free_names,
    given_names,
    imports,
    offsets,
    optional,
    own_names,
)
from builder.generation.mends.work.alike import is_slip, nearest_name
from builder.generation.mends.work.mend import Splice

if TYPE_CHECKING:
    from builder.generation.mends.work.workpiece import Workpiece

# Of the standard library: the modules whose names are used without the module's own name.
_NAMES_OF: Final = (
    "typing",
    "datetime",
    "dataclasses",
    "pathlib",
    "collections",
    "enum",
    "contextlib",
    "functools",
    "uuid",
    "decimal",
    "zoneinfo",
    "abc",
    "http.server",
)
# Their names that other things are called by as well.
_COMMON: Final = frozenset(
    [
        "field",
        "date",
        "time",
        "contextmanager",
        "cast",
        "final",
        "reduce",
        "partial",
        "cache",
        "wraps",
        "count",
        "overload",
    ]
)
# Names that modules only happen to have, or that nobody takes from there.
_NOT_MEANT: Final = frozenset({("dataclasses", "Field"), ("uuid", "Enum"), ("http.server", "datetime")})
# What apps of FastAPI use, by the module that gives it.
_HOMES: Final = {
    **dict.fromkeys(("BaseModel", "Field", "EmailStr", "field_validator", "model_validator", "ConfigDict"), "pydantic"),
    **dict.fromkeys(
        ("HTMLResponse", "JSONResponse", "FileResponse", "RedirectResponse", "StreamingResponse", "PlainTextResponse"),
        "fastapi.responses",
    ),
    "CORSMiddleware": "fastapi.middleware.cors",
    "StaticFiles": "fastapi.staticfiles",
    "Jinja2Templates": "fastapi.templating",
}
_TESTS: Final = re.compile(r"(?:^|/)(?:tests?/|test_|conftest\.py)")


def mend_python_imports(work: Workpiece) -> None:
    """Makes each changed module import what it uses, from where it is."""
    for path in sorted({*work.changed, *work.affected}):
        if not path.endswith(".py") or _TESTS.search(path):
            continue
        _places(work, path)
        _names(work, path)
        if path in work.changed:
            _missing(work, path)


def _places(work: Workpiece, path: str) -> None:
    """Relative imports in a script that is in no package, bare ones of a module in the same package, slips in names."""
    module, text = work.module(path), work.text(path) or ""
    if module is None:
        return
    starts = offsets(text)
    splices, told = [], []
    skipped = optional(module)
    for node, dotted, dots in imports(module):
        if node.lineno in skipped or not isinstance(node, ast.ImportFrom):
            continue
        new = _better_place(work, path, dotted, dots, frozenset(alias.name for alias in node.names))
        if new is None:
            continue
        start = starts[node.lineno - 1] + node.col_offset
        line = text.encode()[start : starts[node.end_lineno or node.lineno]]
        head = re.match(rb"from\s+[.\w]+", line)
        if head is not None:
            splices.append(Splice(start, start + head.end(), f"from {new}"))
            told.append(new)
    if splices:
        work.mend("import_path", path, splices, file=", ".join(told))


def _better_place(work: Workpiece, path: str, dotted: str, dots: int, names: frozenset[str]) -> str | None:
    folder = path.rpartition("/")[0]
    if dots:
        # At the top of the project nothing is a package.
        found = local_module(work, path, dotted, dots)
        return dotted if not folder and dots == 1 and dotted and found else None
    top = dotted.partition(".")[0]
    if top in STANDARD or local_module(work, path, dotted, 0):
        beside = f"{folder}/{top}.py" if folder else ""
        bare = beside in work.files and f"{top}.py" not in work.files and f"{folder}/__init__.py" in work.files
        return f".{dotted}" if bare and top not in STANDARD and _is_package(work, folder) else None
    if work.packages.python_names(top) or work.packages.pypi_package(top):
        return None
    known = [one for one in STANDARD if is_slip(top, one)] if "." not in dotted else []
    if len(known) == 1 and names and names <= work.packages.python_names(known[0]):
        return known[0]
    siblings = [
        other.rpartition("/")[2][:-3]
        for other in work.files
        if other.endswith(".py") and other.rpartition("/")[0] == folder
    ]
    near = [name for name in siblings if name.lower() == top.lower() or is_slip(top, name)]
    if not near and "." not in dotted and names and not is_local(work, top) and not _asked_for(work, top):
        # Nobody brings a module of this name: the one beside it that gives all that is taken is meant.
        homes = {tuple(_defining(work, path, name)) for name in names}
        return homes.pop()[0] if len(homes) == 1 and all(len(home) == 1 for home in homes) else None
    return ".".join([near[0], *dotted.split(".")[1:]]) if len(near) == 1 and not is_local(work, top) else None


def _asked_for(work: Workpiece, module: str) -> bool:
    """Whether some list of requirements has a word like it."""
    return any(
        isinstance(text, str) and module.lower() in text.lower().replace("-", "_")
        for path, text in work.files.items()
        if path.rpartition("/")[2].startswith(("requirements", "pyproject.toml", "Pipfile", "setup."))
    )


def _is_package(work: Workpiece, folder: str) -> bool:
    """Whether the modules of a folder are loaded as parts of it: somebody outside names it, or they name each other by
    dots."""
    name = folder.rpartition("/")[2]
    for other, text in work.files.items():
        module = (
            work.module(other)
            if other.endswith(".py") and isinstance(text, str) and (name in text or "from ." in text)
            else None
        )
        for _, dotted, dots in imports(module) if module is not None else ():
            within = other.startswith(f"{folder}/")
            if (dots and within) or (not within and dotted.partition(".")[0] == name):
                return True
    return any(
        f"{name}.main" in text or f"{name}.app" in text
        for path, text in work.files.items()
        if path in ("sayso.json", "Procfile") and isinstance(text, str)
    )


def _names(work: Workpiece, path: str) -> None:
    """Names that are imported from a module that does not give them."""
    module, text = work.module(path), work.text(path) or ""
    if module is None:
        return
    starts = offsets(text)
    skipped = optional(module)
    for node in ast.walk(module):
        if not isinstance(node, ast.ImportFrom) or node.lineno in skipped:
            continue
        target = local_module(work, path, node.module or "", node.level)
        given, more = _given(work, target, node)
        if more or not given:
            continue
        for alias in node.names:
            if alias.name in given or alias.name == "*" or _is_submodule(work, target, alias.name):
                continue
            start = starts[alias.lineno - 1] + alias.col_offset
            # The name that is used without an import is the one that was meant.
            free = free_names(module) & given
            unused = alias.asname is None and alias.name not in _loaded(module)
            found = next(iter(free)) if unused and len(free) == 1 else nearest_name(alias.name, given)
            if found:
                kept = alias.asname or ("" if unused else alias.name)
                end = starts[(alias.end_lineno or alias.lineno) - 1] + (alias.end_col_offset or 0)
                new = f"{found} as {kept}" if kept else found
                work.mend(
                    "import_name",
                    path,
                    [Splice(start, end, new)],
                    name=alias.name,
                    found=found,
                    module=node.module or ".",
                )
                return _names(work, path)
            if moved := _elsewhere(work, path, alias.name) if len(node.names) == 1 and target else "":
                new = f"from {moved} import {alias.name}" + (f" as {alias.asname}" if alias.asname else "")
                begin = starts[node.lineno - 1] + node.col_offset
                end = starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
                work.mend("import_module", path, [Splice(begin, end, new)], name=alias.name, module=moved)
                return _names(work, path)
            if target or alias.name[:1].isupper():  # a package may have a module of this name
                work.leave("missing_name", path, name=alias.name, module=node.module or ".")
    return None


def _given(work: Workpiece, target: str, node: ast.ImportFrom) -> tuple[frozenset[str], bool]:
    if target:
        module = work.module(target)
        return given_names(module) if module is not None else (frozenset(), True)
    if node.level:
        return frozenset(), True
    return work.packages.python_names(node.module or ""), False


def _is_submodule(work: Workpiece, target: str, name: str) -> bool:
    folder = target.removesuffix("__init__.py") if target.endswith("__init__.py") else ""
    return bool(folder) and (f"{folder}{name}.py" in work.files or f"{folder}{name}/__init__.py" in work.files)


def _elsewhere(work: Workpiece, path: str, name: str) -> str:
    """The one module beside `path` that defines `name`, as `path` imports modules."""
    found = _defining(work, path, name)
    return found[0] if len(found) == 1 else ""


def _defining(work: Workpiece, path: str, name: str) -> list[str]:
    folder = path.rpartition("/")[0]
    dots = _uses_dots(work, path)
    found = []
    for other, text in work.files.items():
        if (
            not other.endswith(".py")
            or other == path
            or not isinstance(text, str)
            or name not in text
            or _TESTS.search(other)
        ):
            continue
        module = work.module(other)
        if module is None or name not in own_names(module) or other.endswith("__init__.py"):
            continue
        if other.rpartition("/")[0] == folder:
            found.append(("." if dots else "") + other.rpartition("/")[2][:-3])
        elif not folder and "-" not in other:
            found.append(other[:-3].replace("/", "."))
        else:
            found.append("")  # how it is reached depends on where the app is run
    return found


def _uses_dots(work: Workpiece, path: str) -> bool:
    module = work.module(path)
    folder = path.rpartition("/")[0]
    own = any(dots for _, _, dots in imports(module)) if module is not None else False
    return bool(folder) and (own or (f"{folder}/__init__.py" in work.files and _is_package(work, folder)))


def _missing(work: Workpiece, path: str) -> None:
    """Names that are used without an import."""
    module = work.module(path)
    if module is None:
        return
    lines = []
    for name in sorted(free_names(module)):
        line = _import_of(work, path, module, name)
        if line:
            lines.append((name, line))
        elif name[:1].isupper():
            work.leave("unknown_name", path, name=name)
    for name, line in lines:
        current = work.module(path)
        if current is not None:
            _add(work, path, current, name, line)


def _import_of(work: Workpiece, path: str, module: ast.Module, name: str) -> str:
    """The line that imports `name`, "" where none is certain."""
    if name in STANDARD and (parts := _parts_of(module, name)):
        known = work.packages.python_names(name)
        if known and parts <= known:
            return f"import {name}"
    known = work.packages.python_names(name)
    if (
        name not in STANDARD
        and known
        and _is_asked_for(work, name)
        and (parts := _parts_of(module, name))
        and parts <= known
    ):
        return f"import {name}"
    beside = f"{path.rpartition('/')[0]}/{name}.py".lstrip("/")
    whole = work.module(beside) if beside != path else None
    if (
        whole is not None
        and (parts := _parts_of(module, name))
        and parts <= given_names(whole)[0]
        and not _uses_dots(work, path)
    ):
        return f"import {name}"
    own = _defining(work, path, name)
    if own:
        return f"from {own[0]} import {name}" if len(own) == 1 and own[0] else ""
    if len(name) < 3 or (_parts_of(module, name) and name in STANDARD and name != "datetime"):
        return ""
    used = {dotted for _, dotted, dots in imports(module) if not dots}
    from_packages = sorted({one for one in used if name in work.packages.python_names(one) and one not in STANDARD})
    if len(from_packages) > 1:
        # What is imported as a whole is used under its own name.
        taken = {dotted for node, dotted, _ in imports(module) if isinstance(node, ast.ImportFrom)}
        from_packages = [one for one in from_packages if one in taken] or from_packages
    if len(from_packages) > 1:
        defining = [one for one in from_packages if name in work.packages.python_classes(one)]
        from_packages = defining or [one for one in from_packages if "." not in one]
    standard = [one for one in _NAMES_OF if name in work.packages.python_names(one) and not name.startswith("_")]
    standard = [one for one in standard if (one, name) not in _NOT_MEANT]
    if from_packages and any(one != "typing" for one in standard):
        return ""  # FastAPI's Path, or that of files?
    if from_packages:
        return f"from {from_packages[0]} import {name}" if len(from_packages) == 1 else ""
    if name in _COMMON and not any(one in used and name in work.packages.python_names(one) for one in _NAMES_OF):
        return ""
    if home := _HOMES.get(name):
        is_there = home in used or (_by_fastapi(home) and any(one.partition(".")[0] == "fastapi" for one in used))
        return f"from {home} import {name}" if is_there and "sqlmodel" not in used else ""
    standard = [one for one in standard if name not in STANDARD or one == name]
    if len(standard) > 1:
        standard = [one for one in standard if name in work.packages.python_classes(one)] or standard
    return f"from {_preferred(standard, name)} import {name}" if _preferred(standard, name) else ""


def _by_fastapi(module: str) -> bool:
    """Whether it comes with FastAPI, or is a part of it."""
    return module == "pydantic" or module.startswith("fastapi.")


def _is_asked_for(work: Workpiece, module: str) -> bool:
    package = work.packages.pypi_package(module)
    return bool(package) and any(
        isinstance(text, str) and package in text.lower()
        for path, text in work.files.items()
        if path.endswith("requirements.txt")
    )


def _loaded(module: ast.Module) -> frozenset[str]:
    return frozenset(node.id for node in ast.walk(module) if isinstance(node, ast.Name))


def _preferred(modules: list[str], name: str) -> str:
    """The one module that gives a name; of `typing`'s that others define, the other."""
    if len(modules) > 1:
        modules = (
            [one for one in modules if one != "typing"]
            if not name[:1].isupper()
            else [one for one in modules if one == "typing"] or modules
        )
    return modules[0] if len(modules) == 1 else ""


def _parts_of(module: ast.Module, name: str) -> frozenset[str]:
    """The parts of `name` that are taken; empty where it is used in another way as well."""
    parts: set[str] = set()
    total = sum(isinstance(node, ast.Name) and node.id == name for node in ast.walk(module))
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == name:
            parts.add(node.attr)
            total -= 1
    return frozenset(parts) if total == 0 else frozenset()


def _add(work: Workpiece, path: str, module: ast.Module, name: str, line: str) -> None:
    text = work.text(path) or ""
    starts = offsets(text)
    source = line.split()[1]
    if line.startswith("from"):
        for node in module.body:
            dotted = "." * node.level + (node.module or "") if isinstance(node, ast.ImportFrom) else ""
            if isinstance(node, ast.ImportFrom) and dotted == source and node.names[0].name != "*":
                last = node.names[-1]
                at = starts[(last.end_lineno or last.lineno) - 1] + (last.end_col_offset or 0)
                work.mend("import_missing", path, [Splice(at, at, f", {name}")], name=name, module=source)
                return
    body = module.body
    first = 1 if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant) else 0
    heads = [node for node in body if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
    existing = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom) and node not in heads]
    if existing and line.startswith("from"):
        at = starts[existing[-1].end_lineno or existing[-1].lineno]
        splice = Splice(min(at, len(text.encode())), min(at, len(text.encode())), f"{line}\n")
    elif existing:
        at = starts[existing[0].lineno - 1]
        splice = Splice(at, at, f"{line}\n")
    elif heads or first:
        after = heads[-1] if heads else body[0]
        at = min(starts[after.end_lineno or after.lineno], len(text.encode()))
        splice = Splice(at, at, f"\n{line}\n")
    else:
        splice = Splice(0, 0, f"{line}\n\n")
    work.mend("import_missing", path, [splice], name=name, module=source)
