"""Traces: nothing without an address; with one, a real receiver gets what belongs together and nothing of anybody."""

from __future__ import annotations

import builtins
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from builder.accounts.actor import LOCAL_OWNER
from builder.api import create_api
from builder.base.watching.about import about
from builder.base.watching.requests import Watched
from builder.base.watching.traces import traces
from builder.composition.services import Services


class Receiver:
    """Takes OTLP over HTTP, as collectors do."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # the name that the library calls
                assert self.path == "/v1/traces"
                body = self.rfile.read(int(self.headers["Content-Length"]))
                for one in ExportTraceServiceRequest.FromString(body).resource_spans:
                    for scope in one.scope_spans:
                        receiver.spans.extend(scope.spans)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def named(self, name: str) -> list[Span]:
        return [span for span in self.spans if span.name == name]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    traces.end()
    made.server.shutdown()
    made.server.server_close()
    made.thread.join()


def attributes(span: Span) -> dict[str, Any]:
    return {one.key: one.value.string_value or one.value.int_value for one in span.attributes}


async def test_a_request_is_a_trace_with_what_it_asked_of_the_database(services: Services, receiver: Receiver) -> None:
    assert traces.begin(receiver.url)
    project = await services.store.create(LOCAL_OWNER, "A secret plan")
    seen: list[str] = []

    async def noted(scope: Any, receive: Any, send: Any) -> None:
        await create_api(lambda: services)(scope, receive, send)
        seen.append(about().reference)

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(Watched(noted)), base_url="http://localhost:8000"
    ) as client:
        assert (await client.get(f"/api/v1/projects/{project.id}")).status_code == 200
    traces.end()
    (request,) = receiver.named("GET /api/v1/projects/{project_id}")
    reads = [span for span in receiver.named("database read") if span.trace_id == request.trace_id]
    assert reads
    assert {span.parent_span_id for span in reads} == {request.span_id}
    assert attributes(request).items() >= {"status": 200, "project": project.id, "account": "owner"}.items()
    assert seen == [request.trace_id.hex()]
    assert "secret plan" not in str(receiver.spans)


async def test_a_generation_is_a_piece_of_work_of_its_own(services: Services, receiver: Receiver) -> None:
    assert traces.begin(receiver.url)
    project = await services.store.create(LOCAL_OWNER, "Notes")
    generation = await services.generations.start(LOCAL_OWNER, project.id, "a kanban board for my secret team")
    while (await services.generations.get(LOCAL_OWNER, generation.id)).status == "running":
        await services.events.news(project.id).wait()
    await services.generations.close()
    traces.end()
    (whole,) = receiver.named("generation")
    assert attributes(whole)["project"] == project.id
    assert "secret team" not in str(receiver.spans)


async def test_a_fault_is_named_by_its_kind_alone(receiver: Receiver) -> None:
    assert traces.begin(receiver.url)
    with pytest.raises(ValueError, match="hunter2"), traces.span("work"):
        raise ValueError("the password is hunter2")
    traces.end()
    assert receiver.named("work")[0].status.message == "ValueError"
    assert "hunter2" not in str(receiver.spans)


async def test_without_an_address_nothing_is_imported_or_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    really = builtins.__import__

    def checked(name: str, *rest: Any) -> Any:
        assert not name.startswith("opentelemetry")
        return really(name, *rest)

    monkeypatch.setattr(builtins, "__import__", checked)
    assert not traces.begin("")
    with traces.span("work") as span:
        assert span.trace == ""


async def test_without_the_packages_the_log_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    really = builtins.__import__

    def missing(name: str, *rest: Any) -> Any:
        if name.startswith("opentelemetry"):
            raise ImportError("No module named 'opentelemetry'")
        return really(name, *rest)

    monkeypatch.setattr(builtins, "__import__", missing)
    assert not traces.begin("http://127.0.0.1:1")
    assert "requirements-traces.txt" in caplog.text
