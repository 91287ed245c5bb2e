from __future__ import annotations

from builder.base.jobs import delay


def test_a_job_that_fails_is_tried_later_each_time_but_within_the_hour() -> None:
    assert [delay(attempts, 0.0) for attempts in (1, 2, 3, 4)] == [1.0, 2.0, 4.0, 8.0]
    assert delay(30, 0.0) == 3600.0


def test_those_that_failed_together_are_not_tried_together() -> None:
    assert delay(4, 1.0) == 4.0
    assert len({delay(4, jitter / 10) for jitter in range(10)}) == 10
