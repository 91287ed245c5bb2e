"""Jobs are done however often whoever does them dies, and by one process at a time; on both kinds of database."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, update

from builder.base.db import Database
from builder.base.jobs import MOST_ATTEMPTS, JobQueue
from builder.base.leases import Leases
from builder.base.settings import ROOT
from builder.base.tables import QueuedJob
from builder.base.workers import CannotBeDone, Worker
from builder.composition.settings import Settings

LEASE = 1.5


class Process:
    """What one process of ours has: a connection, leases and jobs of its own."""

    def __init__(self, settings: Settings, folder: Path, seconds: float = 30.0) -> None:
        self.db = Database(settings)
        self.leases = Leases(self.db, folder, seconds=seconds)
        self.jobs = JobQueue(self.db, self.leases)
        self.workers: list[Worker] = []

    async def ask(self, *keys: str, here: bool = False, **payload: Any) -> None:
        async with self.db.session() as session:
            for key in keys:
                await self.jobs.ask(session, "test", key, payload, "owner", here=here)

    def work(self, work: Callable[[QueuedJob], Awaitable[None]], **options: Any) -> Worker:
        worker = Worker(self.jobs, "test", work, **options)
        self.workers.append(worker)
        worker.begin()
        return worker

    async def all(self) -> list[QueuedJob]:
        return sorted(await self.jobs.of("test"), key=lambda job: job.key)

    async def close(self) -> None:
        for worker in self.workers:
            await worker.close()
        await self.leases.close()
        await self.db.close()


class Machines:
    """Processes on one database, each on a machine (a data directory) of its own unless it is said which."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings, self.folder = settings, folder
        self.processes: list[Process] = []

    def process(self, machine: str = "", seconds: float = 30.0) -> Process:
        folder = self.folder / (machine or f"machine {len(self.processes)}") / "processes"
        self.processes.append(Process(self.settings, folder, seconds))
        return self.processes[-1]

    @asynccontextmanager
    async def killed(self, machine: str, seconds: float = 30.0) -> AsyncIterator[str]:
        """A process that took a job, killed on leaving; gives what it said."""
        script, data = Path(__file__).parents[1] / "programs" / "job_worker.py", self.folder / machine
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(script), str(data), str(self.settings.database), str(seconds), cwd=ROOT,
            env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert process.stdout
        async with asyncio.timeout(60):
            said = (await process.stdout.readline()).decode().strip()
        try:
            yield said
        finally:
            process.send_signal(signal.SIGKILL)
            assert await process.wait() == -signal.SIGKILL


@pytest.fixture
async def machines(shared: Settings, tmp_path: Path) -> AsyncIterator[Machines]:
    machines = Machines(shared, tmp_path)
    yield machines
    for process in machines.processes:
        await process.close()


async def nothing(_: QueuedJob) -> None: ...


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 20.0) -> None:
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 - another process tells nobody
            await asyncio.sleep(0.02)


async def test_what_is_asked_for_is_done_at_once_and_gone(machines: Machines) -> None:
    process, done = machines.process(), asyncio.Queue[tuple[str, Any]]()

    async def work(job: QueuedJob) -> None:
        await done.put((job.key, job.payload))

    process.work(work, look=3600.0)
    await process.ask("a", source="b")
    assert await asyncio.wait_for(done.get(), 10) == ("a", {"source": "b"})

    async def gone() -> bool:
        return not await process.all()

    await until(gone)
    # The same may be asked for again.
    await process.ask("a", source="c")
    assert await asyncio.wait_for(done.get(), 10) == ("a", {"source": "c"})


async def test_what_was_asked_for_before_the_worker_began_is_done_too(machines: Machines) -> None:
    process, done = machines.process(), asyncio.Event()
    await machines.process().ask("a")

    async def work(_: QueuedJob) -> None:
        done.set()

    process.work(work)
    await asyncio.wait_for(done.wait(), 10)


async def test_it_is_asked_for_with_the_transaction_or_not_at_all(machines: Machines) -> None:
    process = machines.process()

    async def ask() -> None:
        async with process.db.session() as session:
            await process.jobs.ask(session, "test", "a", {}, "owner")
            raise KeyError

    with pytest.raises(KeyError):
        await ask()
    assert await process.all() == []
    assert not process.jobs.news("test").is_set()


