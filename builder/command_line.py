"""The commands that make and export apps without a page."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from builder.base.errors import SaysoError
from builder.composition.services import Services
from builder.composition.settings import get_settings
from builder.projects.archive.export import write_zip
from builder.projects.archive.readme import how_it_runs
from preview_runtime.file_tree import FileTree

_ENDED = frozenset({"done", "stopped", "interrupted", "failed"})


async def generate(prompt: str, out: str, model: str) -> int:
    """Make an app from `prompt` and write its files below `out`; returns the exit status."""
    folder = Path(out)
    if await asyncio.to_thread(folder.exists):
        print(f"{out} exists already. Name a new folder.", file=sys.stderr)
        return 1
    services = Services(get_settings())
    actor = services.actors.local
    try:
        await services.start(serves=False)
        prompt = (await services.guard.look(actor, prompt, sure=True)).text
        project = await services.store.create(actor, prompt[:60], prompt=prompt)
        generation = await services.generations.start(actor, project.id, prompt, model)
        said = 0
        while generation.status not in _ENDED:
            await asyncio.sleep(0.1)
            generation = await services.generations.get(actor, generation.id)
            for file in generation.files[said:]:
                print(f"  {file['path']}", file=sys.stderr)
            said = max(said, len(generation.files))
        if generation.status != "done":
            reason = (generation.error or {}).get("message") or f"The generation ended as {generation.status}."
            print(reason, file=sys.stderr)
            return 1
        tree = await services.store.head_tree(actor, project.id)
        await asyncio.to_thread(_write, tree, folder)
        print(f"{generation.summary}\n\n{len(tree)} files in {out}. How it runs, from that folder:\n")
        for part in how_it_runs(tree):
            print(part if isinstance(part, str) else "\n".join(f"    {command}" for command in part))
        return 0
    except SaysoError as error:
        print(error.message, file=sys.stderr)
        return 1
    finally:
        await services.close()


async def export(project_id: str, out: str) -> int:
    """Write the project's newest version as a zip file to `out`; returns the exit status."""
    services = Services(get_settings())
    actor = services.actors.local
    try:
        await services.db.migrate()
        project = await services.store.get(actor, project_id)
        tree = await services.store.working_tree(actor, project_id)
        await services.secret_gate.export(project_id, tree)
        tree = await services.packages.locked(project_id, tree)
        await asyncio.to_thread(Path(out).write_bytes, write_zip(tree, project.title))
        print(f"{project.title}: {len(tree)} files in {out}")
        return 0
    except SaysoError as error:
        print(error.message, file=sys.stderr)
        return 1
    finally:
        await services.close()


def _write(tree: FileTree, folder: Path) -> None:
    for path, content in tree.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
