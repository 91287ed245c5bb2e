"""Every call of the OpenAPI document, made by Schemathesis from its schemas, in an installation with two people.

Right bodies and nearly right ones, from a seed: no answer is a failure of ours, each is what the document says of it, and
none has anything that the other person made. With --all more of each call.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any
from unittest import SkipTest
from urllib.parse import unquote

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as how
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import SearchStrategy
from schemathesis import Case, SerializationContext
from schemathesis.core.transport import Response
from schemathesis.generation import GenerationMode
from schemathesis.transport.requests import REQUESTS_TRANSPORT

from builder.accounts.tables import Account
from builder.api import create_api
from builder.composition.settings import Settings
from tests.integration.accounts.people.school import School, school
from tests.integration.api.test_every_route import nothing_outside
from tests.integration.hostile_calls import Call

BASE = "http://localhost:8000"
EACH, EACH_OF_ALL = 1, 25
AT_ONCE = 8
SEED = 12
# In whatever Bob makes: nobody else is given it.
MARK = "bobsownmark"
# They end the session that asks, or what they were asked for by.
LEAVES = {"leave", "log_out"}
Sent = tuple[Case, Call]


@dataclass
class Two:
    """Ana asks. Bob has a project, a conversation, a link, a token, all with his mark; `ids` are of either."""

    house: School
    cookie: str
    ids: dict[str, list[str]]
    bobs: list[str] = field(default_factory=list)


async def person(house: School, name: str, ids: dict[str, list[str]], mark: str) -> str:
    """Somebody with one of everything that is quickly made; their cookie."""
    browser = await house.signed_up(f"{mark}@example.org", name=mark)
    services = house.services
    account = (await browser.get("/api/v1/me")).json()["account"]["id"]
    async with services.db.session() as session:
        row = await session.get(Account, account)
        assert row is not None
        row.email_verified_at = row.created_at
    made = (await browser.post("/api/v1/projects", json={"starter": "kanban"})).json()["project"]
    project = made["id"]
    await browser.patch(f"/api/v1/projects/{project}", json={"title": mark})
    await browser.put(f"/api/v1/projects/{project}/files/{mark}.txt", content=mark.encode())
    token = (await browser.post("/api/v1/me/tokens", json={"name": mark, "scopes": ["projects:read"]})).json()
    versions = (await browser.get(f"/api/v1/projects/{project}/versions")).json()["versions"]
    sessions = (await browser.get("/api/v1/me/sessions")).json()["sessions"]
    found = {
        "project_id": project, "version_id": versions[0]["id"], "token_id": token["token"]["id"],
        "path": f"{mark}.txt",
    }  # fmt: skip
    if name == "bob":  # Ana's own session would end, and with it all that is looked at
        found["session_id"] = sessions[0]["id"]
    for key, value in found.items():
        ids.setdefault(key, []).append(value)
    return "; ".join(f"{key}={value}" for key, value in browser.cookies.items())


@pytest.fixture
async def two(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Two]:
    nothing_outside(monkeypatch)
    async with school(settings) as house:
        ids: dict[str, list[str]] = {}
        await person(house, "bob", ids, MARK)
        yield Two(house, await person(house, "ana", ids, "ana"), ids)


@schemathesis.serializer("application/zip")
def zipped(_: SerializationContext, value: Any) -> bytes:
    """Bytes as they are: the library knows no such body."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


