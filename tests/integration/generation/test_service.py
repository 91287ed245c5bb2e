"""From a prompt to a version: the whole service with the real SDK, a real database and a local Messages API."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select, update

from builder.accounts.actor import LOCAL_OWNER, Actor
from builder.base.db import Database
from builder.base.errors import BadInput, Conflict, NotFound
from builder.base.events import EventLog
from builder.base.ids import now
from builder.base.leases import Leases
from builder.base.tables import Event
from builder.composition.settings import Settings
from builder.generation.models import Models
from builder.generation.reading.joining import join_of
from builder.generation.service import GenerationService
from builder.generation.shapes import generation_shape
from builder.generation.spool import Spools
from builder.generation.tables import Generation
from builder.llm.language_models import LanguageModels
from builder.llm.testing.messages_api import KEY, MessagesApi, MessagesBehaviour
from builder.projects.store import ProjectStore
from builder.projects.tables import Project
from preview_runtime.file_tree import MAX_FILES

ME = LOCAL_OWNER
APP = {
    "title": "Todo list",
    "summary": "A list of things to do.",
    "stack": ["react"],
    "files": {"package.json": "{}\n", "src/App.tsx": "".join(f"const line{i} = '😀 {i}';\n" for i in range(60))},
}


@dataclass
class House:
    """A server's inside, with the model's API beside it."""

    api: MessagesApi
    url: str
    folder: Path
    service: GenerationService
    store: ProjectStore
    events: EventLog
    spools: Spools
    db: Database
    models: Models

    def asked(self) -> str:
        """The words of the last request."""
        content = self.api.requests[-1]["messages"][0]["content"]
        return content if isinstance(content, str) else "".join(block["text"] for block in content)

    async def project(self, behaviour: MessagesBehaviour | None = None) -> Project:
        """A new project; with a first version where `behaviour` gives one."""
        project = await self.store.create(ME, "New app", prompt="a todo app")
        if behaviour:
            self.api.then(behaviour)
            assert (await self.ask(project)).status == "done"
        return project

    async def ask(self, project: Project, prompt: str = "a todo app") -> Generation:
        generation = await self.service.start(ME, project.id, prompt)
        return await self.ended(project, generation)

    async def ended(self, project: Project, generation: Generation) -> Generation:
        async with asyncio.timeout(60):
            async for frame in self.events.frames(project.id, 0, self.spools):
                # Facts are replayed from the start, so an earlier ending may come first; the row tells the latest.
                if "event: generation_finished" in frame and (row := await self.row(generation)).status != "running":
                    return row
        raise AssertionError("unreachable")

    async def row(self, generation: Generation) -> Generation:
        async with self.db.reader() as session:
            row = await session.get(Generation, generation.id)
            assert row is not None
            return row

    async def facts(self, project: Project, kind: str) -> list[dict[str, Any]]:
        """The facts of a kind in the project's log, oldest first."""
        async with self.db.reader() as session:
            rows = await session.scalars(
                select(Event).where(Event.project == project.id, Event.kind == kind).order_by(Event.seq)
            )
            return [row.data if isinstance(row.data, dict) else json.loads(row.data) for row in rows]

    async def written(self, generation: Generation, characters: int) -> None:
        """Until so much of it arrived."""
        async with asyncio.timeout(60):
            async for _ in self.events.frames(generation.project, 0, self.spools):
                if (await self.service.arrived(ME, generation.id)).offset >= characters:
                    return

    def again(self) -> None:
        """What a new server process has: nothing in memory."""
        self.spools = Spools(self.folder / "spools")
        self.service = build(self.store, self.events, self.spools, self.models, self.folder)


def build(store: ProjectStore, events: EventLog, spools: Spools, models: Models, folder: Path) -> GenerationService:
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    return GenerationService(store, events, spools, settings, models, Leases(store.db, folder / "processes"))


async def key(actor: Actor, provider: str) -> str:
    return KEY


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    kept = Settings(_env_file=None, data_dir=tmp_path)  # type: ignore[call-arg]
    db = Database(kept)
    await db.migrate()
    events = EventLog(db)
    store, spools = ProjectStore(db, events, kept), Spools(tmp_path / "spools")
    api = MessagesApi(MessagesBehaviour(APP))
    async with api.serve() as url:
        settings = Settings(_env_file=None, anthropic_base_url=url, model="anthropic:claude-sonnet-5-5")  # type: ignore[call-arg]
        models = Models(settings, LanguageModels(settings, key))
        made = House(
            api, url, tmp_path, build(store, events, spools, models, tmp_path), store, events, spools, db, models
        )
        yield made
        await made.service.close()
        await models.close()
    await db.close()


