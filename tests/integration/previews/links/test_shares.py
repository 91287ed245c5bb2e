from __future__ import annotations

import asyncio

import pytest

from builder.accounts.actor import LOCAL_OWNER as ME
from builder.accounts.actor import Actor
from builder.base.errors import Conflict, NotFound
from builder.composition.services import Services
from builder.composition.settings import Settings
from builder.previews.links.output_source import BuilderOutputs, LinkOutputs, ProjectOutputs
from builder.previews.links.shares import Shares
from builder.previews.links.tables import ShareLink, StoredOutput
from builder.previews.links.terms import LinkChange, Terms
from builder.previews.runnables.runnables import LINK, PROJECT
from builder.projects.compiled import Compiled
from builder.projects.live_outputs import LiveOutputs
from preview_runtime.compiling.compiler import BuildFault, Order
from preview_runtime.file_tree import FileTree
from preview_runtime.output import Output, OutputFile
from preview_runtime.phrases import verbatim
from tests.integration.conftest import Parts

PAGE = (
    '<!doctype html><html><body><div id="root"></div><script type="module" src="/src/main.ts"></script></body></html>'
)


class Compiler:
    """Gives each file as it is; counts how often it was asked."""

    def __init__(self) -> None:
        self.runs = 0
        self.orders: list[Order] = []
        self.shrunk, self.busy = 0, False

    async def __call__(self, tree: FileTree, order: Order) -> Output:
        self.runs += 1
        self.orders.append(order)
        await asyncio.sleep(0)
        if "broken" in tree:
            raise BuildFault("build", "syntax", verbatim("Unexpected token"), file="src/App.tsx", line=3)
        return {path: OutputFile("text/html", str(content).encode()) for path, content in tree.items()}

    async def shrink(self, output: Output, order: Order) -> Output:
        self.shrunk += 1
        await asyncio.sleep(0)
        if self.busy:
            raise BuildFault("platform", "busy", verbatim("Too much is being built already. Try again in a moment."))
        return {path: OutputFile(file.type, b"small " + file.body) for path, file in output.items()}


@pytest.fixture
def compiler() -> Compiler:
    return Compiler()


@pytest.fixture
def shares(parts: Parts, compiler: Compiler) -> Shares:
    return Shares(parts.db, parts.store, parts.events, parts.runnables, Compiled(compiler), compiler.shrink)


async def made(parts: Parts) -> str:
    project = await parts.store.create(ME, "p")
    await parts.store.commit(ME, project.id, FileTree({"index.html": "one"}), kind="generation", label="x")
    return project.id


async def test_a_link_shows_the_version_it_was_made_from_with_what_was_typed(parts: Parts, shares: Shares) -> None:
    project = await made(parts)
    await parts.store.write_working(ME, project, {"index.html": "typed"})
    share = await shares.create(ME, project)
    assert share.version_number == 2
    await parts.store.write_working(ME, project, {"index.html": "later"})
    await parts.store.save(ME, project)
    assert await shares.output(share.id) == {"index.html": OutputFile("text/html", b"typed")}


async def test_a_link_works_after_a_restart_without_any_compiler(
    parts: Parts, shares: Shares, compiler: Compiler
) -> None:
    share = await shares.create(ME, await made(parts))
    later = Shares(parts.db, parts.store, parts.events, parts.runnables, Compiled(compiler), compiler.shrink)
    assert await later.output(share.id) == {"index.html": OutputFile("text/html", b"one")}
    assert compiler.runs == 1


async def test_the_same_version_keeps_its_link_until_it_is_revoked(parts: Parts, shares: Shares) -> None:
    project = await made(parts)
    share = await shares.create(ME, project)
    assert (await shares.create(ME, project)).id == share.id
    assert (await shares.revoke(ME, project, share.id)).revoked_at
    assert await shares.output(share.id) is None
    again = await shares.create(ME, project)
    assert again.id != share.id
    assert [s.id for s in await shares.list(ME, project)] == [again.id, share.id]
    await parts.store.delete(ME, project)
    assert await shares.output(again.id) is None
    await parts.store.undelete(ME, project)
    assert await shares.output(again.id) is not None


