"""Tables as text: CSV, and the same with semicolons, tabs or bars."""

from __future__ import annotations

import csv
import io
from typing import Final

from builder.projects.attachments.reading.columns import describe_columns
from builder.projects.attachments.reading.results import AttachmentReading, of_text

_SEPARATORS: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_LOOKED_AT: Final = 50  # rows
_SAMPLE_ROWS: Final = 8
_LONGEST_ROW: Final = 400  # characters of a sample row
_WHOLE: Final = 4_000  # characters: a smaller table is shown as it is


def separator_of(text: str, name: str) -> str:
    """What separates its columns; "" where it is no table. `name` decides only where the content allows both."""
    likely = name.lower().endswith((".csv", ".tsv"))
    best, most = "", 1
    for separator in _SEPARATORS:
        widths = [len(row) for row in _rows(text[:100_000], separator, _LOOKED_AT) if row]
        header = next(iter(_rows(text[:100_000], separator, 1)), [])
        named = [cell.strip() for cell in header]
        if len(widths) < 2 or len(header) <= most or not all(named) or len(set(named)) < len(named):
            continue
        if any(set(cell) & set("{}<>()=") for cell in named):  # a line of code
            continue
        same = sum(width == len(header) for width in widths)
        if same >= len(widths) * (0.6 if likely else 0.95):
            best, most = separator, len(header)
    return best


def read_table(text: str, separator: str) -> AttachmentReading:
    """Its header, what its columns hold, and its first rows; the app gets it as CSV in UTF-8."""
    rows = [row for row in _rows(text, separator) if row]
    header, body = [cell.strip() for cell in rows[0]], rows[1:]
    said = [
        f"{len(body)} rows, {len(header)} columns, separated by {_SEPARATORS[separator]}",
        *describe_columns(header, body),
    ]
    if len(text) <= _WHOLE:
        said += ["The whole table:", text.strip()]
    else:
        sample = [separator.join(row)[:_LONGEST_ROW] for row in rows[: _SAMPLE_ROWS + 1]]
        said += [f"The header and the first {len(sample) - 1} rows:", *sample]
    return of_text("table", "\n".join(said), file=text.encode(), ending="tsv" if separator == "\t" else "csv")


def _rows(text: str, separator: str, most: int | None = None) -> list[list[str]]:
    found = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for row in reader:
            found.append(row)
            if len(found) == most:
                break
    except csv.Error:  # a cell of more than 128 kB is none
        return []
    return found
