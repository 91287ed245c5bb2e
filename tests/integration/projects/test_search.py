"""What somebody wrote is found by its words, by them and by nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from builder.accounts.actor import LOCAL_OWNER, Actor
from builder.base.db import Database
from builder.base.jobs import JobQueue
from builder.base.leases import Leases
from builder.composition.settings import Settings
from builder.projects.searching.index import SearchIndex
from builder.projects.searching.search import Hit, Kind, Search
from preview_runtime.file_tree import FileTree
from tests.integration.conftest import Parts, parts_on

ME = LOCAL_OWNER
STRANGER = Actor("stranger", alone=True)
APP = 'import { BookList } from "./books";\n\nexport function addBook(title: string) {\n  return fetch("/api/books", my_shelf2);\n}\n'


class Searcher:
    def __init__(self, parts: Parts, index: SearchIndex) -> None:
        self.parts, self.index, self.search = parts, index, Search(parts.db)

    async def project(self, title: str, files: dict[str, str | bytes] | None = None, by: Actor = ME) -> str:
        project = await self.parts.store.create(by, title, prompt=f"Make {title}")
        await self.parts.store.commit(by, project.id, FileTree(files or {"a.txt": "a"}), kind="generation", label="one")
        await self.index.refresh(project.id)
        return project.id

    async def find(self, query: str, kind: Kind, by: Actor = ME) -> list[Hit]:
        return (await self.search.find(by, query, [kind])).results


@pytest.fixture
async def parts(shared: Settings) -> AsyncIterator[Parts]:
    """On SQLite and on PostgreSQL."""
    db = Database(shared)
    await db.migrate()
    yield parts_on(db, shared)
    await db.close()


@pytest.fixture
async def index(parts: Parts, shared: Settings) -> AsyncIterator[SearchIndex]:
    leases = Leases(parts.db, shared.data_dir / "processes")
    made = SearchIndex(parts.db, parts.events, JobQueue(parts.db, leases))
    yield made
    await made.close()
    await leases.close()


@pytest.fixture
def searcher(parts: Parts, index: SearchIndex) -> Searcher:
    return Searcher(parts, index)


@pytest.mark.parametrize(
    "query", ["addBook", "addbook", "book add", "add", "ADDB", "books api", "src/App", "title string", "shelf2"]
)
async def test_a_file_is_found_by_names_parts_of_names_and_its_path(searcher: Searcher, query: str) -> None:
    project = await searcher.project("Books", {"src/App.tsx": APP, "src/other.ts": "export const price = 3;\n"})
    (hit,) = await searcher.find(query, "file")
    assert (hit.project, hit.ref, hit.title) == (project, "src/App.tsx", "Books")


async def test_the_line_that_shows_it_and_where_is_told(searcher: Searcher) -> None:
    await searcher.project("Books", {"src/App.tsx": APP})
    (hit,) = await searcher.find("fetch api", "file")
    assert hit.line == 4
    assert [hit.excerpt[a:b] for a, b in hit.marks] == ["fetch", "api"]


async def test_accents_and_capitals_do_not_matter(searcher: Searcher) -> None:
    await searcher.project("Padaria São João", {"pao.md": "Pão de queijo, às 8 h"})
    assert [hit.title for hit in await searcher.find("sao joao", "project")] == ["Padaria São João"]
    (hit,) = await searcher.find("PAO", "file")
    assert [hit.excerpt[a:b] for a, b in hit.marks] == ["Pão"]


@pytest.mark.parametrize("query", ["kanbna", "knban", "kanban bord"])
async def test_a_title_is_found_in_spite_of_a_slip(searcher: Searcher, query: str) -> None:
    await searcher.project("Kanban board")
    await searcher.project("Chess")
    assert [hit.title for hit in await searcher.find(query, "project")] == ["Kanban board"]


async def test_what_was_changed_is_found_as_it_is_now(searcher: Searcher) -> None:
    project = await searcher.project("Books", {"a.ts": "const apple = 1;", "b.ts": "const banana = 2;"})
    await searcher.parts.store.write_working(ME, project, {"a.ts": "const cherry = 1;"}, ["b.ts"])
    await searcher.parts.store.rename(ME, project, "Fruit")
    await searcher.parts.store.add_message(ME, project, "person", "Add some dates, please")
    await searcher.index.refresh(project)
    assert [(hit.ref, hit.line) for hit in await searcher.find("cherry", "file")] == [("a.ts", 1)]
    assert await searcher.find("apple", "file") == []
    assert await searcher.find("banana", "file") == []
    assert await searcher.find("books", "project") != [], "its prompt still says so"
    assert [hit.title for hit in await searcher.find("fruit", "project")] == ["Fruit"]
    (said,) = await searcher.find("dates", "message")
    assert said.excerpt == "Add some dates, please"


async def test_nobody_finds_what_is_another_s(searcher: Searcher) -> None:
    await searcher.project("Secret plan", {"plan.md": "the combination is 4711"})
    for kind, query in (("project", "secret"), ("file", "combination"), ("file", "__kind_file"), ("project", "secrt")):
        assert await searcher.find(query, kind, STRANGER) == []  # type: ignore[arg-type]


async def test_a_deleted_project_is_found_no_more_until_it_is_back(searcher: Searcher) -> None:
    project = await searcher.project("Chess", {"a.ts": "const castling = 1;"})
    await searcher.parts.store.delete(ME, project)
    assert await searcher.find("chess", "project") == []
    assert await searcher.find("castling", "file") == []
    await searcher.parts.store.undelete(ME, project)
    assert len(await searcher.find("castling", "file")) == 1


async def test_pages_follow_each_other_the_newest_first(searcher: Searcher) -> None:
    files: dict[str, str | bytes] = {f"f{number:02}.ts": "const same = 1;" for number in range(25)}
    await searcher.project("Many", files)
    seen, cursor = [], 2**62
    while True:
        found = await searcher.search.find(ME, "same", ["file"], limit=10, before=cursor)
        seen += [hit.ref for hit in found.results]
        if found.next is None:
            break
        cursor = int(found.next)
    assert sorted(seen) == sorted(files)
    assert len(seen) == 25


@pytest.mark.parametrize(
    "query", ["", "   ", '"', "'", "* OR", "a AND NOT", "(", "\\", ":*", "NEAR(x y)", "😀", "x" * 200]
)
async def test_no_query_is_a_mistake(searcher: Searcher, query: str) -> None:
    await searcher.project("Books", {"a.ts": APP})
    for kind in ("project", "file", "message"):
        await searcher.find(query, kind)  # type: ignore[arg-type]


async def test_pictures_and_files_that_tools_wrote_are_found_by_their_path_alone(searcher: Searcher) -> None:
    await searcher.project("Books", {"logo.png": b"\x89PNG\x00", "package-lock.json": '{"lodash": "4.17.21"}'})
    assert [hit.ref for hit in await searcher.find("logo", "file")] == ["logo.png"]
    assert await searcher.find("lodash", "file") == []


async def test_new_text_is_found_soon_however_it_came(searcher: Searcher) -> None:
    searcher.index.begin()
    project = (await searcher.parts.store.create(ME, "Letters")).id
    for number in range(6):  # the later ones come while the first is looked at
        await searcher.parts.store.write_working(
            ME, project, {f"{number}.md": f"letter{number} to somebody"}, client="me"
        )
        await asyncio.sleep(0.15)

    async def found() -> bool:
        return len(await searcher.find("somebody", "file")) == 6

    await soon(found)


async def test_what_an_earlier_sayso_made_is_found_after_the_next_start(searcher: Searcher) -> None:
    project = (await searcher.parts.store.create(ME, "Old")).id
    searcher.index.begin()
    await searcher.index.catch_up()

    async def found() -> bool:
        return [hit.project for hit in await searcher.find("old", "project")] == [project]

    await soon(found)


async def soon(found: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await found():  # noqa: ASYNC110 - nobody is told when it can be found
            await asyncio.sleep(0.05)
