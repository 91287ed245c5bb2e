"""Pages of HTML: the script and the style sheet that they begin with."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from builder.generation.edits.syntax import syntax_tree
from builder.generation.mends.reading.script import SCRIPTS, text_of
from builder.generation.mends.work.mend import Splice

if TYPE_CHECKING:
    from tree_sitter import Node

    from builder.generation.mends.work.workpiece import Workpiece

_EMPTY: Final = re.compile(r"<div\s+id=\"(?P<id>[\w-]{1,60})\"\s*>\s*</div>")
_SOUGHT: Final = re.compile(r"getElementById\(\s*[\"'`]([\w-]{1,60})[\"'`]\s*\)|querySelector\(\s*[\"'`]#[\w-]{1,60}")
_STYLES: Final = (".css", ".scss")


def mend_pages(work: Workpiece) -> None:
    """A page of Vite whose script or style sheet has another ending, another case or stands in another folder."""
    for path in work.changed:
        if not path.endswith(".html") or "vite" not in work.dependencies(path):
            continue
        tree = syntax_tree(path, work.text(path) or "")
        for node, address in _addresses(tree.root_node) if tree else ():
            if "://" in address or address.startswith(("//", "data:", "#")):
                continue
            scope = work.scope_of(path)
            rooted = address.startswith("/")
            wanted = (
                scope + address[1:] if rooted else posixpath.normpath(posixpath.join(posixpath.dirname(path), address))
            )
            if wanted in work.files or f"{scope}public/{address.lstrip('/')}" in work.files:
                continue
            if not (found := _meant(work, scope, wanted)):
                work.leave("missing_file", path, file=address)
                continue
            new = (
                "/" + found.removeprefix(scope) if rooted else posixpath.relpath(found, posixpath.dirname(path) or ".")
            )
            new = new if rooted or not address.startswith("./") else f"./{new}"
            work.mend("import_path", path, [Splice(node.start_byte, node.end_byte, new)], file=new)
            break


def mend_roots(work: Workpiece) -> None:
    """A page of Vite whose one empty element is called otherwise than the one in which its script begins."""
    for path in work.files:
        text = work.text(path)
        if not text or not path.endswith(".html") or "vite" not in work.dependencies(path):
            continue
        empty = [*_EMPTY.finditer(text)]
        scope = work.scope_of(path)
        scripts = [f"{scope}{address.lstrip('./')}" for address in re.findall(r"<script[^<>]*\ssrc=\"([^\"]+)\"", text)]
        if len(empty) != 1 or len(scripts) != 1 or not {path, scripts[0]}.intersection(work.changed):
            continue
        sought = {one for one in _SOUGHT.findall(work.text(scripts[0]) or "") if one}
        named = empty[0]["id"]
        asked = re.compile(rf"#{re.escape(named)}(?![\w-])|ById\(\s*[\"'`]{re.escape(named)}[\"'`]")
        used = any(asked.search(work.text(other) or "") for other in work.files if other.startswith(scope))
        wanted = next(iter(sought)) if len(sought) == 1 else ""
        if wanted and wanted != named and not used and f'id="{wanted}"' not in text:
            start, end = (len(text[: empty[0].start("id")].encode()), len(text[: empty[0].end("id")].encode()))
            work.mend("root", path, [Splice(start, end, wanted)], name=wanted)


def _addresses(root: Node) -> Iterator[tuple[Node, str]]:
    """The addresses of module scripts and of style sheets, each with its node."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.type in ("start_tag", "self_closing_tag"):
            name = next((text_of(one) for one in node.named_children if one.type == "tag_name"), "").lower()
            attributes = {}
            for one in node.named_children:
                if one.type == "attribute":
                    value = next((part for part in _within(one) if part.type == "attribute_value"), None)
                    attributes[text_of(one.named_children[0]).lower()] = value
            wanted = attributes.get("src") if name == "script" else attributes.get("href") if name == "link" else None
            kind = attributes.get("type" if name == "script" else "rel")
            if wanted is not None and kind is not None and text_of(kind) in ("module", "stylesheet"):
                yield wanted, text_of(wanted)
        waiting += node.named_children


def _within(node: Node) -> Iterator[Node]:
    for one in node.named_children:
        yield one
        yield from _within(one)


def _meant(work: Workpiece, scope: str, wanted: str) -> str:
    stem, _, end = wanted.rpartition(".")
    alike = SCRIPTS if f".{end}" in SCRIPTS else _STYLES if f".{end}" in _STYLES else ()
    files = [path for path in work.files if path.startswith(scope) and path.endswith(alike)]
    for found in (
        [path for path in files if path.rpartition(".")[0].lower() == stem.lower()],
        [path for path in files if _name(path) == _name(wanted)],
        # What a starter of Vite is called, where there is only one such file.
        [
            path
            for path in files
            if _name(path) in ("main", "index") and _name(wanted) in ("main", "index") and f".{end}" in SCRIPTS
        ],
    ):
        if found:
            return found[0] if len(found) == 1 else ""
    return ""


def _name(path: str) -> str:
    return path.rpartition("/")[2].partition(".")[0].lower()
