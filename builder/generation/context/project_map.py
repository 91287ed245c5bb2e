"""A project at a glance: what each file gives and takes, who is beside whom, a line a file for a model."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from posixpath import basename, dirname, splitext
from typing import Final

from builder.generation.context.imports import files_of
from builder.generation.context.outlines import Outline, outline
from preview_runtime.file_tree import FileTree

_MOST_LISTED: Final = 8
_PARAMETER: Final = re.compile(r"[:{<*$]")
_FILE_ROUTES: Final = re.compile(
    r"^(?:src/)?(?:pages/(?P<page>(?!api/|_).+?)\.(?:tsx|jsx|vue|svelte)|(?:app|routes)/(?P<folder>(?:.+/)?)(?:page|\+page|route|\+server)\.\w+)$"
)
"""Next's and SvelteKit's documentation: a page's place among the files is its address."""


class ProjectMap:
    """The map of `tree`. Making it reads the files whose content was not read before."""

    def __init__(self, tree: FileTree) -> None:
        digests = tree.digests()
        self.outlines: dict[str, Outline] = {
            path: outline(path, text, digests[path]) for path, text in tree.items() if isinstance(text, str)
        }
        self._paths = tuple(tree)

    @cached_property
    def imports(self) -> Mapping[str, tuple[str, ...]]:
        """Path → the project's files that it imports."""
        known = frozenset(self._paths)
        found = {
            path: dict.fromkeys(one for source in seen.imports for one in files_of(source, path, known))
            for path, seen in self.outlines.items()
        }
        return {path: tuple(files) for path, files in found.items()}

    @cached_property
    def importers(self) -> Mapping[str, tuple[str, ...]]:
        """Path → the files that import it."""
        return _turned(self.imports)

    @cached_property
    def requests(self) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        """Path → the files with the routes that it calls → the addresses of those calls."""
        owners: dict[str, list[str]] = defaultdict(list)
        for path, seen in self.outlines.items():
            routes = (*seen.routes, *([route] if (route := file_route(path)).startswith("/api") else []))
            for place in dict.fromkeys(_fixed(route.rpartition(" ")[2]) for route in routes):
                owners[place].append(path)
        found: dict[str, dict[str, tuple[str, ...]]] = {}
        for path, seen in self.outlines.items():
            for call in seen.calls:
                for owner in owners.get(_fixed(call), ()):
                    if owner != path:
                        asked = found.setdefault(path, {})
                        asked[owner] = (*asked.get(owner, ()), call)
        return found

    @cached_property
    def answered_by(self) -> Mapping[str, tuple[str, ...]]:
        """Path → the files with the routes that it calls."""
        return {path: tuple(owners) for path, owners in self.requests.items()}

    @cached_property
    def called_by(self) -> Mapping[str, tuple[str, ...]]:
        """Path → the files that call its routes."""
        return _turned(self.answered_by)

    def lines(self, most_characters: int) -> tuple[str, ...]:
        """A line a file, in the order of their paths; where that is too long, without imports, then only names by folder.

        Sizes are rounded, so that a small edit leaves a line, and whatever follows it in a provider's cache, as it was.
        """
        for described in (self._described, self._named):
            lines = tuple(described(path) for path in self._paths)
            if sum(map(len, lines)) + len(lines) <= most_characters:
                return lines
        return _within([*self._folders()], most_characters)

    def _described(self, path: str) -> str:
        taken = dict.fromkeys(_stem(one) for one in self.imports.get(path, ()))
        return self._named(path) + (f" < {_listed(taken)}" if taken else "")

    def _named(self, path: str) -> str:
        seen = self.outlines.get(path)
        if seen is None:
            return f"{path} (binary)"
        routes = [*seen.routes, *([route] if (route := file_route(path)) else [])]
        given = f": {_listed(seen.exports)}" if seen.exports else ""
        return f"{path} ~{rounded(seen.lines)}{given}" + (f" @ {_listed(routes)}" if routes else "")

    def _folders(self) -> Iterable[str]:
        names: dict[str, list[str]] = defaultdict(list)
        for path in self._paths:
            names[dirname(path)].append(path.rpartition("/")[2])
        for folder, inside in names.items():
            shown = ", ".join(inside[:40])
            yield f"{folder or '.'}/: {shown}" + (f" and {len(inside) - 40} more" if len(inside) > 40 else "")


def rounded(lines: int) -> int:
    """To a multiple of 5 below 40 lines, of 50 below 400, and so on."""
    step = 5
    while lines >= step * 8:
        step *= 10
    return max(step, round(lines / step) * step)


def file_route(path: str) -> str:
    """The address of a page by its place among the files, "" for other files."""
    match = _FILE_ROUTES.match(path)
    if not match:
        return ""
    place = match["page"] if match["page"] is not None else (match["folder"] or "")
    return "/" + place.removesuffix("index").strip("/")


def _stem(path: str) -> str:
    """A module's name: its file's, or its folder's where the file is an index."""
    stem = splitext(basename(path))[0]
    return basename(dirname(path)) or stem if stem in ("index", "__init__") else stem


def _turned(edges: Mapping[str, Iterable[str]]) -> Mapping[str, tuple[str, ...]]:
    back: dict[str, list[str]] = defaultdict(list)
    for path, others in edges.items():
        for other in others:
            back[other].append(path)
    return {path: tuple(others) for path, others in back.items()}


def _fixed(address: str) -> str:
    """The part of an address before its first parameter, without a query."""
    return _PARAMETER.split(address.partition("?")[0], maxsplit=1)[0].rstrip("/")


def _listed(names: Iterable[str]) -> str:
    names = [*names]
    more = len(names) - _MOST_LISTED
    return ", ".join(names[:_MOST_LISTED]) + (f" +{more}" if more > 0 else "")


def _within(lines: list[str], most_characters: int) -> tuple[str, ...]:
    kept: list[str] = []
    for line in lines:
        most_characters -= len(line) + 1
        if most_characters < 40:
            return (*kept, f"and {len(lines) - len(kept)} more folders")
        kept.append(line)
    return tuple(kept)
