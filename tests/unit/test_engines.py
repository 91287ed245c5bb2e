"""Each kind of app gets the engine that can run it, and a sentence that says why."""

from __future__ import annotations

import json

import pytest

from builder.texts import said
from preview_runtime.engines import Capabilities, EngineChoice, EngineKind, FaultKind, RunHints, choose_engine
from preview_runtime.file_tree import FileTree
from preview_runtime.phrases import Phrase, verbatim
from preview_runtime.stack import detect_stack

INSTANT, WEBCONTAINER, PYODIDE, DOCKER = EngineKind
EVERYTHING = frozenset(EngineKind)
HTML = "<!doctype html><div id=root></div>"


def app(*packages: str, dev: tuple[str, ...] = (), scripts: dict[str, str] | None = None, **files: str) -> FileTree:
    """A tree with a package.json; `a__b` in a keyword is the path `a.b`."""
    manifest = {
        "dependencies": dict.fromkeys(packages, "*"),
        "devDependencies": dict.fromkeys(dev, "*"),
        "scripts": scripts or {},
    }
    named = {name.replace("__", "."): text for name, text in files.items()}
    return FileTree({"package.json": json.dumps(manifest), **named})


def choose(
    tree: FileTree, available: frozenset[EngineKind] = EVERYTHING, start: str = "", **values: object
) -> EngineChoice:
    return choose_engine(tree, RunHints(start=start), Capabilities(available=available, **values))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("tree", "name"),
    [
        (app("react", "react-dom", index__html=HTML), "React"),
        (app("vue", index__html=HTML), "Vue"),
        (app(dev=("svelte", "vite"), index__html=HTML), "Svelte"),
        (app("solid-js", dev=("vite", "vite-plugin-solid"), index__html=HTML), "Solid"),
        (app(dev=("vite",), index__html=HTML), "HTML and JavaScript"),
        (app("react", dev=("@tailwindcss/vite", "tailwindcss"), index__html=HTML), "React"),
        (FileTree({"index.html": HTML, "main.ts": "export {}"}), "TypeScript"),
        (FileTree({"index.html": HTML}), "HTML and JavaScript"),
        (FileTree({"index.html": HTML, "scripts/make_data.py": "import json"}), "HTML and JavaScript"),
        (FileTree({"index.html": HTML, "package.json": "{ broken"}), "HTML and JavaScript"),
    ],
)
def test_front_ends_run_in_the_instant_engine(tree: FileTree, name: str) -> None:
    choice = choose(tree)
    assert (choice.kind, choice.complete, choice.missing) == (INSTANT, True, False)
    assert said(choice.reason) == f"{name} runs in the instant engine, right in the browser."


@pytest.mark.parametrize(
    ("tree", "named"),
    [
        (app("next", "react", "react-dom"), "Next.js"),
        (app(dev=("nuxt",)), "Nuxt"),
        (app(dev=("@sveltejs/kit", "svelte")), "SvelteKit"),
        (app("@angular/core"), "Angular"),
        (app("astro"), "Astro"),
        (app("@react-router/dev", "react", index__html=HTML), "React Router"),
        (app("@solidjs/start", "solid-js"), "SolidStart"),
        (app("express"), "Express"),
        (app("fastify", "react", index__html=HTML), "Fastify"),
        (app("@nestjs/core", "express"), "NestJS"),
        (app(scripts={"start": "node server.js"}), "Node"),
        (
            FileTree({"server.js": "const http = require('http'); http.createServer((q, r) => r.end()).listen(3000)"}),
            "Node",
        ),
        (app("react", index__html=HTML, theme__styl="a"), "Stylus"),
        (app("react", dev=("vite-plugin-pwa",), index__html=HTML), "service worker"),
        (app("react", index__html=HTML, vite__config__ts='import x from "vite-plugin-odd"'), "vite-plugin-odd"),
        (app("react", index__html=HTML, postcss__config__js='require("postcss-mixins")'), "postcss-mixins"),
        (FileTree({"index.html": HTML, "package.json": '{"dependencies": {"vue": "^2.7.0"}}'}), "Vue 2"),
    ],
)
def test_what_needs_its_own_server_goes_to_a_container_else_to_a_webcontainer(tree: FileTree, named: str) -> None:
    choice = choose(tree)
    assert choice.kind is DOCKER
    assert named in said(choice.reason)
    assert choose(tree, frozenset({INSTANT, WEBCONTAINER})).kind is WEBCONTAINER