async def test_the_same_key_is_one_job_with_what_was_asked_for_last(machines: Machines) -> None:
    process = machines.process()
    await process.ask("a", n=1)
    await process.ask("a", n=2)
    await process.ask("b", n=3)
    assert [(job.key, job.payload) for job in await process.all()] == [("a", {"n": 2}), ("b", {"n": 3})]
    # One that runs is left alone.
    [first, _] = await process.jobs.take("test", 2)
    assert first.attempts == 1
    await process.ask("a", n=4)
    assert [(job.status, job.payload["n"]) for job in await process.all()] == [("running", 2), ("running", 3)]


async def test_what_fails_is_tried_again_until_it_is_given_up_and_asked_for_anew(
    machines: Machines, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("builder.base.jobs.delay", lambda *_: 0.0)
    process, tries, ends = machines.process(), 0, asyncio.Queue[BaseException | None]()
    broken = True

    async def work(_: QueuedJob) -> None:
        nonlocal tries
        tries += 1
        if broken:
            raise CannotBeDone("there is no room") if tries % 2 else KeyError("a mistake of ours")

    async def over(_: QueuedJob, error: BaseException | None) -> None:
        await ends.put(error)

    process.work(work, over=over)
    await process.ask("a")
    for _ in range(MOST_ATTEMPTS):
        assert await asyncio.wait_for(ends.get(), 10) is not None
    [job] = await process.all()
    assert (job.status, job.attempts, "a mistake of ours" in job.error, job.holder) == ("dead", MOST_ATTEMPTS, True, "")
    levels = [record.levelname for record in caplog.records if "“test a” failed" in record.message]
    assert levels == ["WARNING", "ERROR"] * (MOST_ATTEMPTS // 2)
    assert "for good" in caplog.messages[-1]
    broken = False
    await process.ask("a")
    assert await asyncio.wait_for(ends.get(), 10) is None
    assert tries == MOST_ATTEMPTS + 1


async def test_a_second_try_waits(machines: Machines) -> None:
    process = machines.process()
    await process.ask("a")
    [job] = await process.jobs.take("test", 1)
    assert await process.jobs.failed(job, KeyError("once"), 0.0)
    assert await process.jobs.take("test", 1) == []
    left = await process.jobs.seconds("test")
    assert left is not None
    assert 0.1 < left <= 1.0


async def test_a_thousand_jobs_among_four_workers_are_done_once_each(machines: Machines) -> None:
    done = Counter[str]()
    finished = asyncio.Event()

    async def work(job: QueuedJob) -> None:
        done[job.key] += 1
        await asyncio.sleep(0)
        if len(done) == 1000:
            finished.set()

    keys = [f"{n:04}" for n in range(1000)]
    first = machines.process()
    await first.ask(*keys)
    for process in (first, machines.process(), machines.process(), machines.process()):
        process.work(work, at_once=25, look=0.2)
    async with asyncio.timeout(90):
        await finished.wait()

    async def empty() -> bool:
        return not await first.all()

    await until(empty)
    assert done == Counter(keys)


async def test_no_more_than_so_many_are_at_work_at_once(machines: Machines) -> None:
    process, most, now = machines.process(), 0, 0
    left = 12
    finished = asyncio.Event()

    async def work(_: QueuedJob) -> None:
        nonlocal most, now, left
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.01)
        now -= 1
        left -= 1
        if not left:
            finished.set()

    process.work(work, at_once=3)
    await process.ask(*map(str, range(12)))
    await asyncio.wait_for(finished.wait(), 20)
    assert most == 3


async def test_the_job_of_a_killed_process_is_taken_after_its_lease_and_not_before(machines: Machines) -> None:
    other = machines.process("another machine", LEASE)
    await other.ask("a")
    async with machines.killed("a machine", LEASE) as said:
        assert said == "at a"
        # For longer than its lease: it is renewed.
        for _ in range(12):
            assert await other.jobs.take("test", 1) == []
            await asyncio.sleep(LEASE / 6)
    assert await other.jobs.take("test", 1) == []
    assert await other.leases.dead() == []  # nobody can know
    taken: list[QueuedJob] = []

    async def left() -> bool:
        taken.extend(await other.jobs.take("test", 1))
        return bool(taken)

    await until(left, 10 * LEASE)
    assert [(job.key, job.attempts) for job in taken] == [("a", 2)]


async def test_after_our_own_death_the_next_start_takes_it_back_at_once(machines: Machines) -> None:
    before, later = machines.process("one"), machines.process("one")
    await before.ask("a")
    assert before.leases.id  # it lives, beside the one that is going to be killed
    async with machines.killed("one"):
        assert await later.leases.dead() == []
    dead = await later.leases.dead()
    assert len(dead) == 1
    assert await later.jobs.take("test", 1) == []
    await later.jobs.take_back(dead)
    await later.leases.bury(dead)
    assert [job.key for job in await later.jobs.take("test", 1)] == ["a"]
    assert await later.leases.dead() == []


async def test_who_lost_a_job_is_told_and_writes_nothing_of_it(machines: Machines) -> None:
    process, begun, ended = machines.process(seconds=0.3), asyncio.Event(), asyncio.Event()

    async def work(_: QueuedJob) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    process.work(work)
    await process.ask("a")
    await asyncio.wait_for(begun.wait(), 10)
    async with process.db.session() as session:
        await session.execute(update(QueuedJob).values(holder="somebody else", leased_until="9"))
    await asyncio.wait_for(ended.wait(), 10)
    [job] = await process.all()
    assert (job.status, job.holder, job.attempts) == ("running", "somebody else", 1)


async def test_a_worker_that_closes_gives_back_what_it_was_at(machines: Machines) -> None:
    process, begun = machines.process(), asyncio.Event()

    async def work(_: QueuedJob) -> None:
        begun.set()
        await asyncio.Event().wait()

    worker = process.work(work)
    await process.ask("a")
    await asyncio.wait_for(begun.wait(), 10)
    await worker.close()
    [job] = await process.all()
    assert (job.status, job.attempts, job.holder) == ("queued", 0, "")
    assert [job.key for job in await machines.process().jobs.take("test", 1)] == ["a"]


async def test_a_worker_that_closes_in_the_moment_of_an_end_closes(machines: Machines) -> None:
    process, ends = machines.process(), asyncio.Queue[BaseException | None]()

    async def over(_: QueuedJob, error: BaseException | None) -> None:
        await ends.put(error)

    for number in range(20):
        worker = process.work(nothing, over=over)
        await process.ask(str(number))
        await asyncio.wait_for(ends.get(), 10)
        async with asyncio.timeout(10):
            await worker.close()


async def test_what_is_dropped_is_over_and_not_begun_again(machines: Machines) -> None:
    process, begun, ended = machines.process(), asyncio.Event(), asyncio.Event()

    async def work(_: QueuedJob) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    worker = process.work(work)
    await process.ask("a")
    await asyncio.wait_for(begun.wait(), 10)
    await worker.drop("a")
    assert ended.is_set()
    assert await process.all() == []


async def test_what_kills_every_process_that_tries_it_is_given_up(machines: Machines) -> None:
    process, ends = machines.process(), asyncio.Queue[BaseException | None]()

    async def over(_: QueuedJob, error: BaseException | None) -> None:
        await ends.put(error)

    await process.ask("a")
    async with process.db.session() as session:
        await session.execute(update(QueuedJob).values(attempts=MOST_ATTEMPTS))
    process.work(nothing, over=over)
    assert isinstance(await asyncio.wait_for(ends.get(), 10), CannotBeDone)
    assert [job.status for job in await process.all()] == ["dead"]


async def test_a_worker_without_work_leaves_the_database_alone(machines: Machines) -> None:
    process, asked = machines.process(), list[str]()
    process.work(nothing)
    await process.ask("a")

    async def empty() -> bool:
        return not await process.all()

    await until(empty)
    event.listen(process.db.engine.sync_engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    for _ in range(3):  # its last look may still be under way
        asked.clear()
        await asyncio.sleep(0.5)
    assert asked == []


async def test_what_lies_on_one_machine_is_done_there(shared: Settings, machines: Machines) -> None:
    here, there = machines.process("here"), machines.process("there")
    await here.ask("a", here=True)
    taken = [job.key for job in await there.jobs.take("test", 1)]
    # With SQLite every process is on the same machine.
    assert taken == (["a"] if "sqlite" in shared.database else [])
    assert [job.key for job in await machines.process("here").jobs.take("test", 1)] == [*({"a"} - {*taken})]
