"""The policy of packages at work: what is asked for, what registries say of it, what is held back."""

from __future__ import annotations

import asyncio
import difflib
import logging
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Final

from builder.base.settings import words
from builder.safety.packages.known import KnownFacts
from builder.safety.packages.lookalikes import lookalike
from builder.safety.packages.policy import asks_registry, is_allowed, is_known, judge
from builder.safety.packages.popular import popular
from builder.safety.packages.settings import PackageSettings
from builder.safety.packages.shapes import Ecosystem, Facts, PackageVerdict, Wanted
from builder.safety.packages.sources import is_index

log = logging.getLogger(__name__)
SECONDS: Final = 5.0
_CLOSE: Final = 0.75
_COMPARED: Final = 4_000
Allowed = Collection[tuple[Ecosystem, str]]


class PackagePolicy:
    """One object for all projects. A known or allowed package costs a look into a set; others a question to a registry,
    at most `SECONDS` for all of them. `hosts` are those of the registries that this server uses: a project's files may
    name them, and no others."""

    def __init__(
        self,
        settings: PackageSettings,
        known: KnownFacts,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        hosts: Collection[str] = (),
    ) -> None:
        self._hosts = frozenset(hosts)
        self._settings, self._known, self._clock = settings, known, clock
        self._everywhere = frozenset(words(settings.packages_allowed))

    @property
    def least_days(self) -> int:
        """Days since its first release before a package is installed."""
        return self._settings.package_age_days

    async def judge(self, wanted: Collection[Wanted], allowed: Allowed = ()) -> PackageVerdict:
        """What of `wanted` is held back. `allowed`: what a person decided to use all the same."""
        if self._settings.package_policy == "off":
            return PackageVerdict()
        asked = [
            one
            for one in wanted
            if not is_known(one)
            and not is_allowed(one, allowed, self._everywhere)
            and not (one.elsewhere and is_index(one) in self._hosts)
        ]
        if not asked:
            return PackageVerdict()
        facts = await self._facts(asked)
        missing = [one for one in asked if (said := facts[one]) is not None and not said.exists]
        nearest = await asyncio.to_thread(_nearest, missing)
        verdict = judge(
            asked,
            facts,
            self._clock(),
            least_days=self.least_days,
            hold_unknown=self._settings.package_unknown == "hold",
            nearest=nearest,
        )
        for held in verdict.held:
            log.info("Held back: %s %r (%s)", held.wanted.ecosystem, held.wanted.name, held.reason)
        return verdict

    async def newest(self, ecosystem: Ecosystem, name: str) -> str:
        """The newest version in the registry; "" where that cannot be found out in time."""
        one = Wanted(ecosystem, name)
        found = (await self._known.of([one], seconds=SECONDS))[one]
        return found.newest if found else ""

    async def close(self) -> None:
        await self._known.close()

    async def _facts(self, asked: Collection[Wanted]) -> dict[Wanted, Facts | None]:
        """The place and the range are no part of a question: a name is asked about once."""
        names = {one: Wanted(one.ecosystem, one.name) for one in asked if asks_registry(one)}
        found = await self._known.of(set(names.values()), seconds=SECONDS)
        return {one: found[names[one]] if one in names else None for one in asked}


def _nearest(missing: Collection[Wanted]) -> dict[Wanted, str]:
    """The most used name that is close to each; what does not exist at all may be further off than a slip."""
    found: dict[Wanted, str] = {}
    for one in missing:
        names = popular(one.ecosystem).names[:_COMPARED]
        close = difflib.get_close_matches(one.name.lower(), names, n=1, cutoff=_CLOSE)
        if name := lookalike(one.ecosystem, one.name) or (close[0] if close else ""):
            found[one] = name
    return found