REACT = json.dumps({"dependencies": {"react": "*"}})
FASTAPI = "from fastapi import FastAPI\napp = FastAPI()\n"


@pytest.mark.parametrize("folder", ["frontend", "client", "web", "ui"])
@pytest.mark.parametrize(
    "server",
    [
        {"main.py": FASTAPI},
        {"backend/main.py": FASTAPI},
        {"api/main.py": "import http.server\nhttp.server.HTTPServer(('', 1), None).serve_forever()\n"},
        {"server/package.json": '{"dependencies": {"express": "*"}}', "server/index.js": "app.listen(1)"},
        {"package.json": '{"dependencies": {"express": "*"}}', "server.js": "app.listen(1)"},
        {"backend/go.mod": "module x", "backend/main.go": "package main"},
    ],
)
def test_a_front_end_in_a_folder_is_shown_beside_its_server(folder: str, server: dict[str, str]) -> None:
    tree = FileTree({f"{folder}/index.html": HTML, f"{folder}/package.json": REACT, **server})
    stack = detect_stack(tree)
    assert (stack.front_end, stack.front_folder) == (True, folder)
    choice = choose(tree)
    assert choice.kind is DOCKER
    assert f"the instant engine shows the front end in {folder}/" in said(choice.reason)
    alone = choose(tree, frozenset({INSTANT}))
    assert (alone.kind, alone.complete) == (INSTANT, False)


def test_a_front_end_in_a_folder_with_nothing_beside_it_runs_in_the_instant_engine() -> None:
    tree = FileTree({"README.md": "", "frontend/index.html": HTML, "frontend/package.json": REACT})
    assert choose(tree) == EngineChoice(INSTANT, Phrase("choice.instant", {"name": "React"}))


@pytest.mark.parametrize(
    ("files", "folder"),
    [
        ({"index.html": HTML, "client/index.html": HTML, "main.py": FASTAPI}, ""),
        ({"docs/index.html": HTML, "main.py": FASTAPI}, None),
        ({"web/index.html": HTML, "main.py": FASTAPI + 'app.mount("/", StaticFiles(directory="web"))'}, None),
        ({"web/index.html": HTML, "main.go": "package main\n\n//go:embed web\nvar files embed.FS\n"}, None),
        ({"client/index.html": HTML, "server.js": "serve('../client/index.html'); app.listen(1)"}, None),
        # What its build will leave is for production; the page has to be compiled before.
        ({"client/index.html": HTML, "server.js": "express.static('client/dist'); app.listen(1)"}, "client"),
        ({"client/index.html": '<script src="/src/main.tsx">', "server.js": "express.static('client')"}, "client"),
    ],
)
def test_a_page_that_its_server_shows_by_itself_is_left_to_it(files: dict[str, str], folder: str | None) -> None:
    stack = detect_stack(FileTree(files))
    assert (stack.front_end, stack.front_folder) == (folder is not None, folder or "")


