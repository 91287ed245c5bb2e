"""An app reaches the hosts that its project allows, and no other: a real engine, and hosts in a namespace of the test's own."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from ipaddress import IPv4Network

import aiodocker
import pytest
from aiodocker.containers import DockerContainer

from preview_runtime.containers.beside.access import Access
from preview_runtime.containers.beside.egress import ProjectEgress
from preview_runtime.containers.docker import policy
from preview_runtime.containers.docker.execution import execute
from preview_runtime.containers.docker.labels import Role, filters, labels, name
from preview_runtime.containers.docker.policy import ContainerSettings
from preview_runtime.containers.images import catalogue
from preview_runtime.containers.isolation.networks import Networks
from preview_runtime.plans.runtimes import Runtime
from tests.containers.machine import machine

pytestmark = pytest.mark.usefixtures("firewalled")

INSTANCE = f"sayso-test-out-{os.getpid()}"
SETTINGS = ContainerSettings(instance=INSTANCE)
# RFC 5737: addresses that are nobody's. They stand for public ones, and are let through as an exception.
OUTSIDE, HERE, THERE = IPv4Network("203.0.113.0/24"), "203.0.113.1", "203.0.113.2"
SERVER = """
import http.server
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = ("seen " + self.headers["Host"] + self.path).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
http.server.ThreadingHTTPServer(("0.0.0.0", 80), Page).serve_forever()
"""
# Answers names as a hostile owner of them would: with private addresses, with both, with another one each time.
RESOLVER = """
import itertools, socket, threading
names = {
    "private": itertools.cycle([["10.214.79.2"]]),
    "mixed": itertools.cycle([["10.214.79.2", "THERE"]]),
    "rebound": itertools.chain([["THERE"]], itertools.repeat(["10.214.79.2"])),
    "metadata": itertools.cycle([["169.254.169.254"]]),
    "nowhere": itertools.cycle([["0.0.0.0"]]),
}
resolver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
resolver.bind(("0.0.0.0", 53))
def answers():
    while True:
        asked, peer = resolver.recvfrom(2000)
        end = asked.index(0, 12) + 5
        label = asked[13 : 13 + asked[12]].decode().lower()
        found = []
        if asked[end - 4 : end - 2] == bytes((0, 1)) and label in names:
            found = [socket.inet_aton(one) for one in next(names[label])]
        elif asked[end - 4 : end - 2] == bytes((0, 28)) and label == "mapped":
            found = [socket.inet_pton(socket.AF_INET6, "::ffff:10.214.79.2")]
        head = asked[:2] + bytes((0x81, 0x80, 0, 1, 0, len(found), 0, 0, 0, 0))
        body = b"".join(bytes((0xc0, 12)) + asked[end - 4 : end] + bytes((0, 0, 0, 0, 0, len(one))) + one for one in found)
        resolver.sendto(head + asked[12:end] + body, peer)
threading.Thread(target=answers, daemon=True).start()
"""
ASK = """
import sys, urllib.request, urllib.error
try:
    print(urllib.request.urlopen(sys.argv[1], timeout=15).read().decode())
except urllib.error.HTTPError as error:
    print(error.code, error.read().decode())
except OSError as error:
    print("not reached")
"""
REACH = """
import socket, sys
s = socket.socket()
s.settimeout(1.5)
try:
    s.connect((sys.argv[1], int(sys.argv[2])))
    print("reached")
except OSError:
    print("kept out")
"""


@pytest.fixture(scope="module")
def outside() -> Iterator[None]:
    """A machine out there, with a web server."""
    program = RESOLVER.replace("THERE", THERE) + SERVER
    with machine(f"{HERE}/24", [f"{THERE}/24", "10.214.79.2/32"], ["python3", "-c", program], 80):
        yield


Make = Callable[[str, Access], Awaitable[DockerContainer]]


@pytest.fixture
def networks(docker: aiodocker.Docker) -> Networks:
    return Networks(docker, SETTINGS)


@pytest.fixture
def egress(docker: aiodocker.Docker, networks: Networks) -> ProjectEgress:
    names = {"api.example.com": THERE, "other.example.com": THERE, "inside.example.com": "10.1.2.3"}
    return ProjectEgress(docker, SETTINGS, networks, excepted=[OUTSIDE], names=names)


@pytest.fixture
async def make(
    docker: aiodocker.Docker, networks: Networks, egress: ProjectEgress, python_image: str, outside: None
) -> AsyncIterator[Make]:
    made: list[str] = []

    async def app(project: str, access: Access) -> DockerContainer:
        """A container that is an app's in its rights, networks and variables."""
        made.append(project)
        config = policy.probe_container(
            catalogue.tag(Runtime.PYTHON), ["sleep", "600"], await networks.ensure(project), SETTINGS
        )
        config["Labels"] = labels(INSTANCE, project, Role.APP)
        config["HostConfig"]["Dns"] = ["127.0.0.1"]
        config["Env"] = [f"{key}={value}" for key, value in access.environment.items()]
        container = await docker.containers.create(config)
        for network in access.networks:
            await (await docker.networks.get(network)).connect({"Container": container.id})
        await container.start()
        return container

    yield app
    for project in made:
        for container in await docker.containers.list(all=1, filters=json.dumps(filters(INSTANCE, project))):
            await container.delete(force=True, v=True)
        await egress.stop(project)
        await networks.remove(project)
    wanted = filters(INSTANCE)
    assert await docker.containers.list(all=1, filters=json.dumps(wanted)) == []
    assert await docker.networks.list(filters=wanted) == []


