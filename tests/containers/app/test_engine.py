"""A project runs in a container of a real Docker Engine: started, edited, told apart from a crash, and kept in."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import socket
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiodocker
import httpx
import pytest
from aiodocker.containers import DockerContainer

from builder.texts import said
from preview_runtime.containers.docker import freezing
from preview_runtime.containers.docker.labels import ROLE, Role, filters, name
from preview_runtime.containers.docker.policy import MEGABYTE, ContainerSettings, Limits
from preview_runtime.containers.docker.subnets import DEFAULT_POOL
from preview_runtime.containers.engine import ContainerEngine, running_projects
from preview_runtime.containers.images import catalogue
from preview_runtime.containers.isolation import firewall
from preview_runtime.containers.isolation.networks import Networks
from preview_runtime.engines import EngineFailed, EngineStatus, FaultKind, RunHints
from preview_runtime.file_tree import FileTree
from preview_runtime.plans.runtimes import Runtime
from tests.containers.machine import machine

pytestmark = pytest.mark.usefixtures("firewalled")

INSTANCE = f"sayso-test-{os.getpid()}"
SETTINGS = ContainerSettings(instance=INSTANCE, start_seconds=20, install_seconds=60)
PYTHON = """
import http.server, os
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b"hello from python"
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)
print("serving", flush=True)
http.server.ThreadingHTTPServer(("0.0.0.0", int(os.environ["PORT"])), Page).serve_forever()
"""
NODE = "require('http').createServer((q, r) => r.end('hello from node')).listen(process.env.PORT)\n"
FASTAPI = 'from fastapi import FastAPI\napp = FastAPI()\n\n@app.get("/")\ndef home() -> str:\n    return "hello from fastapi"\n'


class Previews:
    """Makes engines and knows what they leave."""

    def __init__(self, docker: aiodocker.Docker) -> None:
        self.docker = docker
        self.made: list[ContainerEngine] = []
        self.networks = Networks(docker, SETTINGS)

    def new(self, settings: ContainerSettings = SETTINGS, **hints: Any) -> ContainerEngine:
        engine = ContainerEngine(self.docker, f"p-{secrets.token_hex(4)}", settings, RunHints(**hints), self.networks)
        self.made.append(engine)
        return engine

    async def left(self, project: str = "") -> list[str]:
        """Names of everything in the engine that carries our labels."""
        wanted = filters(INSTANCE, project)
        containers = await self.docker.containers.list(all=1, filters=json.dumps(wanted))
        networks = await self.docker.networks.list(filters=wanted)
        volumes = (await self.docker.volumes.list(filters=wanted))["Volumes"] or []
        return [
            *[container["Names"][0] for container in containers],
            *[f"network {network['Name']}" for network in networks],
            *[f"volume {one['Name']}" for one in volumes if one["Labels"][ROLE] != Role.LAYERS],
        ]


@pytest.fixture
async def previews(
    docker: aiodocker.Docker, python_image: str, node_image: str, static_image: str
) -> AsyncIterator[Previews]:
    made = Previews(docker)
    yield made
    for engine in made.made:
        await engine.remove()
    assert await made.left() == []


async def get(address: str, path: str = "/") -> str:
    async with httpx.AsyncClient(trust_env=False) as client:
        return (await client.get(address + path, timeout=5)).text


async def eventually(check: Any, seconds: float = 10) -> Any:
    end = time.monotonic() + seconds
    while not (found := await check()):
        assert time.monotonic() < end, "it did not come to be"
        await asyncio.sleep(0.02)
    return found


@pytest.mark.parametrize(
    ("files", "answer"),
    [
        ({"server.py": PYTHON}, "hello from python"),
        ({"server.js": NODE}, "hello from node"),
        ({"main.py": FASTAPI, "requirements.txt": "fastapi\nuvicorn\n"}, '"hello from fastapi"'),
        ({"index.html": "<p>hello from a file</p>"}, "<p>hello from a file</p>"),
        (
            {
                "package.json": '{"dependencies": {"express": "*"}, "scripts": {"start": "node app.js"}}',
                "app.js": "require('express')().get('/', (q, r) => r.send('hello from express')).listen(process.env.PORT)",
            },
            "hello from express",
        ),
    ],
    ids=["python", "node", "fastapi", "static", "express"],
)
async def test_an_app_answers_at_the_address_that_start_gives(
    previews: Previews, files: dict[str, str], answer: str
) -> None:
    engine = previews.new()
    address = await engine.start(FileTree(files))
    assert await get(address) == answer
    state = await engine.poll()
    assert (state.status, state.address) == (EngineStatus.RUNNING, address)
    await engine.stop()
    assert (await engine.poll()).status is EngineStatus.ABSENT


async def test_an_edit_shows_without_a_new_container(previews: Previews) -> None:
    engine = previews.new()
    tree = FileTree({"server.py": PYTHON, "old.txt": "gone soon"})
    address = await engine.start(tree)
    container = engine.get_state()["container"]
    edited = tree.replace({"server.py": PYTHON.replace("hello", "good morning")}, ["old.txt"])
    assert await engine.start(edited) == address
    assert await get(address) == "good morning from python"
    assert engine.get_state()["container"] == container
    assert "old.txt" not in (await engine.exec(["ls"])).output


async def test_what_the_app_wrote_itself_outlives_edits_and_stops(previews: Previews) -> None:
    engine = previews.new()
    tree = FileTree({"server.py": PYTHON, "first.txt": ""})
    await engine.start(tree)
    await engine.exec(["sh", "-c", "echo kept > data.db"])
    await engine.stop()
    await engine.start(tree.replace({}, ["first.txt"]))
    listed = (await engine.exec(["cat", "data.db"])).output
    assert listed == "kept\n"
    assert "first.txt" not in (await engine.exec(["ls"])).output


async def test_a_crash_is_told_with_the_end_of_its_log_and_the_place(previews: Previews) -> None:
    engine = previews.new()
    with pytest.raises(EngineFailed) as failed:
        await engine.start(FileTree({"main.py": "print('before')\n\nraise ValueError('no such table')\n"}))
    fault = failed.value.fault
    assert (fault.kind, fault.code, fault.file, fault.line) == (FaultKind.RUNTIME, "app_crashed", "main.py", 3)
    assert said(fault.says) == "The app stopped with an error (exit code 1)."
    assert fault.frame.startswith("ValueError: no such table\n")
    assert await previews.left(engine.project) == []


async def test_an_app_that_crashes_later_is_found_failed_and_starts_again(previews: Previews) -> None:
    engine = previews.new()
    tree = FileTree({"server.py": PYTHON})
    await engine.start(tree)
    await engine.exec(["sh", "-c", "kill -SEGV $(cat .sayso/child)"])

    async def failed() -> Any:
        state = await engine.poll()
        return state if state.status is EngineStatus.FAILED else None

    fault = (await eventually(failed)).fault
    assert fault.code == "app_crashed"
    assert "serving" in fault.frame  # what was said to stderr may stand before it: two pipes have no order
    assert await get(await engine.start(tree)) == "hello from python"


async def test_an_app_that_is_ended_from_outside_is_told_apart_from_a_crash(previews: Previews) -> None:
    engine = previews.new()
    await engine.start(FileTree({"server.py": PYTHON}))
    await (await engine.running_container()).kill()

    async def lost() -> bool:
        fault = (await engine.poll()).fault
        return fault is not None and (fault.kind, fault.code) == (FaultKind.PLATFORM, "app_lost")

    await eventually(lost)


async def test_a_preview_is_paused_and_put_to_sleep_and_wakes_with_what_it_had(previews: Previews) -> None:
    engine = previews.new()
    address = await engine.start(FileTree({"server.py": PYTHON}))
    await engine.exec(["sh", "-c", "echo kept > data.db"])
    for rest in (engine.pause, engine.sleep):
        await rest()
        assert (await engine.poll()).status is EngineStatus.ASLEEP
        with pytest.raises(EngineFailed) as failed:
            await engine.exec(["true"])
        assert failed.value.fault.code == "not_running"
        again = ContainerEngine(previews.docker, engine.project, SETTINGS, networks=previews.networks)
        again.load_state(json.loads(json.dumps(engine.get_state())))
        assert (await again.poll()).status is EngineStatus.ASLEEP
        assert await get(await engine.resume()) == "hello from python"
        assert (await engine.poll()).status is EngineStatus.RUNNING
        assert (await engine.exec(["cat", "data.db"])).output == "kept\n"
    assert await engine.resume() == address
    await engine.pause()
    await engine.sleep()
    assert (await engine.poll()).status is EngineStatus.ASLEEP
    edited = FileTree({"server.py": PYTHON.replace("hello", "good morning")})
    assert await get(await engine.start(edited)) == "good morning from python"
    await engine.stop()
    with pytest.raises(EngineFailed) as failed:
        await engine.resume()
    assert failed.value.fault.code == "not_running"


async def test_an_app_goes_on_when_who_holds_it_still_is_cancelled_or_killed(
    previews: Previews, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = previews.new()
    address = await engine.start(FileTree({"server.py": PYTHON}))
    holding = asyncio.Event()

    pause = DockerContainer.pause

    async def slowly(container: DockerContainer) -> None:
        await pause(container)
        holding.set()
        await asyncio.sleep(0.2)

    async def hold(still: contextlib.AbstractAsyncContextManager[object]) -> None:
        async with still:
            pass

    container = await engine.running_container()
    for still in (engine.standing_still(), freezing.frozen(container)):
        with monkeypatch.context() as patch:
            patch.setattr(DockerContainer, "pause", slowly)
            holding.clear()
            held = asyncio.create_task(hold(still))
            await holding.wait()
            held.cancel()
            with pytest.raises(asyncio.CancelledError):
                await held
        assert await get(address) == "hello from python"

    # Nobody who holds it for a moment lets go what another holds.
    await container.pause()
    with pytest.raises(aiodocker.DockerError):
        async with freezing.frozen(container):
            pass
    assert (await container.show())["State"]["Paused"]
    assert await engine.resume() == address
    assert await get(address) == "hello from python"


async def test_an_app_that_listens_inside_only_is_told_where_it_has_to_listen(previews: Previews) -> None:
    settings = ContainerSettings(instance=INSTANCE, start_seconds=4)
    engine = previews.new(settings)
    with pytest.raises(EngineFailed) as failed:
        await engine.start(FileTree({"server.py": PYTHON.replace('"0.0.0.0"', '"127.0.0.1"')}))
    assert failed.value.fault.code == "app_listens_inside"
    assert "127.0.0.1:8000" in said(failed.value.fault.says)


async def test_an_app_that_insists_on_its_own_port_is_reached_there(previews: Previews) -> None:
    engine = previews.new()
    address = await engine.start(FileTree({"server.py": PYTHON.replace('int(os.environ["PORT"])', "80")}))
    assert address.endswith(":80")
    assert await get(address) == "hello from python"


async def test_a_failed_install_is_told_with_its_log(previews: Previews) -> None:
    engine = previews.new(install="echo looking for it; echo no such package >&2; exit 3")
    with pytest.raises(EngineFailed) as failed:
        await engine.start(FileTree({"server.py": PYTHON}))
    fault = failed.value.fault
    assert (fault.kind, fault.code) == (FaultKind.BUILD, "install_failed")
    assert sorted(fault.frame.splitlines()) == ["looking for it", "no such package"]
    assert await previews.left(engine.project) == []


async def test_what_is_installed_is_there_for_the_app_and_only_installed_once(previews: Previews) -> None:
    engine = previews.new(install="echo again >> installed.txt")
    tree = FileTree({"server.py": PYTHON})
    await engine.start(tree)
    await engine.start(tree.replace({"server.py": PYTHON + "# edited\n"}))
    assert (await engine.exec(["cat", "installed.txt"])).output == "again\n"


async def test_a_cancelled_start_leaves_nothing_behind(previews: Previews) -> None:
    tree = FileTree({"main.py": "import time\ntime.sleep(60)\n"})
    for delay in (0.0, 0.05, 0.15, 0.3, 0.6, 1.2):
        engine = previews.new()
        start = asyncio.create_task(engine.start(tree))
        await asyncio.sleep(delay)
        start.cancel()
        with pytest.raises(asyncio.CancelledError):
            await start
        assert await previews.left(engine.project) == [], f"after {delay} s"


async def test_stop_gives_up_a_start_that_is_under_way(previews: Previews) -> None:
    engine = previews.new()
    start = asyncio.create_task(engine.start(FileTree({"main.py": "import time\ntime.sleep(60)\n"})))

    async def pending() -> bool:
        return (await engine.poll()).status is EngineStatus.PENDING

    await eventually(pending)
    await engine.stop()
    with pytest.raises(EngineFailed) as failed:
        await start
    assert failed.value.fault.code == "stopped"
    assert await previews.left(engine.project) == []


async def test_a_running_preview_is_found_again_after_our_own_restart(previews: Previews, docker_host: str) -> None:
    engine = previews.new()
    tree = FileTree({"server.py": PYTHON})
    address = await engine.start(tree)
    state = json.loads(json.dumps(engine.get_state()))
    async with aiodocker.Docker(docker_host) as client:
        assert engine.project in await running_projects(client, SETTINGS)
        for known in (state, {}):
            again = ContainerEngine(client, engine.project, SETTINGS, networks=previews.networks)
            again.load_state(known)
            assert (await again.poll()).address == address
            assert await again.start(tree) == address
        assert again.get_state()["container"] == state["container"]
    assert await get(address) == "hello from python"


async def test_what_is_not_ours_is_never_touched(previews: Previews, docker: aiodocker.Docker) -> None:
    engine = previews.new()
    title = name(INSTANCE, engine.project)
    image = catalogue.tag(Runtime.PYTHON)
    config = {
        "Image": image,
        "Cmd": ["sleep", "60"],
        "Labels": {"sayso.test": "1"},
        "HostConfig": {"NetworkMode": "none"},
    }
    foreign = await docker.containers.create(config, name=title)
    try:
        await foreign.start()
        with pytest.raises(EngineFailed) as failed:
            await engine.start(FileTree({"server.py": PYTHON}))
        assert failed.value.fault.code == "name_taken"
        await engine.remove()
        assert (await foreign.show())["State"]["Running"]
    finally:
        await foreign.delete(force=True, v=True)


async def test_logs_come_with_their_time_and_stream_while_the_app_runs(previews: Previews) -> None:
    engine = previews.new()
    noisy = "import sys\nprint('one')\nprint('two', file=sys.stderr)\n" + PYTHON
    await engine.start(FileTree({"server.py": noisy}))
    seen = []
    async with contextlib.aclosing(engine.logs()) as lines:
        async for line in lines:
            seen.append((line.stream, line.text))
            assert line.at.endswith("Z")
            if ("stdout", "serving") in seen and ("stderr", "two") in seen:
                break
    assert ("stdout", "one") in seen


async def test_a_slow_reader_of_a_flood_loses_the_oldest_lines_and_is_told(previews: Previews) -> None:
    engine = previews.new()
    flood = "import threading\nthreading.Thread(target=lambda: [print('x' * 200, n) for n in range(40000)]).start()\n"
    await engine.start(FileTree({"server.py": flood + PYTHON}))
    lost = []
    async with contextlib.aclosing(engine.logs(tail=40000, limit=64 * 1024)) as lines:
        async for line in lines:
            await asyncio.sleep(0.005)
            if line.stream == "sayso":
                lost.append(line.lost)
                break
    assert lost[0] > 0


async def test_a_command_is_run_with_a_limit_on_its_time_and_output(previews: Previews) -> None:
    engine = previews.new()
    await engine.start(FileTree({"server.py": PYTHON}))
    done = await engine.exec(["sh", "-c", "echo out; echo err >&2; exit 4"])
    assert (done.code, sorted(done.output.split())) == (4, ["err", "out"])
    assert (done.stdout, done.stderr) == ("out\n", "err\n")
    given = b"a line\n" * 20_000
    assert (await engine.exec(["wc", "-c"], stdin=given)).stdout.strip() == str(len(given))
    early = await engine.exec(["sh", "-c", "read first; echo $first; exit 3"], stdin=given)
    assert (early.code, early.stdout) == (3, "a line\n")
    await engine.exec(["mkdir", "-p", "deep/er"])
    assert (await engine.exec(["pwd"], folder="deep/er")).stdout.endswith("/deep/er\n")
    nowhere = await engine.exec(["pwd"], folder="nowhere")
    assert nowhere.code
    assert "nowhere" in nowhere.stderr
    slow = await engine.exec(["sleep", "30"], seconds=0.3)
    assert slow.timed_out
    much = await engine.exec(["sh", "-c", "yes | head -c 300000"], limit=1000)
    assert (much.cut, len(much.output)) == (True, 1000)


STATUS = """
import ctypes, json, os, socket
found = {}
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
found["uid"], found["gid"] = os.getuid(), os.getgid()
found["capabilities"] = [int(status[f"Cap{kind}"], 16) for kind in ("Inh", "Prm", "Eff", "Bnd", "Amb")]
found["no_new_privileges"], found["seccomp"] = status["NoNewPrivs"].strip(), status["Seccomp"].strip()
def attempt(call):
    try:
        call()
        return "possible"
    except OSError as error:
        return error.errno
