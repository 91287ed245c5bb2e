"""Tasks have an owner: they are kept, told of when they fail, and over when their owner says so."""

from __future__ import annotations

import ast
import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from preview_runtime.tasks import Tasks, beside, race

ROOT = Path(__file__).resolve().parents[2]
# Who may make a task: the supervisor, and a program that runs alone in a container with the standard library only.
# Two of them run elsewhere, alone: in a container and in a browser.
MAY = {
    "preview_runtime/tasks.py", "preview_runtime/containers/beside/egress_proxy.py", "preview_runtime/app_server.py",
}  # fmt: skip


_MAKE_TASKS = ("create_task", "ensure_future", "start_background_task", "run_coroutine_threadsafe")


async def test_work_that_fails_or_returns_is_told_and_begun_again(caplog: pytest.LogCaptureFixture) -> None:
    begun = 0
    there = asyncio.Event()

    async def work() -> None:
        nonlocal begun
        begun += 1
        if begun == 1:
            raise ConnectionResetError("the engine ended")
        if begun == 3:
            there.set()
            await asyncio.Event().wait()

    tasks = Tasks()
    with caplog.at_level(logging.INFO):
        task = tasks.forever(work, "look after something", again=0)
        await asyncio.wait_for(there.wait(), 10)
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]
    assert "“look after something” failed" in caplog.messages[0]
    assert "the engine ended" in caplog.text
    assert "“look after something” ended" in caplog.messages[1]
    await tasks.close()
    assert task.cancelled()


async def fail() -> None:
    raise KeyError("a mistake of ours")


async def test_a_failure_is_told_once_and_by_name(caplog: pytest.LogCaptureFixture) -> None:
    tasks = Tasks()
    task = tasks.begin(fail(), "copy the data")
    await asyncio.wait({task})
    await tasks.close()
    assert caplog.messages == ["The task “copy the data” failed"]
    assert "a mistake of ours" in caplog.text


async def test_a_failure_that_somebody_hears_is_theirs_to_tell(caplog: pytest.LogCaptureFixture) -> None:
    task = Tasks().begin(fail(), "compile", heard=True)
    with pytest.raises(KeyError):
        await task
    assert caplog.messages == []


async def test_closing_waits_for_the_end_of_all_also_of_what_an_end_begins() -> None:
    tasks, said = Tasks(), []

    async def last() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            said.append("last")

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            tasks.begin(last(), "last")
            await asyncio.sleep(0)  # the end takes its time
            said.append("work")

    tasks.begin(work(), "work")
    await asyncio.sleep(0)
    await tasks.close()
    assert said == ["work", "last"]


async def test_a_task_of_the_owner_can_close_it() -> None:
    tasks = Tasks()
    other = tasks.begin(asyncio.Event().wait(), "other")
    await asyncio.wait_for(tasks.begin(tasks.close(), "close"), 10)
    assert other.cancelled()


async def test_what_goes_on_beside_a_block_is_over_after_it() -> None:
    ended = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def fails_beside() -> None:
        async with beside(work(), "beside"):
            await asyncio.sleep(0)
            raise KeyError

    with pytest.raises(KeyError):
        await fails_beside()
    assert ended.is_set()


async def test_a_race_ends_with_the_first_and_says_which_that_was() -> None:
    async def at_once() -> int:
        return 7

    slow, fast = await race(asyncio.Event().wait(), at_once(), name="race")
    assert slow is None
    assert fast is not None
    assert fast.result() == 7


def _bare(tree: ast.AST) -> Iterator[int]:
    """Lines that make a task without the supervisor; a `TaskGroup` is one."""
    groups = {
        item.optional_vars.id
        for node in ast.walk(tree)
        if isinstance(node, ast.AsyncWith)
        for item in node.items
        if isinstance(item.optional_vars, ast.Name)
        and isinstance(item.context_expr, ast.Call)
        and ast.unparse(item.context_expr.func).endswith("TaskGroup")
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, (ast.Attribute, ast.Name)):
            of = node.func.value if isinstance(node.func, ast.Attribute) else None
            name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
            if name in _MAKE_TASKS and not (isinstance(of, ast.Name) and of.id in groups):
                yield node.lineno


def test_nobody_makes_a_task_without_the_supervisor() -> None:
    paths = [path for top in ("builder", "preview_runtime") for path in (ROOT / top).rglob("*.py")]
    ours = {path.relative_to(ROOT).as_posix(): path for path in paths if "node_modules" not in path.parts}
    assert len(ours) > 200
    found = [
        f"{name}:{line}"
        for name, path in sorted(ours.items())
        if name not in MAY
        for line in _bare(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == [], "use preview_runtime.tasks"


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("asyncio.create_task(work())", [1]),
        ("loop.create_task(work())", [1]),
        ("asyncio.ensure_future(work())", [1]),
        ("sio.start_background_task(work)", [1]),
        ("async def f():\n  async with asyncio.TaskGroup() as group:\n    group.create_task(work())", []),
    ],
)
def test_the_rule_sees_what_it_is_to_see(source: str, lines: list[int]) -> None:
    assert list(_bare(ast.parse(source))) == lines
