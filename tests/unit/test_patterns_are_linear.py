"""No regular expression takes more than linear time: one holds the interpreter, and so everybody, while it looks.

Every compiled pattern of the modules is tried, by the way it is used, and so is every one that is written where it is
used; what is put into those as they are made counts as a word, unless it is a text of the module itself.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import re
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from builder.projects.archive.secrets_left_out import may_hold_secrets
from preview_runtime.file_tree import FileTree
from preview_runtime.plans.listen_address import listening_command
from preview_runtime.plans.plan import NothingToRun, RunHints, plan_run
from preview_runtime.stack import StackKind, detect_stack
from tests.pace import no_longer_than

ROOT = Path(__file__).parents[2]
SIZE = 2_000
# Seconds of the processor: what takes less is not worth a second look, and noise is not told from growth.
FLOOR = 0.002
COMMON = (
    "\n",
    " ",
    "\t",
    "a",
    "1",
    "a ",
    "a\n",
    '"',
    "'",
    ".",
    "/",
    "a.",
    "a-",
    "=",
    ":",
    ",",
    "<",
    "{",
    "(",
    "[",
    "\\",
)

LOOKS = ("search", "match", "fullmatch")


def patterns() -> Iterator[tuple[str, re.Pattern[str], str]]:
    """(where it is, the pattern, how it is applied) for each of the two packages."""
    files = [path for package in ("builder", "preview_runtime") for path in (ROOT / package).rglob("*.py")]
    sources = {path: path.read_text() for path in files if "node_modules" not in path.parts}
    for path, source in sources.items():
        if not re.search(r"\bre\.[a-z]+\(", source) or {"agents", "__main__.py"} & {*path.parts}:
            continue
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        values = vars(importlib.import_module(name))
        for variable, value in values.items():
            # A name without a leading underscore may be used elsewhere.
            using = source if variable.startswith("_") else "\n".join(sources.values())
            for pattern in compiled(value):
                yield f"{name}.{variable}", pattern, applied(variable, using)
        for function in ast.walk(ast.parse(source)):
            # Calls at the margin have made the values above.
            inside = [*ast.walk(function)] if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) else []
            names = {id(node.value): ast.unparse(node.targets[0]) for node in inside if isinstance(node, ast.Assign)}
            for node in inside:
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and isinstance(node.func.value, ast.Name)
                    and node.func.value.id == "re"
                    and node.func.attr != "escape"
                    and node.args
                    and (text := written(node.args[0], values))
                ):
                    flags = re.M if "re.M" in ast.unparse(node) else re.NOFLAG
                    look = node.func.attr if node.func.attr in LOOKS else applied(names.get(id(node), "re"), source)
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", re.compile(text, flags), look


def compiled(value: object) -> Iterator[re.Pattern[str]]:
    """The patterns of text that `value` is or holds."""
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield value
    elif isinstance(value, dict):
        yield from compiled((*value.keys(), *value.values()))
    elif isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield from compiled(one)


def applied(variable: str, source: str) -> str:
    used = set(re.findall(rf"\b{re.escape(variable)}\.([a-z]+)\b", source))
    return used.pop() if len(used) == 1 and used <= {*LOOKS} else "search"


def written(node: ast.expr, values: Mapping[str, object]) -> str:
    """The text of a literal, or of a name among the module's `values`; "" for anything else."""
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else named(part, values) or "word" for part in node.values
        )
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return (written(node.left, values) or "word") + (written(node.right, values) or "word")
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else named(node, values)


def named(node: ast.expr, values: Mapping[str, object]) -> str:
    inner = node.value if isinstance(node, ast.FormattedValue) else node
    value = values.get(inner.id) if isinstance(inner, ast.Name) else None
    return value if isinstance(value, str) else ""


def texts(pattern: str) -> Iterator[Callable[[int], str]]:
    """Texts of any size, of what the pattern itself names and of what patterns stumble over."""
    plain = re.sub(r"\\[a-zA-Z]|\?P?<\w+>|\(\?[a-zA-Z=!<:]+", " ", pattern)
    words = list(dict.fromkeys(re.findall(r"[A-Za-z@<$\"'`./:=,-]{2,}", plain)))[:5]
    signs = list(dict.fromkeys(re.findall(r"[^\x00-\x7f\w]", plain)))[:4]
    pieces = [*COMMON, *signs, *words, *(f"{word} " for word in words), *(f"\n{word} " for word in words[:3])]
    for before in ("", "a:", *words[:2]):
        for piece in pieces:
            yield lambda size, before=before, piece=piece: before + (piece * size)[:size] + "\x01"


def seconds(look: Callable[[str], object], text: str) -> float:
    began = time.process_time()
    look(text)
    return time.process_time() - began


