"""A cable to a Docker Engine that a test may cut: to us the engine ends, and those who share it notice nothing."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path


class Cable:
    """Passes on what comes in at `address`, until it is cut."""

    def __init__(self, socket: Path, engine: str) -> None:
        self.address = f"unix://{socket}"
        self._socket, self._engine = socket, engine.removeprefix("unix://")
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._bite = b""
        self.bitten = asyncio.Event()

    async def mend(self) -> None:
        """Have the engine answer."""
        self._server = await asyncio.start_unix_server(self._pass_on, self._socket)

    def cut(self) -> None:
        """End every connection and take no more, as the end of an engine does."""
        if self._server:
            self._server.close()
            self._socket.unlink(missing_ok=True)
        for writer in self._writers:
            writer.transport.abort()

    def bite(self, request: str) -> None:
        """Cut in the middle of the answer to the next request whose first line contains `request`."""
        self._bite = request.encode()
        self.bitten.clear()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            theirs, back = await asyncio.open_unix_connection(self._engine)
        except OSError:
            writer.close()
            return
        self._writers |= {writer, back}
        asked = bytearray()
        with contextlib.suppress(OSError):
            await asyncio.gather(self._there(reader, back, asked), self._back(theirs, writer, asked))
        self._writers -= {writer, back}
        writer.transport.abort()
        back.transport.abort()

    async def _there(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: bytearray) -> None:
        while data := await reader.read(65536):
            asked[:] = data.partition(b"\r\n")[0]
            writer.write(data)
            await writer.drain()
        writer.write_eof()

    async def _back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: bytearray) -> None:
        while data := await reader.read(65536):
            if self._bite and self._bite in asked:
                self._bite = b""
                writer.write(data[:-4])  # its head, and not all of what the head announces
                await writer.drain()
                writer.close()
                self.bitten.set()
                self.cut()
                return
            writer.write(data)
            await writer.drain()
        writer.write_eof()


@contextlib.asynccontextmanager
async def cable(folder: Path, engine: str) -> AsyncIterator[Cable]:
    """A cable to the engine at `engine` whose end lies in `folder`."""
    made = Cable(folder / "engine.sock", engine)
    await made.mend()
    try:
        yield made
    finally:
        made.cut()
