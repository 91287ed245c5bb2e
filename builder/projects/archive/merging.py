"""A zip that somebody worked on elsewhere, brought back into its project beside what was done here meanwhile."""

from __future__ import annotations

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.base.errors import Conflict
from builder.projects.store import ProjectStore
from builder.projects.tables import Version
from builder.texts import t
from preview_runtime.file_tree import FileTree


async def merge(store: ProjectStore, actor: Actor, project_id: str, theirs: FileTree, base: str = "") -> Version | None:
    """One version with the files of `theirs` that differ from the version `base` which it was made from ("" for the
    newest); None where it brings nothing. Files that it lacks stay: exports leave some out.

    Unsaved typing becomes a version of its own first. Raises NotFound, Refused, InvalidTree, and Conflict
    (`changed_meanwhile`, with the `paths`) for files that were changed here too; then nothing is taken.
    """
    project = await store.get(actor, project_id, Action.EDIT)
    made_from = base or project.head
    before = (await store.version_tree(actor, project_id, made_from)).digests() if made_from else {}
    await store.save(actor, project_id)
    here, there = (await store.working_tree(actor, project_id)).digests(), theirs.digests()
    changed = [path for path, sha in there.items() if sha not in (before.get(path), here.get(path))]
    both = sorted(path for path in changed if here.get(path) != before.get(path))
    if both:
        raise _conflict(both)
    if not changed:
        return None
    put = {path: theirs[path] for path in changed}
    try:
        # What is typed between the look above and here is not overwritten either.
        await store.write_working(actor, project_id, put, base={path: here.get(path) for path in changed})
    except Conflict as error:
        digests = error.details.get("digests") if error.code == "changed_meanwhile" else None
        if not isinstance(digests, dict):
            raise
        raise _conflict(sorted(digests)) from error
    return await store.save(actor, project_id, t("import.label"))


def _conflict(paths: list[str]) -> Conflict:
    message = t("import.conflict", count=len(paths), path=paths[0][:100])
    return Conflict(message, code="changed_meanwhile", details={"paths": [*paths]})
