"""File trees compiled by the server: for live links, and for previews that no open tab has published."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Final

from preview_runtime.compiling.compiler import BuildFault, Order
from preview_runtime.file_tree import FileTree
from preview_runtime.output import Output
from preview_runtime.tasks import Tasks

Compile = Callable[[FileTree, Order], Awaitable[Output]]
Shrink = Callable[[Output, Order], Awaitable[Output]]

# The same files give the same fault. After a time-out the computer may have been busy, and a fault outside the files (a
# registry that does not answer) may be gone in a moment.
_LASTING: Final = 24 * 3600.0
_SLOW: Final = 600.0
_PASSING: Final = 10.0
_MOST_FAULTS: Final = 1_000


class Compiled:
    """Runs the compiler once for everybody who asks for the same output at the same time, and remembers what does not
    build."""

    def __init__(self, compile_tree: Compile, clock: Callable[[], float] = time.monotonic) -> None:
        self.compile, self._clock = compile_tree, clock
        self._tasks = Tasks()
        self._running: dict[str, asyncio.Task[Output]] = {}
        self._faults: OrderedDict[str, tuple[BuildFault, float]] = OrderedDict()

    async def output(self, key: str, tree: FileTree, order: Order = Order()) -> Output:  # noqa: B008 - it is frozen
        """The output of `tree`, whose content `key` identifies. Raises the compiler's errors."""
        if (fault := self.fault(key)) is not None:
            raise fault
        task = self._running.get(key)
        if task is None:
            task = self._tasks.begin(self._remembering(key, tree, order), f"compile {key}", heard=True)
            self._running[key] = task
            task.add_done_callback(lambda _: self._running.pop(key, None))
        # Shielded: the first caller may leave while others still wait.
        return await asyncio.shield(task)

    def fault(self, key: str) -> BuildFault | None:
        """Why the content `key` is known not to build; None when nothing is known."""
        known = self._faults.get(key)
        if known is None:
            return None
        fault, until = known
        if until <= self._clock():
            del self._faults[key]
            return None
        # A new exception each time: one that is raised again and again collects the tracebacks of all.
        return BuildFault(fault.kind, fault.code, fault.says, fault.file, fault.line, fault.column, fault.frame)

    async def close(self) -> None:
        await self._tasks.close()

    async def _remembering(self, key: str, tree: FileTree, order: Order) -> Output:
        try:
            return await self.compile(tree, order)
        except BuildFault as fault:
            self._faults[key] = (fault, self._clock() + _remembered(fault))
            self._faults.move_to_end(key)
            while len(self._faults) > _MOST_FAULTS:
                self._faults.popitem(last=False)
            raise


def _remembered(fault: BuildFault) -> float:
    """Seconds to remember a fault. Faults of packages are reported for package.json but come from a registry, which may
    have the package tomorrow."""
    if fault.code == "time_out" and fault.kind == "build":
        return _SLOW
    passing = fault.kind == "platform" or fault.file == "package.json" or fault.code in ("package", "package_held")
    return _PASSING if passing else _LASTING
