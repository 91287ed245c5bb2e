"""The instant engine in Node: a file tree in, its output or a named fault out."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

import pytest

from builder.texts import said
from preview_runtime.compiling import compiler as compiler_module
from preview_runtime.compiling.compiler import BuildFault, Compiler, Order, compile_tree
from preview_runtime.dependencies import DependencyError, DependencySet
from preview_runtime.file_tree import FileTree
from preview_runtime.node import node_executable
from preview_runtime.output import OutputFile
from preview_runtime.phrases import verbatim

BROWSER = Path(__file__).parents[3] / "preview_runtime" / "browser"
TREE = FileTree({"index.html": "<h1>hello</h1>", "logo.png": b"\x89PNG"})
# The engine's side of the protocol, reduced to what each test needs: `reply(request, ask)` gives the last line.
SCRIPT = """
import readline from "node:readline";
const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const next = async () => JSON.parse((await lines.next()).value);
const say = (message) => process.stdout.write(JSON.stringify(message) + "\\n");
const ask = async (need) => { say({ need }); return next(); };
const files = {};
let build;
while (!build) {
  const line = await next();
  if (line.file) files[line.file] = line.body ?? line;
  else build = line.build;
}
const put = (file, type, content) => {
  const bytes = Buffer.from(content);
  say({ file, type, bytes: bytes.length });
  process.stdout.write(bytes);
};
const give = (output) => { for (const [file, [type, content]] of Object.entries(output)) put(file, type, content); say({ done: true }); };
BODY
"""


class Packages:
    def __init__(self) -> None:
        self.asked: list[tuple[Mapping[str, str], list[str]]] = []

    async def resolve(self, dependencies: Mapping[str, str], specifiers: list[str]) -> DependencySet:
        self.asked.append((dependencies, specifiers))
        if "missing" in dependencies:
            raise DependencyError("package_missing", verbatim("There is no npm package “missing”."), "missing")
        return DependencySet("0" * 32, "/@deps/x/", modules={"react": "react.js"})


def script(folder: Path, body: str) -> Path:
    path = folder / "compile.mjs"
    path.write_text(SCRIPT.replace("BODY", body))
    return path


async def compile_with(folder: Path, body: str, tree: FileTree = TREE, packages: Packages | None = None) -> object:
    path = script(folder, body)
    return await compile_tree(tree, packages or Packages(), BROWSER, node=node_executable(), script=path)


async def test_text_and_bytes_come_through_unchanged(tmp_path: Path) -> None:
    output = await compile_with(
        tmp_path,
        """
        give({ "index.html": ["text/html", files["index.html"] + " ü"],
               "lines.txt": ["text/plain", '\\n{"done": true}\\n'],
               "nothing.txt": ["text/plain", ""],
               "logo.png": ["image/png", Buffer.from(files["logo.png"].base64, "base64")] });
        """,
    )
    assert output == {
        "index.html": OutputFile("text/html", "<h1>hello</h1> ü".encode()),
        "lines.txt": OutputFile("text/plain", b'\n{"done": true}\n'),
        "nothing.txt": OutputFile("text/plain", b""),
        "logo.png": OutputFile("image/png", b"\x89PNG"),
    }


async def test_packages_are_asked_for_while_compiling(tmp_path: Path) -> None:
    packages = Packages()
    output = await compile_with(
        tmp_path,
        """
        const found = await ask({ dependencies: { react: "^19" }, specifiers: ["react"] });
        give({ "main.js": ["text/javascript", found.base + found.modules.react] });
        """,
        packages=packages,
    )
    assert packages.asked == [({"react": "^19"}, ["react"])]
    assert output == {"main.js": OutputFile("text/javascript", b"/@deps/x/react.js")}


@pytest.mark.parametrize(
    ("body", "kind", "code", "message"),
    [
        (
            'say({ fault: { kind: "build", code: "syntax", message: "Unexpected token", file: "src/App.tsx", line: 3 } });',
            "build",
            "syntax",
            "Unexpected token",
        ),
        (
            'const reason = { key: "engine.language.styles", values: { language: "scss" } };'
            'const what = { key: "engine.language.here", values: { path: "src/A.vue", reason } };'
            'say({ fault: { kind: "policy", code: "language", says: { key: "engine.elsewhere", values: { what } } } });',
            "policy",
            "language",
            "src/A.vue cannot be compiled here: its styles are written in scss. The instant preview",
        ),
        ('say({ fault: { kind: "build", says: "words" } });', "platform", "compiler_failed", "could not be built"),
        (
            'say({ fault: { kind: "build", says: { key: "engine.css", values: [1] } } });',
            "platform",
            "compiler_failed",
            "could not be built",
        ),
        (
            'let says = { key: "phrase.verbatim", values: { text: "deep" } };'
            'for (let n = 0; n < 9; n++) says = { key: "phrase.verbatim", values: { text: says } };'
            'say({ fault: { kind: "build", says } });',
            "platform",
            "compiler_failed",
            "could not be built",
        ),
        (
            'await ask({ dependencies: { missing: "1" }, specifiers: [] });',
            "build",
            "package_missing",
            "no npm package",
        ),
        ('throw new Error("boom");', "platform", "compiler_failed", "could not be built"),
        ('process.stdout.write("not json\\n");', "platform", "compiler_failed", "could not be built"),
        ("say([]);", "platform", "compiler_failed", "could not be built"),
        ("say({ other: 1 });", "platform", "compiler_failed", "could not be built"),
        (
            'give({ "../../escape": ["text/html", ""] });',
            "platform",
            "compiler_failed",
            "built",
        ),
        ('say({ file: "a.bin", type: "x/y", bytes: -1 });', "platform", "compiler_failed", "built"),
        ('say({ file: "a.bin", type: "x/y", bytes: true });', "platform", "compiler_failed", "built"),
        ('say({ file: "a.bin", type: "x/y", bytes: 5 }); process.exit();', "platform", "compiler_failed", "built"),
        ('say({ file: "a.bin", type: "x/y", bytes: 1e6 + 1 });', "build", "too_large", "larger"),
        ("while (true) await ask({ dependencies: {}, specifiers: [] });", "platform", "compiler_failed", "built"),
        ('process.stdout.write("x".repeat(3_000_000));', "build", "too_large", "larger"),
        ("while (true);", "build", "time_out", "took longer than 3 s and was stopped"),
        ("setInterval(() => {}, 1000);", "build", "time_out", "took longer than 3 s and was stopped"),
        ("for (const held = []; ;) held.push(Array(2e6).fill(0.5));", "build", "out_of_memory", "more memory"),
        ("for (const held = []; ;) held.push(Buffer.alloc(1 << 26, 1));", "build", "out_of_memory", "more memory"),
        (
            'for (let n = 0; n < 20; n++) put(`f${n}`, "x/y", "x".repeat(90_000));',
            "build",
            "too_large",
            "larger",
        ),
    ],
)
async def test_every_failure_has_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, kind: str, code: str, message: str
) -> None:
    monkeypatch.setattr(compiler_module, "MAX_OUTPUT", 1_000_000)
    monkeypatch.setattr(compiler_module, "WORK_SECONDS", 3 if code == "time_out" else 60)
    with pytest.raises(BuildFault) as failed:
        await compile_with(tmp_path, body)
    assert (failed.value.kind, failed.value.code) == (kind, code)
    assert message in said(failed.value.says)


async def test_a_large_output_does_not_hold_up_the_loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the app makes: nothing that grows with it is read as JSON."""
    parsed: list[int] = []

    def loads(text: bytes) -> object:
        parsed.append(len(text))
        return json.loads(text)

    monkeypatch.setattr(compiler_module, "json", SimpleNamespace(loads=loads, dumps=json.dumps))
    output = await compile_with(tmp_path, r"""give({ "a.css": ["text/css", '\\"'.repeat(10_000_000)] });""")
    assert output == {"a.css": OutputFile("text/css", b'\\"' * 10_000_000)}
    assert max(parsed) < 1000


