"""Faults, seeded into projects that have none: each as a model makes it."""

from __future__ import annotations

import ast
import json
import posixpath
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from builder.generation.edits.syntax import syntax_tree
from builder.generation.mends import BundledPackages
from builder.generation.mends.reading.script import Script, ScriptImport, text_of
from builder.generation.mends.work.resolution import package_of
from builder.generation.mends.work.workpiece import Workpiece
from preview_runtime.file_tree import FileTree

PACKAGES = BundledPackages()
ICON_PACKAGES = ("lucide-react", "lucide-vue-next")


@dataclass(frozen=True)
class Fault:
    """`tree` is `project` with one fault of `kind` in it, at `path`."""

    kind: str
    project: str
    path: str
    tree: FileTree
    original: FileTree


Seeding = Iterator[tuple[str, dict[str, str]]]
Mutator = Callable[[Workpiece, random.Random], Seeding]


def seeded(projects: dict[str, FileTree], seed: int, most: int) -> list[Fault]:
    """At most `most` faults of each kind, spread over the projects."""
    rng = random.Random(seed)
    found: list[Fault] = []
    for kind, mutator in MUTATORS.items():
        of_kind = []
        for name, tree in projects.items():
            work = Workpiece(tree, (), PACKAGES)
            for path, put in mutator(work, rng):
                if any(tree.get(file) != text for file, text in put.items()):
                    of_kind.append(Fault(kind, name, path, tree.replace(put), tree))
        rng.shuffle(of_kind)
        found += of_kind[:most]
    return found


def _scripts(work: Workpiece) -> Iterator[Script]:
    for path in work.files:
        script = work.script(path)
        if (
            script is not None
            and not script.broken
            and ".config." not in path
            and "public/" not in path
            and "page/" not in path
        ):
            yield script


def _imports(work: Workpiece) -> Iterator[tuple[Script, ScriptImport]]:
    for script in _scripts(work):
        for one in script.imports:
            if one.kind == "import":
                yield script, one


def _cut(work: Workpiece, path: str, start: int, end: int, text: str = "") -> str:
    raw = (work.text(path) or "").encode()
    return (raw[:start] + text.encode() + raw[end:]).decode()


def _locals(work: Workpiece) -> Iterator[tuple[Script, ScriptImport, str]]:
    """Imports of scripts of the project itself, each with the path of its file."""
    for script, one in _imports(work):
        target = work.resolution.target(script.path, one.specifier)
        if target.kind == "file" and work.script(target.path) is not None:
            yield script, one, target.path


def dependency(work: Workpiece, rng: random.Random) -> Seeding:
    for path in [path for path in work.files if path.rpartition("/")[2] == "package.json"]:
        document = json.loads(work.text(path) or "{}")
        used = {package_of(one.specifier) for script in _scripts(work) for one in script.imports if not one.is_type}
        used |= {
            package_of(one.specifier)
            for p in work.files
            if ".config." in p and (s := work.script(p))
            for one in s.imports
        }
        for group in ("dependencies", "devDependencies"):
            for name in document.get(group, {}):
                if name in used:
                    rest = {**document, group: {key: value for key, value in document[group].items() if key != name}}
                    yield path, {path: json.dumps(rest, indent=2) + "\n"}


def requirement(work: Workpiece, rng: random.Random) -> Seeding:
    text = work.text("requirements.txt") or ""
    modules = {
        alias.name.partition(".")[0] if isinstance(node, ast.Import) else (node.module or "").partition(".")[0]
        for path in work.files
        if (module := work.module(path) if path.endswith(".py") else None)
        for node in ast.walk(module)
        if isinstance(node, ast.Import | ast.ImportFrom) and not getattr(node, "level", 0)
        for alias in node.names
    }
    needed = {PACKAGES.pypi_package(module) for module in modules}
    lines = text.splitlines(keepends=True)
    for line in lines:
        if re.split(r"[=<>\[]", line.strip())[0].lower() in needed:
            yield "requirements.txt", {"requirements.txt": "".join(other for other in lines if other is not line)}


def standard_requirement(work: Workpiece, rng: random.Random) -> Seeding:
    if text := work.text("requirements.txt"):
        yield "requirements.txt", {"requirements.txt": text + rng.choice(["sqlite3", "json", "uuid"]) + "\n"}


