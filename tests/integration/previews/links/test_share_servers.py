"""The server of a live link: its own container and data, started by the first request, gone with the link."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from builder.accounts.actor import LOCAL_OWNER as ME
from builder.accounts.actor import Actor
from builder.base.errors import BadInput, Conflict, NotFound
from builder.base.jobs import JobQueue
from builder.base.leases import Leases
from builder.previews.data.copies import CopyBoard, DataCopies, Sources
from builder.previews.links.contents import LinkContents
from builder.previews.links.servers import ShareServers
from builder.previews.links.shares import ServerPart, Shares
from builder.previews.links.tables import ShareLink
from builder.previews.links.terms import LinkChange, Terms
from builder.previews.observation.logs import ServerLogs
from builder.previews.runnables.contents import RunnableContents, WorkingCopies
from builder.previews.runnables.runnables import LINK, PROJECT
from builder.previews.servers.lifecycle import IdleTimes, Lifecycle
from builder.previews.servers.previews import ServerPreviews
from builder.previews.servers.register import ServerRegister
from builder.previews.servers.rows import ServerRows
from builder.previews.servers.server import Stage as At
from builder.projects.compiled import Compiled
from builder.texts import said
from preview_runtime.compiling.compiler import BuildFault, Order
from preview_runtime.engines import EngineFailed, Fault, FaultKind, RunHints
from preview_runtime.file_tree import FileTree
from preview_runtime.output import Output, OutputFile
from preview_runtime.phrases import verbatim
from preview_runtime.routes.route_table import Route, RouteTable
from tests.integration.conftest import Parts
from tests.integration.servers import BadEngine, Engines, GoodCopier, GoodEngine, Visits, World

built: list[FileTree] = []
failing = asyncio.Event()


async def compiled(tree: FileTree, order: Order) -> Output:
    built.append(tree)
    if "broken" in tree:
        raise BuildFault("build", "syntax", verbatim("Unexpected token"), file="broken", line=1)
    return {path: OutputFile("text/html", str(content).encode()) for path, content in tree.items()}


async def unshrunk(output: Output, _: Order) -> Output:
    return output


class Links:
    """One process of ours beside the world outside. Nothing happens by itself: `look()` is one round."""

    def __init__(self, parts: Parts, world: World, folder: Path, make: type[GoodEngine] = GoodEngine) -> None:
        self.parts, self.world, self.folder = parts, world, folder
        self.engines = Engines(world, make)
        self.routes, self.visits = RouteTable(), Visits()
        self.copier = GoodCopier(world)
        self.leases = Leases(parts.db, folder / "processes")
        board, register = CopyBoard(), ServerRegister(ServerRows(parts.db), self.engines, ServerLogs(folder))
        sources = Sources(register.engine_of, lambda: self.copier)
        self.copies = DataCopies(JobQueue(parts.db, self.leases), board, sources)
        self.shares = Shares(
            parts.db,
            parts.store,
            parts.events,
            parts.runnables,
            Compiled(compiled),
            unshrunk,
            lambda tree: ServerPart("app.py" in tree, "index.html" not in tree),
            self.engines,
            board.problem,
        )
        self.copies.on_change(self.shares.data_changed)
        self.servers = ServerPreviews(
            register,
            RunnableContents(parts.runnables, {PROJECT: WorkingCopies(parts.store), LINK: LinkContents(self.shares)}),
            self.routes,
            whole=lambda tree: "index.html" not in tree,
            activity=self.visits,
            data=self.copies,
        )
        self.links = ShareServers(self.shares, parts.runnables, self.servers, self.copies)
        self.processes = [self]  # this one and those after it
        self.lifecycle = Lifecycle(self.servers, IdleTimes(600, 1800, 86_400))

    async def recover(self) -> None:
        await self.copies.recover()

    async def project(self, files: dict[str, str] | None = None) -> str:
        project = await self.parts.store.create(ME, "App")
        await self.commit(project.id, files or {"app.py": "1"})
        return project.id

    async def commit(self, project: str, files: dict[str, str]) -> None:
        await self.parts.store.commit(ME, project, FileTree(files), kind="generation", label="")

    async def link(self, project: str, terms: Terms | None = None) -> str:
        share = await self.shares.create(ME, project, terms)
        await self.links.offer(share)
        return share.id

    async def look(self) -> None:
        await self.links.round()
        await self.lifecycle.round()

    async def close(self) -> None:
        await self.copies.close()
        await self.servers.close()
        await self.leases.close()

    async def again(self) -> Links:
        """Our process after a restart: the world outside goes on."""
        await self.close()
        later = Links(self.parts, self.world, self.folder)
        later.processes = self.processes
        self.processes.append(later)
        await later.shares.load()
        await later.servers.recovery.recover()
        await later.recover()
        return later


@pytest.fixture
def engine_type() -> type[GoodEngine]:
    return GoodEngine


@pytest.fixture
async def stage(parts: Parts, tmp_path: Path, engine_type: type[GoodEngine]) -> AsyncIterator[Links]:
    stage = Links(parts, World(), tmp_path / "logs", engine_type)
    await stage.recover()
    yield stage
    for process in stage.processes:
        await process.close()


async def test_the_first_request_starts_it_beside_the_projects_own(stage: Links) -> None:
    project = await stage.project()
    link = await stage.link(project)
    assert stage.routes.find(link) == Route(asleep=True)
    assert stage.world.running == set()
    assert await stage.servers.standby.wake(link, 20)
    assert stage.world.running == {link}
    assert stage.world.data == {link}
    found = stage.routes.find(link)
    assert found is not None
    assert found.awake
    await stage.servers.bring_up(ME, project)
    assert await stage.servers.standby.wake(project, 20)
    assert stage.world.running == {link, project}


async def test_links_of_a_project_that_is_put_away_meanwhile_keep_no_other_from_being_looked_after(
    stage: Links, monkeypatch: pytest.MonkeyPatch
) -> None:
    links = [(await stage.shares.create(ME, await stage.project())).id for _ in range(3)]
    read = stage.shares.with_server

    async def then_one_goes() -> Sequence[ShareLink]:
        shares = await read()
        await stage.parts.store.delete(ME, shares[0].project)
        return shares

    monkeypatch.setattr(stage.shares, "with_server", then_one_goes)
    await stage.links.round()
    assert len([link for link in links if stage.routes.find(link)]) == 2


async def test_a_pinned_link_keeps_its_version_and_one_that_follows_goes_on(stage: Links) -> None:
    project = await stage.project({"app.py": "1"})
    pinned, following = await stage.link(project), await stage.link(project, Terms(follows=True))
    assert pinned != following
    for link in (pinned, following):
        assert await stage.servers.standby.wake(link, 20)
    await stage.commit(project, {"app.py": "2"})
    await stage.look()
    assert await stage.servers.standby.wake(following, 20)
    ran = {link: [files["app.py"] for of, files in stage.world.starts if of == link] for link in (pinned, following)}
    assert ran == {pinned: ["1"], following: ["1", "2"]}
    # A link that sleeps meanwhile wakes with the newest.
    server = next(one for one in stage.servers.register.all if one.id == following)
    assert await stage.servers.suspension.rest(server, At.ASLEEP)
    await stage.commit(project, {"app.py": "3"})
    await stage.look()
    assert following not in stage.world.running
    assert await stage.servers.standby.wake(following, 20)
    assert stage.world.starts[-1] == (following, {"app.py": "3"})


async def test_a_front_end_that_does_not_build_leaves_the_link_as_it_was(stage: Links) -> None:
    project = await stage.project({"index.html": "one"})
    link = await stage.link(project, Terms(follows=True))
    await stage.commit(project, {"index.html": "two", "broken": ""})
    tried = len(built)
    await stage.look()
    await stage.look()
    assert len(built) == tried + 1
    assert await stage.shares.output(link) == {"index.html": OutputFile("text/html", b"one")}
    await stage.commit(project, {"index.html": "three"})
    await stage.look()
    assert await stage.shares.output(link) == {"index.html": OutputFile("text/html", b"three")}


async def test_a_revoked_link_leaves_no_container_no_data_and_no_route(stage: Links) -> None:
    project = await stage.project()
    link = await stage.link(project)
    assert await stage.servers.standby.wake(link, 20)
    await stage.shares.revoke(ME, project, link)
    await stage.links.end(link)
    assert (stage.world.running, stage.world.data, stage.routes.find(link)) == (set(), set(), None)
    assert not await stage.servers.standby.wake(link, 20)
    assert await stage.shares.output(link) is None


async def test_what_visitors_stored_goes_with_a_link_whose_version_has_no_server_any_more(stage: Links) -> None:
    project = await stage.project()
    link = await stage.link(project, Terms(follows=True))
    assert await stage.servers.standby.wake(link, 20)
    await stage.commit(project, {"index.html": "only a page"})
    await stage.look()
    assert (stage.world.running, stage.world.data) == (set(), {link})
    await stage.shares.revoke(ME, project, link)
    await stage.look()
    assert (stage.world.data, await stage.servers.register.rows.all()) == (set(), [])


async def test_a_link_that_was_revoked_in_the_moment_of_our_end_is_not_served_by_the_next_process(stage: Links) -> None:
    project = await stage.project()
    link = await stage.link(project)
    assert await stage.servers.standby.wake(link, 20)
    await stage.shares.revoke(ME, project, link)
    later = await stage.again()
    await later.look()
    assert (later.world.running, later.world.data, later.routes.find(link)) == (set(), set(), None)


async def test_a_link_whose_project_is_put_away_is_ended_once(stage: Links, monkeypatch: pytest.MonkeyPatch) -> None:
    project = await stage.project()
    link = await stage.link(project)
    assert await stage.servers.standby.wake(link, 20)
    ended: list[str] = []
    remove = stage.servers.removal.end
    monkeypatch.setattr(stage.servers.removal, "end", lambda preview: ended.append(preview) or remove(preview))  # type: ignore[func-returns-value]
    await stage.parts.store.delete(ME, project)
    for _ in range(3):
        await stage.links.round()
    assert ended == [link]


async def test_a_link_that_ends_by_itself_leaves_nothing_either(stage: Links, monkeypatch: pytest.MonkeyPatch) -> None:
    link = await stage.link(await stage.project(), Terms(hours=1))
    assert await stage.servers.standby.wake(link, 20)
    monkeypatch.setattr("builder.previews.links.doors.now", lambda: "2100-01-01T00:00:00.000000Z")
    await stage.look()
    assert (stage.world.running, stage.world.data, stage.routes.find(link)) == (set(), set(), None)


async def test_the_link_of_a_deleted_project_ends_and_comes_back_with_it_and_its_data(stage: Links) -> None:
    project = await stage.project()
    link = await stage.link(project)
    assert await stage.servers.standby.wake(link, 20)
    await stage.parts.store.delete(ME, project)
    await stage.look()
    assert (stage.world.running, stage.routes.find(link)) == (set(), None)
    assert stage.world.data == {link}
    await stage.parts.store.undelete(ME, project)
    await stage.look()
    assert await stage.servers.standby.wake(link, 20)


async def test_after_our_restart_links_are_found_again(stage: Links) -> None:
    awake, resting = await stage.link(await stage.project()), await stage.link(await stage.project())
    assert await stage.servers.standby.wake(awake, 20)
    later = await stage.again()
    await later.look()
    found = later.routes.find(awake)
    assert found is not None
    assert found.awake
    assert len(stage.world.starts) == 1
    assert await later.servers.standby.wake(resting, 20)
    await later.servers.close()


class Stubborn(GoodEngine):
    """A version that takes its time to fail."""

    async def start(self, tree: FileTree, hints: RunHints | None = None) -> str:
        if tree["app.py"] == "2":
            await failing.wait()
            raise EngineFailed(Fault(FaultKind.RUNTIME, "app_silent", verbatim("The app did not answer.")))
        return await super().start(tree, hints)


@pytest.mark.parametrize("engine_type", [Stubborn])
async def test_the_cure_that_is_published_while_a_version_fails_is_what_runs(stage: Links) -> None:
    global failing
    failing = asyncio.Event()
    project = await stage.project({"app.py": "1"})
    link = await stage.link(project, Terms(follows=True))
    assert await stage.servers.standby.wake(link, 20)
    await stage.commit(project, {"app.py": "2"})
    await stage.links.round()
    await asyncio.sleep(0.05)
    await stage.commit(project, {"app.py": "3"})
    await stage.links.round()
    failing.set()
    assert await stage.servers.standby.wake(link, 20)
    assert stage.world.starts[-1] == (link, {"app.py": "3"})


@pytest.mark.parametrize("engine_type", [BadEngine])
async def test_an_app_that_does_not_start_says_why_and_is_not_tried_for_ever(stage: Links) -> None:
    link = await stage.link(await stage.project())
    assert not await stage.servers.standby.wake(link, 20)
    await stage.look()
    await stage.look()
    found = stage.routes.find(link)
    assert found is not None
    assert found.problem
    assert "no module named flask" in said(found.problem)


@pytest.mark.parametrize("engine_type", [BadEngine])
async def test_a_link_that_failed_ends_with_its_project_as_every_other(stage: Links) -> None:
    project = await stage.project()
    link = await stage.link(project)
    assert not await stage.servers.standby.wake(link, 20)
    await stage.parts.store.delete(ME, project)
    await stage.look()
    assert stage.routes.find(link) is None


async def test_a_front_end_beside_a_server_is_stored_and_only_api_goes_to_the_server(stage: Links) -> None:
    link = await stage.link(await stage.project({"index.html": "page", "app.py": "1"}))
    assert stage.routes.find(link) == Route(asleep=True, whole=False)
    output = await stage.shares.output(link)
    assert output is not None
    assert output["index.html"].body == b"page"


async def test_without_an_engine_a_front_end_is_shared_and_a_server_is_refused_in_a_sentence(stage: Links) -> None:
    stage.engines.why_not = verbatim("Docker is not installed")
    both = await stage.shares.create(ME, await stage.project({"index.html": "page", "app.py": "1"}))
    assert not both.server
    with pytest.raises(Conflict, match="Docker is not installed"):
        await stage.shares.create(ME, await stage.project())


async def test_another_password_ends_what_is_open_and_the_next_request_starts_it_with_its_data(stage: Links) -> None:
    project = await stage.project()
    link = await stage.link(project)
    assert await stage.servers.standby.wake(link, 20)
    share, shut = await stage.shares.change(ME, project, link, LinkChange("password", "open sesame"))
    assert shut
    await stage.links.changed(share, shut=shut)
    assert (stage.world.running, stage.world.data) == (set(), {link})
    assert stage.routes.find(link) == Route(asleep=True, private=True)
    assert await stage.servers.standby.wake(link, 20)
    # Opened to everybody, nobody has to leave.
    share, shut = await stage.shares.change(ME, project, link, LinkChange("public"))
    await stage.links.changed(share, shut=shut)
    found = stage.routes.find(link)
    assert found is not None
    assert (shut, found.awake, found.private) == (False, True, False)
    assert len(stage.world.starts) == 2


async def test_a_link_begins_with_a_copy_of_what_the_project_stored_at_that_moment(stage: Links) -> None:
    project = await stage.project()
    await stage.servers.bring_up(ME, project)
    assert await stage.servers.standby.wake(project, 20)
    stage.copier.gate.clear()
    copied, empty = await stage.link(project), await stage.link(project, Terms(data="empty"))
    shown = {share.id: stage.shares.shape(share) for share in await stage.shares.list(ME, project)}
    assert (shown[copied].data, shown[copied].copying, shown[empty].copying) == ("copy", True, False)
    # It does not start before it has its data; the other one does.
    assert not await stage.servers.standby.wake(copied, 0.05)
    assert await stage.servers.standby.wake(empty, 20)
    assert [of for of, _ in stage.world.starts] == [project, empty]
    stage.copier.gate.set()
    assert await stage.servers.standby.wake(copied, 20)
    assert stage.world.copies == [(project, copied)]
    await stage.look()
    assert stage.world.copies == [(project, copied)]
    shares = await stage.shares.list(ME, project)
    assert not any(stage.shares.shape(share).copying for share in shares)


async def test_two_that_offer_a_link_at_once_copy_its_data_once(stage: Links) -> None:
    project = await stage.project()
    await stage.servers.bring_up(ME, project)
    assert await stage.servers.standby.wake(project, 20)
    stage.copier.gate.clear()
    share = await stage.shares.create(ME, project, Terms())
    await asyncio.gather(
        stage.links.offer(share), stage.links.round(), stage.copies.begin(project, share.id, share.owner)
    )
    stage.copier.gate.set()
    assert await stage.servers.standby.wake(share.id, 20)
    await stage.look()
    assert stage.world.copies == [(project, share.id)]


async def test_a_link_that_follows_keeps_what_its_visitors_stored(stage: Links) -> None:
    project = await stage.project()
    await stage.servers.bring_up(ME, project)
    assert await stage.servers.standby.wake(project, 20)
    link = await stage.link(project, Terms(follows=True))
    assert await stage.servers.standby.wake(link, 20)
    await stage.commit(project, {"app.py": "2"})
    await stage.look()
    assert await stage.servers.standby.wake(link, 20)
    assert stage.world.copies == [(project, link)]
    assert link in stage.world.data


async def test_a_copy_that_fails_starts_nothing_and_is_tried_again_by_a_later_request(
    stage: Links, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = await stage.project()
    await stage.servers.bring_up(ME, project)
    stage.copier.fault = Fault(FaultKind.PLATFORM, "data_not_copied", verbatim("There is no room."))
    link = await stage.link(project)
    assert not await stage.servers.standby.wake(link, 20)
    [share] = await stage.shares.list(ME, project)
    shown = stage.shares.shape(share)
    assert (shown.copying, shown.data_problem) == (True, "There is no room.")
    assert link not in [of for of, _ in stage.world.starts]
    stage.copier.fault = None
    monkeypatch.setattr("builder.previews.servers.previews.time.monotonic", lambda now=time.monotonic: now() + 60)
    assert await stage.servers.standby.wake(link, 20)
    assert stage.world.copies == [(project, link)]


async def test_a_copy_that_our_end_cut_off_is_made_anew(stage: Links) -> None:
    project = await stage.project()
    await stage.servers.bring_up(ME, project)
    stage.copier.gate.clear()
    link = await stage.link(project)
    later = await stage.again()
    assert await later.servers.standby.wake(link, 20)
    assert later.world.copies == [(project, link)]
    await (await later.again()).servers.close()
    assert later.world.copies == [(project, link)]


async def test_the_data_of_a_link_are_begun_anew(stage: Links) -> None:
    project = await stage.project()
    await stage.servers.bring_up(ME, project)
    link = await stage.link(project)
    assert await stage.servers.standby.wake(link, 20)
    await stage.links.begin_anew(await stage.shares.begin_with(ME, project, link, "empty"))
    assert (link in stage.world.data, link in stage.world.running) == (False, False)
    assert await stage.servers.standby.wake(link, 20)
    assert stage.world.copies == [(project, link)]
    await stage.links.begin_anew(await stage.shares.begin_with(ME, project, link, "copy"))
    assert await stage.servers.standby.wake(link, 20)
    assert stage.world.copies == [(project, link)] * 2
    with pytest.raises(BadInput):
        await stage.shares.begin_with(ME, project, link, "half")
    await stage.shares.revoke(ME, project, link)
    with pytest.raises(Conflict):
        await stage.shares.begin_with(ME, project, link, "copy")


async def test_a_link_for_some_has_a_private_route_and_nobody_else_asks_for_its_state(stage: Links) -> None:
    link = await stage.link(await stage.project(), Terms("password", "open sesame"))
    assert stage.routes.find(link) == Route(asleep=True, private=True)
    with pytest.raises(NotFound):
        await stage.servers.state(Actor("somebody-else"), link)
