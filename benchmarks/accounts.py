"""Many people sign in at once: how long others' pages take meanwhile, and how long each sign-in does.

Two processes: the server, and this one, which signs in as everybody and asks for pages as one who is in already, at a
steady rate. Baseline: the same pages while nobody signs in.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import sqlite3
import time
from itertools import cycle

import aiohttp

from benchmarks._harness import finish, percentile, running_server, say
from builder.accounts.passwords import Passwords
from builder.base.ids import new_id, now

OWNER, PASSWORD = "owner@example.org", "battery staple"
PAGES = ("/api/v1/me", "/api/v1/projects", "/", "/api/v1/health", "/sign-in")
EACH_SECONDS = 0.1
PROGRAM = {"X-Sayso-Client": "benchmark"}


async def registered(path: str, people: int) -> None:
    """Put that many accounts into the database; they share a password, and the hash of it."""
    kept, at = await Passwords().hashed(PASSWORD), now()
    with sqlite3.connect(path, timeout=30) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(account)")]
        first = dict(zip(columns, connection.execute("SELECT * FROM account").fetchone(), strict=True))
        rows = [
            {**first, "id": new_id(), "email": f"p{number}@example.org", "username": f"person-{number}"}
            | {"password": kept, "role": "member", "created_at": at}
            for number in range(people)
        ]
        marks = ", ".join(f":{column}" for column in columns)
        connection.executemany(f"INSERT INTO account ({', '.join(columns)}) VALUES ({marks})", rows)
    connection.close()


async def pages(client: aiohttp.ClientSession, url: str, times: list[float], slow: list[tuple[float, str]]) -> None:
    """Ask for a page every so often until this is cancelled; milliseconds, counted from when each was due."""
    asking: set[asyncio.Task[None]] = set()

    async def ask(path: str, due: float) -> None:
        async with client.get(url + path, headers=PROGRAM, allow_redirects=False) as answer:
            await answer.read()
            assert answer.status in (200, 303), (path, answer.status)
        took = (time.perf_counter() - due) * 1000
        times.append(took)
        slow.append((round(took), path))

    due = time.perf_counter()
    for path in cycle(PAGES):
        due += EACH_SECONDS
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        asking.add(asyncio.create_task(ask(path, due)))
        asking = {task for task in asking if not task.done() or task.result()}


async def sign_in(client: aiohttp.ClientSession, url: str, email: str) -> float:
    """Seconds until that person is in."""
    began, body = time.perf_counter(), {"email": email, "password": PASSWORD, "tokens": True}
    async with client.post(url + "/api/v1/auth/login", json=body, headers=PROGRAM) as answer:
        assert answer.status == 200, await answer.text()
    return time.perf_counter() - began


async def measured(url: str, database: str, people: int) -> dict[str, float]:
    """The figures of one run."""
    patient = aiohttp.ClientTimeout(total=None)
    jar = aiohttp.CookieJar(unsafe=True)
    await registered(database, people)
    async with (
        aiohttp.ClientSession(cookie_jar=jar, timeout=patient) as mine,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=patient) as theirs,
    ):
        body = {"email": OWNER, "password": PASSWORD}
        async with mine.post(url + "/api/v1/auth/login", json=body, headers=PROGRAM) as answer:
            assert answer.status == 200, await answer.text()
        found: dict[str, float] = {}
        for name in ("alone", "beside"):
            times, slow = list[float](), list[tuple[float, str]]()
            watching = asyncio.create_task(pages(mine, url, times, slow))
            if name == "alone":
                await asyncio.sleep(10)
            else:
                say(f"{people} people sign in at once")
                began = time.perf_counter()
                took = await asyncio.gather(*(sign_in(theirs, url, f"p{one}@example.org") for one in range(people)))
                found["all_in_s"] = round(time.perf_counter() - began, 1)
                found["sign_in_p50_s"] = percentile(took, 0.5)
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
            found |= {f"{name}_p50_ms": percentile(times, 0.5), f"{name}_p95_ms": percentile(times, 0.95)}
            found[f"{name}_max_ms"] = percentile(times, 1)
            say(f"{name}: {len(times)} pages, slowest {sorted(slow)[-3:]}")
    return found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--people", type=int, default=1_000)
    given = options.parse_args()
    # Each person has a connection here and one there.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 8 * given.people + 1_000), most))
    settings = {"ACCOUNTS": "open", "OWNER_EMAIL": OWNER, "OWNER_PASSWORD": PASSWORD, "CONNECTIONS_PER_ADDRESS": "0"}
    with running_server(**settings) as server:
        found = asyncio.run(measured(server.url, str(server.data / "sayso.db"), given.people))
    baselines = {name: value for name, value in found.items() if name.startswith("alone")}
    figures = {name.removeprefix("beside_"): value for name, value in found.items() if name not in baselines}
    finish("accounts", {"people": given.people, **figures}, baselines, 1)


if __name__ == "__main__":
    main()