def name_dropped(work: Workpiece, rng: random.Random) -> Seeding:
    """One of the names that an import takes, left out."""
    for script, one in _imports(work):
        for named in one.named if len(one.named) > 1 else ():
            raw = text_of(one.statement)
            inner = raw[raw.index("{") + 1 : raw.index("}")]
            rest = [
                part for part in (piece.strip() for piece in inner.split(",")) if part and part != text_of(named.node)
            ]
            new = raw[: raw.index("{") + 1] + " " + ", ".join(rest) + " " + raw[raw.index("}") :]
            yield (
                script.path,
                {script.path: _cut(work, script.path, one.statement.start_byte, one.statement.end_byte, new)},
            )


def import_dropped(work: Workpiece, rng: random.Random) -> Seeding:
    """An import left out whole."""
    for script, one in _imports(work):
        takes = len(one.named) + (one.default is not None)
        if takes == 1 and one.namespace is None and (one.default is None or one.specifier.startswith((".", "@/"))):
            yield (
                script.path,
                {script.path: _cut(work, script.path, one.statement.start_byte, one.statement.end_byte + 1)},
            )


def type_dropped(work: Workpiece, rng: random.Random) -> Seeding:
    for script, one in _imports(work):
        if one.is_type and len(one.named) == 1:
            yield (
                script.path,
                {script.path: _cut(work, script.path, one.statement.start_byte, one.statement.end_byte + 1)},
            )


def type_unmarked(work: Workpiece, rng: random.Random) -> Seeding:
    for script, one in _imports(work):
        if one.is_type and one.specifier != "react" and script.path.endswith((".ts", ".tsx")):
            raw = text_of(one.statement).replace("import type ", "import ", 1)
            yield (
                script.path,
                {script.path: _cut(work, script.path, one.statement.start_byte, one.statement.end_byte, raw)},
            )


def named_as_default(work: Workpiece, rng: random.Random) -> Seeding:
    for script, one in _imports(work):
        if len(one.named) == 1 and one.default is None and not one.is_type and one.named[0].name == one.named[0].local:
            target = work.resolution.target(script.path, one.specifier)
            if target.kind == "file" or package_of(one.specifier) in ("zustand", "nanoid", "lucide-react"):
                raw = re.sub(r"\{\s*([\w$]+),?\s*\}", r"\1", text_of(one.statement), count=1)
                yield (
                    script.path,
                    {script.path: _cut(work, script.path, one.statement.start_byte, one.statement.end_byte, raw)},
                )


def default_as_named(work: Workpiece, rng: random.Random) -> Seeding:
    for script, one, target in _locals(work):
        if one.default is not None and not one.named and target.endswith((".ts", ".tsx", ".js", ".jsx")):
            name = text_of(one.default)
            raw = text_of(one.statement).replace(f"import {name} ", f"import {{ {name} }} ", 1)
            exports = work.script(target).exports  # type: ignore[union-attr]
            if exports.default_name == name or not exports.default_name:
                yield (
                    script.path,
                    {script.path: _cut(work, script.path, one.statement.start_byte, one.statement.end_byte, raw)},
                )


def _respecified(work: Workpiece, script: Script, one: ScriptImport, new: str) -> tuple[str, dict[str, str]]:
    quote = text_of(one.source)[:1]
    return script.path, {
        script.path: _cut(work, script.path, one.source.start_byte, one.source.end_byte, quote + new + quote)
    }


def ending(work: Workpiece, rng: random.Random) -> Seeding:
    """A wrong ending, or the ending that Node needs left out."""
    for script, one, target in _locals(work):
        end = target.rpartition(".")[2]
        others = {"tsx": (".ts", ".jsx"), "ts": (".tsx", ".mjs"), "vue": (".ts",), "js": ("",)}.get(end, ())
        bare = one.specifier.removesuffix(f".{end}")
        for other in others:
            if target.endswith(f".{end}") and f"/index.{end}" not in target and bare + other != one.specifier:
                yield _respecified(work, script, one, bare + other)


def case(work: Workpiece, rng: random.Random) -> Seeding:
    for script, one, _target in _locals(work):
        head, _, name = one.specifier.rpartition("/")
        stem, dot, end = name.partition(".")
        for changed in {stem[:1].swapcase() + stem[1:], stem.lower()} - {stem}:
            if head and stem:
                yield _respecified(work, script, one, f"{head}/{changed}{dot}{end}")


