"""A project's networks in the engine, and the proof that an app on one cannot reach the host."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import Mapping
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any, Final

import aiodocker

from preview_runtime.containers.docker import policy
from preview_runtime.containers.docker.connection import silent
from preview_runtime.containers.docker.labels import Role, filters, name, ours
from preview_runtime.containers.docker.policy import ContainerSettings
from preview_runtime.containers.docker.subnets import NoSubnetLeft, allocate, host_routes
from preview_runtime.containers.images import catalogue
from preview_runtime.containers.isolation import host_probe
from preview_runtime.containers.isolation.host_probe import HostProbe, ProbeFailed
from preview_runtime.engines import EngineFailed, Fault, FaultKind
from preview_runtime.phrases import Phrase
from preview_runtime.plans.runtimes import Runtime
from preview_runtime.uncancelled import uncancelled

log = logging.getLogger(__name__)

_ISOLATED_SINCE: Final = (1, 48)  # Docker Engine 28.0: the bridge driver's gateway mode `isolated`
_PROOF_SECONDS: Final = 600.0  # a firewall that is reloaded may lose the rule
_TRY_SECONDS: Final = 1.0
# The kernel delivers a connection over a bridge within the call that starts it: an answer takes 0.1 ms.
_GLANCE_SECONDS: Final = 0.01
_PROBE: Final = "probe"
_ROUTES: Final = Path("/proc/net/route")
_REFUSAL: Final = Phrase("fault.isolation_missing")
_INSTALL_REFUSAL: Final = Phrase("fault.isolation_missing.install")


class Networks:
    """Makes and removes the networks of previews. One object for all previews of an engine."""

    def __init__(self, docker: aiodocker.Docker, settings: ContainerSettings) -> None:
        self._docker = docker
        self._settings = settings
        self._proving = asyncio.Lock()
        self.proved_until = 0.0
        """Until this moment (time.monotonic()) the last proof holds."""
        self._proved_rules: str | None = None
        self._glanced = 0.0  # time.monotonic(), the start of the last try that did not reach the host
        self.probe: HostProbe | None = None
        """The probe that stays in the engine when the host's rules cannot be read; None when there is none."""
        self._isolated: bool | None = None

    async def ensure(self, project: str, role: Role = Role.APP) -> str:
        """The name of the project's network, made if it is missing.

        Raises `EngineFailed` when the address pool is used up or the name is taken by somebody else.
        """
        title = name(self._settings.instance, project, role)
        if role is Role.INSTALL:
            await self._prove_installs()
        with contextlib.suppress(aiodocker.DockerError):
            found = await (await self._docker.networks.get(title)).show()
            if not ours(found["Labels"], self._settings.instance, project):
                raise EngineFailed(taken(title))
            await self._join(title, role, found)
            return title
        isolated = role is not Role.INSTALL and await self.isolated()
        refused: list[IPv4Network] = []
        while True:
            try:
                subnet = allocate(project + role, [*await self._taken(), *refused], self._settings.pool)
            except NoSubnetLeft as error:
                raise EngineFailed(Fault(FaultKind.PLATFORM, "no_address_left", error.says)) from error
            config = policy.network(project, role, title, subnet, self._settings, isolated=isolated)
            try:
                await uncancelled(self._docker.networks.create(config))
            except aiodocker.DockerError as error:
                # Somebody else took it first, or the host has a route for it.
                if "overlap" not in error.message.lower() or len(refused) > 20:
                    raise
                refused.append(subnet)
                continue
            await self._join(title, role, {})
            return title

    async def _join(self, title: str, role: Role, found: Mapping[str, Any]) -> None:
        """Connect the router to the network, if there is one. A router that was recreated is in none of its former
        networks."""
        router = self._settings.router
        if not router or role in (Role.INSTALL, *policy.BESIDE) or not await self.isolated():
            return
        if router not in {member["Name"] for member in (found.get("Containers") or {}).values()}:
            await (await self._docker.networks.get(title)).connect({"Container": router})

    async def remove(self, project: str, role: Role | None = None) -> None:
        """Remove the project's networks (of `role`, or all), once their containers are gone."""
        wanted = filters(self._settings.instance, project, role)
        for found in await self._docker.networks.list(filters=wanted):
            network = await _gone(self._docker.networks.get(found["Id"]))
            if network is None:
                continue
            if self._settings.router:
                with contextlib.suppress(aiodocker.DockerError):  # it was never connected
                    await network.disconnect({"Container": self._settings.router, "Force": True})
            for wait in (0.05, 0.2, 0.5, 1.0, 0.0):
                try:
                    await _gone(network.delete())
                except aiodocker.DockerError as error:
                    # A container that was just removed may keep its endpoint a moment longer.
                    if not wait or silent(error):
                        raise
                    await asyncio.sleep(wait)
                    await _leave_behind(network)
                else:
                    break

    async def isolated(self) -> bool:
        """Whether the engine itself keeps the host out of a network, with a router inside it that reaches the app for
        us."""
        if self._isolated is None:
            version = (await self._docker.version())["ApiVersion"]
            capable = tuple(int(part) for part in version.split(".")) >= _ISOLATED_SINCE
            self._isolated = bool(self._settings.router) and capable
        return self._isolated

    async def prove(self, *, ahead: float = 0.0) -> None:
        """Return when an app cannot reach the host; raise `EngineFailed` with a sentence when it can, or when that is
        unknown.

        It is really tried: a container of ours connects to a listener of ours at the gateway. That takes a second and a
        half and holds for ten minutes, or until the host's rules change. The rules are read each time if this process
        may read them (a few milliseconds). If it may not, the container stays and tries again each time, for a moment.
        A proof that expires within `ahead` seconds is renewed in advance; nobody else waits for that.
        """
        if await self.isolated():
            return
        asked = time.monotonic()
        rules = await self._rules()
        if rules is not None and self._proof_holds(ahead, rules):
            return
        async with self._proving:
            rules = await self._rules()
            if self._proof_holds(ahead, rules) and (rules is not None or await self._still_kept_out(asked)):
                return
            if self.proved_until and rules != self._proved_rules:
                log.warning("The host's firewall rules have changed: it is tried anew whether apps are kept away.")
            began = time.monotonic()
            if await self._host_is_reached(stay=rules is None):
                self.proved_until = 0.0
                log.error("An app could reach programs on this computer: nothing starts until its rules are back.")
                raise EngineFailed(Fault(FaultKind.PLATFORM, "isolation_missing", _REFUSAL))
            self.proved_until, self._proved_rules = time.monotonic() + _PROOF_SECONDS, rules
            self._glanced = began

    @property
    def slots(self) -> set[str]:
        """The slots with a right to a container and a network that belong to no preview."""
        return {_PROBE} if self.probe else set()

    async def close(self) -> None:
        """Remove the container kept for the next proof, if there is one. Raises aiodocker.DockerError."""
        async with self._proving:
            if self.probe:
                await self._clear_probe()

    def _proof_holds(self, ahead: float, rules: str | None) -> bool:
        return time.monotonic() + ahead < self.proved_until and rules == self._proved_rules

    async def _rules(self) -> str | None:
        # Not imported at the top: the module is also a command, and Python warns about loading it twice if its package
        # imports it.
        from preview_runtime.containers.isolation import firewall

        return await asyncio.to_thread(firewall.standing, self._settings.pool)

    async def _prove_installs(self) -> None:
        """Return when installs and builds, which need the internet, cannot reach private addresses.

        No address outside this machine is tried for that: the rules are read, if this process may read them. If it may
        not, the rule that `prove` tries stands for them: the same command installed all of them, and a reloaded
        firewall loses all of them.
        """
        from preview_runtime.containers.isolation import firewall

        lacking = await asyncio.to_thread(firewall.lacking, firewall.forward_rules(self._settings.pool))
        if lacking:
            raise EngineFailed(Fault(FaultKind.PLATFORM, "isolation_missing", _INSTALL_REFUSAL))
        if lacking is None:
            await self.prove()

    async def _still_kept_out(self, asked: float) -> bool:
        """Whether the kept container was kept out after `asked` (time.monotonic()); False when that is unknown."""
        if self._glanced > asked:
            return True  # by another caller that waited for it before
        began = time.monotonic()
        try:
            if self.probe is None or await uncancelled(self.probe.reaches_host(_GLANCE_SECONDS)):
                return False
        except ProbeFailed as error:
            log.info("It is tried anew whether apps are kept away from this computer: %s", error)
            return False
        self._glanced = began
        return True

    async def _host_is_reached(self, *, stay: bool) -> bool:
        missing = await catalogue.missing_images(self._docker, host_probe.PROGRAMS)
        runtime = next((runtime for runtime in host_probe.PROGRAMS if runtime not in missing), None)
        if runtime is None:
            raise EngineFailed(image_missing(Runtime.PYTHON))
        await uncancelled(self._clear_probe())  # of a killed process, or a container that has ended
        probe = self.probe = HostProbe()
        reached = True
        try:
            title = await self.ensure(_PROBE, Role.PROBE)
            gateway = (await (await self._docker.networks.get(title)).show())["IPAM"]["Config"][0]["Gateway"]
            await _listen(probe, gateway)
            await probe.start(self._docker, runtime, title, gateway, self._settings)
            reached = await probe.reaches_host(_TRY_SECONDS)
        except ProbeFailed as error:
            message = Phrase("fault.isolation_unknown", {"reason": str(error)})
            raise EngineFailed(Fault(FaultKind.PLATFORM, "isolation_unknown", message)) from error
        finally:
            if reached or not stay:
                await uncancelled(self._clear_probe())
        return reached

    async def _clear_probe(self) -> None:
        if self.probe:
            await self.probe.close()
        wanted = filters(self._settings.instance, _PROBE, Role.PROBE)
        for container in await self._docker.containers.list(all=1, filters=json.dumps(wanted)):
            await _gone(container.delete(force=True, v=True))
        await self.remove(_PROBE, Role.PROBE)
        self.probe = None

    async def _taken(self) -> list[IPv4Network]:
        found: list[IPv4Network] = []
        with contextlib.suppress(OSError):  # not Linux; or the engine is on another machine, without these rules
            found += host_routes(await asyncio.to_thread(_ROUTES.read_text), self._settings.pool)
        for network in await self._docker.networks.list():
            for config in (network.get("IPAM") or {}).get("Config") or ():
                with contextlib.suppress(ValueError, KeyError):  # IPv6, or no subnet at all
                    found.append(IPv4Network(config["Subnet"], strict=False))
        return found


