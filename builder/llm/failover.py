"""Which failures another model can make good, and which providers have failed too often of late to be asked first."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Final

from builder.llm.conversation import errors

PASSED_ON: Final = (
    errors.RateLimited,
    errors.Overloaded,
    errors.ProviderFailed,
    errors.TimedOut,
    errors.Unreachable,
    errors.ConnectionLost,
)
"""What is the provider's or the line's fault. With a key, a budget or a request something is wrong that a person has to
know of: then no other model is asked."""
MOST_FAILURES: Final = 5
SECONDS: Final = 60.0
"""A provider with `MOST_FAILURES` failures in so many seconds is not asked for as long."""
LONGEST_WAIT: Final = 2.0
"""Seconds that a model with a successor may make a person wait before the successor is asked."""


class Outages:
    """What has failed of late, in this process. `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: defaultdict[str, deque[float]] = defaultdict(lambda: deque(maxlen=MOST_FAILURES))
        self._codes: dict[str, str] = {}

    def failed(self, model: str, code: str) -> None:
        """The provider of `model` failed before anything arrived."""
        provider = model.partition(":")[0]
        self._failures[provider].append(self._clock())
        self._codes[provider] = code

    def answered(self, model: str) -> None:
        self._failures.pop(model.partition(":")[0], None)

    def skips(self, model: str) -> str:
        """The code of the last failure while the model's provider is not to be asked, "" otherwise."""
        provider = model.partition(":")[0]
        failures = self._failures.get(provider)
        if failures is None or len(failures) < MOST_FAILURES:
            return ""
        often = failures[-1] - failures[0] <= SECONDS
        return self._codes[provider] if often and self._clock() - failures[-1] < SECONDS else ""
