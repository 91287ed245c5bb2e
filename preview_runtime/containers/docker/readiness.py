"""Waits until an app answers, or tells why it does not."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass
from typing import Final

import aiodocker
from aiodocker.containers import DockerContainer

from preview_runtime.containers.agents import client
from preview_runtime.containers.docker import faults
from preview_runtime.containers.docker.execution import execute
from preview_runtime.containers.docker.logs import log_lines, opened
from preview_runtime.containers.docker.open_ports import Listener, listeners
from preview_runtime.engines import EngineFailed, Fault
from preview_runtime.phrases import Phrase
from preview_runtime.tasks import beside

_TRY_SECONDS: Final = 0.015
_FIRST_TRY_SECONDS: Final = 0.003  # an app with a preloaded framework is ready within milliseconds
_SOON_SECONDS: Final = 0.4
_ANSWER_SECONDS: Final = 20.0  # a development server compiles its first page when it is requested
_ERROR_SECONDS: Final = 5.0  # an app that has answered with errors for so long will go on doing so
_LOOK_AFTER_SECONDS: Final = 2.0
_FIRST_ERROR: Final = 500


@dataclass(frozen=True, slots=True)
class Answering:
    """Where an app answers."""

    host: str
    port: int

    @property
    def address(self) -> str:
        return f"http://{self.host}:{self.port}"


async def answering(
    docker: aiodocker.Docker, container: DockerContainer, host: str, port: int, *, seconds: float
) -> Answering:
    """The address at which the app in `container` (at `host`) answers with a status below 500: at `port`, or at another
    port that it opened instead.

    Raises `EngineFailed` when it ends, answers with errors only, or is silent for `seconds`.
    """
    asked = _ask(container, host, port, seconds)
    async with beside(container.wait(), "its end") as end, beside(asked, "its answer") as asking:
        await asyncio.wait({end, asking}, return_when=asyncio.FIRST_COMPLETED)
        if end.done():
            raise EngineFailed(await how_it_ended(docker, container))
        answer = await asking
    if isinstance(answer, Answering):
        return answer
    raise EngineFailed(faults.runtime(answer.code, answer.says, await end_of_log(docker, container)))


@dataclass(frozen=True, slots=True)
class _Silence:
    code: str
    says: Phrase


async def _ask(container: DockerContainer, host: str, port: int, seconds: float) -> Answering | _Silence:
    began = time.monotonic()
    looked = began
    erring_since = 0.0
    status = 0
    found: list[Listener] = []
    while (waited := time.monotonic() - began) < seconds:
        status = await http_status(host, port, min(_ANSWER_SECONDS, seconds - waited))
        if 0 < status < _FIRST_ERROR:
            return Answering(host, port)
        erring_since = (erring_since or time.monotonic()) if status else 0.0
        if erring_since and time.monotonic() - erring_since > _ERROR_SECONDS:
            break
        if not status and waited > _LOOK_AFTER_SECONDS and time.monotonic() - looked > 1:
            looked = time.monotonic()
            found = await _listening(container)
            open_to_us = [listener.port for listener in found if listener.everywhere]
            # An app that insists on its own port is reached at that port.
            if open_to_us and port not in open_to_us:
                port = open_to_us[0]
                continue
        await asyncio.sleep(_FIRST_TRY_SECONDS if waited < _SOON_SECONDS else _TRY_SECONDS)
    if status >= _FIRST_ERROR:
        return _Silence("app_answers_error", Phrase("fault.app_answers_error", {"status": status}))
    inside = [listener.port for listener in found if not listener.everywhere]
    if inside and not any(listener.everywhere for listener in found):
        return _Silence(
            "app_listens_inside",
            Phrase("fault.app_listens_inside", {"port": inside[0]}),
        )
    return _Silence(
        "app_silent",
        Phrase("fault.app_silent", {"seconds": round(seconds), "port": port}),
    )


async def http_status(host: str, port: int, seconds: float) -> int:
    """The status of `GET /`; 0 when no HTTP answer comes within `seconds`. Reads one line, keeps nothing."""
    writer: asyncio.StreamWriter | None = None
    try:
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_connection(host, port, limit=4096)
            writer.write(
                f"GET / HTTP/1.1\r\nHost: localhost:{port}\r\nAccept: */*\r\nConnection: close\r\n\r\n".encode()
            )
            line = await reader.readline()
    except (OSError, ValueError, TimeoutError):
        return 0
    finally:
        if writer:
            writer.transport.abort()
    words = line.split()
    return int(words[1]) if len(words) > 1 and words[0].startswith(b"HTTP/") and words[1].isdigit() else 0


async def _listening(container: DockerContainer) -> list[Listener]:
    with contextlib.suppress(aiodocker.DockerError, TimeoutError, OSError):
        found = listeners((await execute(container, ["cat", "/proc/net/tcp", "/proc/net/tcp6"], seconds=3)).output)
        return [listener for listener in found if listener.port != client.PORT]
    return []


async def how_it_ended(docker: aiodocker.Docker, container: DockerContainer) -> Fault:
    """The `Fault` of a container that has ended."""
    shown = await container.show()
    state, memory = shown["State"], int(shown["HostConfig"]["Memory"])
    log = await end_of_log(docker, container)
    return faults.ended(int(state["ExitCode"]), bool(state["OOMKilled"]), memory, log)


async def end_of_log(docker: aiodocker.Docker, container: DockerContainer, lines: int = 80) -> str:
    """The last `lines` lines of a container's output, "" when it is gone."""
    with contextlib.suppress(aiodocker.DockerError):
        async with opened(docker, container.id, tail=lines) as chunks:
            found = [line.text async for line in log_lines(chunks, timestamps=False)]
        return "\n".join(found)
    return ""
