"""People who follow a turn each, in a process of their own: who got which mark, and how long after it was sent.

Run as a program: port, sessions, marks, and the model's address for the baseline. Prints one JSON object.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from typing import Final

_MARK: Final = re.compile(rb"@(\d+):(\d+)@")
SECONDS: Final = 300.0


class Follower:
    """Reads one stream; `late` are milliseconds, for the marks that were sent once it was open."""

    def __init__(self) -> None:
        self.seen: set[int] = set()
        self.late: list[float] = []

    async def read(self, reader: asyncio.StreamReader, marks: int) -> None:
        rest, opened = b"", 0
        while len(self.seen) < marks and (piece := await reader.read(65_536)):
            now = time.time_ns()
            opened = opened or now
            rest += piece
            end = 0
            for found in _MARK.finditer(rest):
                if int(found[1]) not in self.seen and int(found[2]) > opened:
                    self.late.append((now - int(found[2])) / 1e6)
                self.seen.add(int(found[1]))
                end = found.end()
            rest = rest[end:][-200:]


async def asked(port: int, method: str, path: str, body: str = "") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: localhost:{port}\r\nX-Sayso-Client: bench\r\nx-api-key: sk-ant-test-key\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}"
    )
    writer.write(head.encode())
    await writer.drain()
    return reader, writer


async def follow(port: int, marks: int) -> Follower:
    """Send a prompt, and follow what is written."""
    reader, writer = await asked(port, "POST", "/api/v1/projects", json.dumps({"prompt": "marks"}))
    answer = await reader.read()
    writer.close()
    project = json.loads(answer[answer.index(b"\r\n\r\n") :].strip().split(b"\r\n")[-1])["project"]["id"]
    reader, writer = await asked(port, "GET", f"/api/v1/projects/{project}/events?after=0")
    follower = Follower()
    await follower.read(reader, marks)
    writer.close()
    return follower


async def direct(url: str, marks: int) -> Follower:
    """The model itself, without us between: what the machine alone takes."""
    port = int(url.rpartition(":")[2])
    body = json.dumps({"model": "claude-sonnet-5-5", "tools": [{"name": "write_app"}]})
    reader, writer = await asked(port, "POST", "/v1/messages", body)
    follower = Follower()
    await follower.read(reader, marks)
    writer.close()
    return follower


async def main(port: str, sessions: str, marks: str, url: str) -> None:
    async with asyncio.timeout(SECONDS):
        alone = await asyncio.gather(*(direct(url, int(marks)) for _ in range(int(sessions))))
        found = await asyncio.gather(*(follow(int(port), int(marks)) for _ in range(int(sessions))))
    lost = sum(int(marks) - len(one.seen) for one in found)
    late = {"direct": [one.late for one in alone], "added": [one.late for one in found]}
    print(json.dumps({"lost": lost, **late}))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