found["root"] = attempt(lambda: open("/etc/mark", "w"))
found["raw"] = attempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))
found["packet"] = attempt(lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0))
found["vsock"] = attempt(lambda: socket.socket(40, socket.SOCK_STREAM, 0))
libc = ctypes.CDLL(None, use_errno=True)
def system_call(*arguments):
    return "possible" if libc.syscall(*arguments) >= 0 else ctypes.get_errno()
machine = os.uname().machine
found["io_uring"] = system_call(425, 4, ctypes.create_string_buffer(256))
found["unshare"] = system_call({"x86_64": 272, "aarch64": 97}[machine], 0x10000000)
found["mount"] = libc.mount(b"none", b"/tmp", b"tmpfs", 0, b"") and ctypes.get_errno()
found["devices"] = sorted(set(os.listdir("/dev")) & {"sda", "vda", "kvm", "mem", "fuse", "kmsg"})
found["sockets"] = [p for p in ("/var/run/docker.sock", "/run/docker.sock") if os.path.exists(p)]
print(json.dumps(found))
"""


async def test_an_app_has_no_rights_beyond_its_own_files(previews: Previews) -> None:
    engine = previews.new()
    await engine.start(FileTree({"server.py": PYTHON, "status.py": STATUS}))
    found = json.loads((await engine.exec(["python3", "status.py"])).output)
    not_permitted, read_only, no_such_call = 1, 30, 38
    assert found == {
        "uid": SETTINGS.users.of(name(INSTANCE, engine.project)),
        "gid": 10001,
        "capabilities": [0, 0, 0, 0, 0],
        "no_new_privileges": "1",
        "seccomp": "2",
        "root": read_only,
        "raw": not_permitted,
        "packet": not_permitted,
        "vsock": not_permitted,
        "io_uring": no_such_call,
        "unshare": not_permitted,
        "mount": not_permitted,
        "devices": [],
        "sockets": [],
    }


async def test_a_memory_hog_is_stopped_and_named(previews: Previews) -> None:
    settings = ContainerSettings(instance=INSTANCE, limits=Limits(memory=96 * MEGABYTE), start_seconds=20)
    engine = previews.new(settings)
    with pytest.raises(EngineFailed) as failed:
        await engine.start(FileTree({"main.py": "held = []\nwhile True: held.append(bytearray(4 * 1024 * 1024))\n"}))
    assert failed.value.fault.code == "out_of_memory"
    assert "more memory than it has here (96 MB)" in said(failed.value.fault.says)


BOMB = """
import os, time
while True:
    try:
        os.fork() or time.sleep(600)
    except OSError:
        time.sleep(0.1)
