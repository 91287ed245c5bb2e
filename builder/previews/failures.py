"""The answer to a person when an engine refuses: the same for every action."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from typing import Final

from builder.base.errors import BadInput, Conflict, NotFound, SaysoError
from builder.texts import said, t
from preview_runtime.engines import EngineFailed, Fault

log = logging.getLogger(__name__)

# The faults that are caused by the request's content.
_INPUT: Final = frozenset({"not_a_dump", "restore_failed", "dump_too_large"})


@contextlib.contextmanager
def answered() -> Iterator[None]:
    """Turns an engine's failure into an error of the API. Raises NotFound, BadInput, Conflict."""
    try:
        yield
    except EngineFailed as failed:
        raise answer(failed.fault) from failed


def answer(fault: Fault) -> SaysoError:
    """The API error for `fault`."""
    if fault.code == "no_database":
        return NotFound(t("database.none"), code=fault.code)
    if fault.code == "not_running":
        return Conflict(t("terminal.not_running"), code=fault.code)
    if fault.code in _INPUT:
        return BadInput(said(fault.says), code=fault.code)
    log.warning("An engine refused: %s %s", fault.code, fault.frame[-500:])
    return Conflict(said(fault.says), code=fault.code)
