"""How busy this server is, measured each second and streamed to every open page."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, Field

from history import History
from measuring import Meter

PAGE = Path(__file__).parent / "page"
history = History(Path(__file__).parent / "data" / "pulse.db")
meter = Meter()
listeners: set[asyncio.Queue[str]] = set()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    task = asyncio.create_task(measure())
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


app = FastAPI(title="Pulse", lifespan=lifespan, docs_url=None, redoc_url=None)
app.mount("/page", StaticFiles(directory=PAGE), name="page")


async def measure() -> None:
    """Every second: measure, keep, and tell whoever listens."""
    while True:
        await asyncio.sleep(1)
        sample = meter.sample()
        await asyncio.to_thread(history.add, sample)
        for queue in listeners:
            if queue.full():  # a page that does not read gets the latest, not everything
                queue.get_nowait()
            queue.put_nowait(json.dumps(sample))


@app.middleware("http")
async def count(request: Request, call_next):
    meter.requests += 1
    return await call_next(request)


@app.get("/", include_in_schema=False)
def page() -> FileResponse:
    return FileResponse(PAGE / "index.html")


@app.get("/api/history")
def read_history(seconds: int = 300) -> list[dict]:
    return history.last(min(max(seconds, 1), 3600))


@app.get("/api/stream")
async def stream(request: Request) -> StreamingResponse:
    queue: asyncio.Queue[str] = asyncio.Queue(5)

    async def events() -> AsyncIterator[str]:
        listeners.add(queue)
        try:
            yield "retry: 1000\n\n"
            while True:
                try:
                    yield f"data: {await asyncio.wait_for(queue.get(), 10)}\n\n"
                except TimeoutError:
                    yield ": still here\n\n"  # a proxy in between ends connections that say nothing
        finally:
            listeners.discard(queue)

    return StreamingResponse(events(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


class Limits(BaseModel):
    cpu: float = Field(ge=1, le=100)
    memory: float = Field(ge=1, le=1_000_000)


@app.get("/api/limits")
def read_limits() -> Limits:
    return Limits(**history.limits())


@app.put("/api/limits")
def set_limits(limits: Limits) -> Limits:
    history.set_limits(limits.model_dump())
    return limits


@app.post("/api/work")
def work() -> dict[str, int]:
    """Two seconds of work, to see the curve move."""
    end, rounds = time.monotonic() + 2, 0
    while time.monotonic() < end:
        rounds += sum(range(1000)) % 7 + 1
    return {"rounds": rounds}