async def ask(app: DockerContainer, address: str) -> str:
    return (await execute(app, ["python3", "-c", ASK, address])).output.strip()


async def test_allowed_hosts_are_reached_others_are_refused_and_named(make: Make, egress: ProjectEgress) -> None:
    project = f"p-{secrets.token_hex(4)}"
    app = await make(project, await egress.ensure(project, ["api.example.com", "inside.example.com"]))
    assert await ask(app, "http://api.example.com/things") == "seen api.example.com/things"
    assert (await ask(app, "http://other.example.com/")).startswith("403 other.example.com:80 is not among")
    # A name that leads to a private address leads nowhere, allowed or not.
    assert (await ask(app, "http://inside.example.com/")).startswith("403 inside.example.com has a private address")
    assert await ask(app, "https://other.example.com/") == "not reached"
    refused = await egress.refused(project)
    assert [(one.host, one.port, one.private) for one in refused] == [
        ("other.example.com", 443, False),
        ("inside.example.com", 80, True),
        ("other.example.com", 80, False),
    ]
    assert refused[0].at.endswith("Z")

    # One click later: a running app goes on with the same way out.
    await egress.ensure(project, ["api.example.com", "other.example.com"])
    assert await ask(app, "http://other.example.com/") == "seen other.example.com/"


async def test_there_is_no_way_around_the_proxy(make: Make, egress: ProjectEgress, docker: aiodocker.Docker) -> None:
    one, other = f"p-{secrets.token_hex(4)}", f"p-{secrets.token_hex(4)}"
    access = await egress.ensure(one, ["api.example.com"])
    app, stranger = await make(one, access), await make(other, Access((), {}))
    proxy, _, port = access.environment["HTTP_PROXY"].removeprefix("http://").partition(":")
    [way] = await docker.containers.list(filters=json.dumps(filters(INSTANCE, f"{one}-egress", Role.EGRESS)))
    shown = (await way.show())["NetworkSettings"]["Networks"]
    gateways = [
        (await (await docker.networks.get(title)).show())["IPAM"]["Config"][0]["Gateway"]
        for title in (*shown, name(INSTANCE, one))
    ]
    outer = next(found["IPAddress"] for title, found in shown.items() if title not in access.networks)

    async def reach(container: DockerContainer, host: str, port: int | str) -> str:
        return (await execute(container, ["python3", "-c", REACH, host, str(port)])).output.strip()

    with socket.create_server(("0.0.0.0", 0)) as service:
        own = service.getsockname()[1]
        closed = [(app, THERE, 80), (app, outer, port), (stranger, proxy, port), (stranger, THERE, 80)]
        closed += [(container, gateway, own) for container in (app, way) for gateway in gateways]
        answers = await asyncio.gather(*(reach(*one) for one in closed))
    assert answers == ["kept out"] * len(closed)
    assert await reach(app, proxy, port) == "reached"  # the same call sees a way where there is one
    status = (await execute(way, ["cat", "/proc/1/status"])).output
    lines = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert lines["Uid"].split()[0] not in ("0", "10001")
    assert {int(lines[f"Cap{kind}"], 16) for kind in ("Inh", "Prm", "Eff", "Bnd", "Amb")} == {0}


async def test_it_rests_and_wakes_with_its_app_and_leaves_nothing(make: Make, egress: ProjectEgress) -> None:
    project = f"p-{secrets.token_hex(4)}"
    access = await egress.ensure(project, ["api.example.com"])
    app = await make(project, access)
    await egress.sleep(project)
    assert await ask(app, "http://api.example.com/") == "not reached"
    await egress.resume(project)
    assert await egress.ensure(project, ["api.example.com"]) == access
    assert await ask(app, "http://api.example.com/") == "seen api.example.com/"


async def test_what_an_allowed_name_points_at_is_looked_at_for_each_connection(
    docker: aiodocker.Docker, networks: Networks, make: Make
) -> None:
    """By a resolver of the test's own: private addresses, public and private ones together, another one each time."""
    egress = ProjectEgress(docker, SETTINGS, networks, excepted=[OUTSIDE], resolvers=[THERE])
    project = f"p-{secrets.token_hex(4)}"
    names = ["private", "mixed", "rebound", "mapped", "metadata", "nowhere"]
    try:
        access = await egress.ensure(project, [f"{one}.example.com" for one in names])
        app = await make(project, access)

        async def asked(one: str) -> str:
            done = await execute(app, ["python3", "-c", ASK, f"http://{one}.example.com/x"], seconds=30)
            return done.output.strip()

        said = {one: await asked(one) for one in names}
        assert said["mixed"] == "seen mixed.example.com/x"
        assert said["rebound"] == "seen rebound.example.com/x"
        for one in ("private", "mapped", "metadata", "nowhere"):
            assert "private address" in said[one], said
        assert "private address" in await asked("rebound")
        refused = {one.host for one in await egress.refused(project) if one.private}
        assert refused == {f"{one}.example.com" for one in names if one != "mixed"}
    finally:
        await egress.stop(project)
