"""A job's command and limits, and its result: plain values, checked when they are made."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from preview_runtime.containers.docker.policy import MEGABYTE, Limits
from preview_runtime.engines import Fault
from preview_runtime.file_tree import FileTree
from preview_runtime.plans.recipe import DATA_FOLDER, WORK_FOLDER
from preview_runtime.plans.runtimes import Runtime

OUTPUT: Final = 16 * MEGABYTE
LONGEST_SECONDS: Final = 24 * 3600.0
_MOST_ARGUMENTS: Final = 1000
_LONGEST: Final = 100_000  # characters; a kernel takes 128 kB as one argument (execve(2), MAX_ARG_STRLEN)
_MOST_PATTERNS: Final = 50
_MOST_HOSTS: Final = 20
_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,27}")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,199}")
_VOLUME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,199}")
_PLACE: Final = re.compile(r"(/[A-Za-z0-9_][A-Za-z0-9_.-]*)+")


class Ended(StrEnum):
    """Why a job has ended. TOO_MUCH: it wrote too much, started too many processes or filled too much space. LOST: its
    container was removed from outside, or the engine is gone."""

    EXITED = "exited"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"
    TOO_MUCH = "too_much"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class JobMount:
    """A volume of this installation, mounted at `target` (an absolute path)."""

    volume: str
    target: str
    read_only: bool = True


@dataclass(frozen=True, slots=True)
class ArtefactLimits:
    """Limits of the artefacts: bytes of one file, bytes of all, and their number."""

    file: int = 16 * MEGABYTE
    bytes: int = 64 * MEGABYTE
    files: int = 1000


@dataclass(frozen=True, slots=True)
class JobSpec:
    """One command, run to its end in a container of its own. Raises ValueError for contradictory values.

    `id` (at most 28 of `a-z0-9-`) is unique among running jobs; `project` is its owner. `image` is a runtime of ours,
    or the name or id of an image in the engine. `tree` is put into the work folder, where the command starts; in a
    foreign image it is put into the data folder, and the command starts where the image says. `argv` is passed on
    unchanged, without a shell. `hosts` are those it may reach; none: no network. `limits` None: those of an app. More
    than `output` bytes or `seconds` end the job. `artefacts` are paths or patterns (`*`, `?`, `**`) below that folder
    to retrieve, a folder with everything in it. `resume`: the job continues when this process ends, and `Jobs.recover`
    finds it.
    """

    id: str
    project: str
    image: Runtime | str
    argv: tuple[str, ...]
    tree: FileTree | None = None
    mounts: tuple[JobMount, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    hosts: tuple[str, ...] = ()
    limits: Limits | None = None
    output: int = OUTPUT
    seconds: float = 60.0
    artefacts: tuple[str, ...] = ()
    artefact_limits: ArtefactLimits = ArtefactLimits()
    resume: bool = False

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise ValueError(f"{self.id!r} is no id of a job")
        if not self.argv or not self.argv[0] or len(self.argv) > _MOST_ARGUMENTS:
            raise ValueError("a job needs a command, of at most 1,000 words")
        if isinstance(self.argv, str) or any("\0" in word or len(word) > _LONGEST for word in self.argv):
            raise ValueError("a word of a job's command is too long, or holds a zero byte")
        for name, value in self.environment.items():
            if not _NAME.fullmatch(name) or "\0" in value or len(value) > _LONGEST:
                raise ValueError(f"{name[:200]!r} cannot be given to a job")
        if not 0 < self.seconds <= LONGEST_SECONDS or self.output <= 0:
            raise ValueError("a job has more than no time and no output, and ends within a day")
        if len(self.hosts) > _MOST_HOSTS or not all(self.hosts):
            raise ValueError("a job reaches 20 hosts at most, each with a name")
        if len(self.artefacts) > _MOST_PATTERNS:
            raise ValueError(f"a job brings back {_MOST_PATTERNS} patterns at most")
        for pattern in self.artefacts:
            check_pattern(pattern)
        for mount in self.mounts:
            if not _VOLUME.fullmatch(mount.volume) or not _PLACE.fullmatch(mount.target):
                raise ValueError(f"{mount} is no volume and place")
            if mount.target in (WORK_FOLDER, DATA_FOLDER):
                raise ValueError(f"{mount.target} is the job's own")


def check_pattern(pattern: str) -> None:
    """Raises ValueError for a path that could name something outside the work folder."""
    parts = pattern.split("/")
    if any(part in ("", ".", "..") for part in parts) or "\0" in pattern or len(pattern) > 1000:
        raise ValueError(f"{pattern[:200]!r} names nothing below the work folder")


@dataclass(frozen=True, slots=True)
class JobResult:
    """How a job ended, after `seconds`. `exit_code` is None when it is unknown; a program that was ended by a signal
    has 128 + the signal's number.

    `artefacts` are the requested files that could be read; `left_out` names the others with the reason. `fault` is the
    message for the person when the job ended neither by itself nor by `cancel`; `error` is the log's text for a lost
    job.
    """

    exit_code: int | None
    ended: Ended
    seconds: float
    artefacts: Mapping[str, bytes] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    fault: Fault | None = None
    error: Exception | None = None
