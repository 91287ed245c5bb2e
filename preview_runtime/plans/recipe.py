"""The common parts of all languages' recipes: the plan they make, and its terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from preview_runtime.phrases import Phrase
from preview_runtime.plans.runtimes import Runtime

WORK_FOLDER: Final = "/app"
PRIVATE_FOLDER: Final = ".sayso"  # in the project's volume, ours: packages, caches, the supervisor's files
PACKAGES_FOLDER: Final = f"{WORK_FOLDER}/{PRIVATE_FOLDER}"
LAYERS_FOLDER: Final = "/layers"  # installed dependency sets, read-only for apps
DATA_FOLDER: Final = "/data"  # where a project's own image keeps its data
MAX_COMMAND: Final = 4_000  # characters; a kernel takes 128 kB as one argument (execve(2), MAX_ARG_STRLEN)


@dataclass(frozen=True, slots=True)
class PackageSet:
    """Packages whose installation depends only on `files` (name → text), so that projects can share it.

    `wanted` holds (name, what is asked of it) for each package the app names: a whole requirement in Python, a range of
    versions in Node. None when only the installer can tell. Fields without influence are left out of `files`, so that
    apps with the same packages have the same set.
    """

    runtime: Runtime
    files: Mapping[str, str]
    wanted: tuple[tuple[str, str], ...] | None


@dataclass(frozen=True, slots=True)
class RunPlan:
    """How one project runs.

    `runtime` is None when the project's own `dockerfile` (a path in the tree) makes the image. `install` is "" when
    nothing has to be installed; `install_inputs` are the paths on which its result depends; `installed` is a command
    that needs no network and exits with 0 when the image and the volume hold all packages already ("" = always
    install). `packages` is the result of `install` when that may be in a layer instead; None when it has to be in the
    project's own volume. `start` is "" when the image's own command starts the app. `folder` (in the tree, "" = its
    root) is where both commands run, by `sh`. `preload` are the Python modules to load before the next start after an
    edit; `reloads` says that the app notices an edit by itself; `builds` that it is compiled where it runs, by a
    framework's development server or a build tool, which takes more memory than the app. `instead` is how it runs when
    the image of its Dockerfile cannot be built. `port` is the port at which the app is told to listen, `environment`
    the variables for that, `reason` the message for the person.
    """

    runtime: Runtime | None
    install: str
    start: str
    port: int
    environment: Mapping[str, str]
    reason: Phrase
    folder: str = ""
    install_inputs: tuple[str, ...] = ()
    installed: str = ""
    packages: PackageSet | None = None
    dockerfile: str = ""
    preload: tuple[str, ...] = ()
    reloads: bool = False
    builds: bool = False
    instead: RunPlan | None = None


@dataclass(frozen=True, slots=True)
class Recipe:
    """One language's plan for a tree, without the parts that are the same for every app. See `RunPlan`."""

    runtime: Runtime | None
    name: str
    start: str
    port: int
    install: str = ""
    installed: str = ""
    packages: PackageSet | None = None
    install_inputs: tuple[str, ...] = ()
    folder: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    dockerfile: str = ""
    preload: tuple[str, ...] = ()
    reloads: bool = False
    builds: bool = False


class NothingToRun(ValueError):
    """No container can run the tree; `says` tells the person what is missing."""

    def __init__(self, says: Phrase) -> None:
        super().__init__(str(says))
        self.says = says


def nearest(paths: list[str], preferred: tuple[str, ...] = ()) -> str:
    """The path of `paths` closest to the root, file names in `preferred` first; "" for none."""

    def rank(path: str) -> tuple[int, int, str]:
        name = path.rpartition("/")[2]
        return (path.count("/"), preferred.index(name) if name in preferred else len(preferred), path)

    return min(paths, key=rank, default="")


def folder_of(path: str) -> str:
    return path.rpartition("/")[0]
