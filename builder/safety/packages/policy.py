"""The rules: pure, from what is asked for and what the registry said to what is held back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from builder.safety.packages.lookalikes import lookalike
from builder.safety.packages.natives import Native, brings_it_along, lacks_program, native
from builder.safety.packages.popular import popular
from builder.safety.packages.shapes import Ecosystem, Facts, Held, PackageVerdict, Reason, Wanted

# A name that looks like another's is its own after so many days with so many releases: those who trap people lose theirs
# within weeks, and release once or twice.
_OWN_DAYS: Final = 730
_OWN_RELEASES: Final = 10


def is_known(wanted: Wanted) -> bool:
    """Whether no registry has to be asked: it was there, and used by many, when the popular names were counted, and has no
    program that a script makes."""
    return (
        not wanted.elsewhere
        and not wanted.script
        and wanted.name in popular(wanted.ecosystem).known
        and native(wanted.ecosystem, wanted.name) is None
    )


def asks_registry(wanted: Wanted) -> bool:
    """Whether anything more is to be known of it than its name says."""
    return not wanted.elsewhere and not is_known(wanted)


def is_allowed(wanted: Wanted, allowed: Collection[tuple[Ecosystem, str]], everywhere: Collection[str]) -> bool:
    """`allowed` by a person for their project, or `everywhere` by the settings (names, and scopes as `@company/*`)."""
    scope = wanted.name.partition("/")[0] + "/*" if wanted.name.startswith("@") else ""
    return (
        (wanted.ecosystem, wanted.name) in allowed or wanted.name in everywhere or (scope in everywhere and bool(scope))
    )


def judge(
    wanted: Collection[Wanted],
    facts: Mapping[Wanted, Facts | None],
    now: datetime,
    *,
    least_days: int,
    hold_unknown: bool,
    nearest: Mapping[Wanted, str] | None = None,
) -> PackageVerdict:
    """The verdict on packages that are neither known nor allowed. `facts` are None where no registry answered; `nearest`
    are names that a missing one may have meant."""
    held: list[Held] = []
    unknown: list[Wanted] = []
    for one in wanted:
        like = lookalike(one.ecosystem, one.name)
        known = facts.get(one)
        if one.elsewhere:
            held.append(Held(one, Reason.ELSEWHERE))
        elif lacks_program(one, known):
            held.append(_without_program(one, known))
        elif one.name in popular(one.ecosystem).known:
            continue
        elif known is not None and not known.exists:
            held.append(Held(one, Reason.MISSING, like or (nearest or {}).get(one, "")))
        elif like and not _has_a_name_of_its_own(known, now, brought=bool(one.way)):
            held.append(Held(one, Reason.LOOKALIKE, like))
        elif known is None:
            if hold_unknown:
                held.append(Held(one, Reason.UNKNOWN))
            else:
                unknown.append(one)
        elif known.published is not None and (days := (now - known.published).days) < least_days:
            held.append(Held(one, Reason.YOUNG, days=max(days, 0)))
    return PackageVerdict(tuple(held), tuple(unknown))


def _without_program(wanted: Wanted, facts: Facts | None) -> Held:
    other = native(wanted.ecosystem, wanted.name) or Native()
    if not other.always and (version := brings_it_along(facts)):
        return Held(wanted, Reason.SCRIPT, wanted.name, version=version)
    return Held(wanted, Reason.SCRIPT, other.instead, rather=other.rather)


def _has_a_name_of_its_own(facts: Facts | None, now: datetime, *, brought: bool) -> bool:
    """What another package brings along was not typed by somebody who may have slipped, and small packages are released
    once: there its age alone counts."""
    if facts is None or facts.published is None:
        return False
    return (now - facts.published).days >= _OWN_DAYS and (brought or facts.releases >= _OWN_RELEASES)
