"""Figma's JSON (the answer of its REST API, developers.figma.com/docs/rest-api/file-node-types): frames, texts, sizes and
colours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from builder.projects.attachments.reading.results import AttachmentReading, of_text

_MOST_NODES: Final = 1_500
_DEPTH: Final = 14
_LONGEST: Final = 200


def documents_of(value: Any) -> list[dict[str, Any]]:
    """The root nodes of a design; none where the JSON is something else."""
    if not isinstance(value, dict):
        return []
    if _is_node(value.get("document")):
        return [value["document"]]
    nodes = value.get("nodes")
    if isinstance(nodes, dict):
        return [one["document"] for one in nodes.values() if isinstance(one, dict) and _is_node(one.get("document"))]
    return []


def read_design(roots: list[dict[str, Any]]) -> AttachmentReading:
    lines: list[str] = []
    colours: Counter[str] = Counter()
    fonts: Counter[str] = Counter()
    left = 0
    for depth, node in _nodes(roots):
        colours.update(_fills(node))
        if font := _font(node):
            fonts[font] += 1
        if len(lines) < _MOST_NODES:
            lines.append("  " * depth + _line(node))
        else:
            left += 1
    said = [f"Colours: {', '.join(f'{one} ({count})' for one, count in colours.most_common(16))}"] if colours else []
    said += [f"Fonts: {', '.join(one for one, _ in fonts.most_common(8))}"] if fonts else []
    said += ["Layers:", *lines] + ([f"and {left} more layers"] if left else [])
    return of_text("design", "\n".join(said))


def _nodes(roots: list[dict[str, Any]]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Depth first, without what is hidden."""
    waiting = [(0, root) for root in reversed(roots)]
    while waiting:
        depth, node = waiting.pop()
        if node.get("visible") is False:
            continue
        yield depth, node
        children = node.get("children")
        if isinstance(children, list) and depth < _DEPTH:
            waiting += [(depth + 1, child) for child in reversed(children) if _is_node(child)]


def _line(node: dict[str, Any]) -> str:
    parts = [str(node["type"]).lower(), repr(str(node.get("name", ""))[:80])]
    box = node.get("absoluteBoundingBox")
    if isinstance(box, dict) and all(isinstance(box.get(side), (int, float)) for side in ("x", "y", "width", "height")):
        parts.append(f"{box['width']:g}×{box['height']:g} at {box['x']:g},{box['y']:g}")
    if layout := node.get("layoutMode"):
        parts.append(f"{str(layout).lower()} gap {node.get('itemSpacing', 0)}")
    if isinstance(radius := node.get("cornerRadius"), (int, float)) and radius:
        parts.append(f"radius {radius:g}")
    parts += [*_fills(node), _font(node)]
    if isinstance(text := node.get("characters"), str):
        parts.append(f"says {text[:_LONGEST]!r}")
    return " ".join(part for part in parts if part)


def _fills(node: dict[str, Any]) -> list[str]:
    fills = node.get("fills")
    found = []
    for fill in fills if isinstance(fills, list) else ():
        colour = fill.get("color") if isinstance(fill, dict) and fill.get("visible") is not False else None
        if isinstance(colour, dict):
            found.append("#" + "".join(f"{_channel(colour.get(part)):02x}" for part in "rgb"))
    return found


def _channel(value: Any) -> int:
    return max(0, min(255, round(value * 255))) if isinstance(value, (int, float)) and value - value == 0 else 0


def _font(node: dict[str, Any]) -> str:
    style = node.get("style")
    if not isinstance(style, dict) or not style.get("fontFamily"):
        return ""
    return f"{str(style['fontFamily'])[:40]} {style.get('fontSize', '')}/{style.get('fontWeight', '')}"


def _is_node(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("type"), str)
