"""Moments in the words a person would use."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Final, Literal

from builder.texts.language import spoken
from builder.texts.saying import t

_UNITS: Final[tuple[tuple[Literal["day", "hour", "minute"], int], ...]] = (
    ("day", 86_400),
    ("hour", 3_600),
    ("minute", 60),
)


def ago(then: datetime, now: datetime, language: str = "") -> str:
    """How long ago, in whole units: "just now", "5 minutes ago", "3 days ago". `client/times.ts` has its twin."""
    from babel.dates import format_timedelta

    seconds = int((now - then).total_seconds())
    for unit, length in _UNITS:
        if seconds >= length:
            passed = timedelta(seconds=-(seconds // length * length))
            locale = (language or spoken()).replace("-", "_")
            return format_timedelta(passed, unit, threshold=math.inf, add_direction=True, locale=locale)
    return t("client.just_now", language)