async def test_a_prompt_becomes_a_version(house: House) -> None:
    project = await house.project()
    generation = await house.ask(project)
    assert (generation.status, generation.error, generation.title) == ("done", None, "Todo list")
    assert dict(await house.store.head_tree(ME, project.id)) == APP["files"]
    assert (await house.store.get(ME, project.id)).title == "Todo list"
    assert generation.input_tokens == 1_200
    assert generation.output_tokens > 100
    assert generation.cost_usd is not None
    assert generation.cost_usd > 0
    assert not list((house.folder / "spools").glob("*/*"))


async def test_an_answer_that_is_told_as_done_is_in_the_project(house: House) -> None:
    for _ in range(5):
        project = await house.project()
        generation = await house.service.start(ME, project.id, "a todo app")
        async with asyncio.timeout(60):
            while (await house.service.get(ME, generation.id)).status == "running":  # noqa: ASYNC110 - each moment is looked at
                await asyncio.sleep(0)
        assert dict(await house.store.head_tree(ME, project.id)) == APP["files"]


async def test_many_that_send_at_one_moment_are_all_answered(house: House) -> None:
    projects = [await house.project() for _ in range(12)]
    ended = await asyncio.gather(*(house.ask(project) for project in projects))
    assert [generation.status for generation in ended] == ["done"] * 12


async def test_a_follow_up_changes_only_what_it_must_and_keeps_what_was_typed(house: House) -> None:
    project = await house.project(MessagesBehaviour(APP))
    await house.store.write_working(ME, project.id, {"package.json": '{"typed": 1}\n'})
    edit = {"path": "src/App.tsx", "find": "const line3 = ", "replace": "let line3 = "}
    house.api.then(MessagesBehaviour({"title": "Other", "summary": "Changed it.", "edits": [edit]}))
    generation = await house.ask(project, "use let")
    assert generation.status == "done"
    assert generation.files == [{"path": "src/App.tsx", "closed": True}]
    tree = await house.store.head_tree(ME, project.id)
    assert "let line3" in str(tree["src/App.tsx"])
    assert tree["package.json"] == '{"typed": 1}\n'
    assert [version.kind for version in await house.store.versions(ME, project.id)] == [
        "generation",
        "save",
        "generation",
    ]
    assert (await house.store.get(ME, project.id)).title == "Todo list"
    asked = house.asked()
    assert "const line59" in asked
    assert '{"typed": 1}' in asked


async def test_a_title_the_person_gave_is_kept(house: House) -> None:
    release = asyncio.Event()
    house.api.then(MessagesBehaviour(APP, hold_after=200, release=release))
    project = await house.project()
    generation = await house.service.start(ME, project.id, "a todo app")
    await house.store.rename(ME, project.id, "Mine")
    release.set()
    assert (await house.ended(project, generation)).status == "done"
    assert (await house.store.get(ME, project.id)).title == "Mine"


async def test_a_file_typed_meanwhile_that_windows_takes_for_the_models_is_not_overwritten(house: House) -> None:
    project = await house.project(MessagesBehaviour(APP))
    release = asyncio.Event()
    house.api.then(MessagesBehaviour({"files": {"notes.txt": "the model's " * 50}}, hold_after=100, release=release))
    generation = await house.service.start(ME, project.id, "notes")
    await house.written(generation, 1)
    await house.store.write_working(ME, project.id, {"Notes.txt": "mine"})
    release.set()
    ended = await house.ended(project, generation)
    assert ended.error is not None
    assert (ended.status, ended.error["code"]) == ("failed", "path_alike")
    assert (await house.store.working_tree(ME, project.id))["Notes.txt"] == "mine"


WHOLE = str(APP["files"]["src/App.tsx"])  # type: ignore[index]


def going_on(had: str, rest: str = WHOLE) -> str:
    """What a model sends that was asked to go on with src/App.tsx, of which `had` arrived."""
    join = join_of("src/App.tsx", had)
    assert join is not None
    return join.begin + rest.removeprefix(join.kept)


