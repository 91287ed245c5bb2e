"""Bodies of requests that are kept on the disk while they are looked at."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path


@contextlib.asynccontextmanager
async def stored(
    folder: Path, body: AsyncGenerator[bytes], most: int | None = None, too_large: Exception | None = None
) -> AsyncIterator[Path]:
    """The body as a file in `folder`, while the context is open.

    A body of more than `most` bytes is read to its end, since a client that still sends would get a broken connection
    and no answer, and then raises `too_large`. Raises OSError when it cannot be stored.
    """
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True, mode=0o700)
    path, size = folder / secrets.token_hex(8), 0
    try:
        async with contextlib.aclosing(body):
            with await asyncio.to_thread(path.open, "xb") as file:
                async for piece in body:
                    size += len(piece)
                    if most is None or size <= most:
                        await asyncio.to_thread(file.write, piece)
        if most is not None and too_large is not None and size > most:
            raise too_large
        yield path
    finally:
        await asyncio.to_thread(path.unlink, missing_ok=True)
