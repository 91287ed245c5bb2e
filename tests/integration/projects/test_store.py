from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from builder.accounts.actor import LOCAL_OWNER as ME
from builder.accounts.actor import Actor
from builder.base.errors import BadInput, Conflict, NotFound
from builder.composition.upkeep import Upkeep
from builder.projects import blobs
from builder.projects.store import ChangeOfProject
from builder.projects.tables import Project
from preview_runtime.file_tree import FileTree, InvalidTree
from tests.integration.conftest import Parts
from tests.telling import tells

TREE = FileTree({"index.html": "<h1>1</h1>", "src/App.tsx": "one", "logo.png": b"\x89PNG\0\xff"})


async def made(parts: Parts, tree: FileTree = TREE) -> Project:
    project = await parts.store.create(ME, "An app")
    await parts.store.commit(ME, project.id, tree, kind="generation", label="an app", expect_head=None)
    return await parts.store.get(ME, project.id)


async def kinds(parts: Parts, project_id: str) -> list[str]:
    async with parts.db.reader() as session:
        rows = await session.execute(text("SELECT kind FROM event WHERE project = :p ORDER BY seq"), {"p": project_id})
        return [row.kind for row in rows]


async def test_a_version_gives_back_exactly_what_was_committed(parts: Parts) -> None:
    project = await made(parts)
    assert dict(await parts.store.head_tree(ME, project.id)) == dict(TREE)
    assert [v.number for v in await parts.store.versions(ME, project.id)] == [1]


async def test_the_same_content_is_stored_once(parts: Parts) -> None:
    project = await made(parts)
    many = FileTree({f"{n}.txt": "same" for n in range(50)} | dict(TREE))
    await parts.store.commit(ME, project.id, many, kind="save", label="x")
    await parts.store.duplicate(ME, project.id)
    async with parts.db.reader() as session:
        assert await blobs.count(session, ME.id) == len(TREE) + 1


async def test_nothing_of_anybody_else_can_be_seen_or_changed(parts: Parts) -> None:
    project = await made(parts)
    other = Actor("somebody")
    assert await parts.store.list(other) == []
    for call in (
        parts.store.get(other, project.id),
        parts.store.head_tree(other, project.id),
        parts.store.write_working(other, project.id, {"a": "b"}),
        parts.store.save(other, project.id),
        parts.store.undo(other, project.id),
        parts.store.delete(other, project.id),
        parts.store.versions(other, project.id),
        parts.store.add_message(other, project.id, "person", "hi"),
    ):
        with pytest.raises(NotFound):
            await call


async def test_what_is_typed_is_kept_at_once_and_becomes_a_version_on_save(parts: Parts) -> None:
    project = await made(parts)
    assert (await parts.store.write_working(ME, project.id, {"src/App.tsx": "two"})).revision == 1
    assert (await parts.store.working_tree(ME, project.id))["src/App.tsx"] == "two"
    assert (await parts.store.head_tree(ME, project.id))["src/App.tsx"] == "one"
    version = await parts.store.save(ME, project.id)
    assert version is not None
    assert (version.kind, version.label, version.number) == ("save", "edited src/App.tsx", 2)
    assert await parts.store.save(ME, project.id) is None
    assert dict(await parts.store.working_tree(ME, project.id)) == dict(await parts.store.head_tree(ME, project.id))


async def test_files_are_renamed_with_their_content_typed_or_not(parts: Parts) -> None:
    project = await made(parts)
    await parts.store.write_working(ME, project.id, {"src/App.tsx": "two"})
    await parts.store.write_working(ME, project.id, rename={"src": "lib", "logo.png": "img/logo.png"})
    await parts.store.write_working(ME, project.id, rename={"lib/App.tsx": "lib/Main.tsx"})
    expected = {"index.html": "<h1>1</h1>", "lib/Main.tsx": "two", "img/logo.png": b"\x89PNG\0\xff"}
    assert dict(await parts.store.working_tree(ME, project.id)) == expected
    await parts.store.save(ME, project.id)
    assert dict(await parts.store.head_tree(ME, project.id)) == expected


