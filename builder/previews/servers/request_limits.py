"""The limits of one visitor on a preview's server part, from the settings."""

from __future__ import annotations

from builder.base.settings import RequestSettings
from preview_runtime.routes.limits import VisitorLimits


def preview_limits(settings: RequestSettings) -> VisitorLimits:
    """The limits of requests; those on heads hold on every route."""
    return VisitorLimits(
        body_bytes=settings.preview_body_mb * 2**20,
        head_bytes=settings.head_kb * 2**10,
        requests_per_second=settings.preview_requests_per_second,
        burst=settings.preview_burst,
        connections=settings.preview_connections,
        head_seconds=settings.head_seconds,
        body_seconds=settings.preview_body_seconds,
    )
