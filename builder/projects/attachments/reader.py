"""Has an attached file read by a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any, Final

from builder.base.errors import BadInput
from builder.base.settings import ROOT
from builder.projects.attachments.reading.results import AttachmentReading, ReadingNote
from builder.texts import t
from preview_runtime.dependencies.process import OutputTooLarge, ProcessTimeout, run
from preview_runtime.file_tree import MAX_FILE_BYTES

SECONDS: Final = 30.0  # an ordinary file takes half a second
_AT_ONCE: Final = 2  # of all people
_MAX_OUTPUT: Final = 16 * 1024 * 1024
# Without our keys and settings; only what Python itself may need to find its files.
_ENVIRONMENT: Final = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}


class FileReader:
    """Reads a few files at once. The process may use 1 GB and 20 seconds of processor, and writes no file."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def read(self, file: Path, name: str) -> AttachmentReading:
        """`file`: its absolute path. Raises BadInput with a sentence for the person."""
        command = [sys.executable, "-E", "-s", "-m", "builder.projects.attachments.reading"]
        async with self._places:
            try:
                done = await run(
                    [*command, str(file), name, str(MAX_FILE_BYTES)],
                    cwd=ROOT, env=_ENVIRONMENT, seconds=self._seconds, max_output=_MAX_OUTPUT, low_priority=True,
                )  # fmt: skip
            except (ProcessTimeout, OutputTooLarge) as error:
                raise _refused(name, "too_heavy", repr(error)) from error
        line, found, bodies = done.stdout.partition(b"\n")
        if not found:
            detail = f"the reader of attachments ended with {done.code}: {done.stderr[-500:]}"
            raise _refused(name, "too_heavy", detail)
        head: dict[str, Any] = json.loads(line)
        if "refused" in head:
            raise _refused(name, head["refused"], head["detail"])
        picture, file_bytes = head.pop("picture"), head.pop("file")
        notes = tuple(ReadingNote(**note) for note in head.pop("notes"))
        return AttachmentReading(
            **head, notes=notes, picture=bodies[:picture], file=bodies[picture : picture + file_bytes]
        )


def _refused(name: str, code: str, detail: str) -> BadInput:
    return BadInput(t(f"attachment.{code}", name=name), code=f"attachment_{code}", detail=f"{name!r}: {detail}")
