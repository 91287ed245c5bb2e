"""A command runs to its end in a container of its own: what it wrote, how it ended, and what it may take."""

from __future__ import annotations

import asyncio
import contextlib
import time
from pathlib import Path

import pytest

from builder.texts import said
from preview_runtime.containers.app.warm import WarmPool
from preview_runtime.containers.docker.policy import MEGABYTE, Limits
from preview_runtime.containers.jobs.jobs import Jobs
from preview_runtime.containers.jobs.output import KEPT
from preview_runtime.containers.jobs.spec import Ended
from preview_runtime.containers.limits.limit_watch import LimitWatch
from preview_runtime.engines import EngineFailed
from preview_runtime.plans.runtimes import Runtime
from tests.containers.app.test_engine import eventually
from tests.containers.jobs.conftest import SETTINGS, Work

pytestmark = pytest.mark.usefixtures("firewalled")
ROUTES = "cat /proc/net/route | tail -n +2 | wc -l; ls /sys/class/net"


async def test_a_job_tells_its_exit_code_and_keeps_its_streams_apart(work: Work) -> None:
    script = "cat in/told.txt; echo to stderr >&2; echo $GIVEN; pwd; id -u; exit 7"
    spec = work.sh(script, files={"in/told.txt": "from the tree\n"}, environment={"GIVEN": "by the caller"})
    async with await work.jobs.start(spec) as job:
        said = {"stdout": b"", "stderr": b""}
        async for piece in job.output():
            said[piece.stream] += piece.data
        result = await job.wait()
    user = work.slots.user(f"job-{spec.id}")
    assert said == {"stdout": f"from the tree\nby the caller\n/app\n{user}\n".encode(), "stderr": b"to stderr\n"}
    assert (result.exit_code, result.ended, result.fault) == (7, Ended.EXITED, None)
    assert 0 < result.seconds < 60


async def test_nothing_is_reached_unless_hosts_are_named(work: Work) -> None:
    """No route leads anywhere; with hosts there is one network, whose only neighbour is the way out."""
    async with await work.jobs.start(work.sh(ROUTES)) as job:
        assert b"".join([piece.data async for piece in job.output()]) == b"0\nlo\n"
    asked = "import os, urllib.request as r; print(os.environ['HTTP_PROXY'][:7]); r.urlopen('http://refused.test/')"
    spec = work.spec("python", "-c", asked, hosts=("allowed.test",))
    async with await work.jobs.start(spec) as job:
        said = b"".join([piece.data async for piece in job.output()])
        assert said.startswith(b"http://")
        assert b"403" in said
        assert [one.host for one in await work.way_out.refused(f"job-{spec.id}")] == ["refused.test"]


async def test_a_flood_is_ended_and_takes_no_memory_of_ours(work: Work) -> None:
    """It writes as fast as the engine takes it; nobody reads."""
    before = _resident()
    async with await work.jobs.start(work.sh(f"exec yes {'flood' * 800}", output=32 * MEGABYTE)) as job:
        result = await job.wait()
        assert _resident() - before < 24 * MEGABYTE
        gap, *rest = [piece async for piece in job.output()]
    assert result.ended is Ended.TOO_MUCH
    assert result.fault is not None
    assert result.fault.code == "job_wrote_too_much"
    assert gap.lost > 30 * MEGABYTE
    assert sum(len(piece.data) for piece in rest) <= KEPT


async def test_a_job_ends_when_its_time_is_over(work: Work) -> None:
    async with await work.jobs.start(work.sh("sleep 600", seconds=1.0)) as job:
        result = await job.wait()
    assert (result.ended, result.fault and result.fault.code) == (Ended.TIMED_OUT, "job_timed_out")


@pytest.mark.parametrize("script", ["trap 'echo bye; exit 3' TERM; sleep 600 & wait", "trap '' TERM; sleep 600"])
async def test_cancelling_ends_it_within_two_seconds(work: Work, script: str) -> None:
    """Asked first, so that it can tidy up; killed where it does not listen."""
    async with await work.jobs.start(work.sh(f"echo on; {script}")) as job:
        async for _ in job.output():
            break
        plain = time.monotonic()
        await job.container.show()
        slow = (time.monotonic() - plain) * 20  # a busy engine
        began = time.monotonic()
        await job.cancel()
        assert time.monotonic() - began < 2 + slow
        result = await job.wait()
        said = b"".join([piece.data async for piece in job.output()])
    assert result.ended is Ended.CANCELLED
    assert (b"bye" in said) == ("bye" in script)