async def test_an_app_that_does_not_build_is_not_shared(parts: Parts, shares: Shares) -> None:
    project = await made(parts)
    await parts.store.write_working(ME, project, {"broken": "x"})
    with pytest.raises(BuildFault):
        await shares.create(ME, project)
    assert await shares.list(ME, project) == []
    empty = (await parts.store.create(ME, "empty")).id
    with pytest.raises(Conflict):
        await shares.create(ME, empty)


async def test_a_link_of_an_earlier_sayso_is_made_anew_when_it_is_opened(
    parts: Parts, shares: Shares, compiler: Compiler
) -> None:
    project = await made(parts)
    share = await shares.create(ME, project)

    async def as_before(version: str = share.version) -> None:
        async with parts.db.session() as session:
            row = await session.get(ShareLink, share.id)
            assert row is not None
            row.form, row.version = "", version
            kept = await session.get(StoredOutput, (share.id, "index.html"))
            assert kept is not None
            session.add(StoredOutput(share=share.id, path="src/main.ts", owner=ME.id, type="x/y", sha256=kept.sha256))

    await as_before()
    later = Shares(parts.db, parts.store, parts.events, parts.runnables, Compiled(compiler), compiler.shrink)
    for _ in range(3):
        assert await later.output(share.id) == {"index.html": OutputFile("text/html", b"one")}
    assert compiler.runs == 2
    assert compiler.orders[-1] == Order(ME.id, project, built=True)
    # The people who have one that does not build lose nothing, and see no sources either.
    await as_before("gone")
    compiler.busy = True
    outputs = BuilderOutputs(parts.runnables, {LINK: LinkOutputs(later)})
    for _ in range(2):
        assert await outputs.find(share.id) == {}
    compiler.busy = False
    found = await asyncio.gather(*(outputs.find(share.id) for _ in range(5)))
    small = {
        path: OutputFile(type, b"small one") for path, type in (("index.html", "text/html"), ("src/main.ts", "x/y"))
    }
    assert found == [small] * 5
    assert compiler.shrunk == 3
    again = Shares(parts.db, parts.store, parts.events, parts.runnables, Compiled(compiler), compiler.shrink)
    assert [await again.output(share.id) for _ in range(2)] == [small] * 2
    assert compiler.shrunk == 3
    # It builds again, with another Sayso: then it is made as any other.
    async with parts.db.session() as session:
        row = await session.get(ShareLink, share.id)
        assert row is not None
        row.version = share.version
    much_later = Shares(parts.db, parts.store, parts.events, parts.runnables, Compiled(compiler), compiler.shrink)
    assert await much_later.output(share.id) == {"index.html": OutputFile("text/html", b"one")}


async def test_links_of_others_cannot_be_seen_or_revoked(parts: Parts, shares: Shares) -> None:
    project, other = await made(parts), await made(parts)
    share = await shares.create(ME, project)
    for actor, of, link in ((Actor("x"), project, share.id), (ME, other, share.id), (ME, project, "a" * 16)):
        with pytest.raises(NotFound):
            await shares.revoke(actor, of, link)
    assert await shares.output(share.id) is not None


async def test_many_who_open_a_preview_at_once_compile_it_one_time(compiler: Compiler) -> None:
    compiled = Compiled(compiler)
    tree = FileTree({"index.html": "x"})
    outputs = await asyncio.gather(*(compiled.output("k", tree) for _ in range(10)))
    assert compiler.runs == 1
    assert all(output == outputs[0] for output in outputs)
    first = asyncio.create_task(compiled.output("k", tree))
    second = asyncio.create_task(compiled.output("k", tree))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == outputs[0]


async def test_what_does_not_build_is_compiled_once_for_all_who_look(compiler: Compiler) -> None:
    now = 0.0
    faults = {
        "syntax": BuildFault("build", "syntax", verbatim("Unexpected token"), file="src/App.tsx", line=3),
        "slow": BuildFault("build", "time_out", verbatim("Took longer than 15 s.")),
        "registry": BuildFault("build", "offline", verbatim("The registry does not answer."), file="package.json"),
        "ours": BuildFault("platform", "compiler_failed", verbatim("Try again.")),
    }
    runs = list[str]()

    async def compile_tree(tree: FileTree, order: Order) -> Output:
        runs.append(order.project)
        raise faults[order.project]

    compiled = Compiled(compile_tree, lambda: now)

    async def look(name: str, revision: int) -> BuildFault:
        with pytest.raises(BuildFault) as failed:
            await compiled.output(f"{name}:{revision}", FileTree({"a": "x"}), Order("me", name))
        return failed.value

    for _ in range(3):
        for name, fault in faults.items():
            again = await look(name, 1)
            assert (again.code, again.says, again.line) == (fault.code, fault.says, fault.line)
    assert runs == [*faults]
    now = 30.0
    assert [name for name in faults if compiled.fault(f"{name}:1")] == ["syntax", "slow"]
    now = 3600.0
    assert [name for name in faults if compiled.fault(f"{name}:1")] == ["syntax"]
    await look("syntax", 2)
    assert runs == [*faults, "syntax"]


