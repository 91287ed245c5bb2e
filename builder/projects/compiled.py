"""File trees compiled by the server: for live links, and for previews that no open tab has published."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from preview_runtime.file_tree import FileTree
from preview_runtime.output import Output

Compile = Callable[[FileTree], Awaitable[Output]]


class Compiled:
    """Runs the compiler one time for all who ask for the same thing meanwhile."""

    def __init__(self, compile_tree: Compile) -> None:
        self._compile = compile_tree
        self._running: dict[str, asyncio.Task[Output]] = {}

    async def output(self, key: str, tree: FileTree) -> Output:
        """The output of `tree`, which `key` names. Raises what the compiler raises."""
        task = self._running.get(key)
        if task is None:
            task = asyncio.create_task(_awaited(self._compile(tree)), name=f"compile {key}")
            self._running[key] = task
            task.add_done_callback(lambda _: self._running.pop(key, None))
        # Shielded: the one who asked first may leave while others still wait.
        return await asyncio.shield(task)

    async def close(self) -> None:
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _awaited(output: Awaitable[Output]) -> Output:
    return await output
