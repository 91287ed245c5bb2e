"""The way out of an app whose project allows hosts: a proxy in a container between the app and the world."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any, Final

import aiodocker
from aiodocker.containers import DockerContainer

from preview_runtime.containers.beside import egress_proxy
from preview_runtime.containers.beside.access import Access
from preview_runtime.containers.docker import faults, policy
from preview_runtime.containers.docker.creation import create
from preview_runtime.containers.docker.execution import execute
from preview_runtime.containers.docker.labels import CONFIGURATION, Role, filters, is_named, labels, name, sidecar_slot
from preview_runtime.containers.docker.logs import log_lines, opened
from preview_runtime.containers.docker.policy import MEGABYTE, ContainerSettings, Limits
from preview_runtime.containers.docker.users import account
from preview_runtime.containers.images import catalogue
from preview_runtime.containers.isolation.networks import Networks, image_missing
from preview_runtime.containers.isolation.slots import NOT_FOUND, delete
from preview_runtime.engines import EngineFailed, Fault, FaultKind
from preview_runtime.phrases import Phrase
from preview_runtime.plans.runtimes import Runtime
from preview_runtime.uncancelled import uncancelled

PORT: Final = 3128
LIMITS: Final = Limits(memory=64 * MEGABYTE, cpus=0.5, pids=64, open_files=1024, scratch=MEGABYTE, log=MEGABYTE // 4)
_START_SECONDS: Final = 30.0
_REFUSED_LINES: Final = 500
_LISTENING: Final = f"until grep -qi ':{PORT:04x} ' /proc/net/tcp; do sleep 0.02; done"


@dataclass(frozen=True, slots=True)
class RefusedHost:
    """A host the app asked for and did not reach. `at` is RFC 3339; `private`: its address is private, which no app may
    reach."""

    host: str
    port: int
    at: str
    private: bool = False


class ProjectEgress:
    """The ways out of all projects of one Sayso; every call names its project. Methods raise `EngineFailed`.

    `excepted` are private networks that an app may reach, `names` this installation's own hosts with their addresses,
    `resolvers` the addresses of name servers to use instead of the engine's.
    """

    def __init__(
        self,
        docker: aiodocker.Docker,
        settings: ContainerSettings,
        networks: Networks,
        *,
        excepted: Sequence[IPv4Network] = (),
        names: Mapping[str, str] | None = None,
        resolvers: Sequence[str] = (),
    ) -> None:
        self._docker = docker
        self._settings = settings
        self._networks = networks
        self._excepted = [str(network) for network in excepted]
        self._names = [f"{host}:{address}" for host, address in (names or {}).items()]
        self._resolvers = [*resolvers]
        self._locks: dict[str, asyncio.Lock] = {}

    async def ensure(self, project: str, hosts: Sequence[str]) -> Access:
        """Run the proxy with exactly `hosts`; when they change, a running app stays connected to the proxy."""
        async with self._lock(project):
            try:
                return await self._up(project, hosts)
            except (aiodocker.DockerError, TimeoutError) as error:
                raise EngineFailed(faults.platform(error)) from error

    async def access(self, project: str) -> Access | None:
        """How the app reaches the proxy; None when there is none. Starts nothing."""
        try:
            if await self._find(project) is None:
                return None
            wanted = filters(self._settings.instance, sidecar_slot(project, Role.EGRESS), Role.EGRESS)
            for network in await self._docker.networks.list(filters=wanted):
                subnet = IPv4Network(network["IPAM"]["Config"][0]["Subnet"])
                return self._access(network["Name"], _address(subnet))
        except (aiodocker.DockerError, TimeoutError) as error:
            raise EngineFailed(faults.platform(error)) from error
        return None

    async def resume(self, project: str) -> None:
        """Run an ended proxy again; it is no error when the project has none."""
        async with self._lock(project):
            try:
                if container := await self._find(project):
                    await self._running(container)
            except (aiodocker.DockerError, TimeoutError) as error:
                raise EngineFailed(faults.platform(error)) from error

    async def sleep(self, project: str) -> None:
        """End the process, keep the networks."""
        if container := await self._find(project):
            await uncancelled(container.stop(t=0))

    async def stop(self, project: str) -> None:
        """Remove everything; there are no data."""
        async with self._lock(project):
            if container := await self._find(project):
                await uncancelled(delete(container))
            slot = sidecar_slot(project, Role.EGRESS)
            for found in await self._docker.networks.list(filters=filters(self._settings.instance, slot)):
                try:
                    network = await self._docker.networks.get(found["Id"])
                    for other in (await network.show())["Containers"] or ():
                        await network.disconnect({"Container": other, "Force": True})
                except aiodocker.DockerError as error:
                    if error.status != NOT_FOUND:
                        raise
            await self._networks.remove(slot)

    async def refused(self, project: str) -> list[RefusedHost]:
        """The hosts it refused since it was made, each once, the latest first."""
        container = await self._find(project)
        if container is None:
            return []
        found: dict[tuple[str, int], RefusedHost] = {}
        source = opened(self._docker, container.id, tail=_REFUSED_LINES, timestamps=True, stderr=False)
        async with source as chunks:
            async for line in log_lines(chunks):
                said = json.loads(line.text) if line.text.startswith('{"refused"') else {}
                if said:
                    one = RefusedHost(said["refused"], said["port"], line.at, bool(said.get("private")))
                    found.pop((one.host, one.port), None)
                    found[one.host, one.port] = one
        return list(reversed(found.values()))

    async def _up(self, project: str, hosts: Sequence[str]) -> Access:
        if await catalogue.missing_images(self._docker, [Runtime.PYTHON]):
            raise EngineFailed(image_missing(Runtime.PYTHON))
        slot = sidecar_slot(project, Role.EGRESS)
        inside = await self._networks.ensure(slot, Role.EGRESS)
        # As for the install phase: a way out through the host, and by the firewall's rules none to private addresses.
        outside = await self._networks.ensure(slot, Role.INSTALL)
        shown = {title: await (await self._docker.networks.get(title)).show() for title in (inside, outside)}
        subnet = IPv4Network(shown[inside]["IPAM"]["Config"][0]["Subnet"])
        address = _address(subnet)
        config = self._container(slot, outside, hosts, [shown[title]["Id"] for title in (inside, outside)])
        container = await self._find(project)
        if (
            container
            and (await container.show())["Config"]["Labels"].get(CONFIGURATION) != (config["Labels"][CONFIGURATION])
        ):
            await uncancelled(delete(container))
            container = None
        if container is None:
            title = name(self._settings.instance, slot, Role.EGRESS)
            container = await create(self._docker, config, title)
            endpoint = {"IPAMConfig": {"IPv4Address": address}}
            network = await self._docker.networks.get(inside)
            await uncancelled(network.connect({"Container": container.id, "EndpointConfig": endpoint}))
        await self._running(container)
        return self._access(inside, address)

    def _access(self, network: str, address: str) -> Access:
        proxy = f"http://{address}:{PORT}"
        return Access(
            (network,),
            {
                **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), proxy),
                **dict.fromkeys(("NO_PROXY", "no_proxy"), f"localhost,127.0.0.1,{self._settings.pool}"),
                "NODE_USE_ENV_PROXY": "1",  # Node 24: makes fetch and http use the variables
            },
        )

    async def _running(self, container: DockerContainer) -> None:
        if (await container.show())["State"]["Running"]:
            return
        await uncancelled(container.start())
        done = await execute(container, ["sh", "-c", _LISTENING], seconds=_START_SECONDS)
        if done.code:
            message = Phrase("fault.egress_failed")
            raise EngineFailed(Fault(FaultKind.PLATFORM, "egress_failed", message))

    def _container(self, slot: str, network: str, hosts: Sequence[str], networks: Sequence[str]) -> dict[str, Any]:
        script = Path(egress_proxy.__file__).read_text(encoding="utf-8")
        told = [str(PORT), json.dumps(sorted(hosts)), json.dumps(self._excepted)]
        command = ["python3", "-S", "-c", script, *told]
        settings = replace(self._settings, limits=LIMITS)
        config = policy.probe_container(catalogue.tag(Runtime.PYTHON), command, network, settings)
        marks = labels(self._settings.instance, slot, Role.EGRESS)
        config["User"] = account(settings.users.of(name(settings.instance, slot, Role.EGRESS)))
        config["Hostname"] = "egress"
        config["Env"] = ["HOME=/tmp"]
        config["HostConfig"]["ExtraHosts"] = self._names
        if self._resolvers:
            config["HostConfig"]["Dns"] = self._resolvers
        config["HostConfig"]["RestartPolicy"] = {"Name": "on-failure", "MaximumRetryCount": 5}
        # To a container, a new network with the same name is a different network.
        mark = hashlib.sha256(json.dumps([config, *networks], sort_keys=True).encode()).hexdigest()[:16]
        config["Labels"] = {**marks, CONFIGURATION: mark}
        return config

    async def _find(self, project: str) -> DockerContainer | None:
        wanted = filters(self._settings.instance, sidecar_slot(project, Role.EGRESS), Role.EGRESS)
        found = await self._docker.containers.list(all=1, filters=json.dumps(wanted))
        title = name(self._settings.instance, sidecar_slot(project, Role.EGRESS), Role.EGRESS)
        return next((one for one in found if is_named(one._container, title)), None)

    def _lock(self, project: str) -> asyncio.Lock:
        return self._locks.setdefault(project, asyncio.Lock())


def _address(subnet: IPv4Network) -> str:
    """The last address, which the engine does not give out by itself."""
    return str(subnet.broadcast_address - 1)
