"""Apps as models write them, to be exported: what was answered to our evaluation's tasks, pages of the corpus that is
written as models write, servers of each kind, and apps of both halves."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from benchmarks.corpus.projects import projects
from benchmarks.programs.container_apps import APPS
from preview_runtime.file_tree import FileTree
from tests.browser.evaluation.answers import references


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of an app. `body`: sent as JSON, or as a form where `form` says so."""

    method: str
    path: str
    body: dict[str, str | int] | None = None
    form: bool = False


@dataclass(frozen=True)
class Generated:
    """`asked`: requests whose answers are compared, in this order; none of an app that is pages alone."""

    name: str
    tree: FileTree
    asked: tuple[Request, ...] = ()


_GET: Final = (Request("GET", "/"), Request("GET", "/nothing-is-here"))
# Of the corpus: one for each framework, and what each is often written with.
_WRITTEN: Final = (
    "w-template", "w-router", "w-zustand", "w-shadcn4", "w-form", "w-tw3-theme", "w-vue", "w-vue-use", "w-svelte", "w-solid",
    "w-preact", "w-lit", "w-vanilla", "w-less",
)  # fmt: skip


def generated() -> list[Generated]:
    """All, by name."""
    answers = [Generated(f"answer-{name}", FileTree(one.files()), _POLL if name == "poll" else ()) for name, one in references().items() if not one.starter]  # fmt: skip
    written = [Generated(f"page-{one.name}", FileTree(one.files)) for one in projects() if one.name in _WRITTEN]
    servers = [
        Generated(f"server-{name}", FileTree(files), (*_GET, *_MORE.get(name, ()))) for name, files in APPS.items()
    ]
    whole = [Generated(f"whole-{name}", FileTree(files), _NOTES) for name, files in _WHOLE.items()]
    return sorted([*answers, *written, *servers, *whole], key=lambda one: one.name)


_POLL: Final = (
    Request("GET", "/"),
    Request("POST", "/", {"place": "Lake"}, form=True),
    Request("POST", "/", {"place": "Nowhere"}, form=True),
    Request("GET", "/"),
    Request("POST", "/", {"reset": "yes"}, form=True),
)
_MORE: Final = {"fastapi": (Request("GET", "/openapi.json"), Request("GET", "/docs"), Request("POST", "/"))}
_NOTES: Final = (
    Request("GET", "/api/notes"),
    Request("POST", "/api/notes", {"text": "Buy olive oil & salt"}),
    Request("POST", "/api/notes", {"text": "Ligar para a Ana às três"}),
    Request("POST", "/api/notes", {"text": ""}),
    Request("GET", "/api/notes"),
    Request("DELETE", "/api/notes/1"),
    Request("DELETE", "/api/notes/99"),
    Request("GET", "/api/notes"),
    Request("GET", "/api/nothing-is-here"),
)

_PAGE: Final = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Notes</title></head><body><div id="root"></div><script type="module" src="/src/main.{}"></script></body></html>'
_REACT: Final = {
    "index.html": _PAGE.format("jsx"),
    "vite.config.js": "import { defineConfig } from 'vite'\nimport react from '@vitejs/plugin-react'\n\nexport default defineConfig({ plugins: [react()] })\n",
    "src/main.jsx": "import { createRoot } from 'react-dom/client'\nimport App from './App.jsx'\n\ncreateRoot(document.getElementById('root')).render(<App />)\n",
    "src/App.jsx": """import { useEffect, useState } from 'react'

export default function App() {
  const [notes, setNotes] = useState(null)
  useEffect(() => { fetch('/api/notes').then((answer) => answer.json()).then(setNotes) }, [])
  if (!notes) return <p>Loading…</p>
  return <main><h1>Notes</h1><p>{notes.length} of them</p><ul>{notes.map((note) => <li key={note.id}>{note.text}</li>)}</ul></main>
}
""",
}
_VUE: Final = {
    "index.html": _PAGE.format("js"),
    "vite.config.js": "import { defineConfig } from 'vite'\nimport vue from '@vitejs/plugin-vue'\n\nexport default defineConfig({ plugins: [vue()] })\n",
    "src/main.js": "import { createApp } from 'vue'\nimport App from './App.vue'\n\ncreateApp(App).mount('#root')\n",
    "src/App.vue": """<script setup>
import { onMounted, ref } from 'vue'
const notes = ref(null)
onMounted(async () => { notes.value = await (await fetch('/api/notes')).json() })
</script>
<template>
  <main v-if="notes"><h1>Notes</h1><p>{{ notes.length }} of them</p><ul><li v-for="note in notes" :key="note.id">{{ note.text }}</li></ul></main>
  <p v-else>Loading…</p>
</template>
""",
}


def _package(front: dict[str, str], tools: dict[str, str], **more: object) -> str:
    said = {"name": "notes", "private": True, "type": "module", "scripts": {"dev": "vite", "build": "vite build"}}
    return json.dumps(said | {"dependencies": front, "devDependencies": {"vite": "7.1.12", **tools}} | more)


_OF_REACT: Final = _package({"react": "19.2.0", "react-dom": "19.2.0"}, {"@vitejs/plugin-react": "5.1.0"})
_FASTAPI_NOTES: Final = """import sqlite3
from pathlib import Path

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field

app = FastAPI()
Path("data").mkdir(exist_ok=True)


def database():
    opened = sqlite3.connect("data/notes.db")
    opened.execute("CREATE TABLE IF NOT EXISTS note (id INTEGER PRIMARY KEY, text TEXT)")
    return opened


class Note(BaseModel):
    text: str = Field(min_length=1)


@app.get("/api/notes")
def notes():
    with database() as opened:
        return [{"id": one, "text": text} for one, text in opened.execute("SELECT id, text FROM note ORDER BY id")]


@app.post("/api/notes", status_code=201)
def add(note: Note):
    with database() as opened:
        made = opened.execute("INSERT INTO note (text) VALUES (?)", (note.text,))
        return {"id": made.lastrowid, "text": note.text}


@app.delete("/api/notes/{note}", status_code=204)
def remove(note: int):
    with database() as opened:
        if not opened.execute("DELETE FROM note WHERE id = ?", (note,)).rowcount:
            raise HTTPException(404, "No such note")
"""
_FLASK_POSTGRES: Final = """import os

import psycopg
from flask import Flask, request

app = Flask(__name__)


def database():
    opened = psycopg.connect(os.environ["DATABASE_URL"])
    opened.execute("CREATE TABLE IF NOT EXISTS note (id serial PRIMARY KEY, text text NOT NULL)")
    return opened


@app.get("/api/notes")
def notes():
    with database() as opened:
        return [{"id": one, "text": text} for one, text in opened.execute("SELECT id, text FROM note ORDER BY id")]


@app.post("/api/notes")
def add():
    text = request.get_json().get("text", "").strip()
    if not text:
        return {"error": "A note needs a text"}, 400
    with database() as opened:
        (made,) = opened.execute("INSERT INTO note (text) VALUES (%s) RETURNING id", (text,)).fetchone()
    return {"id": made, "text": text}, 201


@app.delete("/api/notes/<int:note>")
def remove(note):
    with database() as opened:
        gone = opened.execute("DELETE FROM note WHERE id = %s", (note,)).rowcount
    return ("", 204) if gone else ({"error": "No such note"}, 404)
"""
_EXPRESS_NOTES: Final = """import express from 'express'
import { DatabaseSync } from 'node:sqlite'
import { mkdirSync } from 'node:fs'

mkdirSync('data', { recursive: true })
const database = new DatabaseSync('data/notes.db')
database.exec('CREATE TABLE IF NOT EXISTS note (id INTEGER PRIMARY KEY, text TEXT NOT NULL)')
const app = express()
app.use(express.json())
app.get('/api/notes', (_, answer) => answer.json(database.prepare('SELECT id, text FROM note ORDER BY id').all()))
app.post('/api/notes', ({ body }, answer) => {
  const text = String(body?.text ?? '').trim()
  if (!text) return answer.status(400).json({ error: 'A note needs a text' })
  const { lastInsertRowid } = database.prepare('INSERT INTO note (text) VALUES (?)').run(text)
  answer.status(201).json({ id: Number(lastInsertRowid), text })
})
app.delete('/api/notes/:id', ({ params }, answer) => {
  const { changes } = database.prepare('DELETE FROM note WHERE id = ?').run(Number(params.id))
  answer.status(changes ? 204 : 404).end()
})
app.listen(Number(process.env.PORT ?? 3000), '0.0.0.0')
"""
_WHOLE: Final[dict[str, dict[str, str]]] = {
    "react-fastapi": {
        **_REACT, "package.json": _OF_REACT, "main.py": _FASTAPI_NOTES, "requirements.txt": "fastapi\nuvicorn\n",
    },
    "react-flask-postgres": {
        **_REACT, "package.json": _OF_REACT, "app.py": _FLASK_POSTGRES, "requirements.txt": "flask\npsycopg[binary]\n",
    },
    "vue-express": {
        **_VUE, "server.js": _EXPRESS_NOTES,
        "package.json": _package(
            {"vue": "3.5.22", "express": "5.1.0"}, {"@vitejs/plugin-vue": "6.0.1"},
            scripts={"dev": "vite", "build": "vite build", "start": "node server.js"},
        ),
    },
}  # fmt: skip
