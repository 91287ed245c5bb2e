"""What is held back, and what is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from builder.safety.packages.policy import is_allowed, is_known, judge
from builder.safety.packages.shapes import Ecosystem, Facts, Held, PackageVerdict, Reason, Wanted

NOW = datetime(2026, 11, 24, tzinfo=UTC)
OURS = Wanted(Ecosystem.NPM, "garden-planner-widgets", "^1.0.0", "package.json")
SLIP = Wanted(Ecosystem.NPM, "lodahs", "^4.0.0", "package.json")


def there(days: int, releases: int = 3) -> Facts:
    return Facts(True, NOW - timedelta(days=days), releases, "1.0.0")


def said(wanted: Wanted, facts: Facts | None, *, least: int = 7, hold: bool = False) -> PackageVerdict:
    return judge([wanted], {wanted: facts}, NOW, least_days=least, hold_unknown=hold)


def test_a_name_that_does_not_exist_is_held_back_with_the_nearest_one() -> None:
    assert said(SLIP, Facts(False)).held == (Held(SLIP, Reason.MISSING, "lodash"),)
    assert said(OURS, Facts(False)).held == (Held(OURS, Reason.MISSING),)


def test_a_name_that_looks_like_another_is_held_back_though_it_exists() -> None:
    assert said(SLIP, there(400)).held == (Held(SLIP, Reason.LOOKALIKE, "lodash"),)
    assert said(SLIP, None).held == (Held(SLIP, Reason.LOOKALIKE, "lodash"),)


def test_one_that_has_had_its_name_for_years_and_is_kept_up_is_no_trap() -> None:
    assert said(SLIP, there(800, releases=20)) == PackageVerdict()
    assert said(SLIP, there(800, releases=2)).held
    assert said(SLIP, there(100, releases=20)).held


@pytest.mark.parametrize(("days", "held"), [(0, True), (6, True), (7, False), (400, False)])
def test_a_young_package_waits(days: int, held: bool) -> None:
    assert said(OURS, there(days)).held == ((Held(OURS, Reason.YOUNG, days=days),) if held else ())
    assert said(OURS, there(days), least=0) == PackageVerdict()


def test_what_no_registry_says_anything_of_is_said_or_held_as_it_is_set() -> None:
    assert said(OURS, None) == PackageVerdict(unknown=(OURS,))
    assert said(OURS, None, hold=True).held == (Held(OURS, Reason.UNKNOWN),)
    # A registry without times says at least that it exists.
    assert said(OURS, Facts(True)) == PackageVerdict()


def test_known_and_allowed_packages_are_not_asked_about() -> None:
    assert is_known(Wanted(Ecosystem.NPM, "react"))
    assert not is_known(Wanted(Ecosystem.PYPI, "reqeusts"))
    assert is_allowed(SLIP, {(Ecosystem.NPM, "lodahs")}, ())
    assert not is_allowed(SLIP, {(Ecosystem.PYPI, "lodahs")}, ())
    assert is_allowed(Wanted(Ecosystem.NPM, "@acme/ui"), (), {"@acme/*"})
    assert not is_allowed(Wanted(Ecosystem.NPM, "@acme-corp/ui"), (), {"@acme/*"})
