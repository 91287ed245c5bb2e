"""What is mended, by class, and what is left alone on purpose."""

from __future__ import annotations

import json

import pytest

from builder.generation.mends import BundledPackages, Diagnostic, Mended, free_mends
from builder.generation.mends.sentences import left_sentence, mend_sentence
from preview_runtime.engines import FaultKind
from preview_runtime.file_tree import FileTree
from tests.unit.generation.mends.clean import CLEAN, REACT, VERBATIM, VITE
from tests.unit.generation.mends.clean_apps import CLEAN_APPS
from tests.unit.generation.mends.faults import seeded
from tests.unit.generation.mends.meaning import meaning
from tests.unit.generation.mends.projects import manifest, small, starters

PACKAGES = BundledPackages()
NOTHING = FileTree()


def mended(files: dict[str, str], before: FileTree = NOTHING) -> Mended:
    return free_mends(FileTree(files), before=before, packages=PACKAGES)


def react(files: dict[str, str], **packages: str) -> dict[str, str]:
    names = {name.replace("_", "-"): version for name, version in packages.items()}
    return {"package.json": manifest({**REACT, **names}, VITE), **files}


def node(files: dict[str, str], **more: object) -> dict[str, str]:
    return {"package.json": manifest({"express": "^5.3.0"}, None, scripts={"start": "node server.js"}, **more), **files}