def folder(work: Workpiece, rng: random.Random) -> Seeding:
    for script, one, target in _locals(work):
        parts = one.specifier.split("/")
        same = [
            path
            for path in work.files
            if path.rpartition("/")[2].partition(".")[0] == target.rpartition("/")[2].partition(".")[0]
        ]
        if len(same) == 1:
            if len(parts) > 2:
                yield _respecified(work, script, one, f"./{parts[-1]}")
            else:
                yield _respecified(work, script, one, f"./lib/{parts[-1]}")


def alias(work: Workpiece, rng: random.Random) -> Seeding:
    for script, one, target in _locals(work):
        if (
            target.startswith("src/")
            and script.path.startswith("src/")
            and "@/*" not in (work.text("tsconfig.json") or "")
        ):
            stem = posixpath.splitext(target[4:])[0] if not target.endswith((".vue", ".svelte")) else target[4:]
            yield _respecified(work, script, one, f"@/{stem}")


def export_dropped(work: Workpiece, rng: random.Random) -> Seeding:
    for _script, one, target in _locals(work):
        other = work.script(target)
        for named in one.named:
            statement = other.top_level.get(named.name) if other else None
            if (
                statement is not None
                and statement.type == "export_statement"
                and "default" not in text_of(statement)[:15]
            ):
                start = statement.start_byte
                yield target, {target: _cut(work, target, start, start + len("export "))}


def default_dropped(work: Workpiece, rng: random.Random) -> Seeding:
    for _script, one, target in _locals(work):
        text = work.text(target) or ""
        if one.default is not None and "export default function " in text:
            yield (
                target,
                {target: text.replace("export default function ", rng.choice(["function ", "export function "]), 1)},
            )


def name_slip(work: Workpiece, rng: random.Random) -> Seeding:
    """Two letters of an imported name that changed places, there and where it is used, or there alone."""
    for script, one, _target in _locals(work):
        for named in one.named:
            name = named.name
            places = [at for at in range(2, len(name) - 2) if name[at : at + 2].islower() and name[at] != name[at + 1]]
            if not places or len(name) < 7 or named.local != name:
                continue
            at = rng.choice(places)
            wrong = name[:at] + name[at + 1] + name[at] + name[at + 2 :]
            start = named.node.start_byte + text_of(named.node).index(name)
            yield script.path, {script.path: _cut(work, script.path, start, start + len(name), wrong)}


def icon(work: Workpiece, rng: random.Random) -> Seeding:
    for script, one in _imports(work):
        if package_of(one.specifier) not in ICON_PACKAGES:
            continue
        known = PACKAGES.npm_modules(one.specifier)[one.specifier].values
        for named in one.named:
            name = named.name
            at = rng.randrange(1, max(2, len(name) - 2))
            wrongs = [f"{name}Outline", f"{name}Filled", f"{name}Svg", name.lower(), f"{name}Symbol"]
            wrongs += [name[:at] + name[at + 1] + name[at] + name[at + 2 :]] if len(name) > 6 else []
            wrong = rng.choice([one for one in wrongs if one not in known and one != name])
            text = (work.text(script.path) or "").encode()
            nodes = [named.node, *script.references.get(name, [])]
            for node in sorted(nodes, key=lambda one: one.start_byte, reverse=True):
                start = node.start_byte
                text = text[:start] + wrong.encode() + text[start + len(name) :]
            if wrong[0].isupper() or not script.path.endswith("x"):
                yield script.path, {script.path: text.decode()}
            else:
                yield (
                    script.path,
                    {script.path: _cut(work, script.path, named.node.start_byte, named.node.end_byte, wrong)},
                )


def class_name(work: Workpiece, rng: random.Random) -> Seeding:
    for script in _scripts(work):
        text = work.text(script.path) or ""
        if "className=" in text and script.path.endswith("x"):
            lowered = re.sub(r"(<[a-z][\w]*\b[^<>{}]*?)className=", r"\1class=", text)
            yield script.path, {script.path: lowered}
            yield script.path, {script.path: re.sub(r"(<[a-z][\w]*\b[^<>{}]*?)className=", r"\1class=", text, count=1)}


