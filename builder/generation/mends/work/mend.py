"""What a mend is: a change that is certain, and what was seen but left alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from builder.generation.edits import Edit
from preview_runtime.file_tree import FileTree


@dataclass(frozen=True, slots=True)
class Splice:
    """Bytes `start` to `end` of a file's UTF-8 become `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Mend:
    """One fault that is gone. `mend.<code>` with `values` says what was done in `path`; `edits` are its changes, in order
    (an empty `find` makes the file)."""

    code: str
    path: str
    values: Mapping[str, str] = field(default_factory=dict)
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """A fault that was seen, and that only somebody who knows what was meant can mend. `mend.left.<code>`."""

    code: str
    path: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mended:
    """The tree with all `mends`; the same object where there are none."""

    tree: FileTree
    mends: tuple[Mend, ...]
    left: tuple[LeftAlone, ...]
