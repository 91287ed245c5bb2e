"""JSON: its outline, what lists of records hold, and a sample."""

from __future__ import annotations

import json
from typing import Any, Final

from builder.projects.attachments.reading.columns import describe_columns
from builder.projects.attachments.reading.results import AttachmentReading, of_text

_WHOLE: Final = 4_000  # characters: smaller JSON is shown as it is
_SAMPLE: Final = 3  # records
_LONGEST: Final = 1_500  # characters of a sample record
_KEYS: Final = 40
_DEPTH: Final = 4


def read_json(text: str, value: Any) -> AttachmentReading:
    """`value` is what `text` says."""
    said = _outline(value, "", 0)
    if len(text) <= _WHOLE:
        said += ["The whole of it:", text.strip()]
    elif isinstance(value, list) and value:
        said += [f"The first {min(_SAMPLE, len(value))} entries:", *map(_sample, value[:_SAMPLE])]
    return of_text("json", "\n".join(said), file=text.encode(), ending="json")


def _outline(value: Any, name: str, depth: int) -> list[str]:
    head = "  " * depth + (f"{name}: " if name else "")
    if isinstance(value, list):
        said = [f"{head}list of {len(value)}"]
        if records := _records(value):
            keys = list(dict.fromkeys(key for record in records for key in record))[:_KEYS]
            lines = describe_columns(keys, ([_flat(record.get(key)) for key in keys] for record in records))
            return [f"{head}list of {len(value)} records", *("  " * depth + line for line in lines)]
        if value and depth < _DEPTH:
            said += _outline(value[0], "such as", depth + 1)
        return said
    if isinstance(value, dict):
        said = [f"{head}object with {len(value)} keys"]
        if depth < _DEPTH:
            for key in [*value][:_KEYS]:
                said += _outline(value[key], key[:60], depth + 1)
        return said
    return [f"{head}{json.dumps(value, ensure_ascii=False)[:80]}"]


def _records(value: list[Any]) -> list[dict[str, Any]]:
    return value if value and all(isinstance(one, dict) and one for one in value) else []


def _flat(value: Any) -> Any:
    if isinstance(value, dict):
        return "{" + ", ".join([*value][:8]) + "}"
    return f"list of {len(value)}" if isinstance(value, list) else value


def _sample(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:_LONGEST]
