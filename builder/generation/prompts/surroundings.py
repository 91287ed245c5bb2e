"""What an app will find on this server, asked anew for each prompt: containers come and go while Sayso runs."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, Protocol

from builder.generation.prompts.request import Servers, Surroundings
from builder.projects.engine_choice import EngineSettings
from builder.projects.starters import starter_packages
from preview_runtime.containers.images.preinstalled import RUNTIME_NAMES, ready_packages
from preview_runtime.phrases import Phrase
from preview_runtime.plans.runtimes import Runtime

_READY_NAMES: Final = {Runtime.PYTHON: "Python", Runtime.NODE: "Node"}
_IN_BROWSER: Final = Servers(("Python",), kinds=(Runtime.PYTHON,), in_browser=True)


class ContainerHost(Protocol):
    """Where containers run: `why_not` is None where they do, `runtimes` those whose image is there,
    `has_postgres` whether that of the database is."""

    @property
    def why_not(self) -> Phrase | None: ...

    @property
    def runtimes(self) -> Collection[Runtime]: ...

    @property
    def has_postgres(self) -> bool: ...


class SurroundingsReader:
    """Called for each prompt. Made beside the event loop: it reads files. `browser_python`: whether browsers run Python
    servers here, which is offered where no container does."""

    def __init__(self, settings: EngineSettings, host: ContainerHost, *, browser_python: bool = False) -> None:
        self._settings = settings
        self._host = host
        forced = settings.preview_engine
        self._otherwise = _IN_BROWSER if browser_python and forced in ("auto", "pyodide") else None
        self._packages = starter_packages()
        self._ready = {runtime: ready_packages(runtime) for runtime in _READY_NAMES}

    def __call__(self) -> Surroundings:
        return Surroundings(servers=self._servers(), packages=self._packages)

    def _servers(self) -> Servers | None:
        # What PREVIEW_ENGINE forces upon a preview is all it has: a server would not be shown.
        if self._host.why_not or self._settings.preview_engine not in ("auto", "docker"):
            return self._otherwise
        runtimes = [runtime for runtime in RUNTIME_NAMES if runtime in self._host.runtimes]
        if not runtimes:
            return self._otherwise
        ready = tuple((_READY_NAMES[runtime], self._ready[runtime]) for runtime in runtimes if runtime in _READY_NAMES)
        names = tuple(RUNTIME_NAMES[runtime] for runtime in runtimes)
        return Servers(names, ready, self._host.has_postgres, tuple(runtimes))