async def test_stop_keeps_what_arrived_and_continue_goes_on_behind_its_last_line(house: House) -> None:
    house.api.then(MessagesBehaviour(APP, hold_after=1_000))
    project = await house.project()
    generation = await house.service.start(ME, project.id, "a todo app")
    await house.written(generation, 500)
    with pytest.raises(Conflict):
        await house.service.start(ME, project.id, "something else")
    stopped = await house.service.stop(ME, generation.id)
    assert (stopped.status, stopped.error and stopped.error["remedy"]) == ("stopped", "continue")
    assert not await house.store.head_tree(ME, project.id)
    arrived = await house.service.arrived(ME, generation.id)
    had = arrived.files["src/App.tsx"].text
    whole = APP["files"]["src/App.tsx"]  # type: ignore[index]
    assert had
    assert whole.startswith(had)
    house.api.then(
        MessagesBehaviour({"title": "Todo list", "summary": "s", "files": {"src/App.tsx": going_on(had), "z.ts": "z"}})
    )
    generation = await house.service.continue_(ME, generation.id)
    done = await house.ended(project, generation)
    assert (done.id, done.status) == (stopped.id, "done")
    assert dict(await house.store.head_tree(ME, project.id)) == {**APP["files"], "z.ts": "z"}  # type: ignore[dict-item]
    assert [message["role"] for message in house.api.requests[-1]["messages"]] == ["user"]


async def test_a_row_is_read_once(house: House) -> None:
    """Stopping what is being written reads nothing, and going on reads the row once."""
    project = await house.project()
    read: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        read.extend(name for name in ("generation", "message") if statement.startswith(f"SELECT {name}.id, "))

    event.listen(house.db.engine.sync_engine, "before_cursor_execute", note)
    house.api.then(MessagesBehaviour(APP, hold_after=1_000))
    generation = await house.service.start(ME, project.id, "a todo app")
    await house.written(generation, 500)
    assert read.count("message") <= 1  # the conversation, for the model
    read.clear()
    assert (await house.service.stop(ME, generation.id, project.id)).status == "stopped"
    # Writing the end reads the row that it replaces.
    assert read.count("generation") <= 1
    for go_on in (house.service.continue_, house.service.retry):
        house.api.then(MessagesBehaviour(APP, hold_after=500))
        read.clear()
        await go_on(ME, generation.id, project_id=project.id)
        assert read.count("generation") <= 2  # and that of the beginning
        await house.service.stop(ME, generation.id, project.id)
    with pytest.raises(NotFound):
        await house.service.retry(ME, generation.id, project_id="other")


@pytest.mark.parametrize("sends", ["as asked", "the rest", "an overlap", "the whole", "another file", "nothing"])
async def test_a_continuation_is_joined_where_that_is_proven_else_the_file_is_asked_for_whole(
    house: House, sends: str
) -> None:
    house.api.then(MessagesBehaviour(APP, drop_after=900))
    project = await house.project()
    generation = await house.ask(project)
    assert generation.error is not None
    assert (generation.status, generation.error["code"]) == ("failed", "connection_lost")
    had = (await house.service.arrived(ME, generation.id)).files["src/App.tsx"].text
    files = {
        "as asked": {"src/App.tsx": going_on(had)},
        "the rest": {"src/App.tsx": WHOLE[len(had) :]},
        "an overlap": {"src/App.tsx": WHOLE[len(had) - 100 :]},
        "the whole": {"src/App.tsx": WHOLE},
        "another file": {"package.json": "{}\n"},
        "nothing": {},
    }[sends]
    answers = [MessagesBehaviour({"title": "T", "summary": "s", "files": files} if files else {})]
    house.api.then(*answers, MessagesBehaviour({"title": "T", "summary": "s", "files": {"src/App.tsx": WHOLE}}))
    again = await house.service.retry(ME, generation.id)
    assert again.id == generation.id
    done = await house.ended(project, again)
    assert done.status == "done"
    assert dict(await house.store.head_tree(ME, project.id)) == APP["files"]
    # The whole file, unasked, could be the rest of one that says the same twice.
    proven = sends == "as asked"
    assert len(house.api.requests) == (2 if proven else 3)
    if not proven:
        asked = house.asked()
        assert "src/App.tsx whole" in asked
        assert "const line9" not in asked
        assert [fact["because"] for fact in await house.facts(project, "generation_continued")] == ["unfinished"]