async def test_undo_and_redo_walk_the_chain_and_lose_nothing(parts: Parts) -> None:
    project = await made(parts)
    for text_ in ("two", "three"):
        await parts.store.write_working(ME, project.id, {"src/App.tsx": text_})
        await parts.store.save(ME, project.id)
    await parts.store.write_working(ME, project.id, {"src/App.tsx": "unsaved"})

    seen = []
    for _ in range(3):
        await parts.store.undo(ME, project.id)
        seen.append((await parts.store.working_tree(ME, project.id))["src/App.tsx"])
    assert seen == ["three", "two", "one"]
    with pytest.raises(Conflict):
        await parts.store.undo(ME, project.id)
    assert not (await parts.store.get(ME, project.id)).can_undo
    seen = []
    for _ in range(3):
        await parts.store.redo(ME, project.id)
        seen.append((await parts.store.working_tree(ME, project.id))["src/App.tsx"])
    assert seen == ["two", "three", "unsaved"]
    with pytest.raises(Conflict):
        await parts.store.redo(ME, project.id)
    assert [v.number for v in await parts.store.versions(ME, project.id)] == [4, 3, 2, 1]


async def test_a_new_version_after_undo_ends_redo_and_keeps_what_was_undone_in_the_list(parts: Parts) -> None:
    project = await made(parts)
    await parts.store.write_working(ME, project.id, {"src/App.tsx": "two"})
    await parts.store.save(ME, project.id)
    await parts.store.undo(ME, project.id)
    await parts.store.write_working(ME, project.id, {"src/App.tsx": "other"})
    assert not (await parts.store.get(ME, project.id)).can_redo
    await parts.store.save(ME, project.id)
    with pytest.raises(Conflict):
        await parts.store.redo(ME, project.id)
    undone = next(v for v in await parts.store.versions(ME, project.id) if v.number == 2)
    restored = await parts.store.restore(ME, project.id, undone.id)
    assert (restored.number, restored.kind) == (4, "restore")
    assert (await parts.store.head_tree(ME, project.id))["src/App.tsx"] == "two"
    await parts.store.undo(ME, project.id)
    assert (await parts.store.head_tree(ME, project.id))["src/App.tsx"] == "other"


async def test_one_file_comes_back_from_an_older_version(parts: Parts) -> None:
    project = await made(parts)
    first = project.head
    assert first
    await parts.store.commit(
        ME, project.id, FileTree({"index.html": "2"}), kind="generation", label="x", expect_head=first
    )
    await parts.store.restore_file(ME, project.id, first, "src/App.tsx")
    assert dict(await parts.store.working_tree(ME, project.id)) == {"index.html": "2", "src/App.tsx": "one"}
    with pytest.raises(NotFound):
        await parts.store.restore_file(ME, project.id, first, "nope")


async def test_what_was_typed_in_a_file_that_comes_back_from_an_older_version_is_a_version(parts: Parts) -> None:
    project = await made(parts)
    assert project.head
    await parts.store.write_working(ME, project.id, {"src/App.tsx": "typed"})
    await parts.store.restore_file(ME, project.id, project.head, "src/App.tsx")
    assert (await parts.store.working_tree(ME, project.id))["src/App.tsx"] == "one"
    await parts.store.undo(ME, project.id)
    newest = (await parts.store.versions(ME, project.id))[1]
    assert (await parts.store.version_tree(ME, project.id, newest.id))["src/App.tsx"] == "typed"


async def test_a_generation_keeps_what_was_typed_and_saved_meanwhile(parts: Parts) -> None:
    project = await made(parts)
    base = project.head
    await parts.store.write_working(ME, project.id, {"src/App.tsx": "typed"})
    await parts.store.save(ME, project.id)
    await parts.store.write_working(ME, project.id, {"notes.txt": "typed"})
    answer = TREE.replace({"index.html": "answered"}, ["logo.png"])
    await parts.store.commit(ME, project.id, answer, kind="generation", label="x", expect_head=base)
    assert dict(await parts.store.head_tree(ME, project.id)) == {
        "index.html": "answered",
        "src/App.tsx": "typed",
        "notes.txt": "typed",
    }
    assert [v.kind for v in await parts.store.versions(ME, project.id)] == ["generation", "save", "save", "generation"]


