"""The installation as administrators see it: figures, settings without secrets, switches, jobs, the audit."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from builder.accounts.actor import acting_for
from builder.billing.budgets import ModelCallsOff
from builder.billing.tables import ModelCall
from builder.composition.administration.system import settings_in_force
from builder.composition.settings import Settings
from builder.generation.tables import Generation
from tests.integration.accounts.people.school import School, school
from tests.integration.admin.test_people import ADMIN, id_of, overseer

KEY = "sk-ant-secret-key"


@pytest.fixture
async def open_school(shared: Settings) -> AsyncIterator[School]:
    async with school(shared, anthropic_api_key=SecretStr(KEY)) as made:
        yield made


async def test_the_dashboard_counts_what_there_is(open_school: School) -> None:
    boss, ana = await overseer(open_school), await open_school.signed_up("ana@example.org")
    project = (await ana.post("/api/v1/projects", json={"starter": "kanban"})).json()["project"]["id"]
    who = await id_of(open_school, "ana@example.org")
    async with open_school.services.db.session() as session:
        for status in ("done", "failed"):
            session.add(Generation(owner=who, created_by=who, project=project, status=status))
        session.add(
            ModelCall(
                owner=who, operation="generate", provider="anthropic", model="claude", status="settled",
                input_tokens=10, output_tokens=5, cost_usd=0.25,
            )
        )  # fmt: skip
    seen = (await boss.get(f"{ADMIN}/dashboard")).json()
    assert (seen["people"], seen["active"], seen["projects"]) == ({"active": 2}, {"1": 2, "7": 2, "30": 2}, 1)
    assert [(day["begun"], day["done"], day["failed"]) for day in seen["days"]] == [(2, 1, 1)]
    assert seen["models"] == [{"model": "claude", "calls": 1, "input_tokens": 10, "output_tokens": 5, "usd": 0.25}]
    assert seen["disk_free"] > 0


async def test_settings_are_shown_and_no_secret_is(open_school: School) -> None:
    boss = await overseer(open_school)
    answer = await boss.get(f"{ADMIN}/system")
    shown = {one["name"]: one["value"] for one in answer.json()["settings"]}
    assert (shown["ANTHROPIC_API_KEY"], shown["OPENAI_API_KEY"], shown["ACCOUNTS"]) == ("set", "not set", "open")
    assert (KEY in answer.text, "correct horse" in answer.text) == (False, False)
    assert {part["name"]: part["state"] for part in answer.json()["parts"]}["database"] == "ok"


def test_an_address_that_holds_a_password_is_shown_without_it(settings: Settings) -> None:
    given = settings.model_copy(update={"database_url": "postgresql+asyncpg://me:hunter2@db:5432/sayso?password=x"})
    shown = {one.name: one.value for one in settings_in_force(given)}
    assert shown["DATABASE_URL"] == "postgresql+asyncpg://…@db:5432/sayso"


async def test_with_the_kill_switch_no_model_is_called(open_school: School) -> None:
    boss = await overseer(open_school)
    usage, owner = open_school.services.usage, acting_for("owner")

    async def call() -> None:
        await usage.reserve(
            owner, operation="chat", project=None, reference=None, model="anthropic:claude", tokens=1, cost=0.1
        )

    await call()
    on = (await boss.post(f"{ADMIN}/system/kill-switch", json={"on": True})).json()["switches"]["no_model_calls"]
    assert (on["on"], on["by"]) == (True, "owner")
    with pytest.raises(ModelCallsOff):
        await call()
    with pytest.raises(ModelCallsOff):
        await usage.left(owner, project=None, reference=None)
    await boss.post(f"{ADMIN}/system/kill-switch", json={"on": False})
    await call()


async def test_jobs_are_seen_tried_again_and_given_up(open_school: School) -> None:
    boss, queue = await overseer(open_school), open_school.services.jobs
    async with queue.db.session() as session:
        await queue.ask(session, "unheard_of", "one", {}, "owner")
    (job,) = await queue.take("unheard_of", 1)
    running = (await boss.get(f"{ADMIN}/jobs", params={"status": "running"})).json()["jobs"]
    assert [one["id"] for one in running] == [job.id]
    assert (await boss.post(f"{ADMIN}/jobs/{job.id}/retry")).status_code == 404  # it runs
    job.attempts = 8
    await queue.failed(job, RuntimeError("the word of a person"), 0.0)
    answer = await boss.get(f"{ADMIN}/jobs", params={"status": "dead"})
    assert (answer.json()["jobs"][0]["error"], "word" in answer.text) == ("RuntimeError", False)
    assert (await boss.post(f"{ADMIN}/jobs/{job.id}/retry")).status_code == 204
    assert (await boss.get(f"{ADMIN}/jobs", params={"status": "queued"})).json()["jobs"][0]["attempts"] == 0
    assert (await boss.delete(f"{ADMIN}/jobs/{job.id}")).status_code == 204
    assert (await boss.get(f"{ADMIN}/jobs", params={"status": "queued"})).json()["jobs"] == []


async def test_the_audit_is_found_and_written_out(open_school: School) -> None:
    boss = await overseer(open_school)
    await open_school.signed_up("ana@example.org")
    who = await id_of(open_school, "ana@example.org")
    page = (await boss.get(f"{ADMIN}/audit", params={"resource_id": who, "limit": 1})).json()
    assert ([line["action"] for line in page["lines"]], page["next"] is None) == (["sign_in"], False)
    behind = {"resource_id": who, "before": page["next"]}
    assert [one["action"] for one in (await boss.get(f"{ADMIN}/audit", params=behind)).json()["lines"]] == [
        "account.create"
    ]
    answer = await boss.get(f"{ADMIN}/audit/export", params={"form": "csv", "action": "account."})
    assert answer.headers["content-type"].startswith("text/csv")
    rows = [*csv.DictReader(io.StringIO(answer.text))]
    assert [row["action"] for row in rows] == ["account.create", "account.create"]
    lines = (await boss.get(f"{ADMIN}/audit/export")).text.splitlines()
    assert len(lines) > 4
