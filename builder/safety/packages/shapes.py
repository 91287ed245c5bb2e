"""What the policy of packages speaks of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Ecosystem(StrEnum):
    """A kind of package registry."""

    NPM = "npm"
    PYPI = "pypi"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A package that the file at `path` asks for. `name` is the registry's (Python's in its normal form), `asked` the
    range of versions as it is written, "" for any. `way` are the packages that bring it along, from one that the file
    names on; empty for one that the file names itself. `elsewhere`: it comes from this address, which no registry
    answers for. `script`: a lock file says that it has an install script."""

    ecosystem: Ecosystem
    name: str
    asked: str = ""
    path: str = ""
    way: tuple[str, ...] = ()
    elsewhere: str = ""
    script: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What a registry said of a name: whether it `exists`, when its first release was `published` (None: not said), how
    many `releases` it has, and the newest one. `scripted`: the versions that lack their program where
    their install scripts do not run."""

    exists: bool
    published: datetime | None = None
    releases: int = 0
    newest: str = ""
    scripted: tuple[str, ...] = ()


class Reason(StrEnum):
    """Why a package is held back."""

    MISSING = "missing"
    LOOKALIKE = "lookalike"
    YOUNG = "young"
    UNKNOWN = "unknown"  # nothing could be found out, and such packages are set to be held back
    SCRIPT = "script"  # it lacks its program where no install script runs
    ELSEWHERE = "elsewhere"  # it comes from an address, or by one


@dataclass(frozen=True, slots=True)
class Held:
    """A package that is not installed. `instead` is the popular name that was probably meant, or that does the same
    without an install script, "" for none; `days` how old a young one is; `rather` what else does the same, in code;
    `version` the one of `instead` that is meant, "" for the newest."""

    wanted: Wanted
    reason: Reason
    instead: str = ""
    days: int = 0
    rather: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class PackageVerdict:
    """`held`: what may not be installed. `unknown`: what may be, though no registry said anything of it."""

    held: tuple[Held, ...] = ()
    unknown: tuple[Wanted, ...] = ()