async def test_a_commit_onto_a_head_that_moved_is_refused_and_changes_nothing(parts: Parts) -> None:
    project = await made(parts)
    await parts.store.commit(ME, project.id, TREE, kind="generation", label="x", expect_head=project.head)
    before = await kinds(parts, project.id)
    for kind in ("generation", "save", "import"):
        with pytest.raises(Conflict):
            await parts.store.commit(ME, project.id, TREE, kind=kind, label="y", expect_head=project.head)
    assert await kinds(parts, project.id) == before


async def test_of_writers_at_the_same_moment_exactly_one_wins(parts: Parts) -> None:
    project = await made(parts)
    commits = (
        parts.store.commit(
            ME, project.id, TREE.replace({"n": str(n)}), kind="generation", label=str(n), expect_head=project.head
        )
        for n in range(20)
    )
    results = await asyncio.gather(*commits, return_exceptions=True)
    assert sum(not isinstance(result, Exception) for result in results) == 1
    assert all(isinstance(result, Conflict) for result in results if isinstance(result, Exception))


async def test_typing_from_many_sides_at_once_keeps_every_file_and_numbers_every_event(parts: Parts) -> None:
    project = await made(parts)
    await asyncio.gather(*(parts.store.write_working(ME, project.id, {f"f{n}": str(n)}) for n in range(40)))
    tree = await parts.store.working_tree(ME, project.id)
    assert {path: tree[path] for path in tree if path.startswith("f")} == {f"f{n}": str(n) for n in range(40)}
    assert (await parts.store.get(ME, project.id)).revision == 40
    assert await parts.events.last(project.id) == len(await kinds(parts, project.id)) == 41


async def test_a_write_that_fails_leaves_neither_rows_nor_events(parts: Parts) -> None:
    project = await made(parts)
    before = await kinds(parts, project.id)
    for put in ({"../x": "1"}, {"src": "1"}, {"big": "x" * (2 * 1024 * 1024 + 1)}):
        with pytest.raises(InvalidTree):
            await parts.store.write_working(ME, project.id, {"fine.txt": "1", **put})
    assert await kinds(parts, project.id) == before
    assert "fine.txt" not in await parts.store.working_tree(ME, project.id)


async def test_a_project_cannot_be_typed_beyond_its_size(parts: Parts) -> None:
    project = await made(parts)
    for n in range(9):
        await parts.store.write_working(ME, project.id, {f"{n}.txt": str(n) * 2 * 1024 * 1024})
    await parts.store.save(ME, project.id)
    await parts.store.write_working(ME, project.id, {"10.txt": "a" * 1024 * 1024})
    with tells(InvalidTree, "20 MB"):
        await parts.store.write_working(ME, project.id, {"11.txt": "b" * 1024 * 1024})
    assert len(await parts.store.working_tree(ME, project.id)) == len(TREE) + 10


async def test_every_change_of_a_project_tells_its_listeners(parts: Parts) -> None:
    project = await made(parts)
    await parts.store.rename(ME, project.id, "  Other\n name ")
    await parts.store.write_working(ME, project.id, {"a": "1"})
    await parts.store.undo(ME, project.id) if (await parts.store.get(ME, project.id)).can_undo else None
    await parts.store.redo(ME, project.id)
    newest = (await parts.store.versions(ME, project.id))[0]
    await parts.store.describe_version(ME, project.id, newest.id, name="First", pinned=True)
    await parts.store.add_message(ME, project.id, "person", "hello")
    await parts.store.delete(ME, project.id)
    await parts.store.undelete(ME, project.id)
    assert await kinds(parts, project.id) == [
        "version_committed", "project_changed", "working_changed", "version_committed", "head_moved", "head_moved",
        "version_described", "message_added", "project_changed", "project_changed",
    ]  # fmt: skip
    assert (await parts.store.get(ME, project.id)).title == "Other name"


async def test_a_title_is_needed_and_bounded(parts: Parts) -> None:
    for title in ("", "  \n", "x" * 201):
        with pytest.raises(BadInput):
            await parts.store.create(ME, title)


