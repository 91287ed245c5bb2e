"""JSON pointers (RFC 6901) and patterns of them, in which `*` stands for each entry of a list."""

from __future__ import annotations

from typing import Any


def parts_of(pointer: str) -> list[str]:
    return [p.replace("~1", "/").replace("~0", "~") for p in pointer.split("/")[1:]]


def joined(parts: list[str]) -> str:
    return "".join("/" + p.replace("~", "~0").replace("/", "~1") for p in parts)


def matching(document: Any, pattern: str) -> list[str]:
    """The pointers in `document` that `pattern` stands for, in the document's order."""
    found: list[tuple[list[str], Any]] = [([], document)]
    for part in parts_of(pattern):
        after: list[tuple[list[str], Any]] = []
        for path, value in found:
            if isinstance(value, list):
                indexes = (
                    range(len(value))
                    if part == "*"
                    else [int(part)]
                    if part.isdigit() and int(part) < len(value)
                    else []
                )
                after += [([*path, str(i)], value[i]) for i in indexes]
            elif isinstance(value, dict):
                keys = list(value) if part == "*" else [part] if part in value else []
                after += [([*path, k], value[k]) for k in keys]
        found = after
    return [joined(path) for path, _ in found]


def get(document: Any, pointer: str) -> Any:
    """The value at `pointer`; None where there is none."""
    value = document
    for part in parts_of(pointer):
        if isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        elif isinstance(value, dict) and part in value:
            value = value[part]
        else:
            return None
    return value


def put(document: Any, pointer: str, new: Any) -> None:
    """Set the existing place `pointer` to `new`."""
    *way, last = parts_of(pointer)
    value = get(document, joined(way))
    if isinstance(value, list):
        value[int(last)] = new
    else:
        value[last] = new


def strings(document: Any, pointer: str = "") -> list[tuple[str, str]]:
    """(pointer, text) of every string in `document`."""
    if isinstance(document, str):
        return [(pointer, document)]
    entries = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    return [hit for key, value in entries for hit in strings(value, f"{pointer}{joined([str(key)])}")]