"""


async def test_a_fork_bomb_stays_within_its_container(previews: Previews) -> None:
    calm, engine = previews.new(), previews.new()
    address = await calm.start(FileTree({"server.py": PYTHON}))
    await engine.start(FileTree({"server.py": PYTHON, "bomb.py": BOMB}))
    limit = SETTINGS.limits.pids
    bomb = asyncio.create_task(engine.exec(["python3", "bomb.py"], seconds=20))

    async def full() -> int:
        [container] = await previews.docker.containers.list(filters=json.dumps(filters(INSTANCE, engine.project)))
        count = len((await container.top())["Processes"])
        assert count <= limit
        return count if count > limit * 0.9 else 0

    assert await eventually(full)
    assert await get(address) == "hello from python"
    began = time.monotonic()
    await engine.stop()
    bombed = time.monotonic()
    await calm.stop()
    # One that waits for what is forked meanwhile never ends.
    assert bombed - began < 10 * (time.monotonic() - bombed)
    with contextlib.suppress(EngineFailed):
        await bomb
    assert await previews.left(engine.project) == [f"volume {name(INSTANCE, engine.project)}"]


REACH = """
import socket, sys
s = socket.socket()
s.settimeout(1.5)
try:
    s.connect((sys.argv[1], int(sys.argv[2])))
    print("reached")
