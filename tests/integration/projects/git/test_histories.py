"""Random histories of two sides, one in Sayso and one in Git itself: no commit and no version is lost, and both end with
the same files. Two histories of 12 steps from a seed; with --all 10,000 steps."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import httpx
import pytest

from builder.composition.services import Services
from builder.composition.settings import Settings
from tests.integration.api.test_api import archive
from tests.integration.projects.git.git_server import GitServer, git
from tests.integration.projects.git.test_git import files_in
from tests.integration.server import serving

NAMES = ("index.html", "a.txt", "src/b.js", "src/deep/c.css", "ünï.md", "data.bin")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"git_private_hosts": "127.0.0.1"})


class Sides:
    """A project, the repository that it goes with, and somebody's clone of that."""

    def __init__(self, api: httpx.AsyncClient, project: str, clone: Path, random: Random) -> None:
        self.api, self.project, self.clone, self.random = api, project, clone, random
        self.commits: set[str] = set()
        self.branches = 0

    async def git(self, *words: str) -> str:
        return await asyncio.to_thread(git, *words, at=self.clone)

    async def call(self, path: str, body: object = None) -> httpx.Response:
        return await self.api.post(f"/projects/{self.project}/{path}", json=body if body is not None else {})

    async def ours(self) -> None:
        """Somebody types here, or goes back."""
        if self.random.random() < 0.2:
            await self.call(self.random.choice(["undo", "redo"]))
            return
        path, text = self.random.choice(NAMES), f"ours {self.random.random()}\n"
        body = {"delete": [path]} if self.random.random() < 0.2 else {"put": {path: text}}
        await self.api.patch(f"/projects/{self.project}/working", json=body)
        await self.call("save")

    async def theirs(self) -> None:
        """Somebody commits there, on top of what is there; now and then a merge of two lines."""
        await self.git("fetch", "--all")
        await self.git("reset", "--hard", "origin/main")
        for _ in range(self.random.randint(1, 3)):
            path = self.clone / self.random.choice(NAMES)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(
                self.random.randbytes(20) if path.suffix == ".bin" else b"theirs %d\n" % self.random.getrandbits(40)
            )
            await self.git("add", "-A")
            await self.git("commit", "-m", f"theirs {path.name}")
        if self.random.random() < 0.3:
            await self.git("checkout", "-b", "side", "HEAD~1")
            (self.clone / f"side{self.random.getrandbits(16)}.txt").write_text("side")
            await self.git("add", "-A")
            await self.git("commit", "-m", "aside")
            await self.git("checkout", "main")
            await self.git("merge", "--no-ff", "-m", "merged", "side")
            await self.git("branch", "-D", "side")
        self.commits |= set((await self.git("log", "--format=%H")).split())
        await self.git("push", "origin", "main")

    async def meet(self) -> None:
        """Pull and push until both are the same."""
        answer = await self.call("git/pull")
        if answer.status_code == 409:
            self.branches += 1
            answer = await self.call("git/take", {"branch": f"ours-{self.branches}"})
        assert answer.status_code == 200, answer.text
        answer = await self.call("git/push")
        assert answer.status_code == 200, answer.text

    async def check(self) -> None:
        await self.git("fetch", "--all")
        await self.git("reset", "--hard", "origin/main")
        there = set((await self.git("log", "--all", "--format=%H")).split())
        assert there >= self.commits, "a commit was lost"
        self.commits = there
        await self.git("fsck", "--strict")
        listed = (await self.api.get(f"/projects/{self.project}/files")).json()["files"]
        seen = {path: (await self.api.get(f"/projects/{self.project}/files/{path}")).content for path in listed}
        assert seen == files_in(self.clone)


@contextlib.asynccontextmanager
async def sides(api: httpx.AsyncClient, folder: Path, random: Random) -> AsyncIterator[Sides]:
    await asyncio.to_thread(folder.mkdir)
    server = GitServer(folder)
    server.make("app")
    async with serving(server) as address:
        answer = await api.post("/projects/import", content=archive({"index.html": "begin"}))
        project = answer.json()["project"]["id"]
        await api.put(f"/projects/{project}/git", json={"url": f"http://{address}/app.git", "branch": "main"})
        await api.post(f"/projects/{project}/git/push", json={})
        await asyncio.to_thread(git, "clone", "app.git", "clone", at=folder)
        yield Sides(api, project, folder / "clone", random)


async def test_two_sides_lose_nothing(
    api: httpx.AsyncClient, services: Services, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    steps = 10_000 if pytestconfig.getoption("--all") else 24
    random = Random(1)
    done = 0
    while done < steps:
        async with sides(api, tmp_path / f"history-{done}", random) as both:
            for _ in range(12):
                await random.choice([both.ours, both.theirs])()
                if random.random() < 0.4:
                    await both.meet()
                    await both.check()
                done += 1
            await both.meet()
            await both.check()
