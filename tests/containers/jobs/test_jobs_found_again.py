"""Our own process ends while jobs run: what was to go on is found again with all it wrote, the rest is ended."""

from __future__ import annotations

import pytest

from preview_runtime.containers.jobs.spec import Ended
from preview_runtime.containers.reconciler import Known, Reconciler
from tests.containers.jobs.conftest import Work

pytestmark = pytest.mark.usefixtures("firewalled")
# Goes on until it is told to end, by a file that the next process puts in.
UNTIL_TOLD = "echo before; until [ -e told ]; do sleep 0.05; done; echo after; echo kept > out.txt; exit 4"


async def test_one_that_is_to_go_on_is_found_again_and_an_orphan_is_ended(work: Work) -> None:
    on, orphan, unwanted = (
        work.sh(UNTIL_TOLD, id="on", resume=True, artefacts=("out.txt",)),
        work.sh("sleep 600", id="orphan"),
        work.sh("sleep 600", id="unwanted", resume=True),
    )
    for spec in (on, orphan, unwanted):
        job = await work.jobs.start(spec)
        await job.leave()  # nobody of ours is there any more, as after a kill
    work.jobs = work.anew()
    back = await work.jobs.recover({"on", "orphan"})
    assert [*back] == ["on"]
    assert work.jobs.known == {"job-on"}

    async def known() -> Known:
        return Known(work.jobs.known, work.jobs.known)

    assert not await Reconciler(work.slots, known).once(grace=0)
    async with back["on"] as job:
        await job.container.put_archive("/app", _told())
        result = await job.wait()
        assert b"".join([piece.data async for piece in job.output()]) == b"before\nafter\n"
        assert b"".join([piece.data async for piece in job.output(after=7)]) == b"after\n"
    assert (result.ended, result.exit_code) == (Ended.EXITED, 4)
    assert result.artefacts == {"out.txt": b"kept\n"}
    assert result.seconds > 0


async def test_the_time_of_one_that_is_found_again_has_gone_on(work: Work) -> None:
    job = await work.jobs.start(work.sh("sleep 600", id="slow", resume=True, seconds=1.0))
    await job.leave()
    work.jobs = work.anew()
    async with (await work.jobs.recover({"slow"}))["slow"] as again:
        assert (await again.wait()).ended is Ended.TIMED_OUT


async def test_a_process_that_ends_in_order_leaves_only_what_is_to_go_on(work: Work) -> None:
    await work.jobs.start(work.sh("sleep 600", id="ends"))
    await work.jobs.start(work.sh("sleep 600", id="stays", resume=True))
    await work.jobs.close()
    assert await work.left() == [f"/{work.slots.title('job-stays')}-job", work.slots.title("job-stays")]
    work.jobs = work.anew()
    assert await work.jobs.recover() == {}
    assert await work.left() == []


def _told() -> bytes:
    from preview_runtime.containers.docker.archive import archive

    return archive({"told": ""}, 10001, 0.0)