def grows(look: Callable[[str], object], text: Callable[[int], str]) -> bool:
    """Whether four times the text takes clearly more than four times as long."""
    for small in (20, SIZE // 10):
        # Once more: the collector of garbage counts as well, in the middle of a small text too.
        if seconds(look, text(small)) > FLOOR * 4 and seconds(look, text(small)) > FLOOR * 4:
            return True
    if seconds(look, text(SIZE)) < FLOOR:
        return False
    once = min(seconds(look, text(SIZE)) for _ in range(3))
    return once > FLOOR and min(seconds(look, text(4 * SIZE)) for _ in range(2)) > 8 * once


def test_every_pattern_takes_linear_time() -> None:
    found = list(patterns())
    assert len(found) > 100
    slow = []
    for where, pattern, used in found:
        look = getattr(pattern, used)
        if text := next((text for text in texts(pattern.pattern) if grows(look, text)), None):
            slow.append(f"{where}: {text(20)!r}")
    assert slow == []


@pytest.mark.parametrize(
    "files",
    [
        {"index.html": "", "package.json": "{}", "vite.config.js": "\n" * 60_000},
        {"index.html": "", "package.json": "{}", "vite.config.js": "\nimport a" * 8_000},
        {"index.html": "", "package.json": '{"scripts":{"dev":"%s"}}' % ("node " * 8_000)},
        {"package.json": '{"scripts":{"start":"node a.js%s"}}' % (" " * 60_000 + "x")},
        {"requirements.txt": "flask\n", "app.py": "from flask import Flask\n#Flask(\na:" + " " * 60_000 + "\n"},
        {"requirements.txt": "flask\n", "app.py": "def a():\n  b:" + " " * 60_000 + "\n#Flask(\nimport flask"},
    ],
)
def test_a_project_of_one_long_run_is_read_in_linear_time(files: dict[str, str]) -> None:
    with no_longer_than(20), contextlib.suppress(NothingToRun):
        detect_stack(FileTree(files))
        plan_run(FileTree(files), RunHints())


def factories(count: int) -> dict[str, str]:
    names = [f"make_{place}" for place in range(count)]
    made = "\n".join(f"a{place} = {name}_(" for place, name in enumerate(names[:20]))
    calls = " ".join(f"{name}()" for name in names)
    return {
        "requirements.txt": "flask",
        **{f"m{at}.py": f"def {name}():\n    return Flask()\n# {calls[:400]}\n{made}" for at, name in enumerate(names)},
    }


@pytest.mark.parametrize(
    "made",
    [
        factories,
        lambda count: {f"a{place}/package.json": '{"dependencies":{"a":"1"}}' for place in range(count)},
        lambda count: {f"a{place}/index.js": "http.createServer (" for place in range(count)},
        lambda count: {f"a{place}/requirements.txt": f"-r ../a{place + 1}/requirements.txt" for place in range(count)},
        lambda count: {f"a{place}/Dockerfile": "FROM scratch" for place in range(count)},
        lambda count: {"go.mod": "module a", **{f"cmd/a{n}/main.go": "package main" for n in range(count)}},
        lambda count: {f"src/a{place}/Main.java": "static void main (" for place in range(count)},
        lambda count: {f"a{place}/manage.py": "import django" for place in range(count)},
    ],
)
def test_a_project_of_many_files_is_read_in_linear_time(made: Callable[[int], dict[str, str]]) -> None:
    def took(count: int) -> float:
        tree = FileTree(made(count))
        began = time.process_time()
        with contextlib.suppress(NothingToRun):
            plan_run(tree, RunHints())
        return time.process_time() - began

    took(10)
    few, many = min(took(230) for _ in range(3)), min(took(1_840) for _ in range(2))
    assert many < max(24 * few, 0.1)  # eight times the files


def test_what_the_patterns_find_is_found() -> None:
    assert may_hold_secrets(".env", "\n\n \t export KEY = 1")
    assert not may_hold_secrets(".env", "\n\n  VITE_KEY=1\n")
    for start in ("node server.js", "cd api && NODE_ENV=production node --watch ./src/server.ts", "tsx  a.mts"):
        assert detect_stack(FileTree({"index.html": "", "package.json": "{}"}), start).kind is StackKind.NODE_SERVER
    for start in ("vite build a.js", "node", "noder a.js", "a.js node b"):
        assert detect_stack(FileTree({"index.html": "", "package.json": "{}"}), start).kind is StackKind.FRONT_END
    config = 'import { defineConfig } from "vite"\n\n\n  import {\n  a, // import b\n  b,\n} from "odd-plugin"\n'
    assert "odd-plugin" in str(detect_stack(FileTree({"index.html": "", "vite.config.js": config})).needs)
    plan = plan_run(
        FileTree(
            {"requirements.txt": "flask\n", "web.py": "from flask import Flask\nsite : Flask = Flask(__name__)\n"}
        ),
        RunHints(),
    )
    assert "web:site" in plan.start
    command = listening_command(" npm run build\t&&  next start ;\n echo a ")
    assert command == "npm run build\t&&  next start --hostname 0.0.0.0 --port $PORT ;\n echo a"


def test_requirements_that_include_one_another_in_a_long_chain_are_read() -> None:
    chain = {f"r{place}.txt": f"-r r{place + 1}.txt\n" for place in range(1_500)}
    files = {"requirements.txt": "flask\n-r r0.txt\n", **chain, "r1500.txt": "-r requirements.txt\nhttpx\n"}
    plan = plan_run(FileTree({**files, "app.py": "from flask import Flask\napp = Flask(__name__)\n"}), RunHints())
    assert plan.packages is not None
    assert [text for _, text in plan.packages.wanted or ()] == ["flask", "httpx"]
