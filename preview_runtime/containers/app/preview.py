"""One project's preview in the engine: its container, its record, and the shared parts it uses."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import aiodocker
from aiodocker.containers import DockerContainer

from preview_runtime.containers.app.parts import EngineParts, Sidecars
from preview_runtime.containers.app.record import PreviewRecord
from preview_runtime.containers.beside.access import Access
from preview_runtime.containers.docker import faults
from preview_runtime.containers.docker.labels import port_of
from preview_runtime.containers.docker.policy import ContainerSettings
from preview_runtime.containers.docker.readiness import answering
from preview_runtime.containers.docker.users import account
from preview_runtime.containers.isolation.slots import Slots
from preview_runtime.engines import EngineFailed, Fault, FaultKind, Phase
from preview_runtime.phrases import Phrase
from preview_runtime.plans.plan import RunPlan
from preview_runtime.uncancelled import uncancelled

Keep = Callable[[], Awaitable[None]]
# Multiplies the time to wait: Nuxt answers after 25 s on two busy processors, after 120 s on one shared by many.
_COMPILING: Final = 3


class Preview:
    """`keep` is awaited whenever `record` has to be stored before the work continues. `phase` is the present phase of a
    start."""

    def __init__(self, project: str, slots: Slots, parts: EngineParts, keep: Keep | None) -> None:
        self.project = project
        self.slots = slots
        self.parts = parts
        self.record = PreviewRecord(project)
        self.plan: RunPlan | None = None  # of the last start
        self.phase = Phase.QUEUED
        self._keep = keep
        self._watched = ""  # the container whose limits are watched

    @property
    def docker(self) -> aiodocker.Docker:
        return self.slots.docker

    @property
    def settings(self) -> ContainerSettings:
        return self.slots.settings

    @property
    def title(self) -> str:
        """The name of the container, the network and the volume in the engine."""
        return self.slots.title(self.record.slot)

    @property
    def sidecars(self) -> Sidecars | None:
        """The sidecars of this app; None when it has none."""
        return self.parts.sidecars if self.record.sidecars else None

    def enter(self, phase: Phase) -> None:
        """A start has come so far."""
        self.phase = phase

    async def kept(self) -> None:
        """Have the record stored."""
        if self._keep:
            await uncancelled(_awaited(self._keep))

    async def find(self) -> DockerContainer | None:
        """The app's container, by its labels."""
        return await self.slots.find(self.record.slot)

    def address(self, shown: Mapping[str, Any]) -> str:
        """Where the app listens, such as http://10.213.4.2:8000; "" while its container has no address."""
        port = self.record.port or self.record.asked or port_of(shown["Config"]["Labels"])
        host = (shown["NetworkSettings"]["Networks"].get(self.title) or {}).get("IPAddress", "")
        return f"http://{host}:{port}" if host else ""

    def is_own(self, shown: Mapping[str, Any]) -> bool:
        """Whether the container runs as the app's own user. Earlier versions of Sayso had one user for all apps: a
        start moves the container over."""
        return bool(shown["Config"]["User"] == account(self.slots.user(self.record.slot)))

    def first(self) -> contextlib.AbstractAsyncContextManager[None]:
        """Hold this while somebody waits: no container is made in advance meanwhile."""
        return self.parts.pool.starting() if self.parts.pool else contextlib.nullcontext()

    async def join(self, container: DockerContainer, access: Access) -> None:
        """Connect the container to the networks of its sidecars, if it is not connected yet."""
        joined = (await container.show())["NetworkSettings"]["Networks"]
        for title in access.networks:
            if title not in joined:
                await (await self.docker.networks.get(title)).connect({"Container": container.id})

    async def answering(self, container: DockerContainer, host: str, plan: RunPlan | None, port: int = 0) -> str:
        """Wait until the app answers; returns its address. `plan` is None when the app only wakes. Raises
        `EngineFailed`."""
        if plan and self.record.asked != plan.port:
            self.record.asked, self.record.port = plan.port, 0
        self.enter(Phase.START)
        seconds = self.settings.start_seconds * (_COMPILING if self.plan and self.plan.builds else 1)
        answer = await answering(
            self.docker, container, host, self.record.port or port or self.record.asked, seconds=seconds
        )
        self.record.port = answer.port
        self.enter(Phase.LISTENING)
        return answer.address

    def watch(self, container: DockerContainer, *, anew: bool = False) -> None:
        """Watch the container's limits; `anew`: also if they are watched already, so that it is measured at once."""
        if self.parts.limits and (anew or self._watched != container.id):
            self.parts.limits.watch(self.project, self.title, container.id)
            self._watched = container.id

    def limit_fault(self) -> Fault | None:
        """The limit for which the preview was stopped, if any."""
        return self.parts.limits.passed(self.project) if self.parts.limits else None

    def unwatch(self) -> None:
        """Watch no limits of it until the next `watch`, and forget the one that it has passed."""
        self._watched = ""
        self.count()
        if self.parts.limits:
            self.parts.limits.forget(self.project)

    def count(self) -> None:
        """Note what the volume holds, if it was counted since."""
        stored = self.parts.limits.stored(self.project) if self.parts.limits else None
        if stored is not None:
            self.record.stored = stored

    async def clear(self, *, volume: bool) -> None:
        """Remove the container and the networks, with `volume` also the volume, and end the sidecars."""
        await self.clear_slot(volume=volume)
        if self.sidecars:
            await self.sidecars.stop(self.project)

    async def clear_slot(self, *, volume: bool) -> None:
        """`clear` without the sidecars."""
        await self.slots.clear(self.record.slot, volume=volume)
        self.record.without_container()
        self.unwatch()
        self.record.layer = ""
        if self.parts.layers:
            self.parts.layers.leave(self.project)
        if volume:
            self.record.installed, self.record.moved, self.record.stored = "", False, 0

    async def give_up(self, *, volume: bool) -> None:
        """Leave nothing behind. If the engine is gone, the next start removes the rest."""
        try:
            await uncancelled(self.clear(volume=volume))
        except (aiodocker.DockerError, EngineFailed, TimeoutError):
            self.record.container, self.record.files = "", {}
        if volume:
            self.record.slot = self.project


NOT_RUNNING: Final = Fault(FaultKind.PLATFORM, "not_running", Phrase("fault.not_running"))


class as_fault:
    """Turns an error of the engine into `EngineFailed`."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, (aiodocker.DockerError, TimeoutError)):
            raise EngineFailed(faults.platform(error)) from error


async def _awaited(keep: Keep) -> None:
    await keep()
