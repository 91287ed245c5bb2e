"""The interfaces of the parts that all previews' engines share; each part may be missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from preview_runtime.containers.app.warm import WarmPool
from preview_runtime.containers.beside.access import Access
from preview_runtime.containers.packages.layer import Layer
from preview_runtime.containers.packages.registries import Registries
from preview_runtime.engines import Fault
from preview_runtime.file_tree import FileTree
from preview_runtime.phrases import Say
from preview_runtime.plans.recipe import RunPlan


class LayerStore(Protocol):
    """Installs dependency sets once for all projects."""

    async def ensure(self, plan: RunPlan, tree: FileTree, image: str, say: Say) -> Layer | None:
        """The layer of `plan`, installed if it is missing; None when the image has all of it. Raises EngineFailed."""
        ...

    def use(self, project: str, layer: str) -> None:
        """Record which layer ("" = none) a container of `project` uses: that layer is not removed."""
        ...

    def leave(self, project: str) -> None:
        """Record that no container of `project` uses a layer."""
        ...


class ImageBuilder(Protocol):
    """Builds the images of projects that bring a Dockerfile."""

    async def ensure(self, project: str, plan: RunPlan, tree: FileTree, say: Say) -> str:
        """The image's name, built if it is missing. Raises EngineFailed."""
        ...


class Sidecars(Protocol):
    """The sidecars of a project's app, if it has any: a database, a way out."""

    async def ensure(self, project: str, tree: FileTree) -> Access | None:
        """Start them; returns None when the project has none. Raises EngineFailed."""
        ...

    async def access(self, project: str) -> Access | None:
        """How a running app reaches the sidecars that run; starts nothing. Raises EngineFailed."""
        ...

    async def pause(self, project: str) -> None: ...

    async def resume(self, project: str) -> None:
        """Run them again after any kind of rest, at the same addresses."""
        ...

    async def sleep(self, project: str) -> None:
        """End their processes. The networks stay, because the kept container of the app has to start in them again."""
        ...

    async def stop(self, project: str) -> None:
        """Remove everything but their data."""
        ...

    async def remove(self, project: str) -> None:
        """Leave nothing."""
        ...


class DataKeeper(Protocol):
    """Keeps the data with which a preview begins; see `data.kept_data.KeptData`."""

    async def keep(self, slot: str, project: str) -> None: ...

    async def bring_back(self, slot: str, project: str) -> None: ...


class LimitKeeper(Protocol):
    """Stops previews that pass a limit the kernel does not hold by itself; see `limit_watch.LimitWatch`."""

    def watch(self, project: str, volume: str, container: str) -> None: ...

    def forget(self, project: str) -> None: ...

    def passed(self, project: str) -> Fault | None: ...

    def stored(self, project: str) -> int | None: ...


@dataclass(frozen=True, slots=True)
class EngineParts:
    """All of them."""

    pool: WarmPool | None = None
    registries: Registries | None = None
    layers: LayerStore | None = None
    own_images: ImageBuilder | None = None
    sidecars: Sidecars | None = None
    limits: LimitKeeper | None = None
    kept: DataKeeper | None = None