def sampled(strategy: SearchStrategy[Case], each: int) -> list[Case]:
    """That many cases, the same in every run."""
    made: list[Case] = []

    @seed(SEED)
    @how(
        max_examples=each, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(strategy)
    def collect(case: Case) -> None:
        made.append(case)

    collect()
    return made[:each]


def cases(document: dict[str, Any], each: int) -> Iterator[Case]:
    """That many right and that many wrong cases of every operation."""
    for found in schemathesis.openapi.from_dict(document).get_all_operations():
        operation = found.ok()
        yield from sampled(operation.as_strategy(), each)
        # Where there is neither query nor body, nothing wrong can be sent.
        if not operation.body and not operation.query:
            continue
        with contextlib.suppress(Unsatisfiable, SkipTest):
            yield from sampled(operation.as_strategy(GenerationMode.NEGATIVE), each)


def call(case: Case, number: int, two: Two) -> tuple[Call, requests.PreparedRequest]:
    """The case as it goes over the wire; what it names exists, in every second case, and is Bob's or Ana's in turn."""
    for name in case.path_parameters or {}:
        if (known := two.ids.get(name)) and number % 4:
            case.path_parameters[name] = known[number % len(known)]
    sent = REQUESTS_TRANSPORT.serialize_case(case, base_url=BASE)
    sent["headers"] = dict(sent.get("headers") or {})
    allowed = {"method", "url", "headers", "params", "data", "json", "files", "auth"}
    prepared = requests.Request(**{key: value for key, value in sent.items() if key in allowed}).prepare()
    path, _, query = (prepared.path_url or "/").partition("?")
    body = prepared.body or b""
    heads = [
        (name.lower().encode(), value.encode("latin-1", "replace") if isinstance(value, str) else value)
        for name, value in prepared.headers.items()
        if name.lower() not in ("host", "cookie", "authorization", "content-length")
    ]
    heads += [(b"host", b"localhost:8000"), (b"x-sayso-client", b"tests"), (b"cookie", two.cookie.encode())]
    # Whoever waits for an answer that goes on for ever leaves after its first piece.
    endless = case.operation.path.endswith("/events")
    return Call(
        str(prepared.method),
        unquote(path),
        query,
        heads,
        body if isinstance(body, bytes) else body.encode(),
        endless=endless,
    ), prepared


def told(case: Case, sent: Call, prepared: requests.PreparedRequest) -> str:
    """What is wrong with an answer, "" for nothing."""
    if not 200 <= sent.status < 500 and sent.status not in (502, 503):
        return f"status {sent.status}"
    if MARK.encode() in sent.answer and MARK not in f"{prepared.url}{prepared.body!r}":
        return "it has what another person made"
    if sent.endless or (
        sent.status in (404, 405) and str(sent.status) not in case.operation.definition.raw["responses"]
    ):
        return ""
    heads = {name: [value] for name, value in sent.heads.items()}
    try:
        case.operation.validate_response(Response(sent.status, heads, sent.answer, prepared, 0.0, False))
    except BaseExceptionGroup as group:
        return "; ".join(f"{type(one).__name__}: {one}" for one in group.exceptions)[:600]
    return ""


async def test_no_answer_is_other_than_the_document_says_or_another_person_s(
    two: Two, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    document = create_api(lambda: two.house.services).openapi()
    each = EACH_OF_ALL if request.config.getoption("--all") else EACH
    numbered = enumerate(cases(document, each))
    faults: dict[str, str] = {}
    seen: Counter[int] = Counter()
    caplog.set_level(logging.WARNING)

    async def go_on() -> None:
        for number, case in numbered:
            if case.operation.definition.raw["operationId"] in LEAVES:
                continue
            sent, prepared = call(case, number, two)
            try:
                async with asyncio.timeout(90):
                    await sent.send(two.house.app)
                problem = told(case, sent, prepared)
            except Exception as error:
                problem = f"{type(error).__name__}: {error}"[:300]
            seen[sent.status] += 1
            if problem:
                faults.setdefault(f"{case.operation.label}: {problem[:80]}", f"{problem}\n{sent}")

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(go_on())
    assert not faults, "\n\n".join(f"{name}\n{text}" for name, text in faults.items())
    assert seen.total() > 200
    assert seen[200] + seen[201] + seen[204] > seen.total() / 8, seen
    assert seen[401] < seen.total() / 8, seen  # Ana was in to the end
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []
