"""A span that is sent somewhere. Imported only where traces are on."""

from __future__ import annotations

import asyncio

from opentelemetry.trace import Span as Sent
from opentelemetry.trace import Status, StatusCode, format_trace_id


class OpenSpan:
    """Satisfies `builder.base.watching.traces.Span`."""

    def __init__(self, sent: Sent) -> None:
        self._sent = sent

    @property
    def trace(self) -> str:
        return format_trace_id(self._sent.get_span_context().trace_id)

    def rename(self, name: str, **attributes: str | float | bool) -> None:
        self._sent.update_name(name)
        self._sent.set_attributes(attributes)

    def end(self, fault: BaseException | None = None) -> None:
        # Whoever goes away in the middle is no failure of ours.
        if fault is not None and not isinstance(fault, asyncio.CancelledError | GeneratorExit):
            self._sent.set_status(Status(StatusCode.ERROR, type(fault).__name__))
        self._sent.end()
