"""A server that sends recorded bytes, whole, in pieces, late, or cut off."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

CHUNKED = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Replay:
    """One answer. `pieces` are sent one after the other, each as an HTTP chunk, `pause` seconds apart; then the answer
    ends, or (`cut`) the connection is reset. `head` replaces the status line and the headers, "" sends none; with `raw`
    the pieces are sent as they are."""

    pieces: Sequence[bytes]
    cut: bool = False
    pause: float = 0.0
    head: str = CHUNKED
    raw: bool = False


@dataclass
class ReplayServer:
    """Sends the next of `replays` to each request, and repeats the last one. `requests` counts them."""

    replays: deque[Replay] = field(default_factory=deque)
    requests: int = 0

    def then(self, *replays: Replay) -> None:
        self.replays, self.requests = deque(replays), 0

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[str]:
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        async with server:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._request(reader):
                replay = self.replays.popleft() if len(self.replays) > 1 else self.replays[0]
                self.requests += 1
                await self._send(replay, writer)
                if replay.cut:
                    writer.transport.abort()  # type: ignore[union-attr]  # a reset, as of a gateway that dies
                    return
                if replay.raw:
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client has what it wanted
        finally:
            writer.close()

    async def _request(self, reader: asyncio.StreamReader) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        sizes = [line.partition(b":")[2] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
        await reader.readexactly(int(sizes[0]) if sizes else 0)
        return bool(head)

    async def _send(self, replay: Replay, writer: asyncio.StreamWriter) -> None:
        writer.write(replay.head.encode())
        for piece in replay.pieces:
            if replay.pause:
                await writer.drain()
                await asyncio.sleep(replay.pause)
            writer.write(piece if replay.raw else b"%x\r\n%b\r\n" % (len(piece), piece))
        if not replay.cut and not replay.raw:
            writer.write(b"0\r\n\r\n")
        await writer.drain()
