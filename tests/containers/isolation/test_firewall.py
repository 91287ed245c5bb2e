"""The host's rules, in a network of the tests' own: put in by several at once, taken out, and looked for."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Iterator
from ipaddress import IPv4Network
from typing import Any

import aiodocker
import pytest

from builder.texts import said
from preview_runtime.containers.docker.labels import Role, filters
from preview_runtime.containers.docker.policy import ContainerSettings
from preview_runtime.containers.isolation import firewall, host_probe
from preview_runtime.containers.isolation.networks import Networks
from preview_runtime.engines import EngineFailed
from preview_runtime.plans.runtimes import Runtime


@pytest.fixture(autouse=True)
def administrator() -> None:
    if os.geteuid() != 0:
        why = "Needs an administrator's rights: run the tests with sudo"
        (pytest.fail if os.environ.get("CI", "").lower() == "true" else pytest.skip)(why)


STEPS = """
import json, subprocess, sys
from preview_runtime.containers.isolation import firewall
from preview_runtime.containers.docker.subnets import DEFAULT_POOL as pool
rules = firewall.all_rules(pool)
for step in json.loads(sys.argv[1]):
    if step == "ask":
        print(json.dumps([len(firewall.lacking(rules)), firewall.standing(pool)]))
    elif step in ("install", "remove"):
        getattr(firewall, step)(rules)
    else:
        subprocess.run(["bash", "-ec", step], check=True)
"""
FIREWALL = f"{sys.executable} -m preview_runtime.containers.isolation.firewall"


def seen(*steps: str) -> list[Any]:
    """Do `steps` in a network without rules; at each that is `ask`, what was seen: how many are lacking, their text."""
    command = ["unshare", "--net", "--", sys.executable, "-c", STEPS, json.dumps(steps)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]


def test_installing_needs_no_docker_yet_and_many_at_once_leave_each_rule_once() -> None:
    together = f"for n in 1 2 3; do {FIREWALL} install >/dev/null & done; wait"
    counted = "test $(iptables-save | grep -c 'sayso previews') = 8"
    before, after = seen("ask", together, counted, "install", counted, "ask")
    assert before[0] == 8
    assert after[0] == 0


def test_rules_that_are_gone_or_passed_by_are_noticed_and_put_back() -> None:
    lost = {
        "iptables -F DOCKER-USER": 7,
        "iptables -I INPUT -j ACCEPT": 1,
        "iptables -I DOCKER-USER -j RETURN": 7,
        "iptables -D FORWARD -j DOCKER-USER": 7,
        "iptables -D DOCKER-USER 3": 1,
        "iptables -F": 8,
    }
    whole, *found = seen("install", "ask", *(one for step in lost for one in (step, "ask", "install", "ask")))
    assert whole[0] == 0
    for (lacking, text), (again, mended), (step, expected) in zip(found[::2], found[1::2], lost.items(), strict=True):
        assert (lacking, again) == (expected, 0), step
        assert (text != whole[1]) == (step in ("iptables -I INPUT -j ACCEPT", "iptables -F")), step
        assert mended == whole[1], step


def test_taking_them_out_leaves_what_others_put_in() -> None:
    theirs = "iptables -I DOCKER-USER -s 192.0.2.1 -j DROP"
    (after,) = seen("install", theirs, "remove", "ask", "iptables-save | grep -q 192.0.2.1")
    assert after[0] == 8


def test_rules_of_others_behind_ours_are_nobodys_business() -> None:
    others = "iptables -A INPUT -p tcp --dport 22 -j ACCEPT; iptables -A FORWARD -s 192.0.2.1 -j DROP"
    before, after = seen("install", "ask", others, "ask")
    assert before == after


@pytest.fixture
def apart() -> Iterator[ContainerSettings]:
    """Settings with addresses of their own, so that nobody else's rules are touched."""
    settings = ContainerSettings(instance=f"sayso-rules-{os.getpid()}", pool=IPv4Network("10.217.0.0/24"))
    firewall.install(firewall.all_rules(settings.pool))
    try:
        yield settings
    finally:
        firewall.remove(firewall.all_rules(settings.pool))


@pytest.mark.usefixtures("python_image")
async def test_nothing_starts_and_nothing_is_built_while_they_are_gone(
    docker: aiodocker.Docker, apart: ContainerSettings
) -> None:
    """However fresh the last proof is; and all goes on once they are back."""
    networks, way_out = Networks(docker, apart), f"p-{os.getpid()}"
    await networks.prove()
    try:
        await networks.ensure(way_out, Role.INSTALL)
        for rules in ([firewall.host_rule(apart.pool)], firewall.forward_rules(apart.pool)):
            await networks.prove()
            assert await probes(docker, apart, every=True) == []  # the rules are read: no try is needed here
            firewall.remove(rules)
            refused = networks.prove() if len(rules) == 1 else networks.ensure(way_out, Role.INSTALL)
            with pytest.raises(EngineFailed) as failed:
                await refused
            assert failed.value.fault.code == "isolation_missing"
            assert "preview_runtime.containers.isolation.firewall install" in said(failed.value.fault.says)
            firewall.install(firewall.all_rules(apart.pool))
            await networks.prove()
            await networks.ensure(way_out, Role.INSTALL)
    finally:
        await networks.remove(way_out)


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """The host's rules may not be read: by a person of the group docker, for one."""
    monkeypatch.setattr(firewall, "standing", lambda pool: None)
    monkeypatch.setattr(firewall, "lacking", lambda rules: None)


