"""Looks for secrets in what is shared, and stops what would give one away."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Final

from builder.base.errors import Conflict, Json
from builder.composition.sharing.decisions import Decisions
from builder.projects.archive.secrets_left_out import may_hold_secrets
from builder.safety.leaks.scan import Leak, LeakScanner, same_secret
from builder.texts import t
from preview_runtime.file_tree import FileTree
from preview_runtime.output import Output

_TOLD: Final = 50  # findings in one error


class SecretGate:
    """One for all projects: the same content is looked through once, whoever has it."""

    def __init__(self, decisions: Decisions) -> None:
        self._decisions = decisions
        self._scanner = LeakScanner()

    async def leaks(self, tree: FileTree, output: Output | None = None) -> list[Leak]:
        """Of the sources, and of what is built of them where it is given."""
        files = dict(tree.items())
        built = {path: file.body for path, file in (output or {}).items()}
        sources = await asyncio.to_thread(self._scanner.scan, files)
        return same_secret(sources, await asyncio.to_thread(self._scanner.scan, built))

    async def link(self, project_id: str, tree: FileTree, output: Output) -> None:
        """Raises Conflict (`secrets_found`) when a link to these would give a secret away."""
        await self._stop(project_id, await self.leaks(tree, output))

    async def export(self, project_id: str, tree: FileTree) -> None:
        """Of an archive, which files of the environment are left out of. Raises Conflict (`secrets_found`)."""
        files = {path: content for path, content in tree.items() if not may_hold_secrets(path, content)}
        found = await asyncio.to_thread(self._scanner.scan, files)
        await self._stop(project_id, found)

    async def _stop(self, project_id: str, found: list[Leak]) -> None:
        held = blocking(found, (await self._decisions.of(project_id))["leak"])
        if held:
            first = held[0]
            raise Conflict(
                t("sharing.held", count=len(held), what=said_of(first), path=first.path, line=first.line),
                code="secrets_found",
                details={"leaks": [_told(leak) for leak in held[:_TOLD]]},
            )


def blocking(found: Iterable[Leak], decided: set[str]) -> list[Leak]:
    """What is to be dealt with first. A secret that is kept apart is in nobody's hands."""
    return [leak for leak in found if leak.sure and not leak.kept_apart and leak.digest not in decided]


def said_of(leak: Leak) -> str:
    """What it is, in words."""
    return t(f"sharing.leak.{leak.kind}")


def _told(leak: Leak) -> Json:
    return {"kind": leak.kind, "path": leak.path, "line": leak.line, "tail": leak.tail, "digest": leak.digest}
