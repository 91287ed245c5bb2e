"""A job's output is bounded, and whoever reads too slowly is told what is missing."""

from __future__ import annotations

import asyncio

from preview_runtime.containers.jobs.output import JobOutput, OutputPiece


async def read(output: JobOutput, after: int = 0) -> list[OutputPiece]:
    return [piece async for piece in output.read(after)]


async def test_two_readers_get_all_of_both_streams() -> None:
    output = JobOutput()
    async with asyncio.TaskGroup() as tasks:
        readers = [tasks.create_task(read(output)) for _ in range(2)]
        await asyncio.sleep(0)
        output.put("stdout", b"one")
        await asyncio.sleep(0)
        output.put("stderr", b"two")
        output.end()
    for reader in readers:
        assert [(piece.stream, piece.data, piece.at) for piece in reader.result()] == [
            ("stdout", b"one", 0),
            ("stderr", b"two", 3),
        ]


async def test_it_is_read_from_a_given_byte() -> None:
    output = JobOutput()
    output.put("stdout", b"one")
    output.put("stdout", b"two")
    output.end()
    assert [(piece.data, piece.at) for piece in await read(output, after=4)] == [(b"wo", 4)]
    assert await read(output, after=6) == []


async def test_the_oldest_goes_and_what_was_lost_is_told() -> None:
    output = JobOutput(kept=1000)
    for number in range(100):
        output.put("stdout", b"%02d" % number * 50)
    output.end()
    gap, *rest = await read(output)
    assert (gap.stream, gap.data, gap.lost) == ("", b"", rest[0].at)
    assert gap.lost + sum(len(piece.data) for piece in rest) == output.total == 10_000
    assert sum(len(piece.data) for piece in rest) <= 1000
    assert rest[-1].data == b"99" * 50