@pytest.fixture
async def networks(docker: aiodocker.Docker, apart: ContainerSettings) -> AsyncIterator[Networks]:
    made = Networks(docker, apart)
    try:
        yield made
    finally:
        await made.close()
        wanted = filters(apart.instance)
        assert await docker.containers.list(all=1, filters=json.dumps(wanted)) == []
        assert await docker.networks.list(filters=wanted) == []


async def probes(docker: aiodocker.Docker, settings: ContainerSettings, *, every: bool = False) -> list[str]:
    """The ids of the containers that try; with `every` also those that have ended."""
    wanted = json.dumps(filters(settings.instance, role=Role.PROBE))
    return [one.id for one in await docker.containers.list(all=int(every), filters=wanted)]


async def refused(asked: Awaitable[Any]) -> None:
    with pytest.raises(EngineFailed) as failed:
        await asked
    assert failed.value.fault.code == "isolation_missing"


@pytest.mark.usefixtures("python_image", "unread")
async def test_where_rules_cannot_be_read_their_loss_is_noticed_by_the_next_start_and_the_next_install(
    docker: aiodocker.Docker, networks: Networks, apart: ContainerSettings
) -> None:
    way_out = f"p-{os.getpid()}"
    began = time.monotonic()
    await networks.prove()
    once = time.monotonic() - began
    [probe] = await probes(docker, apart)
    began = time.monotonic()
    await asyncio.gather(*[networks.prove() for _ in range(20)])
    await networks.ensure(way_out, Role.INSTALL)
    assert time.monotonic() - began < once  # all of them take less than one try from the beginning
    assert await probes(docker, apart) == [probe]
    try:
        for asked in (networks.prove, lambda: networks.ensure(way_out, Role.INSTALL)):
            firewall.remove([firewall.host_rule(apart.pool)])
            await refused(asked())
            await refused(asked())  # and goes on to be
            assert await probes(docker, apart, every=True) == []
            firewall.install(firewall.all_rules(apart.pool))
            await asked()
    finally:
        await networks.remove(way_out)


@pytest.mark.usefixtures("python_image", "unread")
async def test_a_short_loss_between_two_starts_is_heard(networks: Networks, apart: ContainerSettings) -> None:
    """What reached the listener while nobody asked counts, though the rules are back: all is tried from the beginning."""
    await networks.prove()
    probe = networks.probe
    assert probe is not None
    host, port = probe.address
    # Not from the gateway's own address, which is of the pool that the rule is about.
    _, writer = await asyncio.open_connection(host, port, local_addr=("127.0.0.1", 0))
    writer.close()
    assert await probe.reaches_host(0.01)
    await networks.prove()
    assert networks.probe is not probe


@pytest.mark.usefixtures("python_image", "unread")
async def test_a_probe_that_was_removed_or_frozen_proves_nothing(
    docker: aiodocker.Docker, networks: Networks, apart: ContainerSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host_probe, "ANSWER_SECONDS", 0.2)
    await networks.prove()
    for command in ("remove", "pause"):
        [gone] = await probes(docker, apart)
        container = await docker.containers.get(gone)
        await (container.delete(force=True) if command == "remove" else container.pause())
        await networks.prove()
        assert gone not in await probes(docker, apart, every=True)


@pytest.mark.usefixtures("unread", "python_image", "node_image")
@pytest.mark.parametrize("runtime", host_probe.PROGRAMS)
async def test_each_runtime_tells_a_closed_host_from_an_open_one(
    docker: aiodocker.Docker,
    networks: Networks,
    apart: ContainerSettings,
    runtime: Runtime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(host_probe, "PROGRAMS", {runtime: host_probe.PROGRAMS[runtime]})
    await networks.prove()
    probe = networks.probe
    assert probe is not None
    assert not await probe.reaches_host(0.01)
    firewall.remove([firewall.host_rule(apart.pool)])
    assert await probe.reaches_host(0.01)


@pytest.mark.usefixtures("python_image", "unread")
async def test_a_probe_ends_with_the_process_and_the_next_one_removes_what_stays(
    docker: aiodocker.Docker, networks: Networks, apart: ContainerSettings
) -> None:
    killed = Networks(docker, apart)
    await killed.prove()
    [left] = await probes(docker, apart)
    assert killed.probe
    await killed.probe.close()  # as the kernel does for a process that was killed
    ended = await docker.containers.get(left)
    async with asyncio.timeout(20):
        assert (await ended.wait())["StatusCode"] == 0
    await networks.prove()
    assert left not in await probes(docker, apart, every=True)


@pytest.mark.usefixtures("python_image")
async def test_where_rules_can_be_read_no_probe_stays(
    docker: aiodocker.Docker, networks: Networks, apart: ContainerSettings
) -> None:
    await networks.prove()
    assert await probes(docker, apart, every=True) == []
    assert networks.slots == set()
