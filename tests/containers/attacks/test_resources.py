"""An app takes all it can get of memory, processes and logs: it has its share, the person is told, others go on."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiodocker
import pytest
from websockets.sync.client import connect

from builder.texts import said
from preview_runtime.containers.docker.policy import MEGABYTE
from preview_runtime.engines import EngineStatus, FaultKind
from tests.containers.attacks.builder import LABORATORY, App, Builder, eventually
from tests.containers.attacks.watched import SETTINGS, Watched, until


def told(fault: dict[str, Any]) -> str:
    """What the person reads: a sentence without a trace of ours in it."""
    message = str(fault["message"])
    assert message.endswith(".")
    assert not any(mark in message for mark in ("Traceback", "Error(", "0x", "docker", "\n"))
    return message


@pytest.fixture
def calm(builder: Builder) -> App:
    """Another person's app, which notices nothing."""
    return builder.app()


def test_a_memory_hog_is_stopped_and_named(builder: Builder, calm: App) -> None:
    hog = builder.app({"main.py": "held = []\nwhile True: held.append(bytearray(16 * 1024 * 1024))\n"}, runs=False)
    fault = hog.fault()
    assert (fault["kind"], fault["code"]) == ("runtime", "out_of_memory")
    assert told(fault).startswith("The app was stopped because it needs more memory than it has here (512 MB).")
    assert calm.alive()


def test_memory_that_is_taken_by_many_processes_and_shared_is_counted_as_well(builder: Builder, calm: App) -> None:
    """Not in the app's own process: the container goes on, or ends; it never has more than its share."""
    hog = builder.app()
    hog.begin(
        """
import mmap, os, time
for _ in range(8):
    if not os.fork():
        held = [mmap.mmap(-1, 64 * 1024 * 1024) for _ in range(16)]
        for one in held:
            for at in range(0, len(one), 4096):
                one[at] = 1
        time.sleep(60)
time.sleep(60)
"""
    )
    until = time.monotonic() + 4
    while time.monotonic() < until:
        assert calm.alive()
    state = hog.settled()  # one that ended is on its way back at first
    assert state["status"] == "running" or state["fault"]["code"] in ("out_of_memory", "app_crashed", "crash_loop")


BOMBS = {
    "fork bomb": """
import os, time
while True:
    try:
        os.fork()
    except OSError:
        time.sleep(0.01)
""",
    "zombie storm": """
import os, time
while True:
    try:
        if not os.fork():
            os._exit(0)
    except OSError:
        time.sleep(0.01)
""",
    "thread storm": """
import threading, time
while True:
    try:
        threading.Thread(target=time.sleep, args=(600,)).start()
    except RuntimeError:
        time.sleep(0.01)
""",
    "orphans in sessions of their own": """
import os, time
while True:
    try:
        if not os.fork():
            os.setsid()
            if not os.fork():
                os.setsid()
                time.sleep(600)
            os._exit(0)
        os.wait()
    except OSError:
        time.sleep(0.01)
""",
}


@pytest.mark.parametrize("attack", BOMBS)
async def test_processes_without_number_are_refused_stopped_and_named(watched: Watched, attack: str) -> None:
    engine = await watched.start()
    container = watched.docker.containers.container(engine.get_state()["container"])
    running = asyncio.create_task(engine.exec(["python3", "-c", BOMBS[attack]], seconds=90))
    most = 0
    try:
        while engine.project not in watched.told and not running.done():
            with contextlib.suppress(aiodocker.DockerError):
                most = max(most, len((await container.top())["Processes"] or ()))
            await asyncio.sleep(0.2)
        await until(lambda: engine.project in watched.told)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    fault = watched.told[engine.project]
    assert (fault.code, fault.kind) == ("too_many_processes", FaultKind.RUNTIME)
    assert said(fault.says) == (
        "The app was stopped because it went on starting processes or threads beyond what a preview has (256)."
    )
    assert most <= SETTINGS.limits.pids
    await engine.stop()  # waits for the one that is under way
    assert (await engine.poll()).status is EngineStatus.ABSENT


def follow(
    app: App, seconds: float, enough: Callable[[dict[str, Any]], bool], waits: float = 0
) -> list[dict[str, Any]]:
    """Lines of the app's log as the page gets them, until `enough(line)` or the time is over."""
    found: list[dict[str, Any]] = []
    address = f"ws://127.0.0.1:{app.server.port}/api/v1/projects/{app.project}/server/logs/ws"
    end = time.monotonic() + seconds
    origin = f"http://127.0.0.1:{app.server.port}"
    with connect(address, origin=origin, proxy=None, max_size=2**24) as socket, contextlib.suppress(TimeoutError):
        while time.monotonic() < end:
            line = json.loads(socket.recv(timeout=end - time.monotonic()))
            found.append(line)
            if enough(line):
                break
    return found


