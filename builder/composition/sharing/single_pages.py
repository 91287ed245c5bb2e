"""An app as one HTML file that opens without any server, for a stick, a letter or another site."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from builder.composition.sharing.secrets import SecretGate
from preview_runtime.compiling.compiler import Compiler, Order
from preview_runtime.dependencies import DependencyService
from preview_runtime.file_tree import FileTree
from preview_runtime.output import Output


class SinglePages:
    def __init__(
        self,
        compile_tree: Callable[[FileTree, Order], Awaitable[Output]],
        compiler: Compiler,
        dependencies: DependencyService,
        gate: SecretGate,
    ) -> None:
        self._compile, self._compiler, self._dependencies, self._gate = compile_tree, compiler, dependencies, gate

    async def make(self, person: str, project_id: str, tree: FileTree) -> bytes:
        """Raises Conflict (`secrets_found`) where it would give a secret away, and `BuildFault`."""
        order = Order(person, project_id, built=True)
        output = await self._compile(tree, order)
        await self._gate.link(project_id, tree, output)
        packages = await asyncio.to_thread(self._dependencies.files, output)
        return (await self._compiler.single({**output, **packages}, order)).body
