"""In which order a project's files are sent, so that a provider reads what it read last time from its cache."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

MOST_SUPERSEDED: Final = 0.4  # of the characters that are sent: beyond it, all is sent anew
_MOST_CORRECTED: Final = 0.2  # of a map's lines


class SentFile(NamedTuple):
    path: str
    sha: str
    characters: int


@dataclass(frozen=True, slots=True)
class Layout:
    """What is sent of a project: the lines of its map, the files, then in each further block what changed since.

    A file may stand in several blocks: its last text counts. `texts`: of those that are superseded, by digest.
    """

    map: tuple[str, ...] = ()
    blocks: tuple[tuple[SentFile, ...], ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def files(self) -> dict[str, SentFile]:
        """The last of each path, in the order in which they stand."""
        found: dict[str, SentFile] = {}
        for file in self._all():
            found.pop(file.path, None)
            found[file.path] = file
        return found

    def stale(self, files: Iterable[SentFile]) -> list[SentFile]:
        """What stands in it beside `files`."""
        current = set(files)
        return [file for file in self._all() if file not in current]

    def _all(self) -> Iterator[SentFile]:
        return (file for block in self.blocks for file in block)


def arranged(files: Iterable[SentFile], lines: tuple[str, ...], before: Layout, there: Collection[str]) -> Layout:
    """Where each of `files` goes, behind the map's `lines`. `there`: the paths of the project.

    What was sent `before` is sent again as it was, and behind it what changed since, until too much of it is
    superseded: then all of it anew, first what did not change. A map with few changes stays as it was, too: see
    `corrections`.
    """
    files = [*files]
    known = before.files
    changed = tuple(file for file in files if known.get(file.path) != file)
    stale = before.stale(files)
    gone, fresh = corrections(before.map, lines)
    same_map = len(gone) + len(fresh) <= _MOST_CORRECTED * len(lines)
    superseded = sum(file.characters for file in stale)
    few = superseded <= MOST_SUPERSEDED * sum(file.characters for file in files)
    readable = all(file.sha in before.texts for file in stale)
    dropped = known.keys() & set(there) - {file.path for file in files}
    if before.blocks and same_map and few and readable and not dropped:
        return Layout(before.map, (*before.blocks, changed) if changed else before.blocks, before.texts)
    wanted = set(files)
    still = [file for file in known.values() if file in wanted]
    order = (*still, *changed)
    return Layout(lines, (order,) if order else ())


def corrections(sent: Iterable[str], lines: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(lines of the map that was `sent` which hold no longer, lines to be added to it)."""
    old, new = dict.fromkeys(sent), dict.fromkeys(lines)
    return tuple(line for line in old if line not in new), tuple(line for line in new if line not in old)
