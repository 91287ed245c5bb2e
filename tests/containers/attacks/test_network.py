"""An app looks for the host, its neighbours, the cloud's metadata and the world: it finds its own container.

The machines that must not be found are stand-ins in a network namespace of the suite's own. To containers of the pool
alone the kernel is told that they lie behind it; nobody else's route is touched.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network

import pytest

from preview_runtime.containers.docker.subnets import DEFAULT_POOL
from preview_runtime.engines import EngineFailed, RunHints
from preview_runtime.file_tree import FileTree
from tests.containers.attacks.builder import LABORATORY, App, Builder, eventually
from tests.containers.attacks.watched import Watched
from tests.containers.machine import ip, machine

METADATA = "169.254.169.254"
PRIVATE = ("10.214.78.2", "172.30.78.2", "192.168.78.2", "100.64.78.2")
PUBLIC = "203.0.113.78"  # RFC 5737: documentation, nobody's
PORT = 8099
# Answers on TCP and UDP, at every address.
STAND_IN = f"""
import socket, threading
def datagrams():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("0.0.0.0", {PORT}))
        while True:
            _, peer = s.recvfrom(2000)
            s.sendto(b"reached", peer)
threading.Thread(target=datagrams, daemon=True).start()
with socket.create_server(("0.0.0.0", {PORT}), backlog=50) as server:
    while True:
        server.accept()[0].close()
"""
REACH = """
import socket, sys
def reach(kind, address, port):
    try:
        with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, kind) as s:
            s.settimeout(1)
            s.connect((address, port))
            if kind == socket.SOCK_DGRAM:
                s.send(b"x" * 40)
                s.recv(100)
            return True
    except OSError:
        return False
import concurrent.futures
asked = [(kind, *place.rsplit("/", 1)) for place in sys.argv[1:] for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM)]
with concurrent.futures.ThreadPoolExecutor(64) as pool:
    found = list(pool.map(lambda one: reach(one[0], one[1], int(one[2])), asked))
print(sorted({f"{one[1]}/{one[2]}" for one, good in zip(asked, found) if good}))
"""


@dataclass
class StandIns:
    """Machines of the suite's own. `here`: this machine's address towards them; `device`: its interface."""

    here: str
    device: str

    def answers(self, address: str) -> bool:
        """Whether one is there, asked from this machine."""
        with socket.socket() as asking:
            asking.settimeout(2)
            asking.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, self.device.encode())
            return asking.connect_ex((address, PORT)) == 0


@pytest.fixture(scope="module")
def stand_ins() -> Iterator[StandIns]:
    number = os.getpid() % 100_000
    host, table = "10.214.78.1", str(10_000 + number)
    rule = ("from", str(DEFAULT_POOL), "lookup", table, "priority", str(1000 + number % 20_000))
    addresses = [f"{address}/{30 if address == PRIVATE[0] else 32}" for address in (*PRIVATE, METADATA, PUBLIC)]
    with machine(f"{host}/30", addresses, ["python3", "-c", STAND_IN], PORT) as there:
        for address in (*PRIVATE, METADATA, PUBLIC):
            ip("route", "add", address, "dev", there.device, "table", table)
        ip("rule", "add", *rule)
        try:
            yield StandIns(host, there.device)
        finally:
            ip("rule", "delete", *rule)


@pytest.fixture(scope="module")
def host_port() -> Iterator[int]:
    """A program of the host that listens on every address."""
    with socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) as server:
        yield int(server.getsockname()[1])


def own_address(app: App) -> str:
    code = "import socket; print(socket.gethostbyname(socket.gethostname()), end='')"
    return app.run(code)


def reached(app: App, places: list[str]) -> str:
    return app.run(f"import sys\nsys.argv = ['', *{places!r}]\n{REACH}").strip()


def test_no_other_machine_is_found(builder: Builder, laboratory: App, stand_ins: StandIns) -> None:
    """Metadata services, private networks, the world."""
    for address in (METADATA, *PRIVATE, PUBLIC):
        eventually(lambda: stand_ins.answers(address))  # noqa: B023 - asked at once
    own = own_address(laboratory)
    places = [f"{address}/{PORT}" for address in (METADATA, *PRIVATE, PUBLIC)]
    assert reached(laboratory, [*places, f"{own}/8000"]) == str([f"{own}/8000"])
    assert laboratory.alive()


def test_neither_the_host_nor_a_neighbour_is_found(
    builder: Builder, laboratory: App, stand_ins: StandIns, host_port: int
) -> None:
    """At the gateways, at the host's own addresses, over IPv6, at the builder's port and the other app's."""
    other = builder.app()
    own, neighbour = own_address(laboratory), own_address(other)
    subnets = [IPv4Network(f"{address}/28", strict=False) for address in (own, neighbour)]
    gateways = [str(subnet.network_address + 1) for subnet in subnets]
    ports = [host_port, laboratory.server.port, 22, 53, 2375, 2376]
    hosts = [*gateways, stand_ins.here, "172.17.0.1", "fe80::1%eth0", "ff02::1%eth0"]
    places = [f"{host}/{port}" for host in hosts for port in ports]
    places += [f"{neighbour}/{port}" for port in (8000, 61001)]
    everybody = [
        f"{subnets[0].broadcast_address}/{host_port}",
        f"255.255.255.255/{host_port}",
        f"224.0.0.1/{host_port}",
    ]
    assert reached(laboratory, [*places, *everybody, f"{own}/8000"]) == str([f"{own}/8000"])
    assert other.alive()