# What is wrong → the lines that are there afterwards: (files, path, lines)
MENDED: dict[str, tuple[dict[str, str], str, list[str]]] = {
    "dependency": (
        react({"src/a.ts": 'import { create } from "zustand"\nexport default create\n'}),
        "package.json",
        [f'"zustand": "^{PACKAGES.npm_version("zustand")}"'],
    ),
    "dependency with what has to stand beside it": (
        react({"src/A.tsx": 'import { Line } from "react-chartjs-2"\nexport const A = () => <Line data={{ datasets: [] }} />\n'}),
        "package.json",
        ['"chart.js": "^', '"react-chartjs-2": "^'],
    ),
    "program of a script": (
        {"package.json": json.dumps({"scripts": {"dev": "vite", "build": "tsc && vite build"}, "dependencies": {}}, indent=2)},
        "package.json",
        ['"typescript": "^', '"vite": "^'],
    ),
    "hook without an import": (
        react({"src/A.tsx": "export default function A() {\n  const [n] = useState(0)\n  return <p>{n}</p>\n}\n"}),
        "src/A.tsx",
        ['import { useState } from "react"'],
    ),
    "hook beside others, as they are written": (
        react({"src/A.jsx": "'use client';\nimport { useRef } from 'react';\nexport default () => { useEffect(() => {}); return useRef() };\n"}),
        "src/A.jsx",
        ["import { useRef, useEffect } from 'react';"],
    ),
    "component without an import": (
        react({"src/A.tsx": "export const A = () => <Card />\n", "src/ui/Card.tsx": "export function Card() { return <p /> }\n"}),
        "src/A.tsx",
        ['import { Card } from "./ui/Card"'],
    ),
    "component of a template": (
        {"package.json": manifest({"vue": "^3.5.0"}), "src/A.vue": '<script setup>\nimport { ref } from "vue"\nconst n = ref(1)\n</script>\n<template><Card>{{ n }}</Card></template>\n', "src/Card.vue": "<template><p /></template>\n<script setup>\nconst a = 1\n</script>\n"},
        "src/A.vue",
        ['import Card from "./Card.vue"'],
    ),
    "type without an import": (
        react({"src/a.ts": "export const a: Book[] = []\n", "src/types.ts": "export interface Book { title: string }\n"}),
        "src/a.ts",
        ['import type { Book } from "./types"'],
    ),
    "type taken as a value": (
        react({"src/a.ts": 'import { Book, first } from "./types"\nexport const a: Book = first\n', "src/types.ts": "export type Book = string\nexport const first = 'a'\n", "tsconfig.json": VERBATIM}),
        "src/a.ts",
        ['import { type Book, first } from "./types"'],
    ),
    "React as a value": (react({"src/A.tsx": "export const A = () => { const [a] = React.useState(1); return <p>{a}</p> }\n"}), "src/A.tsx", ['import React from "react"']),
    "default for a name": (react({"src/a.ts": 'import b from "./b"\nexport default b\n', "src/b.ts": "export const b = 1\n"}), "src/a.ts", ['import { b } from "./b"']),
    "name for a default": (react({"src/a.ts": 'import { B, c } from "./B"\nexport default [B, c]\n', "src/B.ts": "export default function B() {}\nexport const c = 1\n"}), "src/a.ts", ['import B, { c } from "./B"']),
    "a whole for a default": (react({"src/a.ts": 'import THREE from "three"\nexport default new THREE.Scene()\n'}, three="^0.187.0"), "src/a.ts", ['import * as THREE from "three"']),
    "export that is missing": (react({"src/a.ts": 'import { b } from "./b"\nexport default b\n', "src/b.ts": "const b = 1\n"}), "src/b.ts", ["export const b = 1"]),
    "default that is missing": (react({"src/a.tsx": 'import App from "./App"\nexport default App\n', "src/App.tsx": "function App() { return <p /> }\n"}), "src/App.tsx", ["export default App"]),
    "another case": (react({"src/a.ts": 'import { b } from "./Parts/b"\nexport default b\n', "src/parts/B.ts": "export const b = 1\n"}), "src/a.ts", ['from "./parts/B"']),
    "another folder": (react({"src/a.ts": 'import { Chip } from "./Chip"\nexport default Chip\n', "src/ui/Chip.tsx": "export const Chip = () => <p />\n"}), "src/a.ts", ['from "./ui/Chip"']),
    "another ending": (react({"src/a.ts": 'import { b } from "./b.jsx"\nexport default b\n', "src/b.ts": "export const b = 1\n"}), "src/a.ts", ['from "./b.ts"']),
    "alias that nobody set up": (react({"src/pages/a.ts": 'import { b } from "@/lib/b"\nexport default b\n', "src/lib/b.ts": "export const b = 1\n"}), "src/pages/a.ts", ['from "../lib/b"']),
    "slip in a name": (react({"src/a.ts": 'import { fromatPrice } from "./b"\nexport default fromatPrice(1)\n', "src/b.ts": "export const formatPrice = (n: number) => n\n"}), "src/a.ts", ["import { formatPrice as fromatPrice }"]),
    "icon that is not there": (react({"src/A.tsx": 'import { TrashCan } from "lucide-react"\nexport const A = () => <TrashCan />\n'}, lucide_react="^1.77.0"), "src/A.tsx", ["import { Trash as TrashCan }"]),
    "icon of a folder that moved": (react({"src/A.tsx": 'import { BellIcon } from "@heroicons/react/outline"\nexport const A = () => <BellIcon />\n', "package.json": manifest({**REACT, "@heroicons/react": "^2.2.0"}, VITE)}), "src/A.tsx", ['"@heroicons/react/24/outline"']),
    "name of another part of the package": (react({"src/a.tsx": 'import { createRoot } from "react-dom"\ncreateRoot(document.body)\n'}), "src/a.tsx", ['import { createRoot } from "react-dom/client"']),
    "name of another package": (react({"src/a.tsx": 'import { useEffect, useNavigate } from "react"\nexport const a = () => { useEffect(() => {}); useNavigate() }\n'}, react_router_dom="^7.18.0"), "src/a.tsx", ['import { useEffect } from "react"', 'import { useNavigate } from "react-router-dom"']),
    "class": (react({"src/A.tsx": 'export const A = () => <label class="a" for="b"><my-tag class="c" /></label>\n'}), "src/A.tsx", ['<label className="a" htmlFor="b"><my-tag class="c" />']),
    "key by number": (react({"src/A.tsx": "export const A = ({ rows }: { rows: string[] }) => <ul>{rows.map(row => <li>{row}</li>)}</ul>\n"}), "src/A.tsx", ["rows.map((row, index) => <li key={index}>"]),
    "key by id": (react({"src/A.tsx": "export const A = ({ rows, go }: any) => <ul>{rows.length > 0 && rows.map((row) => { return <li onClick={() => go(row.id)}>x</li> })}</ul>\n"}), "src/A.tsx", ["<li key={row.id} onClick"]),
    "key of a short fragment": (react({"src/A.tsx": 'import { useId } from "react"\nexport const A = ({ rows }: any) => <dl id={useId()}>{rows.map((row) => <><dt>{row}</dt><dd /></>)}</dl>\n'}), "src/A.tsx", ["<Fragment key={index}><dt>", "</Fragment>", "import { useId, Fragment }"]),
    "Tailwind's directives": ({"package.json": manifest({"tailwindcss": "^4.3.0"}), "src/a.css": "@tailwind base;\n@tailwind components;\n@tailwind utilities;\n\nbody { margin: 0; }\n"}, "src/a.css", ['@import "tailwindcss";\n\nbody']),
    "Tailwind's configuration": ({"package.json": manifest({"tailwindcss": "^4.3.0"}), "src/a.css": "@tailwind base;\n@tailwind utilities;\n", "tailwind.config.js": "export default { content: ['./src/**'], theme: { extend: { colors: { a: '#fff' } } } }\n"}, "src/a.css", ['@import "tailwindcss";\n@config "../tailwind.config.js";']),
    "Tailwind in PostCSS": ({"package.json": manifest({"tailwindcss": "^4.3.0"}), "postcss.config.js": "export default { plugins: { tailwindcss: {}, autoprefixer: {} } }\n"}, "postcss.config.js", ['"@tailwindcss/postcss": {}']),
    "Tailwind's plugin": (react({"src/a.css": '@import "tailwindcss";\n', "vite.config.ts": 'import react from "@vitejs/plugin-react"\nimport { defineConfig } from "vite"\nexport default defineConfig({ plugins: [react()] })\n'}, tailwindcss="^4.3.0"), "vite.config.ts", ["plugins: [react(), tailwindcss()]", 'import tailwindcss from "@tailwindcss/vite"']),
    "end of a component": (react({"src/A.tsx": "export default function A() {\n  return (\n    <main>\n      <p>a</p>\n    </main>\n"}), "src/A.tsx", ["    </main>\n  )\n}\n"]),
    "end of an effect": (react({"src/a.ts": 'import { useEffect } from "react"\nexport function useTitle(title: string) {\n  useEffect(() => {\n    document.title = title\n  }, [title])\n  return title\n'}), "src/a.ts", ["return title\n}\n"]),
    "end of JSON": ({"data.json": '{\n  "a": [\n    {"b": 1}\n  ]'}, "data.json", ["  ]\n}\n"]),
    "end of a call in Python": ({"main.py": "print(\n    str(1)\n"}, "main.py", ["str(1)\n)\n"]),
    "require among imports": (node({"server.js": 'const express = require("express");\nconst { join } = require("node:path");\nimport { a } from "./a.js";\nexport default [express, join, a];\n', "a.js": "export const a = 1;\n"}), "server.js", ['import express from "express";', 'import { join } from "node:path";']),
    "exports of CommonJS in a module": (node({"server.js": 'import { a } from "./a.js";\nexport default a;\n', "a.js": "function a() {}\nmodule.exports = { a };\n"}), "a.js", ["export { a };"]),
    "type of modules": (node({"server.js": 'const express = require("express");\nmodule.exports = express;\n'}), "package.json", ['"type": "commonjs"']),
    "folder's name": (node({"server.js": 'import path from "node:path";\nexport default path.join(__dirname, "a");\n'}), "server.js", ['path.join(import.meta.dirname, "a")']),
    "ending that Node needs": (node({"server.js": 'import { a } from "./a";\nexport default a;\n', "a.js": "export const a = 1;\n"}), "server.js", ['from "./a.js"']),
    "port and host of Express": (node({"server.js": 'import express from "express";\nconst PORT = 3000;\nexpress().listen(PORT, "localhost");\n'}), "server.js", ["const PORT = Number(process.env.PORT) || 3000;", 'listen(PORT, "0.0.0.0")']),
    "host of Fastify": (node({"server.js": 'import fastify from "fastify";\nawait fastify().listen({ port: 3000 });\n', "package.json": manifest({"fastify": "^5.12.0"})}), "server.js", ["Number(process.env.PORT) || 3000", "host: \"0.0.0.0\""]),
    "page of Vite": (react({"index.html": '<script type="module" src="/src/main.jsx"></script>', "src/main.tsx": "export {}\n"}), "index.html", ['src="/src/main.tsx"']),
    "requirement": ({"requirements.txt": "fastapi\n", "main.py": "import jwt\nfrom fastapi import FastAPI\napp = FastAPI()\nprint(jwt)\n"}, "requirements.txt", ["fastapi\npyjwt\n"]),
    "requirement with a version, as the others": ({"requirements.txt": "flask==3.1.3", "main.py": "import flask, requests\nprint(flask, requests)\n"}, "requirements.txt", [f"flask==3.1.3\nrequests=={PACKAGES.pypi_version('requests')}\n"]),
    "requirement that is implied": ({"requirements.txt": "fastapi\n", "main.py": "from fastapi import FastAPI, Form\napp = FastAPI()\nprint(Form)\n"}, "requirements.txt", ["python-multipart"]),
    "list of requirements": ({"main.py": "import flask\nprint(flask)\n"}, "requirements.txt", ["flask\n"]),
    "requirement of Python itself": ({"requirements.txt": "flask\nsqlite3\n", "main.py": "import flask, sqlite3\nprint(flask, sqlite3)\n"}, "requirements.txt", ["flask\n"]),
    "Python module without an import": ({"main.py": "print(json.dumps(os.environ.get('A')))\n"}, "main.py", ["import json", "import os"]),
    "Python name without an import": ({"main.py": "from fastapi import FastAPI\napp = FastAPI()\n@app.get('/')\ndef a(b: Optional[int] = None):\n    raise HTTPException(404)\n", "requirements.txt": "fastapi\n"}, "main.py", ["from fastapi import FastAPI, HTTPException", "from typing import Optional"]),
    "Python name of a file beside": ({"main.py": "print(load_books())\n", "store.py": "def load_books():\n    return []\n"}, "main.py", ["from store import load_books"]),
    "Python name of FastAPI's own parts": ({"main.py": "from fastapi import FastAPI\napp = FastAPI()\nclass Book(BaseModel):\n    title: str = Field(min_length=1)\n@app.get('/', response_class=HTMLResponse)\ndef a(): ...\n", "requirements.txt": "fastapi\n"}, "main.py", ["from pydantic import BaseModel, Field", "from fastapi.responses import HTMLResponse"]),
    "Python class of an enum": ({"main.py": "class Kind(Enum):\n    A = 1\n"}, "main.py", ["from enum import Enum"]),
    "requirement beside one with extras": ({"requirements.txt": "fastapi\nuvicorn[standard]\n", "main.py": "import requests, yaml\nfrom fastapi import FastAPI\napp = FastAPI()\nprint(requests, yaml)\n"}, "requirements.txt", ["uvicorn[standard]\nrequests\n"]),
    "attributes of drawings": (react({"src/A.tsx": "export const A = () => <svg><path clip-path='url(#a)' stop-color='red' fill-opacity='0.5' /></svg>\n"}), "src/A.tsx", ["clipPath='url(#a)' stopColor='red' fillOpacity='0.5'"]),
    "events of elements": (react({"src/A.tsx": "export const A = ({ go }: any) => <button onclick={go} onmouseenter={() => go(1)} ondblclick={go}>x</button>\n"}), "src/A.tsx", ["onClick={go} onMouseEnter={() => go(1)} onDoubleClick={go}"]),
    "a package that is called like what is used": (react({"src/A.tsx": "export const A = ({ on }: any) => <p className={clsx('a', on && 'b')} />\n"}, clsx="^2.1.0"), "src/A.tsx", ["import clsx from 'clsx'"]),
    "what Node has, in a server": (node({"server.js": 'import express from "express";\nconst app = express();\napp.use(express.static(join(import.meta.dirname, "public")));\nexport default [app, randomUUID()];\n'}), "server.js", ['import { join } from "node:path";', 'import { randomUUID } from "node:crypto";']),
    "where React's roots are": (react({"src/main.tsx": "import ReactDOM from 'react-dom'\nReactDOM.createRoot(document.body).render(<p />)\n"}), "src/main.tsx", ["import ReactDOM from 'react-dom/client'"]),
    "parts of a package that nothing else takes from": (react({"src/A.tsx": "export const A = () => <XAxis dataKey='a' />\n"}, recharts=f"^{PACKAGES.npm_version('recharts')}"), "src/A.tsx", ['import { XAxis } from ']),
    "Flask's request beside requests": ({"requirements.txt": "flask\nrequests\n", "main.py": "import requests\nfrom flask import Flask\napp = Flask(__name__)\n@app.get('/')\ndef a():\n    return requests.get(request.args['a']).text\n"}, "main.py", ["from flask import Flask, request\n"]),
    "an alias without its slash": (react({"src/A.tsx": 'import { B } from "@components/B"\nexport default B\n', "src/components/B.tsx": "export function B() { return <p /> }\n"}), "src/A.tsx", ['from "./components/B"']),
    "Python module under another name": ({"main.py": "from stores import Store\nprint(Store())\n", "store.py": "class Store: ...\n"}, "main.py", ["from store import Store"]),
    "dots in a script": ({"main.py": "from .store import load\nprint(load())\n", "store.py": "def load():\n    return []\n"}, "main.py", ["from store import load"]),
    "bare import in a package": ({"app/__init__.py": "", "run.py": "from app.main import go\ngo()\n", "app/main.py": "from store import load\ngo = load\n", "app/store.py": "def load(): ...\n"}, "app/main.py", ["from .store import load"]),
    "slip in a Python name": ({"main.py": "from fastapi import FatsAPI\napp = FastAPI()\n", "requirements.txt": "fastapi\n"}, "main.py", ["from fastapi import FastAPI"]),
    "host of Flask": ({"requirements.txt": "flask\n", "main.py": "from flask import Flask\napp = Flask(__name__)\napp.run(host='127.0.0.1', port=5000)\n"}, "main.py", ["import os", 'app.run(host="0.0.0.0", port=int(os.environ.get("PORT", 5000)))']),
}  # fmt: skip


@pytest.mark.parametrize("name", MENDED)
def test_a_fault_is_mended(name: str) -> None:
    files, path, lines = MENDED[name]
    result = mended(files)
    text = result.tree.text(path) or ""
    assert [line for line in lines if line not in text] == [], text
    again = free_mends(result.tree, before=NOTHING, packages=PACKAGES)
    assert (again.mends, again.tree) == ((), result.tree), "mending again changes nothing"
    assert all(mend_sentence(mend) for mend in result.mends)


# What is seen, or is wrong, and stays: (files, code of what is said of it, "" where nothing is)
LEFT: dict[str, tuple[dict[str, str], str]] = {
    "a package that is not known": (react({"src/a.ts": 'import x from "no-such-package-here"\nexport default x\n'}), "unknown_package"),
    "a file that nobody wrote": (react({"src/a.ts": 'import { x } from "./x"\nexport default x\n'}), "missing_file"),
    "two files that fit": (react({"src/a.ts": 'import { x } from "./x"\nexport default x\n', "src/b/x.ts": "export const x = 1\n", "src/c/x.ts": "export const x = 1\n"}), "missing_file"),
    "a function that nobody wrote": (react({"src/a.ts": 'import { getUsers } from "./b"\nexport default getUsers\n', "src/b.ts": "export const getUser = 1\n"}), "missing_name"),
    "an icon with another meaning": (react({"src/A.tsx": 'import { HeartBroken } from "lucide-react"\nexport const A = () => <HeartBroken />\n'}, lucide_react="^1.77.0"), "missing_name"),
    "a component that two modules give": (react({"src/A.tsx": 'import { Plus } from "lucide-react"\nexport const A = () => <Link to="/"><Plus /></Link>\n'}, lucide_react="^1.77.0", react_router_dom="^7.18.0"), "unknown_name"),
    "a component that is nowhere": (react({"src/A.tsx": "export const A = () => <Nowhere />\n"}), "unknown_name"),
    "a default that stands for nothing": (react({"src/a.ts": 'import b from "./b"\nexport default b(1)\n', "src/b.ts": "export const c = 1\nexport const d = 2\n"}), "missing_default"),
    "a function cut before what it gives": (react({"src/a.ts": "export function total(rows: number[]) {\n  if (rows.length > 3) {\n    return 1\n  }\n"}), "cut_off"),
    "a component cut before its elements": (react({"src/A.tsx": 'import { useState } from "react"\nexport default function A() {\n  const [a, setA] = useState(0);\n'}), "cut_off"),
    "a style sheet that goes on, or does not": ({"a.css": ".a {\n  color: red;\n"}, "cut_off"),
    "a list that goes on, or does not": (react({"src/a.ts": "export const a = [\n  1,\n  2,\n"}), "cut_off"),
    "a file cut before what it uses": (react({"src/A.tsx": "export default function A() {\n  return <p>{title()}</p>\n"}), "cut_off"),
    "an element cut before what is in it": (react({"src/A.tsx": "export default function A() {\n  return (\n    <p>\n"}), "cut_off"),
    "a file cut in the middle of a name": (react({"src/a.ts": "export const a = { b: 1, cc"}), "cut_off"),
    "a brace that is missing in the middle": (react({"src/a.ts": "function a() {\n  if (b) {\n}\nfunction c() {}\n}\n}\n}"}), ""),
    "a require inside of a function": (node({"server.js": 'import a from "node:fs";\nexport function b() { return [a, require("express")]; }\n'}), "mixed_modules"),
    "parts of Tailwind 3": ({"package.json": manifest({"tailwindcss": "^4.3.0"}), "src/a.css": "@tailwind base;\n"}, "tailwind_parts"),
    "an icon of a package that nothing takes from": (react({"src/A.tsx": "export const A = () => <Award />\n"}, lucide_react="^1.77.0"), "unknown_name"),
    "what else React's DOM gives": (react({"src/A.tsx": "import ReactDOM from 'react-dom'\nexport const A = () => ReactDOM.createPortal(<p />, document.body)\n"}), ""),
    "an event's code as a text": (react({"src/A.tsx": "export const A = () => <button onclick='go()'>x</button>\n"}), ""),
    "a scope that somebody asks for": (react({"src/A.tsx": 'import { B } from "@components/B"\nexport default B\n', "src/components/B.tsx": "export const B = 1\n"}, **{"@components/B": "^1.0.0"}), ""),
    "a Python module that is asked for": ({"requirements.txt": "stores\n", "main.py": "from stores import Store\nprint(Store())\n", "store.py": "class Store: ...\n"}, ""),
    "a Python package that is not known": ({"requirements.txt": "", "main.py": "import no_such_module\nprint(no_such_module)\n"}, "unknown_package"),
    "a Python name that is not there": ({"main.py": "from store import save\nprint(save)\n", "store.py": "def load(): ...\n"}, "missing_name"),
    "text that is no code": ({"notes.md": "class= import {{{ <div>", "a.txt": "("}, ""),
}  # fmt: skip


@pytest.mark.parametrize("name", LEFT)
def test_what_is_not_certain_is_left_alone(name: str) -> None:
    files, code = LEFT[name]
    result = mended(files)
    assert result.mends == ()
    assert result.tree == FileTree(files)
    assert ({one.code for one in result.left} == {code}) if code else True
    assert all(left_sentence(one) for one in result.left)


@pytest.mark.parametrize("name", [*CLEAN, *CLEAN_APPS])
def test_what_only_looks_broken_stays_as_it_is(name: str) -> None:
    tree = {**CLEAN, **CLEAN_APPS}[name]
    result = free_mends(tree, before=NOTHING, packages=PACKAGES)
    assert result.mends == ()
    assert result.tree is tree


@pytest.mark.parametrize("name", [*starters(), *small()])
def test_a_project_without_faults_stays_as_it_is(name: str) -> None:
    tree = {**starters(), **small()}[name]
    result = free_mends(tree, before=NOTHING, packages=PACKAGES)
    assert (result.mends, result.left) == ((), ())


def test_seeded_faults_are_mended_and_none_is_mended_wrong() -> None:
    faults = seeded({**starters(), **small()}, seed=2, most=4)
    ended = []
    for fault in faults:
        result = free_mends(fault.tree, before=fault.original, packages=PACKAGES)
        right = meaning(result.tree) == meaning(fault.original)
        ended.append(right)
        assert right or not result.mends, f"{fault.kind} in {fault.project} {fault.path}: {result.mends}"
    assert len(faults) > 90
    assert sum(ended) >= 0.9 * len(faults)


