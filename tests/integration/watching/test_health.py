"""What a balancer and a supervisor learn: whether Sayso lives, and what it lacks."""

from __future__ import annotations

import shutil
from collections import namedtuple

import httpx
import pytest
from sqlalchemy import text

from builder.composition.operation.watching import LEAST_FREE
from builder.composition.services import Services

NEEDED = {"database", "migrations", "disk", "jobs"}
Usage = namedtuple("Usage", "total used free")


async def test_a_server_that_has_all_is_ready(api: httpx.AsyncClient) -> None:
    answer = await api.get("/health/ready")
    assert answer.status_code == 200
    seen = answer.json()
    assert (seen["ready"], seen["missing"]) == (True, [])
    assert {name for name, part in seen["parts"].items() if part["needed"]} == NEEDED
    assert seen["parts"]["database"]["state"] == "ok"
    assert (seen["parts"]["models"]["state"], seen["parts"]["redis"]["state"]) == ("off", "off")
    assert (await api.get("/health/live")).json() == (await api.get("/health")).json()


async def test_a_full_disk_is_named(api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**9, 10**9, LEAST_FREE - 1))
    answer = await api.get("/health/ready")
    assert (answer.status_code, answer.json()["missing"]) == (503, ["disk"])


async def test_tables_of_another_version_are_named(api: httpx.AsyncClient, services: Services) -> None:
    async with services.db.session() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    answer = await api.get("/health/ready")
    assert (answer.status_code, answer.json()["missing"]) == (503, ["migrations"])
    assert (await api.get("/health/live")).status_code == 200


async def test_a_database_that_is_away_is_named_and_figures_of_the_rest_come(
    api: httpx.AsyncClient, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise OSError("no route to the database at postgres://sayso:hunter2@db")

    monkeypatch.setattr(services.db, "reader", away)
    answer = await api.get("/health/ready")
    assert (answer.status_code, answer.json()["missing"]) == (503, ["database"])
    assert "hunter2" not in answer.text
    figures = await api.get("/metrics")
    assert figures.status_code == 200
    assert "sayso_event_loop_lag_seconds_bucket" in figures.text


async def test_background_work_that_nobody_looks_after_is_named(api: httpx.AsyncClient, services: Services) -> None:
    services.jobs.looking("forget_project", within=-1)
    answer = await api.get("/health/ready")
    assert (answer.status_code, answer.json()["missing"]) == (503, ["jobs"])


async def test_many_who_ask_at_once_cost_one_look(api: httpx.AsyncClient, services: Services) -> None:
    first = await services.watching.health()
    assert all([await services.watching.health() is first for _ in range(50)])