def test_no_name_is_asked_of_anybody(builder: Builder, laboratory: App) -> None:
    """Not of the host's resolver either: a question for a name is a message to whoever owns the name."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as resolver:
        try:
            resolver.bind(("127.0.0.1", 53))
        except OSError:
            pytest.skip("this machine has a resolver of its own at 127.0.0.1")
        resolver.settimeout(0.2)
        code = """
import socket, threading
def ask(name):
    try:
        print(socket.getaddrinfo(name, 80))
    except OSError:
        pass
names = ("secret.attack.invalid", "metadata.google.internal", "host.docker.internal", "gateway.docker.internal")
asking = [threading.Thread(target=ask, args=(name,)) for name in names]
for one in asking: one.start()
for one in asking: one.join()
"""
        assert laboratory.run(code) == ""
        with pytest.raises(TimeoutError):
            resolver.recvfrom(2000)


async def test_an_install_reaches_no_private_address(watched: Watched, stand_ins: StandIns) -> None:
    """It needs a registry, so the world is open to it; what is run there is chosen by the app's author all the same."""
    places = [f"{address}/{PORT}" for address in (METADATA, *PRIVATE)]
    code = f"import sys\nsys.argv = ['', *{places!r}]\n{REACH}"
    tree = FileTree({"server.py": LABORATORY, "reach.py": code})
    hints = RunHints(install="python3 reach.py; exit 3")
    with pytest.raises(EngineFailed) as failed:
        await watched.start(tree, hints)
    assert failed.value.fault.code == "install_failed"
    assert failed.value.fault.frame.splitlines()[-1] == "[]"


def test_a_preview_that_is_called_names_no_machine_to_the_builder(builder: Builder, laboratory: App) -> None:
    """A request cannot choose where the router goes: the target's form, another host, a path that climbs."""
    for target, host in (
        ("http://127.0.0.1:2375/", laboratory.host),
        ("//127.0.0.1:2375/", laboratory.host),
        ("/../../..//127.0.0.1:2375", laboratory.host),
        ("/@127.0.0.1:2375/", laboratory.host),
    ):
        with socket.create_connection(("127.0.0.1", laboratory.server.port), 20) as one:
            one.sendall(f"GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            answer = b""
            end = time.monotonic() + 20
            while (chunk := one.recv(65536)) and time.monotonic() < end:
                answer += chunk
        # The laboratory answers every path: it was asked, or the request was refused.
        assert answer.endswith(b"alive") or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.1 502")), answer[:200]
