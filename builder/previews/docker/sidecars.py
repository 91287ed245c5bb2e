"""What an app has beside it: its database, its way out to allowed hosts, and its secrets."""

from __future__ import annotations

from builder.previews.data.databases import Databases
from builder.previews.docker.hosts import AllowedHosts
from builder.previews.docker.secrets import ProjectSecrets
from preview_runtime.containers.beside.access import Access
from preview_runtime.file_tree import FileTree


class ProjectSidecars:
    """See `preview_runtime.containers.app.parts.Sidecars`."""

    def __init__(self, databases: Databases, hosts: AllowedHosts, secrets: ProjectSecrets) -> None:
        self._databases, self._hosts, self._secrets = databases, hosts, secrets

    async def ensure(self, project: str, tree: FileTree) -> Access | None:
        database = await self._databases.ensure(project, tree)
        way_out = await self._hosts.ensure(project)
        secrets = await self._secrets.access(project)
        if database is None and way_out is None and secrets is None:
            return None
        # A sidecar that is not wanted any more may still run from before.
        if database is None:
            await self._databases.stop(project)
        if way_out is None:
            await self._hosts.stop(project)
        return _joined(secrets, database, way_out)

    async def access(self, project: str) -> Access | None:
        database, way_out = await self._databases.access(project), await self._hosts.access(project)
        secrets = await self._secrets.access(project)
        return _joined(secrets, database, way_out) if secrets or database or way_out else None

    async def pause(self, project: str) -> None:
        await self._databases.pause(project)  # the way out is idle while nobody sends requests

    async def resume(self, project: str) -> None:
        await self._databases.resume(project)
        await self._hosts.resume(project)

    async def sleep(self, project: str) -> None:
        await self._databases.sleep(project)
        await self._hosts.sleep(project)

    async def stop(self, project: str) -> None:
        await self._databases.stop(project)
        await self._hosts.stop(project)

    async def remove(self, project: str) -> None:
        await self._databases.remove(project)
        await self._hosts.stop(project)


def _joined(*found: Access | None) -> Access:
    parts = [part for part in found if part]
    return Access(
        tuple(network for part in parts for network in part.networks),
        {key: value for part in parts for key, value in part.environment.items()},
    )
