"""What a table's columns hold, in a line each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

_FEW: Final = 8  # different values that are all named
_LONGEST: Final = 60  # characters of a value that is quoted
_COUNTED: Final = 50_000  # rows; the figures of a longer table are about these


def describe_columns(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[str]:
    """For each column its type, what is missing, and its range or its values."""
    values: list[list[Any]] = [[] for _ in names]
    for number, row in enumerate(rows):
        if number == _COUNTED:
            break
        for column, value in zip(values, row, strict=False):
            column.append(value)
    return [f"- {name[:_LONGEST]}: {_described(column)}" for name, column in zip(names, values, strict=True)]


def _described(column: Sequence[Any]) -> str:
    there = [value for value in column if value not in (None, "")]
    missing = len(column) - len(there)
    said = f"{_said(there)}, {missing} missing" if missing else _said(there)
    return said if there else "empty"


def _said(values: Sequence[Any]) -> str:
    if not values:
        return "empty"
    if all(isinstance(value, bool) for value in values):
        return f"boolean, {sum(values)} true"
    numbers = [_number(value) for value in values]
    known = [number for number in numbers if number is not None]
    if len(known) == len(values):
        whole = all(number.is_integer() for number in known)
        return f"{'integer' if whole else 'number'}, {min(known):g} to {max(known):g}"
    texts = [value if isinstance(value, str) else str(value) for value in values]
    if all(_is_date(text) for text in texts):
        return f"date, {min(texts)} to {max(texts)}"
    found = Counter(texts)
    if len(found) <= min(_FEW, max(2, len(texts) // 2)):
        return "one of " + ", ".join(f"{text[:_LONGEST]!r} ({count})" for text, count in found.most_common())
    return f"text, {len(found)} different, such as {texts[0][:_LONGEST]!r}"


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if number - number == 0 else None  # neither infinite nor no number


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text[:10])
    except ValueError:
        return False
    return len(text) >= 8
