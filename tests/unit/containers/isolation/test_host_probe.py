"""What the probe's answers mean, and what a missing or a late one does; its program itself, on this computer."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import AsyncIterator

import pytest

from preview_runtime.containers.isolation import host_probe
from preview_runtime.containers.isolation.host_probe import HostProbe, ProbeFailed
from preview_runtime.plans.runtimes import Runtime


class Program:
    """Stands in for the program in the container: it answers what it is told to, once that is said."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.answers: asyncio.Queue[bytes] = asyncio.Queue()
        self.ended = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await reader.read(1):
                self.asked.set()
                writer.write(await self.answers.get())
        finally:
            self.ended.set()
            writer.close()


@pytest.fixture
def program() -> Program:
    return Program()


@pytest.fixture
async def probe(program: Program) -> AsyncIterator[HostProbe]:
    server = await asyncio.start_server(program.serve, "127.0.0.1", 0)
    made = HostProbe()
    await made.listen("127.0.0.1")
    await made.connect(*server.sockets[0].getsockname())
    try:
        yield made
    finally:
        await made.close()
        server.close()


@pytest.mark.parametrize(("answer", "reached"), [(b"0", False), (b"7", True)])
async def test_it_says_whether_the_host_answered(
    probe: HostProbe, program: Program, answer: bytes, reached: bool
) -> None:
    program.answers.put_nowait(answer)
    assert await probe.reaches_host(0.01) is reached


async def test_a_mistake_of_ours_does_not_pass_for_a_closed_host(probe: HostProbe, program: Program) -> None:
    program.answers.put_nowait(b"9")
    with pytest.raises(ProbeFailed):
        await probe.reaches_host(0.01)


async def test_what_was_heard_counts_whatever_the_program_says(probe: HostProbe, program: Program) -> None:
    reader, writer = await asyncio.open_connection(*probe.address)
    assert await reader.read() == b""
    writer.close()
    program.answers.put_nowait(b"0")
    assert await probe.reaches_host(0.01)


async def test_the_answer_to_a_question_that_was_broken_off_is_no_answer_to_the_next(
    probe: HostProbe, program: Program
) -> None:
    broken_off = asyncio.create_task(probe.reaches_host(0.01))
    await program.asked.wait()
    broken_off.cancel()
    await asyncio.gather(broken_off, return_exceptions=True)
    program.answers.put_nowait(b"0")
    with pytest.raises(ProbeFailed):
        await probe.reaches_host(0.01)
    await program.ended.wait()


async def test_one_that_is_silent_or_gone_proves_nothing(
    probe: HostProbe, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host_probe, "ANSWER_SECONDS", 0.05)
    for _ in range(2):
        with pytest.raises(ProbeFailed):
            await probe.reaches_host(0.01)
    program.answers.put_nowait(b"0")
    await program.ended.wait()


def test_the_program_tells_an_open_port_from_a_closed_one_and_ends_with_its_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_server(("127.0.0.1", 0)) as other:
        own = other.getsockname()[1]
        other.close()
        gateway, port = listener.getsockname()
        text = host_probe.PROGRAMS[Runtime.PYTHON][-1].replace(str(host_probe.PORT), str(own))
        with subprocess.Popen([sys.executable, "-ISc", text, gateway, str(port)]) as running:
            with _connected(own, running) as link:
                link.sendall(b"\x64")
                assert link.recv(1) == b"7"
                listener.close()
                link.sendall(b"\x64")
                assert link.recv(1) == b"0"
            assert running.wait(10) == 0


def _connected(port: int, running: subprocess.Popen[bytes]) -> socket.socket:
    while running.poll() is None:
        try:
            return socket.create_connection(("127.0.0.1", port))
        except ConnectionRefusedError:
            continue
    raise AssertionError("the program has ended")
