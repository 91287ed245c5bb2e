"""Another machine, for the tests: a network namespace at the end of a link of its own, routed through the host; or one
that leads nowhere, for the tests themselves."""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Interface
from pathlib import Path

_START_SECONDS = 30.0
_NEW_NETWORK = 0x40000000  # CLONE_NEWNET of <sched.h>
_numbers = itertools.count()


def missing() -> str:
    """What keeps one from being made here; "" for nothing."""
    return "" if os.geteuid() == 0 and shutil.which("ip") else "a network namespace needs root and iproute2"


def ip(*arguments: str) -> None:
    """Run iproute2. Raises subprocess.CalledProcessError."""
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


@dataclass(frozen=True)
class Machine:
    """`space`: its namespace; `device`: the host's interface towards it."""

    space: str
    device: str


@contextlib.contextmanager
def machine(host: str, addresses: Sequence[str], program: Sequence[str], port: int) -> Iterator[Machine]:
    """A machine that runs `program`, which listens on `port`; yields it once it does.

    `host`: this machine's address towards it, such as 198.51.100.1/30; `addresses`: its own, the first in that network.
    """
    mark = f"{os.getpid()}n{next(_numbers)}"
    made = Machine(f"sayso-{mark}", f"sh{mark}"[:15])
    there = f"st{mark}"[:15]
    with contextlib.ExitStack() as undo:
        ip("netns", "add", made.space)
        undo.callback(ip, "netns", "delete", made.space)
        ip("link", "add", made.device, "type", "veth", "peer", "name", there, "netns", made.space)
        # At once: left to itself, the link ends some time after the namespace.
        undo.callback(subprocess.run, ["ip", "link", "delete", made.device], capture_output=True)
        ip("address", "add", host, "dev", made.device)
        ip("link", "set", made.device, "up")
        for device in ("lo", there):
            ip("-n", made.space, "link", "set", device, "up")
        for address in addresses:
            ip("-n", made.space, "address", "add", address, "dev", there)
        ip("-n", made.space, "route", "add", "default", "via", str(IPv4Interface(host).ip))
        server = subprocess.Popen(
            ["ip", "netns", "exec", made.space, *program], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        undo.callback(server.wait)
        undo.callback(server.terminate)
        _wait(str(IPv4Interface(addresses[0]).ip), port)
        yield made


@contextlib.contextmanager
def own_network() -> Iterator[None]:
    """This thread, and what it starts meanwhile, with a network of its own: nothing of the host's is in it.

    A socket in the file system leads out of it, and into it. Ends with the last process that is in it.
    """
    of_c = ctypes.CDLL(None, use_errno=True)  # os.unshare is there from Python 3.12 on
    with Path("/proc/thread-self/ns/net").open() as outside:
        if of_c.unshare(_NEW_NETWORK):
            raise OSError(ctypes.get_errno(), "a network of its own cannot be made")
        try:
            ip("link", "set", "lo", "up")
            yield
        finally:
            if of_c.setns(outside.fileno(), _NEW_NETWORK):
                raise OSError(ctypes.get_errno(), "the way back is closed")


def _wait(address: str, port: int) -> None:
    end = time.monotonic() + _START_SECONDS
    while True:
        with contextlib.suppress(OSError):
            socket.create_connection((address, port), 0.5).close()
            return
        assert time.monotonic() < end, f"{address} does not answer"
        time.sleep(0.05)
