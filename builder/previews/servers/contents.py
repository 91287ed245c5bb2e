"""What a server runs, as whoever starts it asks for it."""

from __future__ import annotations

from typing import Any, Protocol

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.base.tables import Project
from preview_runtime.file_tree import FileTree


class Contents(Protocol):
    """Both raise NotFound and Refused. `head` and `revision` of the project tell one content from another."""

    async def get(self, actor: Actor, project_id: str, action: Action = Action.READ) -> Project: ...

    async def read_working(self, actor: Actor, project_id: str) -> tuple[Project, Any, FileTree]: ...
