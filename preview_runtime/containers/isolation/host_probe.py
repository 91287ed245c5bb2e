"""A container of ours, as closed as an app's, that tries to reach the host: a listener of ours at its gateway."""

from __future__ import annotations

import asyncio
import contextlib
import math
from typing import Final

import aiodocker

from preview_runtime.containers.docker import policy
from preview_runtime.containers.docker.creation import create
from preview_runtime.containers.docker.policy import ContainerSettings
from preview_runtime.containers.images import catalogue
from preview_runtime.plans.runtimes import Runtime

PORT: Final = 61003  # in the container
_START_SECONDS: Final = 20.0
ANSWER_SECONDS: Final = 5.0
_LOOK_SECONDS: Final = 0.01
_REACHED: Final = b"7"
_CLOSED: Final = b"0"

# Each program waits for one connection. For each byte received over it, the program tries to reach the gateway (for
# that many hundredths of a second) and answers with one byte: `_REACHED`, or `_CLOSED` when the gateway refuses or is
# silent. Any other outcome, above all a mistake of ours, must not count as a closed gateway. The program ends with the
# connection, and so with a process that is killed.
PROGRAMS: Final = {
    Runtime.PYTHON: [
        "python3",
        "-ISc",
        "import errno, socket, sys\n"
        "closed = (errno.EAGAIN, errno.ETIMEDOUT, errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH)\n"
        f"link = socket.create_server(('', {PORT})).accept()[0]\n"
        "while said := link.recv(1):\n"
        "    with socket.socket() as tried:\n"
        "        tried.settimeout(said[0] / 100)\n"
        "        code = tried.connect_ex((sys.argv[1], int(sys.argv[2])))\n"
        "    link.sendall(b'7' if code == 0 else b'0' if code in closed else b'9')\n",
    ],
    Runtime.NODE: [
        "node",
        "-e",
        "const net = require('net'); const [host, port] = process.argv.slice(1);"
        "const closed = ['ETIMEDOUT', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'];"
        "net.createServer(link => { link.on('close', () => process.exit()); link.on('error', () => {});"
        "link.on('data', said => { const tried = net.connect(Number(port), host);"
        "let say = code => { say = () => {}; tried.destroy(); link.write(code); };"
        "tried.on('connect', () => say('7')); setTimeout(() => say('0'), said[0] * 10);"
        "tried.on('error', error => say(closed.includes(error.code) ? '0' : '9')); }); })"
        f".listen({PORT})",
    ],
}


class ProbeFailed(Exception):
    """The test could not be carried out; `str()` is for the log."""


class HostProbe:
    """One such container and its listener. The caller, who made the network, removes the network and the container
    after `close`."""

    def __init__(self) -> None:
        self._heard = False
        self._listener: asyncio.Server | None = None
        self._link: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def listen(self, gateway: str) -> None:
        """Raises OSError where `gateway` is no address of this machine."""
        self._listener = await asyncio.start_server(self._hear, gateway, 0)

    @property
    def address(self) -> tuple[str, int]:
        """The listener's address on this machine, after `listen`."""
        assert self._listener
        host, port = self._listener.sockets[0].getsockname()[:2]
        return str(host), int(port)

    async def start(
        self, docker: aiodocker.Docker, runtime: Runtime, network: str, gateway: str, settings: ContainerSettings
    ) -> None:
        """Run the container in `network`, after `listen`. Raises `ProbeFailed`, aiodocker.DockerError."""
        command = [*PROGRAMS[runtime], gateway, str(self.address[1])]
        config = policy.probe_container(catalogue.tag(runtime), command, network, settings)
        container = await create(docker, config)
        await container.start()
        address = str((await container.show())["NetworkSettings"]["Networks"][network]["IPAddress"])
        try:
            async with asyncio.timeout(_START_SECONDS):
                while not self._link:
                    try:
                        await self.connect(address, PORT)
                    except OSError:
                        await asyncio.sleep(_LOOK_SECONDS)
        except TimeoutError as error:
            raise ProbeFailed("the probe does not listen") from error

    async def connect(self, host: str, port: int) -> None:
        """Connect to the container's program, which will be asked. Raises OSError."""
        self._link = await asyncio.open_connection(host, port)

    async def reaches_host(self, seconds: float) -> bool:
        """Whether the container reaches the gateway within `seconds` (2.5 at most), or has reached it since `listen`.
        Raises `ProbeFailed`.

        A cancellation ends the probe: the answer to one question must not count for the next.
        """
        if not self._link:
            raise ProbeFailed("the probe does not run")
        reader, writer = self._link
        code = b""
        try:
            async with asyncio.timeout(seconds + ANSWER_SECONDS):
                writer.write(bytes([math.ceil(seconds * 100)]))
                code = await reader.readexactly(1)
        except (OSError, EOFError, TimeoutError) as error:
            raise ProbeFailed(f"the probe does not answer: {error!r}") from error
        finally:
            if not code:
                self._unlink()
        if code not in (_REACHED, _CLOSED):
            raise ProbeFailed(f"the probe could not try it: {code!r}")
        return self._heard or code == _REACHED

    async def close(self) -> None:
        """End the listener and the program."""
        self._unlink()
        if self._listener:
            self._listener.close()
            await self._listener.wait_closed()
            self._listener = None

    def _unlink(self) -> None:
        if self._link:
            with contextlib.suppress(OSError):
                self._link[1].close()
            self._link = None

    async def _hear(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._heard = True
        writer.close()