def key(work: Workpiece, rng: random.Random) -> Seeding:
    for script in _scripts(work):
        text = work.text(script.path) or ""
        for found in re.finditer(r"\s+key=\{[^{}]*\}", text) if script.path.endswith("x") and ".map(" in text else ():
            near = text[max(0, found.start() - 160) : found.start()]
            if ".map(" in near and "<" in near.rpartition(".map(")[2] and near.rpartition(".map(")[2].count("<") == 1:
                yield script.path, {script.path: text[: found.start()] + text[found.end() :]}


def directives(work: Workpiece, rng: random.Random) -> Seeding:
    old = "@tailwind base;\n@tailwind components;\n@tailwind utilities;"
    for path, text in work.files.items():
        if path.endswith(".css") and isinstance(text, str) and '@import "tailwindcss";' in text:
            yield path, {path: text.replace('@import "tailwindcss";', old, 1)}
            three = '@import "tailwindcss/base";\n@import "tailwindcss/components";\n@import "tailwindcss/utilities";'
            yield path, {path: text.replace('@import "tailwindcss";', three, 1)}


def cut(work: Workpiece, rng: random.Random) -> Seeding:
    """A file without what closes it at its end: whole lines, or the last signs."""
    for path, text in work.files.items():
        if (
            not isinstance(text, str)
            or not path.endswith((".tsx", ".ts", ".jsx", ".js", ".css", ".json"))
            or "lock" in path
        ):
            continue
        tree = syntax_tree(path, text)
        if not path.endswith(".json") and (tree is None or tree.root_node.has_error):
            continue
        lines = text.rstrip().split("\n")
        closing = 0
        while closing < len(lines) and re.fullmatch(r"\s*(?:</[\w.]*>|[)}\]>;,]|/>)+\s*", lines[-1 - closing]):
            closing += 1
        if closing:
            count = rng.randint(1, min(closing, 5))
            yield path, {path: "\n".join(lines[:-count]) + rng.choice(["", "\n"])}


def required(work: Workpiece, rng: random.Random) -> Seeding:
    """`require` among imports."""
    for script, one in _imports(work):
        name = package_of(one.specifier).removeprefix("node:")
        if (
            not script.path.endswith(".js")
            or not one.default
            or one.named
            or name not in ("express", "fs", "path", "http", "ws", "cors")
        ):
            continue
        new = f'const {text_of(one.default)} = require("{one.specifier}");'
        yield script.path, {script.path: _cut(work, script.path, one.statement.start_byte, one.statement.end_byte, new)}


def kind_said(work: Workpiece, rng: random.Random) -> Seeding:
    """package.json says the wrong kind of module."""
    for path in [path for path in work.files if path.rpartition("/")[2] == "package.json"]:
        document = json.loads(work.text(path) or "{}")
        if "vite" in document.get("devDependencies", {}):
            continue
        if document.get("type") == "module" and any(name.endswith(".js") for name in work.files):
            yield path, {path: json.dumps({**document, "type": "commonjs"}, indent=2) + "\n"}


def directory(work: Workpiece, rng: random.Random) -> Seeding:
    for script in _scripts(work):
        text = work.text(script.path) or ""
        if "import.meta.dirname" in text:
            yield script.path, {script.path: text.replace("import.meta.dirname", "__dirname")}


def host(work: Workpiece, rng: random.Random) -> Seeding:
    for path, text in work.files.items():
        if isinstance(text, str) and path.endswith((".js", ".ts", ".py")) and '"0.0.0.0"' in text:
            for other in ("127.0.0.1", "localhost"):
                yield path, {path: text.replace('"0.0.0.0"', f'"{other}"')}


def port(work: Workpiece, rng: random.Random) -> Seeding:
    for path, text in work.files.items():
        if isinstance(text, str) and path.endswith(".js") and "Number(process.env.PORT) || " in text:
            yield path, {path: text.replace("Number(process.env.PORT) || ", "", 1)}