FLOOD = "import os\nwhile True: os.write(1, b'y\\n' * 30000)"


def test_a_log_flood_that_is_followed_slows_nobody(builder: Builder, calm: App) -> None:
    app = builder.app()
    app.begin(FLOOD)
    lines = follow(app, 4, lambda line: False)
    assert len(lines) > 100
    assert calm.alive()


async def test_a_slow_reader_of_a_log_flood_is_told_what_was_left_out(watched: Watched) -> None:
    """What is kept of it on the disk is bounded as well."""
    engine = await watched.start()
    flood = asyncio.create_task(
        engine.exec(["sh", "-c", f'exec python3 -c "{FLOOD}" > /proc/$(cat .sayso/child)/fd/1'], seconds=40)
    )
    lost = 0
    try:
        async with asyncio.timeout(30), contextlib.aclosing(engine.logs(limit=64 * 1024)) as lines:
            async for line in lines:
                if line.stream == "sayso":
                    lost = line.lost
                    break
                await asyncio.sleep(0.005)
    finally:
        shown = await (await engine.running_container()).show()
        flood.cancel()
        await asyncio.gather(flood, return_exceptions=True)
    assert lost > 0
    kept = await asyncio.to_thread(log_size, Path(shown["LogPath"]))
    assert kept <= 2 * SETTINGS.limits.log + MEGABYTE


def log_size(path: Path) -> int:
    """Bytes of a container's log on the engine's disk, with the file before it."""
    return sum(one.stat().st_size for one in path.parent.glob(f"{path.name}*"))


def test_lines_without_end_and_control_characters_stay_text(builder: Builder, calm: App) -> None:
    app = builder.app()
    app.begin(
        """
import sys
out = sys.stdout.buffer
out.write(b"\\x1b]0;title\\x07\\x1b[2J\\x00\\x08\\xff\\xfe<script>alert(1)</script>\\r\\n")
out.write(b"x" * 3_000_000 + b"\\n")
out.write(b"ANTHROPIC_API_KEY=sk-ant-api03-" + b"A" * 80 + b"\\n")
out.write(b"the end\\n")
out.flush()
"""
    )
    lines = follow(app, 40, lambda line: line["text"] == "the end")
    assert lines[-1]["text"] == "the end"
    assert max(len(line["text"]) for line in lines) <= 16 * 1024 + 64
    first = next(line["text"] for line in lines if "<script>" in line["text"])
    assert "\\ufffd" not in first
    assert calm.alive()


def test_an_app_that_ends_what_supervises_it_is_named(builder: Builder, calm: App) -> None:
    app = builder.app()
    app.begin(
        """
import os, signal
for process in sorted((int(name) for name in os.listdir("/proc") if name.isdigit()), reverse=True):
    if process != os.getpid():
        try:
            os.kill(process, signal.SIGKILL)
        except OSError:
            pass
"""
    )

    def back_or_told() -> bool:
        """Started anew by itself, or the person is told."""
        state = app.state()
        if state["status"] == "failed":
            assert state["fault"]["code"] in ("app_crashed", "app_ended", "app_lost")
            return bool(told(state["fault"]))
        return state["status"] == "running" and app.ask(seconds=20)[0] == 200

    eventually(back_or_told)
    app.bring_up()
    assert app.settled()["status"] == "running"
    eventually(app.alive)


def test_an_app_that_poses_as_what_supervises_it_gains_nothing(builder: Builder, calm: App) -> None:
    """It stops the program that starts it and takes its port: an edit says in a sentence what is wrong, or works."""
    app = builder.app()
    app.begin(
        """
import os, signal, socket, time
for process in sorted((int(name) for name in os.listdir("/proc") if name.isdigit()), reverse=True):
    command = open(f"/proc/{process}/cmdline").read()
    if process not in (1, os.getpid()) and "agent" in command:
        try:
            os.kill(process, signal.SIGSTOP)
        except OSError:
            pass
for name in os.listdir("/app/.sayso"):
    path = f"/app/.sayso/{name}"
    try:
        os.remove(path)
        os.mkfifo(path)
    except OSError:
        pass
while True:
    try:
        with socket.create_server(("0.0.0.0", 61001)) as server:
            while True:
                connection, _ = server.accept()
                connection.sendall(b"[" * 10_000_000)
    except OSError:
        time.sleep(0.2)
"""
    )
    time.sleep(1)
    app.server.call(
        "PATCH", f"/api/v1/projects/{app.project}/working", {"put": {"server.py": LABORATORY.replace("alive", "anew")}}
    )
    app.bring_up()
    state = app.settled()
    if state["status"] == "failed":
        assert told(state["fault"])
    else:
        assert app.ask()[1] == b"anew"
    app.stop()
    app.bring_up()
    assert app.settled()["status"] == "running"
    assert app.ask()[1] == b"anew"
    assert calm.alive()