@pytest.mark.parametrize(
    ("files", "start", "best", "without_docker"),
    [
        ({"requirements.txt": "fastapi==0.1\n", "main.py": "from fastapi import FastAPI"}, "", DOCKER, PYODIDE),
        ({"app.py": "from flask import Flask"}, "", DOCKER, PYODIDE),
        ({"pyproject.toml": 'dependencies = ["django"]'}, "", DOCKER, None),
        ({"main.py": "from fastapi import FastAPI\n@app.websocket('/ws')\n"}, "", DOCKER, None),
        ({"app.py": "import flask\nmimetype='text/event-stream'"}, "", DOCKER, None),
        ({"main.py": "print(1)"}, "", DOCKER, PYODIDE),
        ({"requirements.txt": "fastapi\npsycopg2-binary\n", "main.py": "import fastapi"}, "", DOCKER, None),
        ({"app.py": "import streamlit as st"}, "", DOCKER, None),
        ({"go.mod": "module x", "main.go": ""}, "", DOCKER, None),
        ({"Cargo.toml": "", "src/main.rs": ""}, "", DOCKER, None),
        ({"Dockerfile": "FROM scratch"}, "", DOCKER, None),
        ({"index.html": HTML, "serve.py": ""}, "python serve.py", DOCKER, PYODIDE),
    ],
)
def test_other_back_ends(
    files: dict[str, str], start: str, best: EngineKind, without_docker: EngineKind | None
) -> None:
    tree = FileTree(files)
    assert choose(tree, start=start).kind is best
    choice = choose(tree, frozenset({INSTANT, PYODIDE, WEBCONTAINER}), start=start)
    assert choice.kind is without_docker
    if without_docker is None:
        assert "This app needs" in said(choice.reason)
        assert not choice.complete


def test_a_server_app_without_its_engine_shows_its_front_end_and_says_so() -> None:
    tree = app("express", "react", index__html=HTML)
    choice = choose(tree, frozenset({INSTANT}), why_not={DOCKER: verbatim("Docker is not installed")})
    assert choice.kind is INSTANT
    assert not choice.complete
    assert said(choice.reason) == (
        "This app needs a Node server (Express), which nothing here can run yet (Docker is not installed). "
        "The instant engine shows its front end only."
    )


def test_a_native_python_package_is_named() -> None:
    tree = FileTree({"requirements.txt": "flask\npsycopg2\n"})
    choice = choose(tree, frozenset({INSTANT, PYODIDE}))
    assert choice.kind is None
    assert "psycopg2" in said(choice.reason)


def test_nothing_to_run() -> None:
    for tree in (FileTree(), FileTree({"README.md": "# hello"})):
        choice = choose(tree)
        assert choice.kind is None
        assert said(choice.reason).startswith("There is nothing to show yet")


def test_a_setting_overrides_the_choice_and_is_named() -> None:
    react = app("react", index__html=HTML)
    forced = choose(react, forced=WEBCONTAINER)
    assert (forced.kind, forced.complete, forced.missing) == (WEBCONTAINER, True, False)
    assert said(forced.reason) == "PREVIEW_ENGINE asks for a WebContainer."
    missing = choose(react, frozenset({INSTANT}), forced=DOCKER, why_not={DOCKER: verbatim("Docker is not installed")})
    assert missing.kind is None
    assert said(missing.reason) == "PREVIEW_ENGINE asks for a container, but Docker is not installed."
    partly = choose(app("express", index__html=HTML), forced=INSTANT)
    assert partly.kind is INSTANT
    assert not partly.complete
    assert "front end only" in said(partly.reason)


def test_every_reason_is_one_plain_sentence_or_two() -> None:
    trees = [
        app("next"),
        app("react", index__html=HTML),
        FileTree({"main.py": ""}),
        FileTree({"go.mod": ""}),
        FileTree(),
    ]
    for tree in trees:
        for available in (EVERYTHING, frozenset({INSTANT}), frozenset({DOCKER})):
            reason = said(choose(tree, available).reason)
            assert reason.endswith(".")
            assert reason[0].isupper()
            assert "  " not in reason


def test_only_the_app_s_own_faults_go_to_the_model() -> None:
    assert [kind for kind in FaultKind if kind.repairable] == [FaultKind.BUILD, FaultKind.RUNTIME, FaultKind.WALK]
