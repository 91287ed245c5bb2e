"""What a look over all files of a project finds: circles of imports, and files that nothing leads to."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from posixpath import basename, splitext
from typing import Final

from builder.generation.context.project_map import ProjectMap, file_route

_SOURCES: Final = ("ts", "tsx", "js", "jsx", "mjs", "cjs", "mts", "cts", "vue", "svelte", "css", "py")
"""What the parsers follow: of other files, and within a package of Go or Java, nobody can say that nothing leads to them."""
_BEGINNING: Final = re.compile(
    r"(?:^|/)(?:__main__|__init__|conftest|manage|wsgi|asgi|main|app|server|index|setup|run|seed\w*|worker|middleware)\.(?:py|[cm]?[jt]sx?)$"
    r"|(?:^|/)(?:tests?|__tests__|e2e|scripts?|migrations|public|static|walks|api|functions)/"
    r"|(?:^|/)(?:test_[^/]*\.py|[^/]*_test\.py|[^/]*\.(?:test|spec|config|setup|stories|d)\.[cm]?[jt]sx?|\.[^/]*)$"
)
_NAMES: Final = re.compile(r"[\w$@.-]+")


def cycles(imports: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """A shortest circle of each set of files that all lead to one another (Tarjan 1972), in the order of the paths."""
    return [_circle(sorted(group), imports) for group in sorted(_together(imports), key=min) if len(group) > 1]


def unused(project: ProjectMap, texts: Mapping[str, str]) -> list[str]:
    """Source files that no start of an app leads to, and that no other file names.

    A start is a page, a program by its name, a route by its place, a test, a setting. Where a file may be found in a way
    that no parser sees, it is not named here.
    """
    candidates = {path for path in project.outlines if path.rpartition(".")[2] in _SOURCES}
    starts = [
        path for path in project.outlines if path not in candidates or _BEGINNING.search(path) or file_route(path)
    ]
    starts += [path for path in candidates if path.endswith(".py") and "__name__" in texts[path]]
    left = candidates - _reached(starts, project)
    while left:
        calls = {path: {basename(path), _stem(path), _dotted(path)} for path in left}
        named = _named_elsewhere(set().union(*calls.values()), project, texts, left)
        spoken_of = [path for path in left if calls[path] & named]
        if not spoken_of:
            break
        left -= _reached(spoken_of, project)
    return sorted(left)


def _reached(starts: Iterable[str], project: ProjectMap) -> set[str]:
    seen, waiting = set(starts), deque(starts)
    while waiting:
        path = waiting.popleft()
        for other in (*project.imports.get(path, ()), *project.answered_by.get(path, ())):
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return seen


def _named_elsewhere(names: set[str], project: ProjectMap, texts: Mapping[str, str], left: set[str]) -> set[str]:
    """The files' names in the text of files that are in use, and their stems in imports that lead to no known file, as those
    by an alias do, or in settings."""
    found: set[str] = set()
    for path, text in texts.items():
        if path in left or path.endswith(".md"):
            continue
        words = set(_NAMES.findall(text))
        found |= {name for name in names & words if "." in name}
        outline = project.outlines[path]
        if len(outline.imports) > len(project.imports.get(path, ())):
            found |= names & {_stem(source) for source in outline.imports}
        if path.rpartition(".")[2] not in _SOURCES:
            found |= names & {part for word in words for part in re.split(r"[.:/]", word)}
    return found


def _stem(path: str) -> str:
    return splitext(basename(path))[0]


def _dotted(path: str) -> str:
    """As settings of Python name a module."""
    return splitext(path)[0].replace("/", ".") if path.endswith(".py") else path


def _together(edges: Mapping[str, Iterable[str]]) -> Iterator[list[str]]:
    """Sets of files that all lead to one another; without recursion, as a chain may be longer than the stack."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    for root in edges:
        work: list[tuple[str, Iterator[str]]] = []
        following: str | None = root if root not in index else None
        while work or following is not None:
            if following is not None:
                index[following] = low[following] = len(index)
                stack.append(following)
                on_stack.add(following)
                work.append((following, iter(edges.get(following, ()))))
            path, others = work[-1]
            following = None
            for other in others:
                if other not in index:
                    following = other
                    break
                if other in on_stack:
                    low[path] = min(low[path], index[other])
            if following is not None:
                continue
            work.pop()
            if work:
                low[work[-1][0]] = min(low[work[-1][0]], low[path])
            if low[path] == index[path]:
                at = stack.index(path)
                group, stack[at:] = stack[at:], []
                on_stack.difference_update(group)
                yield group


def _circle(group: list[str], edges: Mapping[str, Iterable[str]]) -> list[str]:
    """The shortest way from the first of the group back to itself."""
    first, within = group[0], set(group)
    before: dict[str, str] = {}
    waiting = deque([first])
    while waiting:
        path = waiting.popleft()
        for other in edges.get(path, ()):
            if other == first:
                way = [path]
                while way[-1] != first:
                    way.append(before[way[-1]])
                return way[::-1]
            if other in within and other not in before:
                before[other] = path
                waiting.append(other)
    return group
