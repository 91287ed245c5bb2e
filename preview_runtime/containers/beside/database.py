"""PostgreSQL for a project that asks for it: a container beside the app's, on a network with the app alone."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Network
from pathlib import Path
from typing import Final

import aiodocker
from aiodocker.containers import DockerContainer

from preview_runtime.containers.beside import database_content
from preview_runtime.containers.beside.access import Access
from preview_runtime.containers.beside.database_container import (
    STOP_SECONDS,
    database_container,
    database_slot,
    database_volume,
)
from preview_runtime.containers.beside.database_content import DatabaseContent
from preview_runtime.containers.beside.database_password import password, verifier
from preview_runtime.containers.docker import faults
from preview_runtime.containers.docker.connection import no_answer
from preview_runtime.containers.docker.creation import create
from preview_runtime.containers.docker.execution import execute
from preview_runtime.containers.docker.freezing import freeze, hold, thaw
from preview_runtime.containers.docker.labels import CONFIGURATION, Role, filters, is_named, name, ours
from preview_runtime.containers.docker.policy import ContainerSettings
from preview_runtime.containers.docker.readiness import end_of_log
from preview_runtime.containers.images import catalogue
from preview_runtime.containers.isolation.networks import Networks, taken
from preview_runtime.engines import EngineFailed, Fault, FaultKind
from preview_runtime.phrases import Phrase
from preview_runtime.plans.runtimes import Sidecar
from preview_runtime.uncancelled import uncancelled

PORT: Final = 5432
_START_SECONDS: Final = 60.0
_NOT_FOUND: Final = 404
_CONFLICT: Final = 409
# This also repairs a restore that was interrupted by a crash.
_READY: Final = """until pg_isready -q; do sleep 0.03; done
exec psql -qX -v ON_ERROR_STOP=1 -U postgres -d postgres -c "ALTER ROLE app PASSWORD '$1'" \\
  -c "ALTER DATABASE app ALLOW_CONNECTIONS true" \\
  -c "DROP DATABASE IF EXISTS incoming" -c "DROP DATABASE IF EXISTS former"
"""


class DatabaseStatus(StrEnum):
    """ABSENT: there are no data. ASLEEP: there are data, and nothing runs."""

    ABSENT = "absent"
    ASLEEP = "asleep"
    RUNNING = "running"


class _Rest(StrEnum):
    """The depth of a database's rest while nobody uses it."""

    NONE = "none"
    PAUSED = "paused"
    ASLEEP = "asleep"
    STOPPED = "stopped"


