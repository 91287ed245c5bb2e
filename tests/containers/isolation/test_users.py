"""Each app is a user of its own; what an app stored as the user that all were is its own after its next start."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
from collections.abc import AsyncIterator

import aiodocker
import httpx
import pytest

from preview_runtime.containers.docker import policy
from preview_runtime.containers.docker.labels import Role, filters, labels
from preview_runtime.containers.docker.policy import ContainerSettings
from preview_runtime.containers.docker.users import OURS, account
from preview_runtime.containers.engine import ContainerEngine
from preview_runtime.containers.images import catalogue
from preview_runtime.containers.isolation.networks import Networks
from preview_runtime.containers.isolation.slots import Slots, delete_volume
from preview_runtime.engines import EngineFailed, EngineStatus, RunHints
from preview_runtime.file_tree import FileTree
from preview_runtime.plans.runtimes import Runtime

pytestmark = pytest.mark.usefixtures("firewalled")

SETTINGS = ContainerSettings(instance=f"sayso-users-{os.getpid()}", start_seconds=40)
PYTHON = """
import http.server, json, os, pathlib, sqlite3
notes = sqlite3.connect("notes.db", check_same_thread=False, isolation_level=None)
notes.execute("PRAGMA journal_mode=WAL")
notes.execute("CREATE TABLE IF NOT EXISTS notes (text text)")
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/add":  # whether it is ready is asked at "/"
            notes.execute("INSERT INTO notes VALUES ('one')")
        found = [(str(p), p.lstat().st_uid) for p in pathlib.Path("/app").rglob("*")]
        body = json.dumps({
            "notes": notes.execute("SELECT count(*) FROM notes").fetchone()[0],
            "uid": os.getuid(), "folder": os.stat("/app").st_uid, "files": len(found),
            "of others": [name for name, owner in found if owner != os.getuid()],
            "closed": (pathlib.Path("/app/closed/secret").read_text(), oct(os.stat("/app/closed").st_mode & 0o777))
            if os.path.exists("/app/closed") else None,
            "link": os.readlink("/app/link") if os.path.islink("/app/link") else None,
        }).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *arguments):
        pass
