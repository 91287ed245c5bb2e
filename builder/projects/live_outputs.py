"""The output of the instant engine in each person's tab, so that new tabs of the preview show the same app.

In memory and bounded: dropped output can be published again or compiled from the head.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from builder.base.errors import BadInput, Conflict
from builder.base.ids import now
from builder.texts import t
from preview_runtime.output import Output, OutputFile

MAX_OUTPUT_BYTES: Final = 40 * 1024 * 1024
MAX_OUTPUTS: Final = 64
MAX_TOTAL_BYTES: Final = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Live:
    revision: int
    files: Output
    size: int
    at: str


class LiveOutputs:
    """Project id → output, the least recently used dropped first."""

    def __init__(self, *, outputs: int = MAX_OUTPUTS, total_bytes: int = MAX_TOTAL_BYTES) -> None:
        self._outputs, self._total = outputs, total_bytes
        self._live: OrderedDict[str, _Live] = OrderedDict()
        self._size = 0

    def find(self, project_id: str) -> Output | None:
        live = self._live.get(project_id)
        if live is None:
            return None
        self._live.move_to_end(project_id)
        return live.files

    def published_at(self, project_id: str) -> str:
        """The time when the output was last published, "" when there is none."""
        live = self._live.get(project_id)
        return live.at if live else ""

    def publish(
        self, project_id: str, revision: int, replace: bool, files: Mapping[str, OutputFile], delete: Iterable[str] = ()
    ) -> bool:
        """Take in a tab's compiled output: all of it (`replace`) or the changes since it last published. Whether that is
        what was here already.

        Raises Conflict (`preview_gone`) for a change to an output that is not here, BadInput when it grows too large.
        """
        known = self._live.get(project_id)
        if replace:
            output = dict(files)
        elif known is None:
            raise Conflict(t("preview.gone"), code="preview_gone")
        else:
            gone = set(delete)
            output = {path: file for path, file in known.files.items() if path not in gone} | dict(files)
        size = sum(len(file.body) for file in output.values())
        if size > MAX_OUTPUT_BYTES:
            raise BadInput(t("preview.too_large", megabytes=MAX_OUTPUT_BYTES // 2**20), status=413)
        same = known is not None and known.files == output
        self.drop(project_id)
        self._live[project_id] = _Live(revision, output, size, now())
        self._size += size
        while len(self._live) > self._outputs or (self._size > self._total and len(self._live) > 1):
            self._size -= self._live.popitem(last=False)[1].size
        return same

    def drop(self, project_id: str) -> None:
        known = self._live.pop(project_id, None)
        if known is not None:
            self._size -= known.size