async def test_it_says_that_memory_was_too_little(work: Work) -> None:
    spec = work.spec("python", "-c", "x = bytearray(400 << 20)", limits=Limits(memory=64 * MEGABYTE))
    async with await work.jobs.start(spec) as job:
        result = await job.wait()
    assert (result.ended, result.exit_code) == (Ended.OUT_OF_MEMORY, 137)
    assert result.fault is not None
    assert "64 MB" in said(result.fault.says)


async def test_what_passes_a_limit_of_its_own_is_ended_and_named(work: Work) -> None:
    """Its volume may hold 4 MB, in however many files."""
    watch = LimitWatch(work.docker, SETTINGS)
    looking = asyncio.create_task(watch.run())
    try:
        script = "n=0; while n=$((n + 1)); do head -c 1000000 /dev/zero > $n.bin; sleep 0.02; done"
        spec = work.sh(script, limits=Limits(disk=4 * MEGABYTE))
        async with await Jobs(work.slots, limits=watch).start(spec) as job:
            result = await job.wait()
        assert (result.ended, result.fault and result.fault.code) == (Ended.TOO_MUCH, "disk_limit")
    finally:
        looking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await looking
        await watch.close()


async def test_one_whose_container_is_taken_away_is_lost(work: Work) -> None:
    async with await work.jobs.start(work.sh("sleep 600")) as job:
        await job.container.delete(force=True, v=True)
        result = await job.wait()
    assert (result.ended, result.exit_code) == (Ended.LOST, None)
    assert result.fault is not None


async def test_a_start_that_is_given_up_leaves_nothing(work: Work) -> None:
    for seconds in (0.0, 0.03, 0.1, 0.3):
        starting = asyncio.create_task(work.jobs.start(work.sh("sleep 600", files={"a": "b"})))
        await asyncio.sleep(seconds)
        starting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await (await starting).close()  # it was quicker
    assert work.jobs.known == frozenset()
    assert await work.left() == []


async def test_an_image_that_is_not_there_leaves_nothing(work: Work) -> None:
    with pytest.raises(EngineFailed):
        await work.jobs.start(work.spec("true", image="sayso/none:1"))
    assert work.jobs.known == frozenset()
    assert await work.left() == []


@pytest.mark.parametrize(
    ("runtime", "argv", "files"),
    [
        (Runtime.PYTHON, ("python", "main.py", "$HOME"), {"main.py": "import sys; print(sys.argv[1]); sys.exit(5)"}),
        (Runtime.NODE, ("node", "main.js", "$HOME"), {"main.js": "console.log(process.argv[2]); process.exit(5)"}),
    ],
    ids=["python", "node"],
)
async def test_a_waiting_container_takes_a_job(
    work: Work, node_image: str, runtime: Runtime, argv: tuple[str, ...], files: dict[str, str]
) -> None:
    assert node_image
    pool = WarmPool(work.slots, {runtime: 1})
    filling = asyncio.create_task(pool.run())
    jobs = work.anew(pool)
    try:

        async def waits() -> bool:
            return pool.waiting[runtime] == 1

        await eventually(waits, 60)
        spec = work.spec(*argv, files={**files, "out/kept.txt": "kept"}, image=runtime, artefacts=("out",))
        async with await jobs.start(spec) as job:
            assert [slot.startswith("blank-") for slot in jobs.known] == [True]
            said = b"".join([piece.data async for piece in job.output()])
            result = await job.wait()
        assert (said, result.exit_code, result.ended) == (b"$HOME\n", 5, Ended.EXITED)
        assert result.artefacts == {"out/kept.txt": b"kept"}
    finally:
        filling.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await filling


def _resident() -> int:
    """Bytes of memory that this process has."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
