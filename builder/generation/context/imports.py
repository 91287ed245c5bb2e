"""Which files of a project an import names."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from fnmatch import fnmatchcase
from functools import lru_cache
from itertools import product
from posixpath import dirname, join, normpath
from typing import Final

_ENDINGS: Final = ("", ".ts", ".tsx", ".js", ".jsx", ".mjs", ".vue", ".svelte", ".css", ".json", "/index.ts", "/index.tsx", "/index.js", "/index.jsx")  # fmt: skip
_ALIASES: Final = (("@/", "src/"), ("~/", "src/"), ("$lib/", "src/lib/"), ("/", ""))
"""What Vite's, Vue's and SvelteKit's templates call the sources; a leading slash is the project's root."""


def files_of(source: str, path: str, paths: Collection[str]) -> list[str]:
    """The files that `source`, imported in `path`, names; empty for a package. `paths`: all there are."""
    if path.endswith(".go"):
        return _go(source, paths)
    if "*" in source and not path.endswith(".java"):
        return _matching(source, path, paths)
    return list(dict.fromkeys(one for one in _candidates(source, path) if one in paths and one != path))


def _candidates(source: str, path: str) -> Iterator[str]:
    folder = dirname(path)
    if path.endswith(".py"):
        yield from _python(source, folder)
    elif path.endswith(".java"):
        root = folder[: folder.find("java/") + 5] if "java/" in folder else ""
        yield f"{root}{source.replace('.', '/')}.java"
    else:
        yield from _script(source, folder)


def _go(source: str, paths: Collection[str]) -> list[str]:
    """A package is a folder; its name begins with that of its module, which no other file needs to know."""
    packages = _go_packages(frozenset(paths))
    parts = source.split("/")
    folders = ("/".join(parts[at:]) for at in range(len(parts)))
    return next((packages[folder] for folder in folders if folder in packages), [])


@lru_cache(maxsize=4)
def _go_packages(paths: frozenset[str]) -> dict[str, list[str]]:
    packages: dict[str, list[str]] = {}
    for path in sorted(paths):
        if path.endswith(".go") and not path.endswith("_test.go"):
            packages.setdefault(dirname(path), []).append(path)
    return packages


def _matching(pattern: str, path: str, paths: Collection[str]) -> list[str]:
    """The files of Vite's `import.meta.glob`; of what it leaves out again (`!`) nothing is left out here."""
    bases = [pattern[1:] if pattern.startswith("/") else normpath(join(dirname(path), pattern))]
    bases += [to + pattern.removeprefix(alias) for alias, to in _ALIASES[:2] if pattern.startswith(alias)]
    # One that goes below any folder also finds what lies directly in the first.
    bases += [base.replace("**/", "") for base in bases]
    return [one for one in sorted(paths) if one != path and any(_fits(one, base) for base in bases)]


def _fits(path: str, pattern: str) -> bool:
    return fnmatchcase(path, pattern) and ("**" in pattern or path.count("/") == pattern.count("/"))


def _script(source: str, folder: str) -> Iterator[str]:
    if source.startswith("."):
        bases = [normpath(join(folder, source))]
    else:
        bases = [to + source.removeprefix(alias) for alias, to in _ALIASES if source.startswith(alias)]
        # A page's own files are often named without a leading dot, as are style sheets'.
        bases.append(normpath(join(folder, source)))
    for base, ending in product(bases, _ENDINGS):
        yield base + ending
    for base in bases:
        if base.endswith(".js"):
            yield from (base[:-3] + ".ts", base[:-3] + ".tsx")


def _python(source: str, folder: str) -> Iterator[str]:
    names = source.lstrip(".")
    up = len(source) - len(names)
    below = names.replace(".", "/")
    parts = folder.split("/") if folder else []
    # Without dots the program may have been started in any folder above.
    roots = [parts[: len(parts) - up + 1]] if up else [parts[:end] for end in range(len(parts), -1, -1)]
    for root in roots:
        base = "/".join([*root, *([below] if below else [])])
        yield from (f"{base}.py", f"{base}/__init__.py")