def test_only_what_changed_is_looked_at() -> None:
    files = react(
        {
            "src/A.tsx": "export const A = () => <p class='a' />\n",
            "src/B.tsx": "export const B = () => <p class='a' />\n",
        }
    )
    before = FileTree({**files, "src/B.tsx": ""})
    result = mended(files, before)
    assert [mend.path for mend in result.mends] == ["src/B.tsx"]
    seen = Diagnostic(FaultKind.RUNTIME, "error", "Invalid DOM property `class`", "src/A.tsx")
    named = free_mends(FileTree(files), before=before, packages=PACKAGES, faults=[seen])
    assert [mend.path for mend in named.mends] == ["src/A.tsx", "src/B.tsx"]


@pytest.mark.parametrize(
    ("path", "whole", "cut"),
    [
        ("a.css", ".a {\n  color: red;\n}\n", ".a {\n  color: red;\n"),
        ("a.json", '{\n  "a": [\n    {"b": [1]}\n  ]\n}\n', '{\n  "a": [\n    {"b": [1]'),
        ("a.py", "print(\n    [\n        1,\n    ],\n)\n", "print(\n    [\n        1,\n"),
        ("a.ts", "export const a = {\n  b() {\n    c();\n  },\n};\n", "export const a = {\n  b() {\n    c();\n"),
    ],
)
def test_a_file_that_ends_as_it_did_before_is_closed(path: str, whole: str, cut: str) -> None:
    before = FileTree({path: whole})
    assert meaning(mended({path: cut}, before).tree) == meaning(before)
    longer = FileTree({path: cut + whole})
    assert mended({path: cut}, longer).mends == ()


def test_files_that_import_what_moved_follow_it() -> None:
    one = react({"src/a.ts": 'import { b } from "./b"\nexport default b\n', "src/b.ts": "export const b = 1\n"})
    moved = {**{path: text for path, text in one.items() if path != "src/b.ts"}, "src/lib/b.ts": one["src/b.ts"]}
    result = mended(moved, FileTree(one))
    assert 'from "./lib/b"' in (result.tree.text("src/a.ts") or "")


def test_each_mend_says_what_it_did_and_can_be_repeated() -> None:
    for files, _, _ in MENDED.values():
        texts = dict(files)
        result = mended(files)
        for mend in result.mends:
            for edit in mend.edits:
                texts[edit.path] = texts[edit.path].replace(edit.find, edit.replace, 1) if edit.find else edit.replace
        assert FileTree(texts) == result.tree