def shown(parts: Parts, live: LiveOutputs, compiler: Compiler) -> BuilderOutputs:
    return BuilderOutputs(parts.runnables, {PROJECT: ProjectOutputs(parts.db, parts.store, live, Compiled(compiler))})


async def test_a_preview_that_does_not_build_is_not_compiled_at_each_view(parts: Parts, compiler: Compiler) -> None:
    source = shown(parts, LiveOutputs(), compiler)
    project = (await parts.store.create(ME, "p")).id
    await parts.store.commit(ME, project, FileTree({"broken": "x"}), kind="generation", label="x")
    for _ in range(5):
        assert await source.find(project) == {}
    assert compiler.runs == 1
    assert compiler.orders == [Order(ME.id, project)]
    await parts.store.commit(ME, project, FileTree({"index.html": "mended"}), kind="generation", label="y")
    assert await source.find(project) == {"index.html": OutputFile("text/html", b"mended")}


async def test_a_preview_follows_the_project_when_no_tab_is_open(parts: Parts, compiler: Compiler) -> None:
    live = LiveOutputs()
    project = (await parts.store.create(ME, "p")).id
    find = shown(parts, live, compiler).find
    assert await find(project) == {}
    await parts.store.commit(ME, project, FileTree({"index.html": "one"}), kind="generation", label="x")
    for _ in range(3):
        assert await find(project) == {"index.html": OutputFile("text/html", b"one")}
    assert compiler.runs == 1
    await parts.store.write_working(ME, project, {"index.html": "two"})
    assert await find(project) == {"index.html": OutputFile("text/html", b"two")}
    live.publish(project, 1, True, {"index.html": OutputFile("text/html", b"of the tab")})
    assert await find(project) == {"index.html": OutputFile("text/html", b"of the tab")}
    await parts.store.delete(ME, project)
    assert await find(project) is None


async def test_the_real_engine_makes_what_a_link_and_a_new_tab_show(settings: Settings) -> None:
    services = Services(settings)
    await services.start()
    try:
        project = (await services.store.create(ME, "p")).id
        tree = FileTree({"index.html": PAGE, "src/main.ts": "// SECRET\ndocument.body.append('hel' + 'lo' as string)"})
        await services.store.commit(ME, project, tree, kind="import", label="x")
        found = await services.output_source.find(project)
        assert found is not None
        assert "index.html" in found
        small = await services.compiler.shrink(found)
        assert {path: file.type for path, file in small.items()} == {path: file.type for path, file in found.items()}
        assert b"hello" in small["src/main.ts"].body
        assert not any(b"SECRET" in file.body for file in small.values())
        share = await services.shares.create(ME, project)
        shown = await services.output_source.find(share.id)
        assert shown is not None
        assert b"SECRET" in found["src/main.ts"].body  # the person's own preview, with their sources
        assert not any("src/" in path for path in shown)
        assert b"hello" in b"".join(file.body for file in shown.values())
        assert not any(b"SECRET" in file.body or b"main.ts" in file.body for file in shown.values())
        asked = await services.shares.create(ME, project, Terms(source=True))
        assert asked.id != share.id
        written = await services.output_source.find(asked.id)
        assert written is not None
        assert b"SECRET" in written["src/main.ts"].body
        await services.shares.change(ME, project, asked.id, LinkChange(source=False))
        assert await services.output_source.find(asked.id) == shown
        await services.shares.change(ME, project, asked.id, LinkChange(source=True))
        assert await services.output_source.find(asked.id) == written
    finally:
        await services.close()
