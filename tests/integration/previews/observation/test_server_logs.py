"""What servers write is kept: from the first line, over their end and ours, in bounded space."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from builder.accounts.actor import LOCAL_OWNER
from builder.previews.observation.log_files import LogFiles
from builder.previews.observation.logs import ServerLogs
from preview_runtime.containers.docker.logs import LogLine
from preview_runtime.engines import EngineStatus
from tests.integration.conftest import Parts
from tests.integration.servers import BadEngine, Engines, GoodEngine, Line, Stage, World


@pytest.fixture
def engine_type() -> type[GoodEngine]:
    return GoodEngine


@pytest.fixture
async def stage(parts: Parts, engine_type: type[GoodEngine], tmp_path: Path) -> AsyncIterator[Stage]:
    world = World()
    stage = Stage(parts, world, Engines(world, engine_type), tmp_path / "logs")
    yield stage
    await stage.servers.close()


async def log_of(stage: Stage, project: str, **options: int) -> list[str]:
    lines = stage.servers.logs(LOCAL_OWNER, project, follow=False, **options)
    return [f"{line.stream}: {line.text}" async for line in lines]


async def until(stage: Stage, project: str, said: Callable[[list[str]], bool]) -> list[str]:
    async with asyncio.timeout(20):
        while not said(lines := await log_of(stage, project)):  # noqa: ASYNC110 - a person asks too
            await asyncio.sleep(0.01)
    return lines


async def test_a_project_without_a_server_has_no_log(stage: Stage) -> None:
    assert await log_of(stage, await stage.project()) == []
    assert not stage.folder.exists()


async def test_the_lines_of_earlier_runs_can_be_read_after_their_container_is_gone(stage: Stage) -> None:
    project = await stage.up()
    await until(stage, project, lambda lines: "stdout: run 1 listens" in lines)
    await stage.servers.stop(LOCAL_OWNER, project)
    await stage.servers.bring_up(LOCAL_OWNER, project)
    await stage.until(project, EngineStatus.RUNNING)
    lines = await until(stage, project, lambda lines: "stdout: run 2 listens" in lines)
    assert lines == [
        "sayso: The app starts",
        "stdout: run 1 listens",
        "sayso: The app was stopped",
        "sayso: The app starts",
        "stdout: run 2 listens",
    ]
    assert (await log_of(stage, project, tail=1)) == ["stdout: run 2 listens"]


async def test_our_restart_goes_on_with_the_log_and_repeats_no_line(stage: Stage) -> None:
    project = await stage.up()
    await until(stage, project, lambda lines: "stdout: run 1 listens" in lines)
    await stage.servers.close()
    stage.world.containers[project].lines.append(Line("stderr", "meanwhile", "2026-01-01T00:01:00.000000000Z"))
    later = stage.again()
    await later.servers.recovery.recover()
    lines = await until(later, project, lambda lines: "stderr: meanwhile" in lines)
    assert lines == ["sayso: The app starts", "stdout: run 1 listens", "stderr: meanwhile"]
    await later.servers.close()


@pytest.mark.parametrize("engine_type", [BadEngine])
async def test_an_app_that_was_over_at_once_still_leaves_its_last_words(stage: Stage) -> None:
    project = await stage.project()
    await stage.servers.bring_up(LOCAL_OWNER, project)
    await stage.until(project, EngineStatus.FAILED)
    assert await log_of(stage, project) == [
        "sayso: The app starts",
        "build: boom",
        "sayso: The app ended: no module named flask.",
    ]


async def test_a_listener_gets_the_lines_of_before_and_each_new_one_over_restarts(stage: Stage) -> None:
    project = await stage.up()
    heard: list[str] = []

    async def listen() -> None:
        async for line in stage.servers.logs(LOCAL_OWNER, project):
            heard.append(line.text)

    listening = asyncio.create_task(listen())
    await until(stage, project, lambda _: "run 1 listens" in heard)
    stage.world.lose(project)
    await stage.look()
    await until(stage, project, lambda _: "run 2 listens" in heard)
    assert heard.count("run 1 listens") == 1
    assert any("brought back" in line for line in heard)
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


async def test_a_tab_that_only_shows_the_log_does_not_keep_the_server_awake(stage: Stage) -> None:
    project = await stage.up()
    listening = asyncio.ensure_future(anext(aiter(stage.servers.logs(LOCAL_OWNER, project))))
    await listening
    await stage.look(idle=700)
    assert (await stage.state(project)).state.status is EngineStatus.ASLEEP


async def test_the_log_goes_with_the_project(stage: Stage) -> None:
    project = await stage.up()
    await until(stage, project, lambda lines: len(lines) == 2)
    assert (stage.folder / project).is_dir()
    await stage.servers.removal.forget([project])
    assert not (stage.folder / project).exists()


async def test_a_flood_fills_neither_the_disk_nor_the_memory(tmp_path: Path) -> None:
    logs = ServerLogs(tmp_path, file_bytes=100_000)
    reader = logs.lines("p")
    waiting = asyncio.ensure_future(anext(reader))
    await asyncio.sleep(0)
    for number in range(20_000):
        logs.mark("p", f"{number} {'x' * 100}")
    # Who reads more slowly than it comes is told how much is missing.
    assert (await waiting).text.endswith(" earlier lines were left out here: they came faster than they were read …")
    await logs.close()
    kept = await asyncio.to_thread(lambda: [file.stat().st_size for file in tmp_path.glob("p/*")])
    assert 0 < sum(kept) < 2 * (100_000 + 300_000)
    lines = [line.text async for line in ServerLogs(tmp_path).lines("p", tail=10_000, follow=False)]
    assert lines[-1].startswith("19999 ")
    assert any("left out" in line for line in lines)
    await reader.aclose()


def test_the_older_of_two_files_goes(tmp_path: Path) -> None:
    files = LogFiles(tmp_path / "p", 1_000)
    for number in range(100):
        files.append([LogLine("stdout", f"line {number} äöü", f"2026-01-01T00:00:{number:02}.000000000Z")])
    assert len([*(tmp_path / "p").iterdir()]) == 2
    found = files.tail(1_000)
    assert [line.text for line in found] == [f"line {n} äöü" for n in range(100 - len(found), 100)]
    assert 20 < len(found) < 60
    assert files.last_at() == "2026-01-01T00:00:99.000000000Z"


def test_a_line_that_was_cut_off_by_a_kill_is_left_out(tmp_path: Path) -> None:
    files = LogFiles(tmp_path, 1_000)
    files.append([LogLine("stderr", "whole", "2026-01-01T00:00:00Z"), LogLine("sayso", "no time\nof its own", "")])
    with (tmp_path / "server.log").open("ab") as file:
        file.write(b"2026-01-01T00:0")
    assert files.tail(10) == [
        LogLine("stderr", "whole", "2026-01-01T00:00:00Z"),
        LogLine("sayso", "no time of its own"),
    ]
    assert files.last_at() == "2026-01-01T00:00:00Z"