async def test_a_project_s_own_registry_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BuildFault) as refused:
        await compile_with(tmp_path, "give({});", FileTree({".npmrc": "registry=http://evil.example"}))
    assert refused.value.code == "settings_refused"


async def test_the_compiler_gets_no_environment_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "secret")
    body = 'give({ env: ["text/plain", JSON.stringify(process.env)] });'
    output = await compile_with(tmp_path, body)
    assert "secret" not in str(output)


async def test_a_process_is_kept_ready_and_ends_with_the_compiler(tmp_path: Path) -> None:
    body = 'give({ pid: ["text/plain", String(process.pid)] });'
    compiler = Compiler(Packages(), node_executable(), BROWSER, script=script(tmp_path, body))
    first = await compiler.compile(TREE)
    ready = compiler.ready
    assert ready is not None
    second = await compiler.compile(TREE)
    assert second["pid"].body == str(ready).encode()
    assert first["pid"].body != second["pid"].body
    last = compiler.ready
    await compiler.close()
    assert last is not None
    with pytest.raises(ProcessLookupError):
        os.kill(last, 0)
    with pytest.raises(BuildFault):
        await compiler.compile(TREE)


async def test_closing_ends_compilations_under_way(tmp_path: Path) -> None:
    compiler = Compiler(Packages(), node_executable(), BROWSER, script=script(tmp_path, "await next();"))
    waiting = asyncio.create_task(compiler.compile(TREE))
    async with asyncio.timeout(10):
        while not compiler.running:  # noqa: ASYNC110 - the process starts on its own time
            await asyncio.sleep(0.01)
    await compiler.close()
    with pytest.raises(BuildFault):
        await waiting


