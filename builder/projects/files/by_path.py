"""Files and folders by their path, for programs: they read and write the same working copy as a page, by its rules."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from builder.accounts.access import Action
from builder.accounts.actor import Actor
from builder.base.errors import BadInput, Conflict, Json, NotFound, SaysoError
from builder.projects import blobs
from builder.projects.files.facts import FileFacts, version_facts, working_facts
from builder.projects.files.tree import KEPT_FOLDER
from builder.projects.rows import project_of
from builder.projects.store import ProjectStore
from builder.projects.tables import Project, WorkingFile
from builder.projects.typed_files import Written, content_of
from builder.projects.working import Base
from builder.texts import said, t
from preview_runtime.file_tree import MAX_TREE_BYTES, InvalidTree, digest, validate_path

Facts = Mapping[str, FileFacts]
_TRIES: Final = 3
_SHOWN: Final = 5


class Changed(SaysoError):
    """The file is not what the writer says it is."""

    code = "changed"
    status = 412


class NoRoom(SaysoError):
    """There is no room for that much."""

    code = "too_large"
    status = 413


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold of a file for it to be written: it has one of these digests (`matches`), or it is there at all (`*`).
    None for no condition."""

    matches: frozenset[str] | None = None
    any: bool = False

    def base(self, path: str, sha: str | None, wanted: str | None) -> Base | None:
        """The base of a write of `path`, which has the digest `sha` and is to have `wanted`. Raises Changed."""
        if self.matches is None and not self.any:
            return None
        # A write whose answer was lost is no other one.
        met = sha is not None and (self.any or sha in (self.matches or ()))
        if not met and (wanted is None or sha != wanted):
            raise changed(path, sha)
        return {path: sha}


@dataclass(frozen=True, slots=True)
class GonePaths:
    revision: int
    paths: list[str] = field(default_factory=list)


def changed(path: str, sha: str | None) -> Changed:
    if sha is None:
        return Changed(t("file.gone", path=path[:100]), details={"sha256": None})
    return Changed(t("file.changed_meanwhile", path=path[:100]), details={"sha256": sha})