async def test_a_cut_answer_goes_on_by_itself_and_says_so(house: House) -> None:
    cut = MessagesBehaviour(APP, stop_after=900, stop_reason="max_tokens")
    had = WHOLE[: WHOLE.index("const line22")]
    onward = {"title": "T", "summary": "s", "files": {"src/App.tsx": going_on(had)}}
    house.api.then(cut, MessagesBehaviour(onward, stop_after=700, stop_reason="max_tokens"), MessagesBehaviour(APP))
    project = await house.project()
    generation = await house.ask(project)
    assert (generation.status, generation_shape(generation).calls) == ("done", 4)
    assert dict(await house.store.head_tree(ME, project.id)) == APP["files"]
    facts = await house.facts(project, "generation_continued")
    assert [(fact["call"], fact["because"], fact["paths"]) for fact in facts] == [
        (2, "cut_off", ["src/App.tsx"]),
        (3, "cut_off", ["src/App.tsx"]),
        (4, "unfinished", ["src/App.tsx"]),  # which came whole, unasked
    ]
    assert generation.input_tokens == 4 * 1_200


async def test_a_cut_answer_goes_on_four_times_at_most_and_keeps_all(house: House) -> None:
    files = {f"f{number}.txt": f"text {number}\n" * 20 for number in range(9)}
    answers = [
        MessagesBehaviour({"title": "T", "summary": "s", "files": dict([*files.items()][number:])}, stop_after=260, stop_reason="max_tokens")
        for number in range(9)
    ]  # fmt: skip
    house.api.then(*answers)
    project = await house.project()
    generation = await house.ask(project)
    assert generation.error is not None
    assert (generation.status, generation.error["code"], generation.error["remedy"]) == (
        "failed",
        "cut_off",
        "continue",
    )
    assert len(house.api.requests) == 5
    arrived = (await house.service.arrived(ME, generation.id)).files
    assert [path for path, file in arrived.items() if file.closed] == ["f0.txt", "f1.txt", "f2.txt", "f3.txt", "f4.txt"]


async def test_a_stop_ends_it_while_it_goes_on_by_itself(house: House) -> None:
    house.api.then(MessagesBehaviour(APP, stop_after=900, stop_reason="max_tokens"), MessagesBehaviour(silent=True))
    project = await house.project()
    generation = await house.service.start(ME, project.id, "a todo app")
    async with asyncio.timeout(60):
        async for frame in house.events.frames(project.id, 0, house.spools):
            if "event: generation_continued" in frame:
                break
    stopped = await house.service.stop(ME, generation.id)
    assert (stopped.status, stopped.error and stopped.error["remedy"]) == ("stopped", "continue")
    assert "src/App.tsx" in (await house.service.arrived(ME, generation.id)).files


EDITS = [
    {"path": "src/App.tsx", "find": "const line3 = ", "replace": "let line3 = "},
    {"path": "src/App.tsx", "find": "const line4 = ", "replace": "let line4 = "},
]


async def test_edits_that_arrived_are_applied_once_and_the_model_is_told(house: House) -> None:
    project = await house.project(MessagesBehaviour(APP))
    answer = {"title": "T", "summary": "s", "edits": EDITS}
    cut = MessagesBehaviour(answer, stop_after=json.dumps(answer).index("line4"), stop_reason="max_tokens")
    house.api.then(cut, MessagesBehaviour(answer))
    assert (await house.ask(project, "use let")).status == "done"
    assert str((await house.store.head_tree(ME, project.id))["src/App.tsx"]).count("let line") == 2
    asked = house.asked()
    assert "<find>const line3 = </find>" in asked
    assert "<find>const line4 = </find>" not in asked


async def test_an_edit_that_fits_nowhere_is_asked_for_once_more_with_the_nearest_lines(house: House) -> None:
    project = await house.project(MessagesBehaviour(APP))
    wrong = {"path": "src/App.tsx", "find": "const lime7 = '😀 7'", "replace": "let line7 = 7"}
    right = {**wrong, "find": "const line7 = '😀 7'"}
    house.api.then(
        MessagesBehaviour({"title": "T", "summary": "s", "edits": [EDITS[0], wrong]}),
        MessagesBehaviour({"title": "T", "summary": "s", "edits": [right]}),
    )
    generation = await house.ask(project, "use let")
    assert (generation.status, generation_shape(generation).calls) == ("done", 2)
    text = str((await house.store.head_tree(ME, project.id))["src/App.tsx"])
    assert "let line3 = " in text
    assert "let line7 = 7;" in text
    asked = house.asked()
    assert "8: const line7 = '😀 7';" in asked
    assert "lime7" in asked
    assert [fact["because"] for fact in await house.facts(project, "generation_continued")] == ["edit_absent"]
    placed = await house.facts(project, "edit_closed")
    assert [(fact["applied"], fact["fallback"]) for fact in placed] == [(True, ""), (False, ""), (True, "")]


