"""The OpenAPI document is complete: whoever reads it alone can write a client."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.routing import APIWebSocketRoute

from builder.api import create_api
from builder.api.description import SOCKETS
from builder.api.project_events import FACTS
from builder.base.events import Fact
from tests.unit.api.test_api_table import every

APP = create_api(lambda: None)  # type: ignore[arg-type, return-value]  # none is called
DOCUMENT: dict[str, Any] = APP.openapi()
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}
ERROR = {"$ref": "#/components/schemas/ErrorAnswer"}
# What says of a schema which values it has.
SAYING = {"type", "$ref", "anyOf", "oneOf", "allOf", "const", "enum"}


def schemas(node: Any, where: str = "") -> Iterator[tuple[str, Any]]:
    """Every schema of the document and its place."""
    if isinstance(node, list):
        for number, one in enumerate(node):
            yield from schemas(one, f"{where}/{number}")
    elif isinstance(node, dict):
        for name, one in node.items():
            here = f"{where}/{name}"
            if name in ("properties", "schemas"):
                for field, schema in one.items():
                    yield f"{here}/{field}", schema
            elif name in ("schema", "items", "additionalProperties"):
                yield here, one
            elif name in ("anyOf", "oneOf", "allOf", "prefixItems"):
                yield from ((f"{here}/{number}", schema) for number, schema in enumerate(one))
            yield from schemas(one, here)


def test_what_is_not_ready_is_told_in_the_words_of_readiness() -> None:
    answer = OPERATIONS["GET /api/v1/health/ready"]["responses"]["503"]["content"]["application/json"]["schema"]
    assert answer == {"anyOf": [{"$ref": "#/components/schemas/Readiness"}, ERROR]}


def test_no_schema_leaves_open_what_there_is() -> None:
    found = dict(schemas(DOCUMENT))
    assert len(found) > 500
    # `additionalProperties: false` closes an object.
    said = {where: schema for where, schema in found.items() if schema is not False}
    open_ended = [where for where, schema in said.items() if not (isinstance(schema, dict) and SAYING & schema.keys())]
    assert open_ended == []
    assert [where for where, schema in said.items() if schema.get("additionalProperties") is True] == []
    plain = [
        where
        for where, schema in said.items()
        if schema.get("type") == "object" and not {"properties", "additionalProperties"} & schema.keys()
    ]
    assert plain == []


def test_every_reference_leads_somewhere() -> None:
    names = set(re.findall(r"'#/components/schemas/(\w+)'", repr(DOCUMENT)))
    assert names <= DOCUMENT["components"]["schemas"].keys()


@pytest.mark.parametrize("call", OPERATIONS)
def test_a_call_says_what_it_answers(call: str) -> None:
    operation = OPERATIONS[call]
    answers = {int(status): answer for status, answer in operation["responses"].items()}
    good = [answer for status, answer in answers.items() if status < 300] or [answers[303]]
    assert len(good) == 1
    assert "content" in good[0] or {204, 303} & answers.keys()
    assert all(kind["schema"] for kind in good[0].get("content", {}).values())
    bad = {
        status: answer["content"]["application/json"]["schema"] for status, answer in answers.items() if status > 399
    }
    assert {403, 500, 503} <= bad.keys()
    assert [schema.get("anyOf", [schema])[-1] for schema in bad.values()] == [ERROR] * len(bad)
    assert operation["summary"]
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", operation["operationId"])


def test_no_two_calls_have_one_name() -> None:
    names = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(set(names)) == len(names)


def test_a_call_that_needs_more_says_how_it_is_refused() -> None:
    def errors(call: str) -> set[int]:
        return {int(status) for status in OPERATIONS[call]["responses"] if status >= "400"}

    assert errors("GET /api/v1/health") == {403, 500, 503}
    assert errors("GET /api/v1/projects") == {401, 403, 422, 429, 500, 503}
    assert errors("GET /api/v1/projects/{project_id}") == {401, 403, 404, 422, 429, 500, 503}
    assert {400, 401, 404, 409, 413, 422, 507} <= errors("PATCH /api/v1/projects/{project_id}/working")


def kinds(fact: type[Fact]) -> set[type[Fact]]:
    """What can be written into the log: the classes that have a kind."""
    return {one for sub in fact.__subclasses__() for one in kinds(sub)} | ({fact} if "kind" in vars(fact) else set())


def test_the_stream_s_events_are_all_that_can_be_written() -> None:
    assert set(FACTS) == kinds(Fact)
    event = DOCUMENT["components"]["schemas"]["ProjectEvent"]
    assert set(event["discriminator"]["mapping"]) == {fact.kind for fact in FACTS}
    assert len(event["oneOf"]) == len(FACTS)


def test_every_socket_says_what_it_sends() -> None:
    paths = {route.path for route in every(APP.routes) if isinstance(route, APIWebSocketRoute)}
    assert {path.removeprefix("/api/v1") for path in SOCKETS} == {path.removeprefix("/api/v1") for path in paths}
    assert DOCUMENT["x-sockets"].keys() == SOCKETS.keys()