http.server.ThreadingHTTPServer(("0.0.0.0", int(os.environ["PORT"])), Page).serve_forever()
"""
TREE = FileTree({"server.py": PYTHON})
# What an app left as user 10001: a database with what is not yet in it, closed folders, links out and within.
EARLIER = """
set -e
cd /app; mkdir -p .sayso deep/er closed; echo kept > deep/er/file; echo secret > closed/secret
ln -s /etc/shadow link; ln deep/er/file deep/hard; mkfifo pipe; printf x > old; chmod 000 old
python - <<'X'
import os, sqlite3
notes = sqlite3.connect("notes.db", isolation_level=None)
notes.execute("PRAGMA journal_mode=WAL")
notes.execute("CREATE TABLE notes (text text)")
notes.execute("INSERT INTO notes VALUES ('earlier')")
os._exit(0)
X
chmod 700 closed
"""


class Apps:
    """Makes engines, and volumes as an earlier Sayso made them."""

    def __init__(self, docker: aiodocker.Docker) -> None:
        self.docker = docker
        self.networks = Networks(docker, SETTINGS)
        self.slots = Slots(docker, SETTINGS, self.networks)
        self.made: list[ContainerEngine] = []

    def new(self, project: str = "", **hints: str) -> ContainerEngine:
        project = project or f"p-{secrets.token_hex(4)}"
        engine = ContainerEngine(self.docker, project, SETTINGS, RunHints(**hints), self.networks)  # type: ignore[arg-type]
        self.made.append(engine)
        return engine

    async def earlier(self, script: str = EARLIER) -> ContainerEngine:
        """An engine whose volume was made, and written to, by the user of all apps."""
        engine = self.new()
        title = self.slots.title(engine.project)
        marks = labels(SETTINGS.instance, engine.project, Role.APP)
        await self.docker.volumes.create({"Name": title, "Driver": "local", "Labels": marks})
        assert await self.run(title, script, OURS) == 0
        return engine

    async def run(self, title: str, script: str, user: int) -> int:
        command = ["sh", "-c", script]
        config = policy.probe_container(catalogue.tag(Runtime.PYTHON), command, "none", SETTINGS)
        config["User"] = account(user)
        config["HostConfig"]["Mounts"] = [{"Type": "volume", "Source": title, "Target": "/app"}]
        container = await self.docker.containers.create(config)
        try:
            await container.start()
            return int((await container.wait())["StatusCode"])
        finally:
            await container.delete(force=True)


@pytest.fixture
async def apps(docker: aiodocker.Docker, python_image: str, static_image: str) -> AsyncIterator[Apps]:
    made = Apps(docker)
    yield made
    for engine in made.made:
        await engine.remove()
    await delete_volume(docker, policy.layers_volume(SETTINGS))
    left = await docker.containers.list(all=1, filters=json.dumps(filters(SETTINGS.instance)))
    assert [container["Names"] for container in left] == []


async def get(address: str) -> dict[str, object]:
    async with httpx.AsyncClient(trust_env=False) as client:
        found: dict[str, object] = (await client.get(f"{address}/add", timeout=10)).json()
        return found


async def test_what_an_earlier_sayso_stored_is_the_apps_own_after_its_next_start(apps: Apps) -> None:
    engine = await apps.earlier()
    user = apps.slots.user(engine.project)
    found = await get(await engine.start(TREE))
    assert (found["uid"], found["folder"], found["of others"]) == (user, user, [])
    assert found["notes"] == 2
    assert found["closed"] == ["secret\n", "0o700"]
    assert found["link"] == "/etc/shadow"
    # Once is enough: it is in the engine's state, and where that is lost the volume itself tells.
    assert engine.get_state()["moved"] is True
    await engine.stop()
    engine.load_state({**engine.get_state(), "moved": False})
    assert (await get(await engine.start(TREE)))["notes"] == 3


NODE = """
const os = require('node:os')
const who = () => JSON.stringify({ ...os.userInfo(), shell: '', env: os.homedir() })
require('http').createServer((q, r) => r.end(who())).listen(process.env.PORT)
"""


async def test_node_knows_who_it_is(apps: Apps, node_image: str) -> None:
    engine = apps.new()
    found = await get(await engine.start(FileTree({"server.js": NODE, "package.json": "{}"})))
    assert (found["username"], found["homedir"], found["env"]) == ("app", "/app", "/app/.sayso")
    assert found["uid"] == apps.slots.user(engine.project)


async def test_a_move_that_was_cut_off_is_made_again(apps: Apps) -> None:
    engine = await apps.earlier(f"{EARLIER}\nmkdir many; cd many; seq 1 3000 | xargs touch\n")
    user = apps.slots.user(engine.project)
    start = asyncio.create_task(engine.start(TREE))

    async def moving() -> bool:
        return await apps.slots.find(engine.project, Role.COPY) is not None

    async with asyncio.timeout(30):
        while not await moving():  # noqa: ASYNC110 - the engine has no event for it
            await asyncio.sleep(0.01)
    start.cancel()
    await asyncio.gather(start, return_exceptions=True)
    assert not await moving()
    other = ContainerEngine(apps.docker, engine.project, SETTINGS, networks=apps.networks)
    found = await get(await other.start(TREE))
    assert (found["uid"], found["of others"], found["notes"]) == (user, [], 2)


async def test_a_container_of_the_former_user_is_made_anew(apps: Apps, monkeypatch: pytest.MonkeyPatch) -> None:
    """After an update of Sayso it may run, or sleep: neither goes on as the user of all."""
    engine = apps.new()
    with monkeypatch.context() as patch:
        patch.setattr("preview_runtime.containers.docker.users.Users.of", lambda *_: OURS)
        assert (await get(await engine.start(TREE)))["uid"] == OURS
        state = engine.get_state()
    later = apps.new(engine.project)
    later.load_state({**state, "moved": False})
    assert (await later.poll()).status is EngineStatus.ABSENT
    await engine.pause()
    later.load_state({**engine.get_state(), "moved": False})
    with pytest.raises(EngineFailed) as refused:
        await later.resume()
    assert refused.value.fault.code == "not_running"
    found = await get(await later.start(TREE))
    assert (found["uid"], found["of others"], found["notes"]) == (apps.slots.user(engine.project), [], 2)
    assert (await later.poll()).status is EngineStatus.RUNNING
    # A command in it, and a terminal, is the same user.
    assert (await later.exec(["id", "-u"])).output.strip() == str(found["uid"])