async def test_a_second_answer_that_does_not_fit_either_fails_and_changes_nothing(house: House) -> None:
    project = await house.project(MessagesBehaviour(APP))
    house.api.then(MessagesBehaviour({"edits": [{"path": "src/App.tsx", "find": "absent", "replace": ""}]}))
    generation = await house.ask(project, "use let")
    assert generation.error is not None
    assert (generation.status, generation.error["code"]) == ("failed", "edit_absent")
    assert len(house.api.requests) == 3
    assert dict(await house.store.head_tree(ME, project.id)) == APP["files"]


async def test_what_could_not_be_used_is_not_forgotten(house: House) -> None:
    project = await house.project(MessagesBehaviour(APP))
    wrong = {"path": "src/App.tsx", "find": "absent", "replace": "x"}
    answer = {"title": "T", "summary": "s", "files": {"b.ts": "b\n"}, "edits": [wrong]}
    house.api.then(MessagesBehaviour(answer), MessagesBehaviour({"title": "T", "summary": "All done."}))
    generation = await house.ask(project, "use let")
    assert generation.error is not None
    assert (generation.status, generation.error["code"]) == ("failed", "edit_absent")
    assert len(house.api.requests) == 3
    assert dict(await house.store.head_tree(ME, project.id)) == APP["files"]


async def test_a_shortened_file_is_asked_for_whole_and_what_else_arrived_is_kept(house: House) -> None:
    project = await house.project(MessagesBehaviour(APP))
    short = "const line0 = 'red';\n// ... rest of the code\n"
    whole = WHOLE.replace("'😀 0'", "'red'")
    house.api.then(
        MessagesBehaviour({"title": "T", "summary": "s", "files": {"src/App.tsx": short, "b.ts": "b\n"}}),
        MessagesBehaviour({"title": "T", "summary": "s", "files": {"src/App.tsx": whole}}),
    )
    assert (await house.ask(project, "make line 0 red")).status == "done"
    tree = await house.store.head_tree(ME, project.id)
    assert (tree["src/App.tsx"], tree["b.ts"]) == (whole, "b\n")
    asked = house.asked()
    assert "rest of the code" in asked
    assert "src/App.tsx whole" in asked


async def test_what_was_asked_for_once_more_is_known_after_a_crash(house: House) -> None:
    project = await house.project(MessagesBehaviour(APP))
    wrong = {"path": "src/App.tsx", "find": "absent", "replace": "x"}
    house.api.then(
        MessagesBehaviour({"title": "T", "summary": "s", "edits": [EDITS[0], wrong]}), MessagesBehaviour(silent=True)
    )
    generation = await house.service.start(ME, project.id, "use let")
    async with asyncio.timeout(60):
        async for frame in house.events.frames(project.id, 0, house.spools):
            if "event: generation_continued" in frame:
                break
    await house.service.close()
    house.again()
    house.api.then(MessagesBehaviour({"title": "T", "summary": "s", "edits": [EDITS[1]]}))
    done = await house.ended(project, await house.service.continue_(ME, generation.id))
    assert done.status == "done"
    assert str((await house.store.head_tree(ME, project.id))["src/App.tsx"]).count("let line") == 2
    assert "<find>absent</find>" in house.asked()


async def test_after_a_crash_everything_received_is_there_and_goes_on(house: House) -> None:
    house.api.then(MessagesBehaviour(APP, hold_after=1_000))
    project = await house.project()
    generation = await house.service.start(ME, project.id, "a todo app")
    await house.written(generation, 500)
    before = await house.service.arrived(ME, generation.id)
    dead = house.service
    house.again()
    assert await house.service.recover() == 0  # as far as anybody knows, it is being written
    async with house.db.session() as session:
        await session.execute(update(Generation).values(leased_until=now(ago=timedelta(seconds=1))))
    assert await house.service.recover() == 1
    after = await house.service.arrived(ME, generation.id)
    assert (after.files, after.offset, after.generation.status) == (before.files, before.offset, "interrupted")
    assert house.spools.read(generation.id, 0, 10_000).startswith("{}\nconst line0")
    had = before.files["src/App.tsx"].text
    house.api.then(MessagesBehaviour({"title": "T", "summary": "s", "files": {"src/App.tsx": going_on(had, "END")}}))
    assert (await house.ended(project, await house.service.continue_(ME, generation.id))).status == "done"
    tree = await house.store.head_tree(ME, project.id)
    assert tree["src/App.tsx"] == had[: had.rindex("\n") + 1] + "END"
    await dead.close()
    assert (await house.row(generation)).status == "done"  # who lost it writes nothing of it any more


