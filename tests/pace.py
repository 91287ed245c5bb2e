"""How long something takes, in what plain work takes on this machine at this moment: machines differ, and are shared."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


def plain_work() -> float:
    """The processor seconds of a million plain steps; the least of three tries."""
    tries = []
    for _ in range(3):
        began = time.process_time()
        sum(number & 7 for number in range(1_000_000))
        tries.append(time.process_time() - began)
    return min(tries)


@contextmanager
def no_longer_than(times: float) -> Iterator[None]:
    """Fails where what is done inside takes this process more than so many times a million plain steps."""
    before = plain_work()
    began = time.process_time()
    yield
    took = time.process_time() - began
    # The machine may have become slower meanwhile.
    assert took < times * max(before, plain_work()), f"{took:.2f} s, with a million plain steps in {before:.3f} s"
