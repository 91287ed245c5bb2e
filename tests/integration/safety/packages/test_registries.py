"""What is found out about packages from registries that speak npm's and PyPI's protocols."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from builder.safety.packages.gate import PackagePolicy
from builder.safety.packages.known import KnownFacts
from builder.safety.packages.registry import PackageRegistries
from builder.safety.packages.settings import PackageSettings
from builder.safety.packages.shapes import Ecosystem, Facts, Reason, Wanted
from tests.integration.npm_registry import Package, npm_registry
from tests.integration.safety.packages.python_index import Release, python_index

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
NPM, PYPI = Ecosystem.NPM, Ecosystem.PYPI


def days_ago(days: float) -> str:
    return (NOW - timedelta(days=days)).isoformat().replace("+00:00", "Z")


def settings(**values: object) -> PackageSettings:
    return PackageSettings(_env_file=None, **values)  # type: ignore[call-arg, arg-type]


class World:
    """Both registries, and a policy that asks them."""

    def __init__(self, folder: Path, npm: str, index: str) -> None:
        self.folder = folder
        self.environ = {"npm_config_registry": npm, "UV_DEFAULT_INDEX": index}
        self.now = NOW

    def known(self) -> KnownFacts:
        return KnownFacts(self.folder, PackageRegistries(self.environ, seconds=2), lambda: self.now)

    def policy(self, **values: object) -> PackagePolicy:
        return PackagePolicy(settings(**values), self.known(), lambda: self.now)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[tuple[World, list[str]]]:
    packages = (
        Package("garden-planner", published=days_ago(40)),
        Package("@acme/garden", "1.2.0", published=days_ago(400)),
        Package("brand-new-thing", published=days_ago(2)),
        Package("lodahs", published=days_ago(90)),
        Package("without-times"),
    )
    releases = (
        Release("tide-tables", published=days_ago(40)),
        Release("reqeusts", published=days_ago(90)),
        Release("fresh-tides", published=days_ago(1.5)),
    )
    with npm_registry(*packages) as (npm, asked), python_index(*releases) as (index, also):
        made = World(tmp_path, npm, index)
        yield made, asked
        asked += also


async def test_a_registry_says_whether_since_when_and_in_how_many_releases(world: tuple[World, list[str]]) -> None:
    registries = PackageRegistries(world[0].environ)
    found = await registries.facts(NPM, "@acme/garden")
    assert found == Facts(True, NOW - timedelta(days=400), 1, "1.2.0")
    assert await registries.facts(NPM, "no-such-garden") == Facts(False)
    assert await registries.facts(NPM, "without-times") == Facts(True, None, 1, "1.0.0")
    assert await registries.facts(PYPI, "tide-tables") == Facts(True, NOW - timedelta(days=40), 1, "1.0.0")
    assert await registries.facts(PYPI, "no-such-tides") == Facts(False)
    await registries.close()


async def test_an_index_that_speaks_html_says_that_a_package_exists(tmp_path: Path) -> None:
    with python_index(Release("tide-tables"), html=True) as (index, _):
        registries = PackageRegistries({"UV_DEFAULT_INDEX": index})
        assert await registries.facts(PYPI, "tide-tables") == Facts(True)
        assert await registries.facts(PYPI, "no-such-tides") == Facts(False)
        await registries.close()


async def test_each_reason_with_the_name_that_was_meant(world: tuple[World, list[str]]) -> None:
    policy = world[0].policy()
    asked = [
        Wanted(NPM, name)
        for name in (
            "react",
            "garden-planner",
            "@acme/garden",
            "without-times",
            "lodahs",
            "brand-new-thing",
            "recharst",
        )
    ] + [Wanted(PYPI, name) for name in ("flask", "tide-tables", "reqeusts", "fresh-tides", "no-such-tides")]
    verdict = await policy.judge(asked)
    assert {(one.wanted.name, one.reason, one.instead, one.days) for one in verdict.held} == {
        ("lodahs", Reason.LOOKALIKE, "lodash", 0),
        ("brand-new-thing", Reason.YOUNG, "", 2),
        ("recharst", Reason.MISSING, "recharts", 0),
        ("reqeusts", Reason.LOOKALIKE, "requests", 0),
        ("fresh-tides", Reason.YOUNG, "", 1),
        ("no-such-tides", Reason.MISSING, "", 0),
    }
    assert verdict.unknown == ()
    allowed = await policy.judge(asked, {(one.wanted.ecosystem, one.wanted.name) for one in verdict.held})
    assert allowed.held == ()
    assert (await world[0].policy(package_policy="off").judge(asked)).held == ()
    assert (await world[0].policy(package_age_days=0, packages_allowed="lodahs,reqeusts").judge(asked)).held != ()
    await policy.close()


async def test_popular_packages_cost_no_question_and_others_one(world: tuple[World, list[str]]) -> None:
    made, asked = world
    policy = made.policy()
    await policy.judge([Wanted(NPM, "react"), Wanted(NPM, "express", "^5")])
    assert asked == []
    twice = [
        Wanted(NPM, "garden-planner", "^1", "package.json"),
        Wanted(NPM, "garden-planner", "*", "server/package.json"),
    ]
    await asyncio.gather(policy.judge(twice), policy.judge(twice))
    await made.policy().judge(twice)  # another process, the same folder
    assert asked == ["/garden-planner"]


async def test_what_was_learnt_is_asked_again_in_its_time(world: tuple[World, list[str]]) -> None:
    made, asked = world
    policy = made.policy()
    new, gone = Wanted(NPM, "brand-new-thing"), Wanted(NPM, "no-such-garden")
    assert len((await policy.judge([new, gone])).held) == 2
    made.now += timedelta(minutes=11)
    await policy.judge([new, gone])
    assert asked.count("/no-such-garden") == 2
    assert asked.count("/brand-new-thing") == 1
    made.now += timedelta(days=6)
    assert [one.wanted for one in (await policy.judge([new, gone])).held] == [gone]


async def test_without_a_registry_the_name_alone_is_judged_and_the_rest_is_said(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens there
        nowhere = f"http://127.0.0.1:{taken.getsockname()[1]}"
        made = World(tmp_path, nowhere, f"{nowhere}/simple")
        ours, slip = Wanted(NPM, "garden-planner"), Wanted(NPM, "lodahs")
        verdict = await made.policy().judge([ours, slip])
        assert [one.wanted for one in verdict.held] == [slip]
        assert verdict.unknown == (ours,)
        strict = await made.policy(package_unknown="hold").judge([ours])
        assert strict.held[0].reason is Reason.UNKNOWN


async def test_a_registry_that_never_answers_costs_its_time_and_no_more(tmp_path: Path) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    at = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    known = KnownFacts(tmp_path, PackageRegistries({"npm_config_registry": at}, seconds=60), lambda: NOW)
    wanted = Wanted(NPM, "garden-planner")
    async with asyncio.timeout(20):
        assert await known.of([wanted], seconds=0.2) == {wanted: None}
        await known.close()
    server.close()


async def test_an_earlier_answer_holds_while_the_registry_is_away(tmp_path: Path) -> None:
    wanted = Wanted(NPM, "brand-new-thing")
    with npm_registry(Package("brand-new-thing", published=days_ago(2))) as (npm, asked):
        made = World(tmp_path, npm, f"{npm}/simple")
        assert (await made.policy().judge([wanted])).held
        assert len(asked) == 1
    made.now += timedelta(hours=7)
    assert (await made.policy().judge([wanted])).held[0].reason is Reason.YOUNG
    made.now += timedelta(days=6)
    assert (await made.policy().judge([wanted])).held == ()