class FilesByPath:
    """Each call is one write of the working copy: whole or refused whole. `client` is the program that writes."""

    def __init__(self, store: ProjectStore) -> None:
        self._store, self._db = store, store.db

    async def facts(
        self, actor: Actor, project_id: str, version: str = "", action: Action = Action.READ
    ) -> tuple[Project, dict[str, FileFacts]]:
        """The project, and what is known of each file of the working copy or of a `version`. Raises NotFound."""
        async with self._db.reader() as session:
            project = await project_of(session, actor, project_id, action)
            read = version_facts(session, project, version) if version else working_facts(session, project)
            return project, await read

    async def read(self, actor: Actor, project_id: str, path: str, version: str = "") -> tuple[FileFacts, str | bytes]:
        """Raises NotFound, and Conflict (`damaged_file`)."""
        async with self._db.reader() as session:
            project = await project_of(session, actor, project_id, Action.READ)
            read = version_facts(session, project, version) if version else working_facts(session, project)
            found = (await read).get(path)
            if found is None:
                raise NotFound(t("file.not_found", path=path[:100]))
            typed = None if version else await session.get(WorkingFile, (project_id, path))
            if typed is not None and typed.body is not None:
                return found, content_of(typed)
            return found, (await blobs.get_tree(session, project.owner, {path: found.sha256}))[path]

    async def put(
        self, actor: Actor, project_id: str, path: str, content: str | bytes, client: str, condition: Condition
    ) -> Written:
        """Raises InvalidTree, NoRoom, Changed, and Conflict (`changed_meanwhile`) without a condition."""
        base: Base | None = None
        if condition != Condition():
            _, facts = await self.facts(actor, project_id, action=Action.EDIT)
            base = condition.base(path, _sha(facts, path), digest(blobs.normal(content)))
        return await self._write(actor, project_id, client, put={path: content}, base=base, only=path)

    async def create(
        self,
        actor: Actor,
        project_id: str,
        path: str,
        content: str | bytes,
        kind: Literal["file", "folder"],
        client: str,
    ) -> tuple[str, Written]:
        """The file's path, of a folder that of the file which keeps it. Raises Conflict (`exists`)."""
        _, facts = await self.facts(actor, project_id, action=Action.EDIT)
        _free(facts, validate_path(path))
        at = f"{path}/{KEPT_FOLDER}" if kind == "folder" else path
        try:
            return at, await self._write(
                actor, project_id, client, put={at: "" if kind == "folder" else content}, base={at: None}
            )
        except Conflict as error:
            raise _exists(path) from error

    async def remove(
        self, actor: Actor, project_id: str, path: str, client: str, condition: Condition, *, recursive: bool = False
    ) -> GonePaths:
        """A file; a folder where it is empty or `recursive`. Raises NotFound, Changed, Conflict (`not_empty`,
        `changed_meanwhile`)."""
        _, facts = await self.facts(actor, project_id, action=Action.EDIT)
        paths = _at(facts, path)
        base: Base | None = None
        if path in facts:
            base = condition.base(path, _sha(facts, path), None)
        elif not recursive and paths != [f"{path}/{KEPT_FOLDER}"]:
            raise Conflict(t("file.folder_full", path=path[:100]), code="not_empty", details={"files": len(paths)})
        done = await self._write(actor, project_id, client, delete=paths, base=base, only=path if base else "")
        return GonePaths(done.revision, paths)

    async def rename(self, actor: Actor, project_id: str, old: str, new: str, client: str) -> dict[str, str]:
        """Where each file went: old path → new path. Raises NotFound, BadInput, Conflict (`exists`, `changed_meanwhile`)."""
        validate_path(new)
        if new.startswith(f"{old}/"):
            raise BadInput(t("file.into_itself", path=old[:100]))
        for left in reversed(range(_TRIES)):
            _, facts = await self.facts(actor, project_id, action=Action.EDIT)
            moved = {path: new + path[len(old) :] for path in _at(facts, old)}
            if old == new:
                return moved
            # Only the capitals differ: the same file for some systems, and no other one in the way.
            if new.casefold() != old.casefold():
                _free(facts, new)
            base: dict[str, str | None] = {path: _sha(facts, path) for path in moved}
            base |= dict.fromkeys(moved.values())
            try:
                await self._write(actor, project_id, client, rename={old: new}, base=base)
            except Conflict:
                if not left:  # somebody types in it all the time
                    raise
            else:
                return moved
        raise AssertionError("not reached")

    async def upload(self, actor: Actor, project_id: str, files: Mapping[str, str | bytes], client: str) -> Written:
        """All of them or none. Raises what `put` raises."""
        return await self._write(actor, project_id, client, put=files)

    async def _write(
        self,
        actor: Actor,
        project_id: str,
        client: str,
        *,
        put: Mapping[str, str | bytes] | None = None,
        delete: Collection[str] = (),
        rename: Mapping[str, str] | None = None,
        base: Base | None = None,
        only: str = "",
    ) -> Written:
        """`only`: the one path that has a condition."""
        try:
            return await self._store.write_working(actor, project_id, put, delete, rename, client, base)
        except InvalidTree as error:
            if error.code == "tree_too_large":
                raise await self._full(actor, project_id) from error
            if error.code == "file_too_large":
                raise NoRoom(said(error.says)) from error
            raise
        except Conflict as error:
            if base is None or not only or error.code != "changed_meanwhile":
                raise
            found = error.details.get("digests")
            sha = found.get(only) if isinstance(found, dict) else None
            raise changed(only, sha if isinstance(sha, str) else None) from error

    async def _full(self, actor: Actor, project_id: str) -> NoRoom:
        _, facts = await self.facts(actor, project_id)
        largest = sorted(facts.items(), key=lambda item: -item[1].size)[:_SHOWN]
        details: dict[str, Json] = {
            "used": sum(one.size for one in facts.values()),
            "limit": MAX_TREE_BYTES,
            "largest": [{"path": path, "size": one.size} for path, one in largest],
        }
        name = largest[0][0] if largest else ""
        sentence = t("file.no_room", megabytes=MAX_TREE_BYTES // 2**20, path=name)
        return NoRoom(sentence, code="storage_full", details=details)


def _sha(facts: Facts, path: str) -> str | None:
    return facts[path].sha256 if path in facts else None


def _at(facts: Facts, path: str) -> list[str]:
    """The file at a path, or all files of the folder. Raises NotFound."""
    found = [name for name in facts if name == path or name.startswith(f"{path}/")]
    if not found:
        raise NotFound(t("file.not_found", path=path[:100]))
    return found


def _free(facts: Facts, path: str) -> None:
    if any(name == path or name.startswith(f"{path}/") for name in facts):
        raise _exists(path)


def _exists(path: str) -> Conflict:
    return Conflict(t("file.exists", path=path[:100]), code="exists")
