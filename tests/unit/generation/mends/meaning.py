"""What a tree means, whatever it looks like: two trees of the same meaning are equal here."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

from builder.generation.edits.syntax import parses, syntax_tree
from builder.generation.mends import BundledPackages
from builder.generation.mends.reading.script import COMPONENTS, SCRIPTS, Script, text_of, unquoted
from builder.generation.mends.work.workpiece import Workpiece
from preview_runtime.file_tree import FileTree

PACKAGES = BundledPackages()


def meaning(tree: FileTree) -> dict[str, Any]:
    """By path, what each file says; files that no code reads are compared as they are."""
    work = Workpiece(tree, (), PACKAGES)
    return {path: _file(work, path, text) for path, text in tree.items()}


def _file(work: Workpiece, path: str, text: str | bytes) -> Any:
    if isinstance(text, bytes):
        return text
    if path.endswith("package.json"):
        try:
            return _manifest(json.loads(text))
        except ValueError:
            return text
    if path.endswith(".json"):
        try:
            return json.loads(text)
        except ValueError:
            return text
    if path.endswith(".py"):
        module = work.module(path)
        return text if module is None else _python(work, path, module)
    if path.endswith("requirements.txt"):
        return {re.split(r"[=<>~\[ ]", line)[0].lower() for line in text.splitlines() if line.strip()}
    if path.endswith(".css"):
        return re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)).strip()
    if path.endswith((*SCRIPTS, *COMPONENTS)):
        script = work.script(path)
        # The grammar does not know all of TypeScript: what it cannot read is compared by its words.
        return text.split() if script is None else _script(work, script, path.endswith(COMPONENTS) and _template(text))
    return text


def _manifest(document: dict[str, Any]) -> dict[str, Any]:
    groups = ("dependencies", "devDependencies")
    packages = {name for group in groups for name in document.get(group, {})}
    return {**{name: value for name, value in document.items() if name not in groups}, "packages": packages}


def _template(text: str) -> str:
    page = syntax_tree("a.html", text)
    raw = text.encode()
    parts = [node for node in page.root_node.children if node.type != "script_element"] if page else []
    return " ".join(raw[node.start_byte : node.end_byte].decode() for node in parts).replace(" ", "")


def _script(work: Workpiece, script: Script, template: object) -> dict[str, Any]:
    taken: set[tuple[str, ...]] = set()
    locals_: dict[str, str] = {}
    for one in script.imports:
        if one.kind not in ("import", "export"):
            continue
        target = work.resolution.target(script.path, one.specifier)
        where = target.path if target.kind == "file" else one.specifier.removeprefix("node:")
        if one.default is not None:
            other = work.script(target.path) if target.kind == "file" else None
            given = (other.exports.default_name if other is not None else "") or "default"
            taken.add((where, given))
            locals_[text_of(one.default)] = f"{where}#{given}"
        if one.namespace is not None:
            taken.add((where, "*", text_of(one.namespace)))
        if one.bare:
            taken.add((where, one.kind))
        for named in one.named:
            taken.add((where, named.name))
            locals_[named.local] = f"{where}#{named.name}"
    exports = script.exports
    # Under which name something is imported makes no difference.
    words = [locals_.get(word, word) for statement in script.root.children for word in _words(statement)]
    # A name that is given as the default and a name that is given under itself are the same to whoever takes it.
    default = {exports.default_name or "default"} if exports.default else set()
    given = exports.values | default, exports.types
    return {"imports": taken, "exports": given, "words": words, "template": template, "broken": script.broken}


def _words(statement: Any) -> Iterator[str]:
    if statement.type in ("import_statement", "comment", "hash_bang_line"):
        return
    if statement.type == "export_statement":
        inner = statement.child_by_field_name("declaration")
        value = statement.child_by_field_name("value")
        if inner is not None or (value is not None and value.type != "identifier"):
            yield from _leaves(inner or value)
        return
    yield from _leaves(statement)


def _leaves(node: Any) -> Iterator[str]:
    if node.type in ("comment", ";", ","):
        return
    if node.type == "jsx_attribute" and node.named_children and text_of(node.named_children[0]) == "key":
        return
    if node.type == "formal_parameters" and node.parent is not None and node.parent.type == "arrow_function":
        # A number that a callback takes for its keys changes nothing else.
        for one in node.named_children:
            if text_of(one) not in ("index", "position"):
                yield from _leaves(one)
        return
    if node.type == "string":
        yield repr(unquoted(node))
    elif node.child_count == 0:
        if node.type == "jsx_text":
            yield " ".join(text_of(node).split())
        else:
            yield text_of(node)
    else:
        for child in node.children:
            yield from _leaves(child)


def _python(work: Workpiece, path: str, module: ast.Module) -> dict[str, Any]:
    from builder.generation.mends.python.places import local_module

    taken: set[tuple[str, ...]] = set()
    locals_: dict[str, str] = {}
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            taken |= {(alias.name, "", alias.asname or alias.name) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            where = local_module(work, path, node.module or "", node.level) or node.module or "."
            taken |= {(where, alias.name) for alias in node.names}
            locals_ |= {alias.asname or alias.name: f"{where}#{alias.name}" for alias in node.names}
    for node in ast.walk(module):
        if isinstance(node, ast.Name) and node.id in locals_:
            node.id = locals_[node.id]
    rest = [node for node in module.body if not isinstance(node, ast.Import | ast.ImportFrom)]
    return {"imports": taken, "body": [ast.dump(node) for node in rest]}


def sound(tree: FileTree) -> bool:
    return all(parses(path, text) is not False for path, text in tree.items() if isinstance(text, str))
