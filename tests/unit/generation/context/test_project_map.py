"""The map says of each file what it gives and takes, by parsers, and is read again only where something changed."""

from __future__ import annotations

import time

import pytest

from builder.generation.context.project_map import ProjectMap, file_route
from preview_runtime.file_tree import FileTree

from .large_project import large_project

APP = FileTree({
    "index.html": '<title>Books</title>\n<script type="module" src="/src/main.tsx"></script>\n',
    "src/main.tsx": "import { App } from '@/App'\nimport './app.css'\n",
    "src/App.tsx": "import List from './List'\nexport { List }\nexport const App = () => <><Route path='/books' /><List title='All books' /></>\nexport type Page = 'list'\n",
    "src/List.jsx": "const { books } = require('./api.js')\nexport default function List() { return <h1>All books</h1> }\n",
    "src/api.ts": "export async function books() { return fetch(`/api/books/${1}?all=1`) }\n// import { Ghost } from './List'\n",
    "src/app.css": "@import './theme.css';\n.card { color: red }\n",
    "src/theme.css": ":root { --a: 1 }\n",
    "src/Card.vue": "<script setup lang=\"ts\">\nimport { books } from './api'\n</script>\n<template><button>Add a book</button></template>\n",
    "src/Note.svelte": "<script>import { books } from './api'</script>\n<p>Nothing yet</p>\n",
    "server/main.py": "from fastapi import FastAPI\nfrom .books import router\n\napp = FastAPI()\n\n\n@app.get('/health')\ndef health(): ...\n",
    "server/books.py": "import server.store\nrouter = APIRouter(prefix='/api/books')\n\n\n@router.get('/{book}')\ndef one(book): ...\n",
    "server/store.py": "def _hidden(): ...\nclass Store: ...\n",
    "node/app.js": "import express from 'express'\nconst app = express()\napp.get('/api/users', (request, answer) => {})\napp.use('/api/pets', pets)\n",
    "go/main.go": 'package main\nimport "net/http"\nfunc Serve() { http.HandleFunc("/api/go", nil) }\n',
    "java/App.java": "import java.util.List;\npublic class App {}\n",
    "logo.png": b"\x89PNG",
})  # fmt: skip


def test_who_imports_whom() -> None:
    imports = ProjectMap(APP).imports
    assert imports["index.html"] == ("src/main.tsx",)
    assert imports["src/main.tsx"] == ("src/App.tsx", "src/app.css")
    assert imports["src/App.tsx"] == ("src/List.jsx",)
    assert imports["src/List.jsx"] == ("src/api.ts",)
    assert imports["src/api.ts"] == (), "a comment imports nothing"
    assert imports["src/app.css"] == ("src/theme.css",)
    assert imports["src/Card.vue"] == imports["src/Note.svelte"] == ("src/api.ts",)
    assert imports["server/main.py"] == ("server/books.py",)
    assert imports["server/books.py"] == ("server/store.py",)


def test_what_each_gives() -> None:
    outlines = ProjectMap(APP).outlines
    assert set(outlines["src/App.tsx"].exports) == {"App", "List", "Page"}
    assert outlines["src/App.tsx"].routes == ("/books",)
    assert outlines["src/List.jsx"].texts == ("All books",)
    assert "Add a book" in outlines["src/Card.vue"].texts
    assert outlines["server/main.py"].routes == ("GET /health",)
    assert outlines["server/books.py"].routes == ("GET /api/books/{book}",)
    assert outlines["node/app.js"].routes == ("GET /api/users", "/api/pets")
    assert (outlines["go/main.go"].exports, outlines["go/main.go"].routes) == (("Serve",), ("/api/go",))
    assert outlines["java/App.java"].exports == ("App",)


def test_a_page_is_beside_the_server_that_it_calls() -> None:
    project = ProjectMap(APP)
    assert project.answered_by["src/api.ts"] == ("server/books.py",)
    assert project.called_by["server/books.py"] == ("src/api.ts",)


def test_a_line_a_file() -> None:
    lines = ProjectMap(APP).lines(10_000)
    assert "src/App.tsx ~5: List, App, Page @ /books < List" in lines
    assert "server/main.py ~10: app, health @ GET /health < books" in lines
    assert "logo.png (binary)" in lines
    assert len(lines) == len(APP)


def test_a_map_is_never_longer_than_its_room() -> None:
    project = ProjectMap(large_project())
    for room in (500, 5_000, 20_000, 48_000, 100_000):
        assert sum(map(len, project.lines(room))) <= room


def test_a_small_edit_leaves_the_lines_as_they_were() -> None:
    tree = large_project()
    path = "src/features/kanban/App.tsx"
    edited = tree.replace({path: f"{tree.text(path)}\n// one more line\n"})
    assert ProjectMap(edited).lines(100_000) == ProjectMap(tree).lines(100_000)


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("src/pages/about.tsx", "/about"),
        ("pages/index.vue", "/"),
        ("app/books/[id]/page.tsx", "/books/[id]"),
        ("src/routes/+page.svelte", "/"),
        ("src/routes/books/+server.ts", "/books"),
        ("src/about.tsx", ""),
    ],
)
def test_pages_by_their_place_among_the_files(path: str, route: str) -> None:
    assert file_route(path) == route


def test_two_thousand_files_are_read_once() -> None:
    """0.9 s as measured on two busy cores, for 3.3 MB; a sixth of it after an edit."""
    texts = [text for text in large_project().values() if isinstance(text, str)]
    tree = FileTree({f"src/m{number}.tsx": f"// {number}\n{texts[number % len(texts)]}" for number in range(2_000)})
    cold = _seconds(tree)
    assert _seconds(tree.replace({"src/m7.tsx": "export const changed = 1\n"})) < cold / 2


def _seconds(tree: FileTree) -> float:
    begun = time.process_time()
    assert len(ProjectMap(tree).outlines) == len(tree)
    return time.process_time() - begun


@pytest.mark.parametrize(
    "text", ["", "export", "import {", "<<<>>>", "\0" * 50, "import './" + "../" * 500 + "x'", "{" * 20_000]
)
@pytest.mark.parametrize("ending", ["ts", "tsx", "py", "css", "html", "vue", "go", "java", "md"])
def test_whatever_a_file_holds_it_has_a_line(ending: str, text: str) -> None:
    path = f"src/a.{ending}"
    (line,) = ProjectMap(FileTree({path: text})).lines(1_000)
    assert line.startswith(path)
