"""Whatever a process of ours does, ending it ends all of it and holds nobody up."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest
import uvloop

from preview_runtime import child_process
from preview_runtime.child_process import end_process, kill_group, start_process
from tests.integration.processes import is_gone, until
from tests.pace import plain_work

# Seconds, by how quick this machine is; what goes wrong here waits for good, or for the tool's own ten minutes.
WITHIN = 300 * plain_work()


async def start(*command: str) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True)


async def seconds_to_end(process: asyncio.subprocess.Process) -> float:
    began = time.monotonic()
    await end_process(process)
    return time.monotonic() - began


def _is_paused(transport: Any) -> bool:
    try:
        return not transport.is_reading()
    except NotImplementedError:  # asyncio's pipes before Python 3.11.4
        return bool(transport._paused)


async def full(process: asyncio.subprocess.Process) -> None:
    """Until the process has filled what we let wait, so that its pipe is not read any more."""
    transport = process.stdout._transport  # type: ignore[union-attr]
    await until(lambda: _is_paused(transport))


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def test_a_tool_killed_with_a_full_pipe_does_not_hold_its_caller(loop: object) -> None:
    async def ended() -> tuple[float, int | None]:
        process = await start("yes")
        await full(process)
        return await seconds_to_end(process), process.returncode

    with asyncio.Runner(loop_factory=loop) as runner:  # type: ignore[arg-type]
        took, code = runner.run(ended())
    assert code == -signal.SIGKILL
    assert took < WITHIN


async def test_a_reader_that_is_still_at_it_reads_to_the_end() -> None:
    process = await start("sh", "-c", "echo said >&2; exec sleep 600")
    reader = asyncio.create_task(process.stderr.read())  # type: ignore[union-attr]
    await asyncio.sleep(0)
    assert await seconds_to_end(process) < WITHIN
    assert process.returncode == -signal.SIGKILL
    assert await reader in (b"said\n", b"")


async def test_its_children_end_with_it(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    process = await start("sh", "-c", f"sleep 600 & echo $! > {pid_file}.new; mv {pid_file}.new {pid_file}; wait")
    await until(pid_file.exists)
    assert await seconds_to_end(process) < WITHIN
    await until(lambda: is_gone(pid_file))


async def test_what_a_tool_left_behind_when_it_ended_can_be_killed_too(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    process = await start("sh", "-c", f"sleep 600 >/dev/null 2>&1 & echo $! > {pid_file}")
    await process.wait()
    assert not is_gone(pid_file)
    kill_group(process)
    await until(lambda: is_gone(pid_file))
    kill_group(process)  # and when nobody is left, nothing happens


async def test_nobody_is_killed_for_a_process_that_ended_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    killed: list[int] = []
    process = await start("true")
    await process.wait()
    monkeypatch.setattr(os, "killpg", lambda group, _: killed.append(group))
    await end_process(process)
    assert not killed  # its number may be another's by then
    assert process.returncode == 0


async def test_who_holds_the_pipes_open_from_outside_the_group_does_not_hold_us_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child_process, "LAST_SECONDS", 0.3)
    pid_file = tmp_path / "pid"
    process = await start(
        "sh", "-c", f"setsid sh -c 'echo $$ > {pid_file}.new; mv {pid_file}.new {pid_file}; exec sleep 600' & wait"
    )
    await until(pid_file.exists)
    try:
        assert 0.2 < await seconds_to_end(process) < WITHIN
    finally:
        os.kill(int(pid_file.read_text()), signal.SIGKILL)
        await until(lambda: is_gone(pid_file))
        await process.wait()


async def test_who_gives_up_while_a_tool_is_being_started_leaves_nothing_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pid_file = tmp_path / "pid"
    real = asyncio.create_subprocess_exec

    async def slowly(*command: str, **options: Any) -> asyncio.subprocess.Process:
        process = await real(*command, **options)
        await asyncio.sleep(0.5)
        return process

    monkeypatch.setattr(asyncio, "create_subprocess_exec", slowly)
    pipe = asyncio.subprocess.PIPE
    script = f"sleep 600 & echo $! > {pid_file}.new; mv {pid_file}.new {pid_file}; wait"
    starting = asyncio.create_task(start_process("sh", "-c", script, stdout=pipe, stderr=pipe))
    await until(pid_file.exists)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    await until(lambda: is_gone(pid_file))