async def test_a_generation_that_a_living_process_writes_is_untouched_by_the_start_of_another(house: House) -> None:
    house.api.then(MessagesBehaviour(APP, hold_after=1_000))
    project = await house.project()
    generation = await house.service.start(ME, project.id, "a todo app")
    await house.written(generation, 500)
    second = build(house.store, house.events, Spools(house.folder / "spools"), house.models, house.folder)
    assert await second.recover() == 0
    assert (await house.row(generation)).status == "running"
    await second.close()
    assert (await house.row(generation)).status == "running"
    assert (await house.service.stop(ME, generation.id)).status == "stopped"
    row = await house.row(generation)
    assert (row.status, row.holder, row.leased_until) == ("stopped", "", "")


async def test_a_server_that_closes_leaves_an_interrupted_answer(house: House) -> None:
    house.api.then(MessagesBehaviour(APP, hold_after=1_000))
    project = await house.project()
    generation = await house.service.start(ME, project.id, "a todo app")
    await house.written(generation, 500)
    await house.service.close()
    assert (await house.row(generation)).status == "interrupted"


@pytest.mark.parametrize(
    ("behaviour", "code", "remedy"),
    [
        (MessagesBehaviour(refuse=401), "bad_key", "key"),
        (MessagesBehaviour(refuse=402), "no_credit", "credit"),
        (MessagesBehaviour(refuse=429, headers={"retry-after": "60"}), "rate_limited", "wait"),
        (MessagesBehaviour(APP, error_after=900), "overloaded", "continue"),
        (MessagesBehaviour(refuse=529), "overloaded", "wait"),
        (MessagesBehaviour(APP, drop_after=900), "connection_lost", "continue"),
        (MessagesBehaviour(APP, drop_after=0), "connection_lost", "retry"),
        (MessagesBehaviour(APP, stop_after=900, stop_reason="max_tokens"), "cut_off", "continue"),
        (MessagesBehaviour(APP, stop_after=900), "cut_off", "continue"),
        (MessagesBehaviour(stop_reason="refusal"), "refused_by_model", "none"),
        (MessagesBehaviour(prose="I would rather not.", stop_reason="end_turn"), "text_answer", "retry"),
        (MessagesBehaviour('{"files": {"a": "x" "b"}}'), "malformed", "retry"),
        (MessagesBehaviour('{"files": {"a": "\\ud83d x"}}'), "malformed", "retry"),
        (MessagesBehaviour({"files": {"../../etc/passwd": "x"}}), "path_outside", "retry"),
        (MessagesBehaviour({"files": {"C:/abs": "x"}}), "path_absolute", "retry"),
        (MessagesBehaviour({"files": {"a\0b": "x"}}), "path_character", "retry"),
        (MessagesBehaviour({"files": {"CON": "x"}}), "path_reserved", "retry"),
        (MessagesBehaviour({"files": {"n" * 300: "x"}}), "path_long", "retry"),
        (MessagesBehaviour({"files": {"src/app.tsx": "x"}}), "path_alike", "retry"),
        (MessagesBehaviour({"files": {"a.ts": "x", "A.ts": "y"}}), "path_alike", "retry"),
        (
            MessagesBehaviour({"files": {f"f{i}": "" for i in range(MAX_FILES + 1)}}, chunk=4_000),
            "too_many_files",
            "retry",
        ),
        (MessagesBehaviour({"files": {"big": "x" * 2_200_000}}, chunk=100_000), "file_too_large", "retry"),
        (
            MessagesBehaviour({"files": {f"f{i}": "x" * 1_900_000 for i in range(12)}}, chunk=200_000),
            "tree_too_large",
            "retry",
        ),
        (MessagesBehaviour({"files": {".npmrc": "registry=http://x"}}), "package_settings", "retry"),
        (
            MessagesBehaviour({"files": {"package.json": '{"dependencies":{"a":"git+https://x"}}'}}),
            "dependency_outside",
            "retry",
        ),
        (
            MessagesBehaviour({"edits": [{"path": "src/App.tsx", "find": "absent", "replace": ""}]}),
            "edit_absent",
            "retry",
        ),
        (MessagesBehaviour({"files": {"src/App.tsx": "// ... rest of the code stays the same\n"}}), "elided", "retry"),
        (MessagesBehaviour({}), "nothing_changed", "none"),
    ],
)
async def test_bad_answers_leave_the_project_as_it_was(
    house: House, caplog: pytest.LogCaptureFixture, behaviour: MessagesBehaviour, code: str, remedy: str
) -> None:
    project = await house.project(MessagesBehaviour(APP))
    before = await house.store.head_tree(ME, project.id)
    house.api.then(behaviour)
    generation = await house.ask(project, "change it")
    assert generation.status == "failed"
    assert generation.error is not None
    assert (generation.error["code"], generation.error["remedy"]) == (code, remedy)
    assert len(generation.error["message"]) > 20
    # A sentence names the button that is shown, and says that something is kept where something is.
    assert ("press Continue" in generation.error["message"].replace("Press", "press")) == (remedy == "continue")
    assert ("What arrived is kept" in generation.error["message"]) == (remedy == "continue")
    if remedy == "wait":
        assert "press Retry" in generation.error["message"]
    assert "Traceback" not in generation.error["message"]
    assert code in caplog.text
    assert KEY not in caplog.text + str(generation.error)
    assert dict(await house.store.head_tree(ME, project.id)) == dict(before)
    assert len(await house.store.versions(ME, project.id)) == 1
    inside = {path.relative_to(house.folder).parts[0] for path in house.folder.rglob("*")}
    assert inside <= {"processes", "spools", "sayso.db", "sayso.db-wal", "sayso.db-shm"}


