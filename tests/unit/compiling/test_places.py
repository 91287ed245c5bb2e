"""Everybody gets a turn to compile: one place for a project, and never all of them for one person."""

from __future__ import annotations

import asyncio

import pytest

from preview_runtime.compiling.places import CompilePlaces, TooManyWaiting


class Work:
    """Holds a place until it is told to end."""

    def __init__(self, places: CompilePlaces, person: str, project: str, started: list[str]) -> None:
        self.ends = asyncio.Event()
        self.task = asyncio.create_task(self._run(places, person, project, started))

    async def _run(self, places: CompilePlaces, person: str, project: str, started: list[str]) -> None:
        async with places.one(person, project):
            started.append(f"{person}{project}")
            await self.ends.wait()

    async def end(self) -> None:
        self.ends.set()
        await self.task


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def _all_free(places: CompilePlaces) -> None:
    """Two people are given both places at once."""
    started = list[str]()
    both = [Work(places, person, "", started) for person in ("one", "another")]
    await settled()
    assert started == ["one", "another"]
    for work in both:
        await work.end()


async def test_one_person_leaves_a_place_for_the_others() -> None:
    places, started = CompilePlaces(2), list[str]()
    mine = [Work(places, "me", str(n), started) for n in range(5)]
    await settled()
    assert started == ["me0"]
    other = Work(places, "you", "x", started)
    await settled()
    assert started == ["me0", "youx"]
    await mine[0].end()
    await settled()
    assert started == ["me0", "youx", "me1"]
    for work in (*mine[1:], other):
        await work.end()
    assert started[-3:] == ["me2", "me3", "me4"]


async def test_a_project_is_compiled_once_at_a_time() -> None:
    places, started = CompilePlaces(4), list[str]()
    first, second = Work(places, "me", "p", started), Work(places, "you", "p", started)
    third = Work(places, "me", "q", started)
    await settled()
    assert started == ["mep", "meq"]
    await first.end()
    await settled()
    assert started == ["mep", "meq", "youp"]
    await second.end()
    await third.end()


async def test_who_gives_up_waiting_or_working_leaves_nothing_behind() -> None:
    places, started = CompilePlaces(2), list[str]()
    first, second, third = (Work(places, "me", name, started) for name in "abc")
    await settled()
    second.task.cancel()
    first.task.cancel()
    await asyncio.gather(first.task, second.task, return_exceptions=True)
    await settled()
    assert started == ["mea", "mec"]
    await third.end()
    await _all_free(places)
    # Those who gave up do not count among the waiting either, of whom a person has so many at most.
    holds = Work(places, "me", "a", started)
    await settled()
    for _ in range(40):
        gives_up = Work(places, "me", "b", started)
        await settled()
        gives_up.task.cancel()
        await asyncio.gather(gives_up.task, return_exceptions=True)
    await holds.end()
    await _all_free(places)


async def test_a_turn_that_comes_with_the_cancellation_goes_on_to_the_next() -> None:
    places, started = CompilePlaces(2), list[str]()
    first, second, third = (Work(places, "me", name, started) for name in "abc")
    await settled()
    first.ends.set()
    while not first.task.done():  # noqa: ASYNC110 - the very turn in which its place is given on matters
        await asyncio.sleep(0)
    second.task.cancel()
    await settled()
    assert started[-1] == "mec"
    await third.end()
    await _all_free(places)


async def test_nobody_lets_work_pile_up() -> None:
    places, started = CompilePlaces(2), list[str]()
    works = [Work(places, "me", str(n), started) for n in range(40)]
    await settled()
    refused = [work for work in works if work.task.done() and isinstance(work.task.exception(), TooManyWaiting)]
    assert len(refused) == 7
    with pytest.raises(TooManyWaiting):
        async with places.one("me", "more"):
            pass
    async with places.one("you", "p"):
        pass
    for work in works:
        work.task.cancel()
    await asyncio.gather(*(work.task for work in works), return_exceptions=True)