async def _listen(probe: HostProbe, gateway: str) -> None:
    try:
        await probe.listen(gateway)
    except OSError as error:
        # The gateway is not on this machine: Sayso runs in a container, or the engine is elsewhere.
        message = Phrase("fault.isolation_unknown.elsewhere")
        raise EngineFailed(Fault(FaultKind.PLATFORM, "isolation_unknown", message)) from error


def taken(title: str) -> Fault:
    """The name we need is taken by something that is not ours."""
    message = Phrase("fault.name_taken", {"name": title})
    return Fault(FaultKind.PLATFORM, "name_taken", message)


def image_missing(runtime: Runtime) -> Fault:
    """The image of `runtime` was never built here."""
    message = Phrase("fault.image_missing", {"language": runtime.capitalize(), "image": runtime.value})
    return Fault(FaultKind.PLATFORM, "image_missing", message)


async def _leave_behind(network: Any) -> None:
    """Remove the endpoints of vanished containers that a killed engine left in the network.

    The engine lists them under `ep-…` in place of a container's id, and never removes them by itself.
    """
    with contextlib.suppress(aiodocker.DockerError):
        for key, member in ((await network.show()).get("Containers") or {}).items():
            if str(key).startswith("ep-"):
                await network.disconnect({"Container": member["Name"], "Force": True})


async def _gone(call: Any) -> Any:
    """The result of `call`, None when its object is gone already."""
    try:
        return await call
    except aiodocker.DockerError as error:
        if error.status == 404:
            return None
        raise