async def test_a_fenced_answer_with_talk_around_it_is_used(house: House) -> None:
    house.api.then(
        MessagesBehaviour(prose=f"Here you are:\n```json\n{json.dumps(APP)}\n```\nEnjoy!", stop_reason="end_turn")
    )
    project = await house.project()
    assert (await house.ask(project)).status == "done"
    assert dict(await house.store.head_tree(ME, project.id)) == APP["files"]


async def test_words_instead_of_an_app_are_shown(house: House) -> None:
    house.api.then(MessagesBehaviour(prose="Which colour do you want?", stop_reason="end_turn"))
    generation = await house.ask(await house.project())
    assert generation.error is not None
    assert "Which colour do you want?" in generation.error["message"]


async def test_retry_after_a_bad_answer_asks_anew_and_says_why(house: House) -> None:
    project = await house.project(MessagesBehaviour(APP))
    house.api.then(MessagesBehaviour({"edits": [{"path": "src/App.tsx", "find": "absent", "replace": ""}]}))
    failed = await house.ask(project, "change it")
    house.api.then(MessagesBehaviour({"summary": "Done.", "files": {"b.ts": "b"}}))
    again = await house.service.retry(ME, failed.id)
    assert again.id != failed.id
    assert (await house.ended(project, again)).status == "done"
    assert "did not fit" in house.asked()


@pytest.mark.parametrize(
    ("prompt", "code"),
    [("", "prompt_empty"), (" \n\t ", "prompt_empty"), ("x" * 100_001, "prompt_long"), ("PK\x03\x04\x00", "prompt_binary"), ("\ufffd\ufffd", "prompt_binary")],
)  # fmt: skip
async def test_a_prompt_that_cannot_be_used_is_refused_before_anything_is_spent(
    house: House, prompt: str, code: str
) -> None:
    project = await house.project()
    with pytest.raises(BadInput) as caught:
        await house.service.start(ME, project.id, prompt)
    assert caught.value.code == code
    assert not house.api.requests


async def test_others_see_nothing_of_it(house: House) -> None:
    project = await house.project()
    generation = await house.ask(project)
    stranger = Actor("somebody")
    for call in (
        house.service.get,
        house.service.arrived,
        house.service.stop,
        house.service.continue_,
        house.service.retry,
    ):
        with pytest.raises(NotFound):
            await call(stranger, generation.id)
    with pytest.raises(NotFound):
        await house.service.start(stranger, project.id, "x")
    with pytest.raises(Conflict):
        await house.service.continue_(ME, generation.id)
