"""Places and turns: who may be awake, and who comes next."""

from __future__ import annotations

import asyncio

from builder.previews.servers.places import PlaceLimits, Places, Waits


class Office:
    """Servers that come up when their turn is, in a test's order; nothing is ever idle."""

    def __init__(self, **limits: int) -> None:
        self.places = Places(PlaceLimits(**limits))
        self.order: list[str] = []
        self.doors: dict[str, asyncio.Event] = {}
        self.tasks: list[asyncio.Task[None]] = []
        self.asked: list[Waits] = []

    async def no_room(self, owner: str, waits: Waits) -> bool:
        self.asked.append(waits)
        return False

    async def come(self, project: str, owner: str = "ann") -> None:
        self.doors[project] = asyncio.Event()
        self.tasks.append(asyncio.create_task(self._come(project, owner)))
        await settle()

    async def _come(self, project: str, owner: str) -> None:
        async with self.places.turn(project, owner, self.no_room):
            self.order.append(project)
            await self.doors[project].wait()

    async def up(self, project: str) -> None:
        self.doors[project].set()
        await settle()

    async def end(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_turns_come_in_the_order_of_asking() -> None:
    office = Office(starts=2)
    for name in "abcd":
        await office.come(name)
    assert office.order == ["a", "b"]
    assert office.places.waiting("c") == (1, Waits.TURN)
    assert office.places.waiting("d") == (2, Waits.TURN)
    await office.up("b")
    await office.up("a")
    assert office.order == ["a", "b", "c", "d"]
    assert office.places.waiting("d") is None
    await office.end()


async def test_who_is_held_up_by_their_own_limit_holds_up_nobody_else() -> None:
    office = Office(per_person=1, total=10, starts=5)
    await office.come("a1", "ann")
    await office.come("a2", "ann")
    await office.come("b1", "bob")
    assert office.order == ["a1", "b1"]
    assert office.places.waiting("a2") == (1, Waits.PERSON)
    await office.up("a1")
    office.places.leave("a1")
    await settle()
    assert office.order == ["a1", "b1", "a2"]
    await office.end()


async def test_a_full_house_is_another_reason_than_ones_own_limit() -> None:
    office = Office(per_person=5, total=1, starts=5)
    await office.come("a", "ann")
    await office.come("b", "bob")
    assert office.places.waiting("b") == (1, Waits.TOTAL)
    assert Waits.TOTAL in office.asked
    await office.end()


async def test_who_gives_up_waiting_lets_the_next_come() -> None:
    office = Office(starts=1)
    for name in "abc":
        await office.come(name)
    office.tasks[1].cancel()
    await office.up("a")
    assert office.order == ["a", "c"]
    await office.end()


async def test_who_has_a_place_needs_only_a_turn() -> None:
    office = Office(per_person=1, total=1, starts=1)
    office.places.hold("a", "ann")
    await office.come("a")
    assert office.order == ["a"]
    assert office.places.held("ann") == office.places.held() == 1
    await office.end()