@dataclass
class _Place:
    """What is known of one project's database. `users`: the number of present dumps and looks into it."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    rest: _Rest | None = None
    users: int = 0
    ready: tuple[str, str] = ("", "")  # the container, and the start of it, last found ready


class ProjectDatabase:
    """The databases of all projects of one Sayso; every call names its project.

    `secret` is this Sayso's own: the passwords are derived from it, and none is stored. Methods raise `EngineFailed`. A
    rest that is asked for during a dump or a look begins when that is done.
    """

    def __init__(
        self, docker: aiodocker.Docker, settings: ContainerSettings, networks: Networks, secret: bytes
    ) -> None:
        self._docker = docker
        self._settings = settings
        self._networks = networks
        self._secret = secret
        self._places: dict[str, _Place] = {}

    async def ensure(self, project: str) -> Access:
        """Run the database, made if there is none yet, and wait until it takes connections; returns how the app reaches
        it.

        The variables hold the password: they are for the app's process alone.
        """
        place = self._place(project)
        async with place.lock, _faults():
            place.rest = _Rest.NONE
            return await self._access(project, await self._up(project, place))

    async def access(self, project: str) -> Access | None:
        """How the app reaches a running database; None when none runs. Starts nothing."""
        async with _faults():
            container = await self._find(project)
            return await self._access(project, container) if container else None

    async def resume(self, project: str) -> None:
        """Run a resting database again; it is no error when the project has none."""
        place = self._place(project)
        async with place.lock, _faults():
            place.rest = _Rest.NONE
            if await self._find(project):
                await self._up(project, place)

    async def pause(self, project: str) -> None:
        """Freeze it, so that it can be woken at once; it is no error when it does not run."""
        await self._rest(project, _Rest.PAUSED)

    async def sleep(self, project: str) -> None:
        """End the process, and keep container and network, so that the app's kept container can start again."""
        await self._rest(project, _Rest.ASLEEP)

    async def stop(self, project: str) -> None:
        """Remove everything but the data."""
        await self._rest(project, _Rest.STOPPED)

    async def remove(self, project: str) -> None:
        """Remove everything, the data included; dumps and looks under way are cut off."""
        place = self._place(project)
        async with place.lock, _faults():
            place.rest = None
            await uncancelled(self._down(project))
            await self.drop_volume(project)
        if not place.users:
            self._places.pop(project, None)

    @contextlib.asynccontextmanager
    async def standing_still(self, project: str) -> AsyncIterator[str]:
        """Hold the database still for a moment. Yields the name of its volume, "" when there are no data."""
        async with self._place(project).lock:
            container = await self._find(project)
            state = (await container.show())["State"] if container else {}
            frozen = bool(container and state["Running"] and not state["Paused"])
            if container and frozen:
                await hold(container)
            try:
                yield self._name(project) if await self._has_volume(project) else ""
            finally:
                if container and frozen:
                    await uncancelled(thaw(container))

    @contextlib.asynccontextmanager
    async def closed(self, project: str) -> AsyncIterator[None]:
        """While this is open, nothing starts the database or looks into it: its data are being replaced."""
        async with self._place(project).lock:
            await uncancelled(self._down(project))
            yield

    async def make_volume(self, project: str) -> str:
        """For use within `closed`: the name of the volume for the new data."""
        await self._ensure_volume(project)
        return self._name(project)

    async def drop_volume(self, project: str) -> None:
        """For use within `closed`: remove the data."""
        wanted = filters(self._settings.instance, database_slot(project), Role.DATABASE)
        for found in (await self._docker.volumes.list(filters=wanted))["Volumes"] or ():
            await (await self._docker.volumes.get(found["Name"])).delete(force=True)

    async def available(self) -> bool:
        """Whether the engine has the image that databases run in."""
        async with _faults():
            return not await catalogue.missing_images(self._docker, [Sidecar.POSTGRES])

    async def status(self, project: str) -> DatabaseStatus:
        """What is true now."""
        async with _faults():
            container = await self._find(project)
            if container:
                state = (await container.show())["State"]
                if state["Running"] and not state["Paused"]:
                    return DatabaseStatus.RUNNING
            return DatabaseStatus.ASLEEP if await self._has_volume(project) else DatabaseStatus.ABSENT

    async def usage(self, project: str) -> DatabaseContent:
        """Its size and its tables; a resting database is woken for as long as it takes."""
        async with self._using(project) as container:
            return await database_content.look(container)

    async def dump(self, project: str) -> AsyncGenerator[bytes]:
        """Everything in it, as `pg_dump --format=custom` writes it, piece by piece."""
        async with self._using(project) as container, contextlib.aclosing(database_content.dump(container)) as pieces:
            async for piece in pieces:
                yield piece

    async def restore(self, project: str, dump: Path) -> None:
        """Replace everything with the content of `dump`, a file that `dump()` or pg_dump wrote.

        All or nothing: the old content stays until the new one is complete; then the app's connections are ended.
        """
        async with self._using(project, make=True) as container:
            await database_content.restore(container, dump)

    async def reset(self, project: str) -> None:
        """Replace the database with an empty one."""
        async with self._using(project) as container:
            await database_content.reset(container)

    async def keep(self, project: str) -> None:
        """Keep the present content beside the database, which no app uses yet; it is no error when there is none."""
        if await self._has_volume(project):
            async with self._using(project) as container:
                await database_content.keep(container)

    async def bring_back(self, project: str) -> None:
        """Replace everything with what was kept; it is no error when there are no data."""
        if await self._has_volume(project):
            async with self._using(project) as container:
                await database_content.bring_back(container)

    async def _access(self, project: str, container: DockerContainer) -> Access:
        found = (await container.show())["NetworkSettings"]["Networks"]
        title = self._name(project)
        host, word = found[title]["IPAddress"], password(self._secret, self._settings.instance, project)
        return Access(
            (title,),
            {
                "DATABASE_URL": f"postgresql://app:{word}@{host}:{PORT}/app",
                "PGHOST": host,
                "PGPORT": str(PORT),
                "PGUSER": "app",
                "PGPASSWORD": word,
                "PGDATABASE": "app",
            },
        )

    @contextlib.asynccontextmanager
    async def _using(self, project: str, *, make: bool = False) -> AsyncIterator[DockerContainer]:
        """The running container, which returns to its earlier rest afterwards; raises `EngineFailed` when there are no
        data."""
        place = self._place(project)
        async with _faults():
            async with place.lock:
                if not make and not await self._has_volume(project):
                    message = Phrase("fault.no_database")
                    raise EngineFailed(Fault(FaultKind.PLATFORM, "no_database", message))
                if place.rest is None:
                    place.rest = await self._found_resting(project)
                place.users += 1
                try:
                    container = await self._up(project, place)
                except BaseException:
                    place.users -= 1
                    raise
            try:
                yield container
            finally:
                place.users -= 1
                await uncancelled(self._back_to_rest(project, place))

    async def _back_to_rest(self, project: str, place: _Place) -> None:
        async with place.lock:
            if place.users == 0 and place.rest:
                await self._come_to_rest(project, place.rest)

    async def _rest(self, project: str, rest: _Rest) -> None:
        place = self._place(project)
        async with place.lock, _faults():
            place.rest = rest
            if place.users == 0:
                await uncancelled(self._come_to_rest(project, rest))

    async def _come_to_rest(self, project: str, rest: _Rest) -> None:
        if rest is _Rest.STOPPED:
            await self._down(project)
        elif container := await self._find(project):
            state = (await container.show())["State"]
            if rest is _Rest.PAUSED and state["Running"] and not state["Paused"]:
                await freeze(container)
            elif rest is _Rest.ASLEEP and state["Running"]:
                await self._end(container)

    async def _found_resting(self, project: str) -> _Rest:
        """The rest in which an earlier process of ours left it."""
        container = await self._find(project)
        if container is None:
            return _Rest.STOPPED
        state = (await container.show())["State"]
        return _Rest.PAUSED if state["Paused"] else _Rest.NONE if state["Running"] else _Rest.ASLEEP

    async def _up(self, project: str, place: _Place) -> DockerContainer:
        if await catalogue.missing_images(self._docker, [Sidecar.POSTGRES]):
            message = Phrase("fault.database_image_missing")
            raise EngineFailed(Fault(FaultKind.PLATFORM, "database_image_missing", message))
        title = await self._networks.ensure(database_slot(project), Role.DATABASE)
        network = await (await self._docker.networks.get(title)).show()
        await self._ensure_volume(project)
        subnet = IPv4Network(network["IPAM"]["Config"][0]["Subnet"])
        config = database_container(
            database_slot(project), title, network["Id"], subnet, self._name(project), self._settings
        )
        container = await self._find(project)
        if (
            container
            and (await container.show())["Config"]["Labels"].get(CONFIGURATION) != (config["Labels"][CONFIGURATION])
        ):
            await uncancelled(self._delete(container))
            container = None
        if container is None:
            try:
                container = await create(self._docker, config, self._name(project))
            except aiodocker.DockerError as error:
                if error.status == _CONFLICT:
                    raise EngineFailed(taken(self._name(project))) from error
                raise
        state = (await container.show())["State"]
        if state["Paused"]:
            await thaw(container)
        elif not state["Running"]:
            await uncancelled(container.start())
        started = (container.id, str((await container.show())["State"]["StartedAt"]))
        if place.ready != started:
            await self._answering(container, project)
            place.ready = started
        return container

    async def _answering(self, container: DockerContainer, project: str) -> None:
        """Return once it takes connections with the project's password."""
        word = verifier(password(self._secret, self._settings.instance, project))
        try:
            done = await execute(container, ["sh", "-c", _READY, "sh", word], seconds=_START_SECONDS)
        except aiodocker.DockerError as error:
            if no_answer(error):
                raise
            done = None  # it has ended, perhaps at this moment: engines report that in several ways
        if done and done.code == 0:
            return
        log = await end_of_log(self._docker, container)
        said = log.strip().splitlines()[-1:] or [done.output.strip() if done else ""]
        if "The data are of PostgreSQL" in log:
            message = Phrase("fault.database_version")
            raise EngineFailed(Fault(FaultKind.PLATFORM, "database_version", message, frame=said[0]))
        if "No space left" in log:
            message = Phrase("fault.disk_full.database")
            raise EngineFailed(Fault(FaultKind.PLATFORM, "disk_full", message))
        message = Phrase("fault.database_failed")
        raise EngineFailed(Fault(FaultKind.PLATFORM, "database_failed", message, frame=said[0]))

    async def _down(self, project: str) -> None:
        """Remove the container and the network."""
        if container := await self._find(project):
            await self._delete(container)
        wanted = filters(self._settings.instance, database_slot(project), Role.DATABASE)
        for found in await self._docker.networks.list(filters=wanted):
            with contextlib.suppress(aiodocker.DockerError):  # gone meanwhile
                network = await self._docker.networks.get(found["Id"])
                for other in (await network.show())["Containers"] or ():
                    await network.disconnect({"Container": other, "Force": True})
        await self._networks.remove(database_slot(project), Role.DATABASE)

    async def _delete(self, container: DockerContainer) -> None:
        await self._end(container)
        try:
            await container.delete(force=True, v=True)
        except aiodocker.DockerError as error:
            # It is gone, or an earlier request is removing it.
            if error.status not in (_NOT_FOUND, _CONFLICT):
                raise

    async def _end(self, container: DockerContainer) -> None:
        """End the process so that PostgreSQL loses nothing and needs no repair at its next start."""
        await thaw(container)
        try:
            await container.stop(t=STOP_SECONDS)
        except aiodocker.DockerError as error:
            if error.status != _NOT_FOUND:
                raise

    async def _find(self, project: str) -> DockerContainer | None:
        wanted = filters(self._settings.instance, database_slot(project), Role.DATABASE)
        found = await self._docker.containers.list(all=1, filters=json.dumps(wanted))
        return next((one for one in found if is_named(one._container, self._name(project))), None)

    async def _has_volume(self, project: str) -> bool:
        wanted = filters(self._settings.instance, database_slot(project), Role.DATABASE)
        return bool((await self._docker.volumes.list(filters=wanted))["Volumes"])

    async def _ensure_volume(self, project: str) -> None:
        title = self._name(project)
        try:
            found = await (await self._docker.volumes.get(title)).show()
        except aiodocker.DockerError as error:
            if error.status != _NOT_FOUND:
                raise
            await uncancelled(
                self._docker.volumes.create(database_volume(database_slot(project), title, self._settings))
            )
            return
        if not ours(found.get("Labels"), self._settings.instance, database_slot(project)):
            raise EngineFailed(taken(title))

    def _place(self, project: str) -> _Place:
        return self._places.setdefault(project, _Place())

    def _name(self, project: str) -> str:
        """One name for the container, the network and the volume."""
        return name(self._settings.instance, database_slot(project), Role.DATABASE)


@contextlib.asynccontextmanager
async def _faults() -> AsyncIterator[None]:
    """The engine's own refusals as `EngineFailed`."""
    try:
        yield
    except (aiodocker.DockerError, TimeoutError) as error:
        raise EngineFailed(faults.platform(error)) from error
