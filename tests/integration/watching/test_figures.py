"""What Prometheus reads: what happened, by route and model, and nothing of anybody; and who may read it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from builder.accounts.actor import LOCAL_OWNER
from builder.api import create_api
from builder.base.watching.requests import Watched
from builder.composition.services import Services


def at(services: Services, address: str = "127.0.0.1", **headers: str) -> httpx.AsyncClient:
    """A program at an address, and the API as it is watched."""
    app = Watched(create_api(lambda: services))
    transport = httpx.ASGITransport(app, client=(address, 1234), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://localhost:8000/api/v1", headers=headers)


@pytest.fixture
async def program(services: Services) -> AsyncIterator[httpx.AsyncClient]:
    async with at(services) as client:
        yield client


async def read(client: httpx.AsyncClient) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Each figure by its name and labels."""
    answer = await client.get("/metrics")
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.text)
    return {(one.name, tuple(sorted(one.labels.items()))): one.value for family in families for one in family.samples}


async def test_requests_are_counted_by_the_route_as_it_is_written(
    program: httpx.AsyncClient, services: Services
) -> None:
    before = await read(program)
    project = await services.store.create(LOCAL_OWNER, "A secret plan")
    for path in (f"/projects/{project.id}", f"/projects/{project.id}/versions", "/projects/none", "/no/such/thing"):
        await program.get(path)
    after = await read(program)

    def more(route: str, status: str) -> float:
        key = ("sayso_api_requests_total", (("method", "GET"), ("route", route), ("status", status)))
        return after.get(key, 0) - before.get(key, 0)

    assert more("/api/v1/projects/{project_id}", "200") == 1
    assert more("/api/v1/projects/{project_id}", "404") == 1
    assert more("/api/v1/projects/{project_id}/versions", "200") == 1
    assert more("unknown", "404") == 1
    text = (await program.get("/metrics")).text
    assert not re.search(rf"{project.id}|secret plan|no/such", text)


async def test_calls_of_models_are_counted_with_their_tokens(program: httpx.AsyncClient, services: Services) -> None:
    before = await read(program)
    made = await services.usage.reserve(
        LOCAL_OWNER, operation="chat", project=None, reference=None, model="anthropic:claude-x", tokens=9, cost=None
    )
    await services.usage.settle(
        made, "settled", input_tokens=100, output_tokens=7, cache_read=None, cache_write=None, cost=0.25
    )
    after = await read(program)
    labels = (("model", "anthropic:claude-x"), ("operation", "chat"))

    def more(name: str, *extra: tuple[str, str]) -> float:
        key = (name, tuple(sorted((*labels, *extra))))
        return after[key] - before.get(key, 0)

    assert more("sayso_model_calls_total", ("status", "settled")) == 1
    assert more("sayso_ai_tokens_total", ("kind", "input_tokens")) == 100
    assert more("sayso_ai_tokens_total", ("kind", "output_tokens")) == 7
    assert more("sayso_ai_cost_usd_total") == 0.25


async def test_what_is_so_now_is_told(program: httpx.AsyncClient, services: Services) -> None:
    async with services.db.session() as session:
        await services.jobs.ask(session, "nobody_does", "it", {}, "owner")
    seen = await read(program)
    assert seen["sayso_jobs", (("kind", "nobody_does"), ("status", "queued"))] == 1
    assert seen["sayso_jobs_oldest_due_seconds", ()] >= 0
    assert seen["sayso_previews_waiting", ()] == 0
    assert seen["sayso_turns", (("status", "running"),)] == 0


async def test_figures_are_not_for_the_world(services: Services) -> None:
    async with at(services, "192.0.2.7") as stranger, at(services, **{"X-Forwarded-For": "192.0.2.7"}) as behind:
        for client in (stranger, behind):
            answer = await client.get("/metrics")
            assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


async def test_with_a_token_they_are_for_whoever_shows_it(services: Services) -> None:
    services.settings = services.settings.model_copy(update={"metrics_token": SecretStr("a long token of theirs")})
    for given, status in (("Bearer a long token of theirs", 200), ("Bearer wrong", 401), ("", 401)):
        async with at(services, "192.0.2.7", Authorization=given) as client:
            assert (await client.get("/metrics")).status_code == status
