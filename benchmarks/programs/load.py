"""Asks one address at a steady rate, whatever the answers take: python -m benchmarks.programs.load URL HOST RATE SECONDS.

Prints {"p50", "p99", "failed"} in milliseconds, counted from when each request was due.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

import aiohttp

from benchmarks._harness import percentile


async def load(url: str, host: str, rate: int, seconds: float) -> dict[str, float]:
    times: list[float] = []
    failed = 0

    async def ask(session: aiohttp.ClientSession, due: float) -> None:
        nonlocal failed
        try:
            async with session.get(url, headers={"Host": host}) as answer:
                await answer.read()
                failed += answer.status != 200
        except aiohttp.ClientError:
            failed += 1
        times.append((time.perf_counter() - due) * 1000)

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64)) as session:
        began = time.perf_counter()
        asking = []
        for number in range(int(rate * seconds)):
            due = began + number / rate
            await asyncio.sleep(max(due - time.perf_counter(), 0))
            asking.append(asyncio.create_task(ask(session, due)))
        await asyncio.gather(*asking)
    # The first second opens the connections.
    settled = times[rate:]
    return {"p50": percentile(settled, 0.5), "p99": percentile(settled, 0.99), "failed": failed}


if __name__ == "__main__":
    where, name, often, long = sys.argv[1:]
    print(json.dumps(asyncio.run(load(where, name, int(often), float(long)))))
