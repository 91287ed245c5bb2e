"""One package in the place of another, in what a project asks for and in what its files import. Pure."""

from __future__ import annotations

import ast
import contextlib
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from packaging.utils import canonicalize_name

from builder.generation.mends.packages.bundled import BundledPackages
from builder.generation.mends.reading.python_module import imports, offsets
from builder.generation.mends.reading.script import COMPONENTS, SCRIPTS, read_script
from builder.safety.packages.locks import is_lock
from builder.safety.packages.shapes import Ecosystem
from builder.safety.packages.wanted import GROUPS, MANIFEST, read_manifest, requirement, wanted_packages
from preview_runtime.file_tree import FileTree

_INDENT: Final = re.compile(r"\{\r?\n([ \t]+)")


def with_package_instead(tree: FileTree, ecosystem: Ecosystem, name: str, instead: str, version: str) -> dict[str, str]:
    """The changed files (path → text) where `instead` takes the place of `name`: in package.json or the list of
    requirements in this `version` ("" = any), and in the imports of the project's scripts."""
    changed: dict[str, str] = {}
    asked = (one for one in wanted_packages(tree) if (one.ecosystem, one.name) == (ecosystem, name))
    paths = {one.path for one in asked if not is_lock(one.path)}
    for path in sorted(paths):
        text = tree.text(path) or ""
        if path.rpartition("/")[2] == MANIFEST:
            changed[path] = _manifest(text, name, instead, f"^{version}" if version else "latest")
        elif path.endswith(".txt"):
            changed[path] = _requirements(text, name, instead)
        else:
            changed[path] = _quoted(text, name, instead)
    for path, content in tree.items() if instead != name else ():  # another version of the same is imported as before
        if not isinstance(content, str) or "node_modules" in path.split("/"):
            continue
        if ecosystem is Ecosystem.NPM and path.endswith((*SCRIPTS, *COMPONENTS)) and name in content:
            changed[path] = _script(path, content, name, instead)
        elif ecosystem is Ecosystem.PYPI and path.endswith(".py"):
            changed[path] = _module(content, name, instead)
    return {path: text for path, text in changed.items() if text != tree.text(path)}


def _manifest(text: str, name: str, instead: str, asked: str) -> str:
    manifest = read_manifest(text)
    groups = [group for group in GROUPS if isinstance(manifest.get(group), dict)]
    named = instead != name and any(instead in manifest[group] for group in groups)
    for group in groups:
        kept = ((key, value) for key, value in manifest[group].items() if not (named and key == name))
        manifest[group] = dict((instead, asked) if key == name else (key, value) for key, value in kept)
    return _written(manifest, text)


def _written(manifest: Mapping[str, Any], before: str) -> str:
    found = _INDENT.match(before)
    text = json.dumps(manifest, ensure_ascii=False, indent=found[1] if found else 2)
    return text + ("\n" if before.endswith("\n") else "")


def _requirements(text: str, name: str, instead: str) -> str:
    lines = text.splitlines(keepends=True)
    named = {canonicalize_name(found.name) for line in lines if (found := requirement(line)) is not None}
    out: list[str] = []
    for line in lines:
        found = requirement(line)
        if found is None or canonicalize_name(found.name) != name:
            out.append(line)
        elif instead not in named:
            extras = f"[{','.join(sorted(found.extras))}]" if found.extras else ""
            marker = f" ; {found.marker}" if found.marker else ""
            out.append(f"{instead}{extras}{marker}\n")
    return "".join(out)


def _quoted(text: str, name: str, instead: str) -> str:
    """A name as a word of its own in a list or a command (pyproject.toml, sayso.json): its range goes with it."""
    written = re.escape(name).replace(r"\-", "[-_.]+")
    return re.sub(
        rf"(?<![\w.@/-]){written}(?![\w./-])(?:\s*[<>=~!]=?\s*[\w.*]+)?", lambda _: instead, text, flags=re.IGNORECASE
    )


def _script(path: str, text: str, name: str, instead: str) -> str:
    script = read_script(path, text)
    body = text.encode()
    for one in sorted(script.imports if script else (), key=lambda one: one.source.start_byte, reverse=True):
        if one.specifier == name or one.specifier.startswith(f"{name}/"):
            source = body[one.source.start_byte : one.source.end_byte]
            put = source.replace(name.encode(), instead.encode(), 1)
            body = body[: one.source.start_byte] + put + body[one.source.end_byte :]
    return body.decode()


def _module(text: str, name: str, instead: str) -> str:
    """`import reqeusts` keeps its name in the file: what stands below uses it."""
    old = name.replace("-", "_")
    new = BundledPackages().pypi_module(instead) or instead.replace("-", "_")
    with contextlib.suppress(SyntaxError, ValueError, RecursionError):
        starts, body = offsets(text), text.encode()
        splices: list[tuple[int, int, str]] = []
        for node, dotted, dots in imports(ast.parse(text)):
            start = starts[node.lineno - 1] + node.col_offset
            end = starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
            if dots or dotted.partition(".")[0].lower() != old:
                continue
            if isinstance(node, ast.ImportFrom):
                at = body.index(dotted.encode(), start)
                splices.append((at, at + len(old), new))
            else:
                parts = [_alias(alias, old, new) for alias in node.names]
                splices.append((start, end, f"import {', '.join(parts)}"))
        for start, end, put in sorted(set(splices), reverse=True):
            body = body[:start] + put.encode() + body[end:]
        return body.decode()
    return text


def _alias(alias: ast.alias, old: str, new: str) -> str:
    top, dot, rest = alias.name.partition(".")
    if top.lower() != old:
        return f"{alias.name} as {alias.asname}" if alias.asname else alias.name
    local = alias.asname or ("" if dot else top)
    return f"{new}{dot}{rest} as {local}" if local and local != new else f"{new}{dot}{rest}"
