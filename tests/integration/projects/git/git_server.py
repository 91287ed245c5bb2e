"""Git's own server over http, and Git's own client, for tests: `git http-backend` behind a socket."""

from __future__ import annotations

import asyncio
import base64
import os
import subprocess
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

TOKEN = "a-token-of-the-repository-7f3a"


def git(*words: str | Path, at: Path) -> str:
    """Run Git in `at`, as a person without settings of their own; what it says."""
    person = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in (
        ("NAME", "Ada"), ("EMAIL", "ada@example.org"))}  # fmt: skip
    quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "GIT_TERMINAL_PROMPT": "0"}
    done = subprocess.run(
        ["git", "-c", "init.defaultBranch=main", *map(str, words)], cwd=at, env={**os.environ, **person, **quiet},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


class GitServer:
    """ASGI: the bare repositories in `folder`. With `token`, only whoever shows it is let in; `asked` are the paths of
    all requests, `refuses` those of a branch that is protected."""

    def __init__(self, folder: Path, token: str = "") -> None:
        self.folder, self.token = folder, token
        self.asked: list[str] = []

    def make(self, name: str) -> Path:
        """An empty repository that takes pushes."""
        path = self.folder / f"{name}.git"
        git("init", "--bare", path, at=self.folder)
        git("config", "http.receivepack", "true", at=path)
        return path

    async def __call__(self, scope, receive, send) -> None:  # type: ignore[no-untyped-def]
        request = Request(scope, receive)
        self.asked.append(request.url.path)
        await (await self._answer(request))(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        given = request.headers.get("authorization", "").removeprefix("Basic ")
        if self.token and base64.b64decode(given or "Og==").decode().partition(":")[2] != self.token:
            return Response(status_code=401, headers={"WWW-Authenticate": 'Basic realm="git"'})
        body = await request.body()
        process = await asyncio.create_subprocess_exec(
            "git", "http-backend", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            env={
                "PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": str(self.folder), "GIT_HTTP_EXPORT_ALL": "1",
                "GIT_CONFIG_GLOBAL": os.devnull, "PATH_INFO": request.url.path, "QUERY_STRING": request.url.query,
                "REQUEST_METHOD": request.method, "REMOTE_USER": "ada", "CONTENT_LENGTH": str(len(body)),
                "CONTENT_TYPE": request.headers.get("content-type", ""),
                "HTTP_CONTENT_ENCODING": request.headers.get("content-encoding", ""),
            },
        )  # fmt: skip
        out, _ = await process.communicate(body)
        head, _, content = out.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().splitlines())
        status = int(headers.pop("Status", "200").split()[0])
        return Response(content, status, headers=headers)
