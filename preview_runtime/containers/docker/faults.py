"""Faults of containers."""

from __future__ import annotations

import re
from typing import Final

import aiodocker

from preview_runtime.containers.docker.connection import NO_ANSWER, SILENT
from preview_runtime.containers.docker.traceback import told_from_its_end
from preview_runtime.engines import Fault, FaultKind
from preview_runtime.phrases import Phrase

_TAIL_LINES: Final = 40
# Docker 20.10 and 28.
_NO_RUNTIME: Final = re.compile(
    r"(?:unknown runtime specified|unknown or invalid runtime name:) ([\w.-]+)", re.IGNORECASE
)
_SILENT: Final = Fault(
    FaultKind.PLATFORM,
    "engine_silent",
    Phrase("fault.engine_silent"),
)
_FROM_OUTSIDE: Final = (129, 130, 137, 143, 255)  # 128 + the signal; 255: its shim was killed
# The place in the author's files in a traceback: the last one named by Python, Node, Go or Java, or the first.
_PYTHON_PLACE: Final = re.compile(r'File "/app/(?!\.sayso/)([^"]+)", line (\d+)')
_NODE_PLACE: Final = re.compile(
    r"(?:file://)?/app/(?!\.sayso/|node_modules/)([^\s:()]{1,400}\.[cm]?[jt]sx?):(\d+)(?::(\d+))?"
)


def runtime(code: str, says: Phrase, log: str = "", kind: FaultKind = FaultKind.RUNTIME) -> Fault:
    """A fault of the app, with the end of its output (`log`), a Python error told from its end, and the place in its
    files that the output names."""
    tail = "\n".join(log.rstrip().splitlines()[-_TAIL_LINES:])
    file, line, column = _place(tail)
    return Fault(kind, code, says, file, line, column, told_from_its_end(tail) or tail)


def ended(exit_code: int, out_of_memory: bool, memory: int, log: str) -> Fault:
    """An app that is not running any more; `memory` is its limit in bytes."""
    if out_of_memory:
        megabytes = memory // 1024**2
        message = Phrase("fault.out_of_memory", {"megabytes": megabytes})
        return runtime("out_of_memory", message, log)
    if exit_code in _FROM_OUTSIDE:
        # A restarted Docker, or a host that runs out of memory: the app's own files are not at fault.
        return runtime("app_lost", Phrase("fault.app_lost"), log, FaultKind.PLATFORM)
    if exit_code == 0:
        message = Phrase("fault.app_ended")
        return runtime("app_ended", message, log)
    return runtime("app_crashed", Phrase("fault.app_crashed", {"exit_code": exit_code}), log)


def too_many_processes(limit: int) -> Fault:
    """A preview that went on starting processes beyond its limit."""
    message = Phrase("fault.too_many_processes", {"limit": limit})
    return Fault(FaultKind.RUNTIME, "too_many_processes", message)


def disk_limit(found_bytes: int, limit_bytes: int, limit_files: int) -> Fault:
    """A preview whose volume has grown past its limits; `found_bytes` tells which of them."""
    if found_bytes > limit_bytes:
        return Fault(FaultKind.POLICY, "disk_limit", Phrase("fault.disk_limit", {"limit": limit_bytes}))
    return Fault(FaultKind.POLICY, "disk_limit", Phrase("fault.disk_limit.files", {"most": limit_files}))


def platform(error: Exception) -> Fault:
    """A fault of the engine or of this server; the details are for the log."""
    if isinstance(error, aiodocker.DockerError):
        if error.status == NO_ANSWER:
            return Fault(FaultKind.PLATFORM, "engine_missing", Phrase("fault.engine_missing"))
        if error.status == SILENT:
            return _SILENT
        if "no space left" in error.message.lower():
            return Fault(FaultKind.PLATFORM, "disk_full", Phrase("fault.disk_full"))
        if found := _NO_RUNTIME.search(error.message):
            message = Phrase("fault.runtime_missing", {"name": found[1]})
            return Fault(FaultKind.PLATFORM, "runtime_missing", message)
        return Fault(
            FaultKind.PLATFORM,
            "engine_refused",
            Phrase("fault.engine_refused", {"reason": error.message.strip()[:300]}),
        )
    return _SILENT


def _place(log: str) -> tuple[str, int, int]:
    if found := _PYTHON_PLACE.findall(log):
        return found[-1][0], int(found[-1][1]), 0
    if match := _NODE_PLACE.search(log):
        return match[1], int(match[2]), int(match[3] or 0)
    return "", 0, 0
