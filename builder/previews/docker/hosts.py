"""The hosts that a project's server may reach: none, until a person allows some."""

from __future__ import annotations

import contextlib
import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import aiodocker

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.base.errors import BadInput
from builder.previews.failures import answered
from builder.previews.runnables.runnables import Runnables
from builder.projects.project_settings import ProjectSettings
from builder.projects.store import ProjectStore
from builder.texts import t
from preview_runtime.containers.beside.access import Access
from preview_runtime.containers.beside.egress import RefusedHost

SETTING: Final = "hosts"
MOST: Final = 20
_PORTS: Final = (80, 443)
_LABEL: Final = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")


class EgressEngine(Protocol):
    """See `preview_runtime.containers.beside.egress.ProjectEgress`."""

    async def ensure(self, project: str, hosts: Sequence[str]) -> Access: ...

    async def access(self, project: str) -> Access | None: ...

    async def resume(self, project: str) -> None: ...

    async def sleep(self, project: str) -> None: ...

    async def stop(self, project: str) -> None: ...

    async def refused(self, project: str) -> list[RefusedHost]: ...


class EgressEngines(Protocol):
    """Has the engine of the ways out; None while nothing can run containers."""

    ways_out: EgressEngine | None


@dataclass(frozen=True, slots=True)
class HostsView:
    """The allowed `hosts`, and the hosts that the app asked for and was refused, the latest first."""

    hosts: tuple[str, ...]
    refused: tuple[RefusedHost, ...]


class AllowedHosts:
    """One object for all projects."""

    def __init__(
        self, store: ProjectStore, settings: ProjectSettings, runnables: Runnables, engines: EgressEngines
    ) -> None:
        self._store, self._settings, self._runnables, self._engines = store, settings, runnables, engines

    @property
    def engine(self) -> EgressEngine | None:
        """None while nothing can run containers."""
        return self._engines.ways_out

    async def ensure(self, project: str) -> Access | None:
        """How the app reaches the hosts; None when it may reach none. Raises EngineFailed."""
        hosts = await self._hosts(project)
        return await self.engine.ensure(project, hosts) if self.engine and hosts else None

    async def access(self, project: str) -> Access | None:
        return await self.engine.access(project) if self.engine else None

    async def resume(self, project: str) -> None:
        if self.engine:
            await self.engine.resume(project)

    async def sleep(self, project: str) -> None:
        if self.engine:
            await self.engine.sleep(project)

    async def stop(self, project: str) -> None:
        if self.engine:
            await self.engine.stop(project)

    async def any(self, project: str) -> bool:
        """Whether a project's app may reach other hosts."""
        return bool(await self._hosts(project))

    async def view(self, actor: Actor, project_id: str) -> HostsView:
        """Raises NotFound."""
        await self._store.get(actor, project_id)
        hosts = await self._hosts(project_id)
        refused: Sequence[RefusedHost] = ()
        if self.engine and hosts:
            with contextlib.suppress(aiodocker.DockerError, TimeoutError):  # the allowed hosts are returned anyway
                refused = await self.engine.refused(project_id)
        still = (one for one in refused if one.private or one.port not in _PORTS or one.host not in hosts)
        return HostsView(hosts, tuple(still))

    async def put(self, actor: Actor, project_id: str, hosts: Sequence[str]) -> bool:
        """Allow exactly `hosts`; returns whether the app has to restart for the change. Raises NotFound, BadInput,
        Conflict."""
        await self._store.get(actor, project_id, Action.CONFIGURE)
        wanted = sorted({clean_host(host) for host in hosts})
        if len(wanted) > MOST:
            raise BadInput(t("hosts.too_many", most=MOST))
        before = await self._hosts(project_id)
        await self._settings.put(actor, project_id, SETTING, wanted)
        if bool(before) is not bool(wanted):
            return True
        if self.engine and wanted and wanted != list(before):
            with answered():
                if await self.engine.access(project_id) is not None:  # otherwise the next start applies it
                    await self.engine.ensure(project_id, wanted)
        return False

    async def _hosts(self, runnable_id: str) -> tuple[str, ...]:
        project_id = await self._runnables.project_of(runnable_id)
        return tuple(str(host) for host in await self._settings.get(project_id, SETTING) or ())


def clean_host(text: str) -> str:
    """The host's name in a person's input, in the form in which apps ask for it. Raises BadInput."""
    host = text.strip().lower()
    host = re.sub(r"^https?://", "", host).partition("/")[0].rstrip(".")
    host = re.sub(r":(80|443)$", "", host)
    try:
        host = host.encode("idna").decode() if not host.isascii() else host
    except UnicodeError:
        raise BadInput(t("hosts.malformed", host=text.strip()[:80])) from None
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        pass
    else:
        raise BadInput(t("hosts.address", host=host))
    labels = host.split(".")
    if len(host) > 253 or len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        raise BadInput(t("hosts.malformed", host=text.strip()[:80]))
    return host