def page_script(work: Workpiece, rng: random.Random) -> Seeding:
    text = work.text("index.html") or ""
    for right in ("/src/main.tsx", "/src/main.ts"):
        if f'"{right}"' in text and "vite" in work.dependencies("index.html"):
            wrong = {
                "/src/main.tsx": ["/src/main.jsx", "/src/main.js", "/src/index.tsx", "/main.tsx"],
                "/src/main.ts": ["/src/main.js", "/main.ts"],
            }
            yield "index.html", {"index.html": text.replace(f'"{right}"', f'"{rng.choice(wrong[right])}"')}


def _python(work: Workpiece) -> Iterator[tuple[str, ast.Module, list[str]]]:
    for path, text in work.files.items():
        module = work.module(path) if path.endswith(".py") else None
        if module is not None and isinstance(text, str) and "/migrations/" not in path:
            yield path, module, text.split("\n")


def python_import(work: Workpiece, rng: random.Random) -> Seeding:
    for path, module, lines in _python(work):
        for node in module.body:
            if isinstance(node, ast.Import) and node.lineno == node.end_lineno and len(node.names) == 1:
                yield path, {path: "\n".join(lines[: node.lineno - 1] + lines[node.lineno :])}
            elif (
                isinstance(node, ast.ImportFrom)
                and node.lineno == node.end_lineno
                and len(node.names) > 1
                and node.level == 0
            ):
                gone = rng.choice(node.names)
                if gone.asname is None and node.module != "__future__":
                    names = ", ".join(
                        one.name + (f" as {one.asname}" if one.asname else "") for one in node.names if one is not gone
                    )
                    line = f"from {node.module} import {names}"
                    yield path, {path: "\n".join([*lines[: node.lineno - 1], line, *lines[node.lineno :]])}


def python_place(work: Workpiece, rng: random.Random) -> Seeding:
    for path, module, lines in _python(work):
        for node in module.body:
            if not isinstance(node, ast.ImportFrom) or node.lineno != node.end_lineno:
                continue
            beside = f"{path.rpartition('/')[0]}/{node.module}.py".lstrip("/")
            line = lines[node.lineno - 1]
            if node.level == 0 and "/" not in path and beside in work.files:
                new = line.replace(f"from {node.module}", f"from .{node.module}", 1)
            elif node.level == 1 and beside in work.files:
                new = line.replace(f"from .{node.module}", f"from {node.module}", 1)
            else:
                continue
            yield path, {path: "\n".join([*lines[: node.lineno - 1], new, *lines[node.lineno :]])}


def python_slip(work: Workpiece, rng: random.Random) -> Seeding:
    for path, module, lines in _python(work):
        for node in module.body:
            if not isinstance(node, ast.ImportFrom) or node.lineno != node.end_lineno:
                continue
            long = [one.name for one in node.names if len(one.name) > 7 and not one.asname]
            for name in long[:1]:
                places = [
                    at for at in range(2, len(name) - 3) if name[at : at + 2].islower() and name[at] != name[at + 1]
                ]
                if places:
                    at = rng.choice(places)
                    wrong = name[:at] + name[at + 1] + name[at] + name[at + 2 :]
                    line = re.sub(rf"\b{name}\b", wrong, lines[node.lineno - 1], count=1)
                    yield path, {path: "\n".join([*lines[: node.lineno - 1], line, *lines[node.lineno :]])}


MUTATORS: dict[str, Mutator] = {
    "missing dependency": dependency,
    "missing requirement": requirement,
    "requirement of the standard library": standard_requirement,
    "name left out of an import": name_dropped,
    "import left out": import_dropped,
    "type's import left out": type_dropped,
    "type imported as a value": type_unmarked,
    "named imported as default": named_as_default,
    "default imported as named": default_as_named,
    "wrong ending": ending,
    "wrong case": case,
    "wrong folder": folder,
    "alias that is not set up": alias,
    "export left out": export_dropped,
    "default left out": default_dropped,
    "slip in an imported name": name_slip,
    "icon that is not there": icon,
    "class for className": class_name,
    "missing key": key,
    "Tailwind 3 in Tailwind 4": directives,
    "cut at its end": cut,
    "require in an ES module": required,
    "wrong type of modules": kind_said,
    "__dirname in an ES module": directory,
    "server on the loopback address": host,
    "port written out": port,
    "page with a wrong script": page_script,
    "Python import left out": python_import,
    "Python import from the wrong place": python_place,
    "slip in a Python import": python_slip,
}
