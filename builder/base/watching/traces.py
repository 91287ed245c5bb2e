"""Traces for OpenTelemetry: off unless an address is set, and then no more than names, ids and times.

The packages that send them are optional and imported when they are needed (`requirements-traces.txt`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Tracer

log = logging.getLogger(__name__)
_PATH: Final = "/v1/traces"
_LAST_MILLISECONDS: Final = 3_000
Attribute = str | int | float | bool


class Span(Protocol):
    """A piece of work with a beginning and an end."""

    @property
    def trace(self) -> str:
        """The trace's id, 32 hexadecimal digits; "" where traces are off."""
        ...

    def rename(self, name: str, **attributes: Attribute) -> None: ...

    def end(self, fault: BaseException | None = None) -> None:
        """`fault`: why it failed, of which the kind alone is told: its text may quote somebody."""
        ...


class _NoSpan:
    trace = ""

    def rename(self, name: str, **attributes: Attribute) -> None: ...

    def end(self, fault: BaseException | None = None) -> None: ...


_NO_SPAN: Final = _NoSpan()


class Traces:
    """Where this process's spans go."""

    def __init__(self) -> None:
        self._provider: TracerProvider | None = None
        self._tracer: Tracer | None = None

    def begin(self, endpoint: str) -> bool:
        """Send spans to `endpoint`, the root of an OTLP/HTTP receiver, "" for nowhere; returns whether they are sent."""
        if not endpoint:
            return False
        try:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
        except ImportError as error:
            log.warning("No traces: %s. Install them: .venv/bin/uv pip install -r requirements-traces.txt", error)
            return False
        self._provider = TracerProvider(resource=Resource.create({"service.name": "sayso"}), shutdown_on_exit=False)
        exporter = OTLPSpanExporter(endpoint=endpoint.rstrip("/") + _PATH)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))  # in a thread of its own, bounded
        self._tracer = self._provider.get_tracer("sayso")
        return True

    def end(self) -> None:
        """Send what is left, for at most three seconds. Blocks."""
        if self._provider is not None:
            self._provider.force_flush(_LAST_MILLISECONDS)
            self._provider.shutdown()
        self._provider = self._tracer = None

    def begun(self, name: str, **attributes: Attribute) -> Span:
        """A span below the present one, which does not become the present one itself: for work that others run
        between, such as a generator."""
        if self._tracer is None:
            return _NO_SPAN
        from builder.base.watching.spans import OpenSpan

        return OpenSpan(self._tracer.start_span(name, attributes=attributes))

    @contextmanager
    def span(self, name: str, **attributes: Attribute) -> Iterator[Span]:
        """A span that is the present one while this is open."""
        if self._tracer is None:
            yield _NO_SPAN
            return
        from opentelemetry.context import attach, detach
        from opentelemetry.trace import set_span_in_context

        from builder.base.watching.spans import OpenSpan

        inner = self._tracer.start_span(name, attributes=attributes)
        one, token, fault = OpenSpan(inner), attach(set_span_in_context(inner)), None
        try:
            yield one
        except BaseException as error:
            fault = error
            raise
        finally:
            detach(token)
            one.end(fault)


traces: Final = Traces()
"""This process's."""


@contextmanager
def traced(name: str, **attributes: Attribute) -> Iterator[None]:
    """Work inside of which nothing else is a part of it; it may end in another task than it began in."""
    span = traces.begun(name, **attributes)
    try:
        yield
    except BaseException as error:
        span.end(error)
        raise
    span.end()