async def test_closing_leaves_what_is_read_to_whoever_reads_it(tmp_path: Path) -> None:
    """It is closed between two answers, and something that the engine started holds its output open."""
    asked, released = asyncio.Event(), asyncio.Event()

    class Slow(Packages):
        async def resolve(self, dependencies: Mapping[str, str], specifiers: list[str]) -> DependencySet:
            asked.set()
            await released.wait()
            return await super().resolve(dependencies, specifiers)

    body = """
    (await import("node:child_process")).spawn("sleep", ["3"], { detached: true, stdio: ["ignore", "inherit", "ignore"] });
    await ask({ dependencies: {}, specifiers: [] });
    give({});
    """
    compiler = Compiler(Slow(), node_executable(), BROWSER, script=script(tmp_path, body), ahead=False)
    waiting = asyncio.create_task(compiler.compile(TREE))
    async with asyncio.timeout(10):
        await asked.wait()
    closing = asyncio.create_task(compiler.close())
    await asyncio.sleep(0.1)
    released.set()
    with pytest.raises(BuildFault):
        await waiting
    await closing


async def test_an_engine_that_is_not_built_says_how_to_build_it(tmp_path: Path) -> None:
    with pytest.raises(BuildFault) as missing:
        await compile_tree(TREE, Packages(), tmp_path)
    assert (missing.value.code, missing.value.kind) == ("engine_missing", "platform")


def test_packages_that_take_long_are_no_work_of_the_compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler_module, "WORK_SECONDS", 2)

    class Slow(Packages):
        async def resolve(self, dependencies: Mapping[str, str], specifiers: list[str]) -> DependencySet:
            await asyncio.sleep(2.5)
            return await super().resolve(dependencies, specifiers)

    body = "await ask({ dependencies: {}, specifiers: [] }); give({});"
    assert asyncio.run(compile_with(tmp_path, body, packages=Slow())) == {}


async def test_a_compilation_that_is_stopped_leaves_its_place_and_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiler_module, "WORK_SECONDS", 1)
    body = "if (files.loop) { setTimeout(() => { for (;;); }); await new Promise(() => {}); } give({});"
    compiler = Compiler(Packages(), node_executable(), BROWSER, script=script(tmp_path, body))
    for _ in range(3):
        with pytest.raises(BuildFault) as stopped:
            await compiler.compile(FileTree({"loop": "x"}), Order("me", "p"))
        assert stopped.value.code == "time_out"
    assert not compiler.running
    assert await compiler.compile(TREE, Order("me", "p")) == {}
    await compiler.close()
