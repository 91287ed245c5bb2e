"""One probe of a running app: its routes are found, then each kind of hole is looked for."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import httpx

from builder.safety.probing.asking.accounts import doors, sign_up
from builder.safety.probing.asking.holes import Hole
from builder.safety.probing.asking.inquiry import Inquiry, new_mark
from builder.safety.probing.asking.visitor import AskedOut, Requests, Visitor
from builder.safety.probing.checks import alone, open_doors, owned
from builder.safety.probing.routes.described import WHERE, described
from builder.safety.probing.routes.reading import AppSources
from builder.safety.probing.routes.route import merged

log = logging.getLogger(__name__)
SECONDS: Final = 90.0
_Check = Callable[[Inquiry], Awaitable[None]]
# What ends with the app changed comes last.
_CHECKS: Final[tuple[_Check, ...]] = (
    open_doors.files, open_doors.other_sites, open_doors.passwords, open_doors.traversal, open_doors.redirects, open_doors.quotes,
    open_doors.traces,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Probed:
    """`routes`: how many were found. `accounts`: two accounts could be made. `whole`: nothing was left out for want of time."""

    holes: list[Hole]
    routes: int
    accounts: bool
    whole: bool


async def probe(
    base: str,
    sources: AppSources,
    *,
    tell: Callable[[int, int], None] = lambda _, __: None,
    transport: httpx.AsyncBaseTransport | None = None,
    seconds: float = SECONDS,
) -> Probed:
    """Ask the app at `base`, whose data may be changed and lost. `tell(done, all)` after each kind of question."""
    allowance = Requests()
    visitors = [Visitor(base, allowance, transport, sources.token_headers, sources.scheme) for _ in range(4)]
    nobody, first, second, third = visitors
    whole = True
    asking = Inquiry([], sources, doors([])[0], nobody)
    steps = len(_CHECKS) + 4
    try:
        async with asyncio.timeout(seconds):
            told = [route for path in WHERE for route in described((await nobody.ask("GET", path)).data)]
            asking.routes = merged([*told, *sources.routes])
            for way in doors(asking.routes):
                asking.way = way
                asking.a = await sign_up(first, asking.way, new_mark())
                if asking.a is not None:
                    break
            asking.b = await sign_up(second, asking.way, new_mark()) if asking.a else None
            tell(1, steps)
            await open_doors.makes_admin(asking, third)
            await (owned.owned(asking) if asking.b else alone.alone(asking))
            tell(2, steps)
            for number, check in enumerate(_CHECKS):
                await check(asking)
                tell(3 + number, steps)
            await open_doors.admin(asking)
            await open_doors.raises_itself(asking)
            open_doors.told_hashes(asking, visitors)
            tell(steps, steps)
    except (AskedOut, TimeoutError):
        whole = False
        log.info("A probe ended early: %s requests were left", allowance.left)
    finally:
        for visitor in visitors:
            with contextlib.suppress(Exception):
                await visitor.close()
    holes = sorted(asking.holes.found.values(), key=lambda hole: (hole.kind, hole.route))
    return Probed(holes, len(asking.routes), asking.b is not None, whole)