except OSError as error:
    print("kept out")
"""


@pytest.fixture
def host_service() -> Iterator[int]:
    """A program on the host that listens on every address; its port."""
    with socket.create_server(("0.0.0.0", 0)) as server:
        yield server.getsockname()[1]


async def gateway(previews: Previews, engine: ContainerEngine) -> str:
    network = await previews.docker.networks.get(name(INSTANCE, engine.project))
    return str((await network.show())["IPAM"]["Config"][0]["Gateway"])


async def test_neither_the_host_nor_a_neighbour_is_reached(previews: Previews, host_service: int) -> None:
    one, other = previews.new(), previews.new()
    await one.start(FileTree({"server.py": PYTHON, "reach.py": REACH}))
    address = await other.start(FileTree({"server.py": PYTHON}))
    neighbour, _, port = address.removeprefix("http://").partition(":")
    own_gateway = await gateway(previews, one)
    assert (await one.exec(["python3", "reach.py", own_gateway, str(host_service)])).output == "kept out\n"
    assert (await one.exec(["python3", "reach.py", neighbour, port])).output == "kept out\n"
    other_gateway = await gateway(previews, other)
    assert (await one.exec(["python3", "reach.py", other_gateway, str(host_service)])).output == "kept out\n"
    # The same calls do reach where they may: the test would see a hole.
    assert (await one.exec(["python3", "reach.py", "127.0.0.1", "8000"])).output == "reached\n"


async def test_an_address_beyond_the_host_is_not_reached(previews: Previews) -> None:
    with machine("10.214.77.1/30", ["10.214.77.2/30"], ["python3", "-m", "http.server", "8099"], 8099):
        engine = previews.new()
        await engine.start(FileTree({"server.py": PYTHON, "reach.py": REACH}))
        assert (await engine.exec(["python3", "reach.py", "10.214.77.2", "8099"])).output == "kept out\n"


async def test_nothing_starts_where_an_app_could_reach_the_host(previews: Previews) -> None:
    rule = firewall.host_rule(DEFAULT_POOL)
    firewall.remove([rule])
    try:
        engine = ContainerEngine(previews.docker, "p-refused", SETTINGS)
        with pytest.raises(EngineFailed) as failed:
            await engine.start(FileTree({"server.py": PYTHON}))
    finally:
        firewall.install([rule])
    assert failed.value.fault.code == "isolation_missing"
    assert said(failed.value.fault.says).startswith(
        "Previews in containers are switched off: an app could reach programs"
    )
    assert await previews.left("p-refused") == []


async def test_nothing_is_installed_where_an_install_could_reach_private_addresses(previews: Previews) -> None:
    rules = firewall.forward_rules(DEFAULT_POOL)
    firewall.remove(rules)
    try:
        hints = RunHints(install="true")
        engine = ContainerEngine(previews.docker, "p-refused", SETTINGS, hints, Networks(previews.docker, SETTINGS))
        with pytest.raises(EngineFailed) as failed:
            await engine.start(FileTree({"server.py": PYTHON}))
    finally:
        firewall.install(rules)
    assert failed.value.fault.code == "isolation_missing"
    assert said(failed.value.fault.says).startswith(
        "What the app needs is not installed: an install could reach private"
    )
    assert await previews.left("p-refused") == []


async def test_a_link_in_the_apps_folder_leads_no_file_of_ours_out_of_it(previews: Previews, tmp_path: Path) -> None:
    engine = previews.new()
    tree = FileTree({"server.py": PYTHON, "static/a.txt": "one"})
    await engine.start(tree)
    marker = tmp_path / "marker"
    marker.mkdir()
    await engine.exec(["sh", "-c", f"rm -r static && ln -s {marker} static"])
    with contextlib.suppress(EngineFailed):
        await engine.start(tree.replace({"static/a.txt": "two"}))
    assert list(marker.iterdir()) == []


async def test_an_engine_that_does_not_answer_is_named() -> None:
    async with aiodocker.Docker("unix:///nonexistent/docker.sock", api_version="v1.41") as gone:
        engine = ContainerEngine(gone, "p-x", SETTINGS)
        with pytest.raises(EngineFailed) as failed:
            await engine.start(FileTree({"server.py": PYTHON}))
        assert said(failed.value.fault.says) == "Docker does not answer. Start it, then try again."
        state = await engine.poll()
        assert (state.status, state.fault and state.fault.code) == (EngineStatus.FAILED, "engine_missing")


async def test_ports_are_published_nowhere(previews: Previews) -> None:
    engine = previews.new()
    await engine.start(FileTree({"server.py": PYTHON}))
    [container] = await previews.docker.containers.list(filters=json.dumps(filters(INSTANCE, engine.project, Role.APP)))
    assert (await container.show())["NetworkSettings"]["Ports"] == {}
