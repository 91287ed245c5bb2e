"""What a job leaves comes back, and nothing that it had the engine read for it."""

from __future__ import annotations

import pytest

from builder.texts import said as words
from preview_runtime.containers.docker import policy
from preview_runtime.containers.docker.labels import Role
from preview_runtime.containers.jobs.spec import ArtefactLimits, JobMount
from tests.containers.jobs.conftest import SETTINGS, Work

pytestmark = pytest.mark.usefixtures("firewalled")

# A link to a folder that only the administrator reads, a pipe, a device's name, a file that is too large, and plain ones.
MAKE = """
mkdir -p out/deep && cd out && printf one > one.xml && printf two > deep/two.xml && printf no > deep/two.txt
ln one.xml hard.xml && ln -s /etc/passwd link.xml && mkfifo pipe.xml && head -c 3000 /dev/zero > large.xml
cd .. && ln -s /secret led && ln -s round round && mkfifo pipe && ln -s /proc/self/environ env
"""


async def test_plain_files_come_back_and_nothing_else(work: Work) -> None:
    patterns = ("out/**/*.xml", "led/word.txt", "round", "pipe", "env", "missing", "out/one.xml/x")
    limits = ArtefactLimits(file=2000)
    async with await work.jobs.start(work.sh(MAKE, artefacts=patterns, artefact_limits=limits)) as job:
        result = await job.wait()
    assert result.exit_code == 0
    assert result.artefacts == {"out/one.xml": b"one", "out/deep/two.xml": b"two", "out/hard.xml": b"one"}
    assert sorted(words(left) for left in result.left_out) == [
        "env is a link.",
        "led/word.txt leads through a link.",
        "missing is not there.",
        "out/large.xml is too large.",
        "out/one.xml/x is not there.",
        "pipe is no plain file.",
        "round is a link.",
    ]


async def test_a_link_does_not_have_the_engine_read_another_volume(work: Work) -> None:
    """The engine reads as administrator: what the job cannot read itself must not come back to it either."""
    slot = "p-secret"
    await work.slots.ensure_volume(slot)
    title = work.slots.title(slot)
    try:
        fill = policy.copying_container(
            (await work.docker.images.inspect(_python()))["Id"],
            ["sh", "-c", "printf hidden > /v/word.txt && chmod 700 /v && chown 0 /v"],
            slot,
            [(title, "/v", False)],
            SETTINGS,
        )
        container = await work.slots.create(slot, fill, Role.COPY)
        await container.start()
        await container.wait()
        script = "cat /secret/word.txt; ln -s /secret led; mkdir own; ln -s /secret own/led; echo done"
        spec = work.sh(
            script, mounts=(JobMount(title, "/secret"),), artefacts=("led/word.txt", "led", "own", "**/*.txt")
        )
        async with await work.jobs.start(spec) as job:
            said = b"".join([piece.data async for piece in job.output()])
            result = await job.wait()
        assert b"Permission denied" in said
        assert result.artefacts == {}
    finally:
        await work.slots.clear(slot, volume=True)


async def test_too_many_and_too_much_stay_behind(work: Work) -> None:
    script = "for n in 1 2 3 4 5; do head -c 400 /dev/zero > $n.bin; done"
    limits = ArtefactLimits(files=4, bytes=1000)
    async with await work.jobs.start(work.sh(script, artefacts=("*.bin",), artefact_limits=limits)) as job:
        result = await job.wait()
    assert len(result.artefacts) == 2
    assert len(result.left_out) == 3


def _python() -> str:
    from preview_runtime.containers.images import catalogue
    from preview_runtime.plans.runtimes import Runtime

    return catalogue.tag(Runtime.PYTHON)