async def test_a_duplicate_has_what_was_typed_and_goes_its_own_way(parts: Parts) -> None:
    project = await made(parts)
    await parts.store.write_working(ME, project.id, {"src/App.tsx": "typed"})
    copy = await parts.store.duplicate(ME, project.id)
    assert copy.title == "An app (copy)"
    assert (await parts.store.head_tree(ME, copy.id))["src/App.tsx"] == "typed"
    assert (await parts.store.working_tree(ME, project.id))["src/App.tsx"] == "typed"
    await parts.store.write_working(ME, copy.id, {"src/App.tsx": "copy"})
    assert (await parts.store.working_tree(ME, project.id))["src/App.tsx"] == "typed"


@pytest.mark.parametrize("tag", ["Work", 'tidy 100%_ \\ "é"', "日本"])
async def test_projects_are_listed_by_their_tags(parts: Parts, tag: str) -> None:
    project, other = await made(parts), await made(parts)
    await parts.store.change(ME, project.id, ChangeOfProject(tags=["first", tag]))
    await parts.store.change(ME, other.id, ChangeOfProject(tags=[tag + "s", "x" + tag]))
    assert [one.id for one in await parts.store.list(ME, tag=tag)] == [project.id]
    await parts.store.change(ME, project.id, ChangeOfProject(title="Other"))
    assert (await parts.store.get(ME, project.id)).tags == ["first", tag]
    await parts.store.change(ME, project.id, ChangeOfProject(tags=[]))
    assert await parts.store.list(ME, tag=tag) == []


async def test_a_deleted_project_is_gone_until_it_is_brought_back_or_purged(parts: Parts) -> None:
    project, other = await made(parts), await made(parts)
    await parts.store.commit(ME, project.id, FileTree({"only": "here"}), kind="save", label="x")
    await parts.store.delete(ME, project.id)
    assert [p.id for p in await parts.store.list(ME)] == [other.id]
    with pytest.raises(NotFound):
        await parts.store.get(ME, project.id)
    upkeep = Upkeep(parts.store)
    assert await upkeep.purge() == []
    await parts.store.undelete(ME, project.id)
    assert dict(await parts.store.head_tree(ME, project.id)) == {"only": "here"}
    await parts.store.delete(ME, project.id)
    assert await upkeep.purge(timedelta(0)) == [project.id]
    with pytest.raises(NotFound):
        await parts.store.undelete(ME, project.id)
    assert dict(await parts.store.head_tree(ME, other.id)) == dict(TREE)
    async with parts.db.reader() as session:
        assert await blobs.count(session, ME.id) == len(TREE)
        assert await session.scalar(text("SELECT count(*) FROM event WHERE project = :p"), {"p": project.id}) == 0


async def test_work_at_rest_becomes_a_version_by_itself(parts: Parts) -> None:
    project = await made(parts)
    await parts.store.write_working(ME, project.id, {"src/App.tsx": "typed"})
    upkeep = Upkeep(parts.store)
    assert await upkeep.save_resting() == 0
    assert await upkeep.save_resting(timedelta(0)) == 1
    assert (await parts.store.head_tree(ME, project.id))["src/App.tsx"] == "typed"
    assert await upkeep.save_resting(timedelta(0)) == 0


async def test_a_transaction_inside_another_is_an_error_and_not_a_standstill(parts: Parts) -> None:
    async with parts.db.session():
        with pytest.raises(RuntimeError, match="inside another"):
            async with parts.db.session():
                pass


async def test_who_is_cancelled_in_the_middle_of_writing_holds_nobody_up(parts: Parts) -> None:
    """The lock goes with the transaction, even while somebody still holds the exception and its frames."""
    await made(parts)
    kept: list[object] = []

    async def write() -> None:
        async with parts.db.session() as session:
            await session.execute(text("UPDATE project SET revision = revision + 1"))
            for _ in range(5):
                await session.execute(text("SELECT name FROM sqlite_master"))

    async with asyncio.timeout(60):
        for turns in range(120):
            writing = asyncio.create_task(write())
            for _ in range(turns % 40):
                await asyncio.sleep(0.0002)
            writing.cancel()
            kept += await asyncio.gather(writing, return_exceptions=True)
            async with asyncio.timeout(5):
                await write()
