"""Projects that look broken and are not: whoever changes one has made it worse."""

from __future__ import annotations

import json

from preview_runtime.file_tree import FileTree

REACT = {"react": "^19.3.1", "react-dom": "^19.3.1"}
VITE = {"vite": "^8.3.8", "@vitejs/plugin-react": "^6.3.0", "typescript": "^5.9.0"}
INDEX = '<!doctype html>\n<div id="root"></div>\n<script type="module" src="/src/main.tsx"></script>\n'
VERBATIM = json.dumps({"compilerOptions": {"verbatimModuleSyntax": True, "jsx": "react-jsx"}})


def _manifest(dependencies: dict[str, str], development: dict[str, str] | None = None, **more: object) -> str:
    return json.dumps(
        {"name": "app", "type": "module", **more, "dependencies": dependencies, "devDependencies": development or {}},
        indent=2,
    )


def react(
    path: str, text: str, *, others: dict[str, str] | None = None, packages: dict[str, str] | None = None
) -> FileTree:
    return FileTree({"package.json": _manifest({**REACT, **(packages or {})}, VITE), path: text, **(others or {})})


def with_packages(
    dependencies: dict[str, str], files: dict[str, str], development: dict[str, str] | None = None, **more: object
) -> FileTree:
    return FileTree({"package.json": _manifest(dependencies, development, **more), **files})


def node(files: dict[str, str], dependencies: dict[str, str] | None = None, **more: object) -> FileTree:
    document = {
        "name": "app",
        "scripts": {"start": "node server.js"},
        **more,
        "dependencies": dependencies or {"express": "^5.3.0"},
    }
    return FileTree({"package.json": json.dumps(document, indent=2), **files})


def python(files: dict[str, str], requirements: str = "fastapi\nuvicorn[standard]\n") -> FileTree:
    return FileTree({"requirements.txt": requirements, **files})


CLEAN: dict[str, FileTree] = {
    # Elements
    "class of a custom element": react("src/A.tsx", 'export const A = () => <my-chip class="big">x</my-chip>\n'),
    "class as a component's own property": react(
        "src/A.tsx",
        'import { B } from "./B"\nexport const A = () => <B class="big" />\n',
        others={"src/B.tsx": "export const B = (p: { class: string }) => <i>{p.class}</i>\n"},
    ),
    "class in a string of HTML": react(
        "src/A.tsx",
        "export const html = '<p class=\"x\">a</p>'\nexport const A = () => <div dangerouslySetInnerHTML={{ __html: html }} />\n",
    ),
    "class in Preact": with_packages(
        {"preact": "^11.2.0"},
        {"src/A.tsx": 'export const A = () => <p class="x">a</p>\n'},
        {"vite": "^8.3.8", "@preact/preset-vite": "^2.10.0"},
    ),
    "class in Solid": with_packages(
        {"solid-js": "^1.9.0"},
        {
            "src/A.tsx": 'import { createSignal, For } from "solid-js"\nexport const A = () => { const [n] = createSignal(0); return <ul class="x" tabindex="0"><For each={[1]}>{(i) => <li>{i + n()}</li>}</For></ul> }\n'
        },
        {"vite": "^8.3.8"},
    ),
    "class in Vue": with_packages(
        {"vue": "^3.5.0"},
        {
            "src/A.vue": '<script setup>\nconst n = 1\n</script>\n<template><p class="x" for="a">{{ n }}</p></template>\n'
        },
        {"vite": "^8.3.8"},
    ),
    "class in Svelte": with_packages(
        {"svelte": "^5.57.0"},
        {"src/A.svelte": '<script>\n  let n = $state(1)\n</script>\n<p class="x" class:on={n}>{n}</p>\n'},
        {"vite": "^8.3.8"},
    ),
    "class in Hono's JSX": with_packages(
        {"hono": "^4.13.0", "react": "^19.3.1"},
        {"server/page.tsx": '/** @jsxImportSource hono/jsx */\nexport const Page = () => <p class="x">a</p>\n'},
    ),
    "both names on one element": react("src/A.tsx", 'export const A = () => <p class="a" className="b">x</p>\n'),
    "Children.map without keys": react(
        "src/A.tsx",
        'import { Children, type ReactNode } from "react"\nexport const A = ({ children }: { children: ReactNode }) => <ul>{Children.map(children, (child) => <li>{child}</li>)}</ul>\n',
    ),
    "a key inside what is spread": react(
        "src/A.tsx",
        "export const A = ({ rows }: { rows: { key: string; title: string }[] }) => <ul>{rows.map((row) => <li {...row} />)}</ul>\n",
    ),
    "map to texts": react(
        "src/A.tsx",
        'export const A = ({ names }: { names: string[] }) => <p>{names.map((name) => name.toUpperCase()).join(", ")}</p>\n',
    ),
    "a key on the outer element": react(
        "src/A.tsx",
        "export const A = ({ rows }: { rows: number[] }) => <ul>{rows.map((row) => <li key={row}><b>{row}</b></li>)}</ul>\n",
    ),
    "elements of a list that is spread into arguments": react(
        "src/A.tsx",
        'import { createElement } from "react"\nexport const A = ({ rows }: { rows: number[] }) => createElement("ul", null, ...rows.map((row) => <li>{row}</li>))\n',
    ),
    # Names
    "React as a namespace of types alone": react(
        "src/A.tsx", "export const A = ({ children }: { children: React.ReactNode }) => <p>{children}</p>\n"
    ),
    "a name that a page brings by a script of others": react(
        "src/a.js",
        'export const chart = () => new Chart("c", {})\n',
        others={"index.html": '<script src="https://cdn.example/chart.js"></script>\n'},
        packages={"chart.js": "^4.6.1"},
    ),
    "a name that the configuration defines": react(
        "src/a.ts",
        "export const version = __VERSION__\n",
        others={
            "vite.config.ts": 'import { defineConfig } from "vite"\nexport default defineConfig({ define: { __VERSION__: "1" } })\n',
            "src/version.ts": "export const __VERSION__ = 2\n",
        },
    ),
    "a name that is declared for all": react(
        "src/a.ts",
        "export const who = useUser()\n",
        others={
            "src/globals.d.ts": "declare function useUser(): string\n",
            "src/useUser.ts": "export const useUser = () => 1\n",
        },
    ),
    "a name that is only asked for": react(
        "src/a.ts",
        'export const has = typeof confetti !== "undefined"\n',
        others={"src/confetti.ts": "export const confetti = 1\n"},
    ),
    "a global that a module of the project is called like": react(
        "src/a.ts",
        "export const on = (event: Event) => event.type + name\n",
        others={"src/types.ts": "export type Event = { when: string }\nexport const name = 1\n"},
    ),
    "a shadowed hook": react("src/a.ts", "export function run(useState: () => number) {\n  return useState()\n}\n"),
    "names in a test": react(
        "src/a.test.ts",
        'describe("a", () => { it("b", () => { expect(render()).toBe(1) }) })\n',
        others={"src/render.ts": "export const render = () => 1\n"},
        packages={"vitest": "^4.1.0"},
    ),
    "a label and a property": react(
        "src/a.ts",
        "export const a = { useState: 1, useRef() { return 2 } }\nouter: for (const x of [1]) { if (x) break outer }\nexport const b = a.useState\n",
    ),
    "Vue's macros": with_packages(
        {"vue": "^3.5.0"},
        {
            "src/A.vue": '<script setup lang="ts">\nconst props = defineProps<{ a: string }>()\nconst emit = defineEmits(["x"])\nconst model = defineModel<string>()\n</script>\n<template><RouterLink to="/">{{ props.a }}{{ model }}</RouterLink><Transition><KeepAlive /></Transition></template>\n'
        },
    ),
    "Svelte's runes and stores": with_packages(
        {"svelte": "^5.57.0"},
        {
            "src/A.svelte": "<script>\n  import { count } from './store.js'\n  let { title } = $props()\n  let twice = $derived($count * 2)\n  $effect(() => console.log(twice))\n</script>\n<h1>{title}</h1>\n",
            "src/store.js": "import { writable } from 'svelte/store'\nexport const count = writable(0)\n",
        },
    ),
    "names that Nuxt imports by itself": with_packages(
        {"nuxt": "^4.0.0", "vue": "^3.5.0"},
        {
            "app.vue": "<script setup>\nconst n = ref(0)\nconst route = useRoute()\n</script>\n<template><p>{{ n }}{{ route }}</p></template>\n"
        },
    ),
    "a generic's parameter and an inferred type": react(
        "src/a.ts",
        "export type First<Item> = Item extends [infer Head, ...unknown[]] ? Head : never\nexport type Keys<T> = { [Name in keyof T]: Name }\n",
        others={"src/types.ts": "export type Head = 1\nexport type Name = 2\nexport type Item = 3\n"},
    ),
    "a component that the app registers": with_packages(
        {"vue": "^3.5.0"},
        {
            "src/main.js": 'import { createApp } from "vue"\nimport App from "./App.vue"\nimport BaseCard from "./BaseCard.vue"\ncreateApp(App).component("BaseCard", BaseCard).mount("#app")\n',
            "src/App.vue": "<template><BaseCard /></template>\n<script setup>\nconst a = 1\n</script>\n",
            "src/BaseCard.vue": "<template><p /></template>\n",
        },
    ),
    # Paths
    "an ending of JavaScript for a file of TypeScript": react(
        "src/a.ts", 'export { b } from "./b.js"\n', others={"src/b.ts": "export const b = 1\n"}
    ),
    "a folder's index": react(
        "src/a.ts",
        'export { b } from "./parts"\nexport { c } from "."\n',
        others={"src/parts/index.ts": "export const b = 1\n", "src/index.ts": "export const c = 1\n"},
    ),
    "an alias of tsconfig with comments": react(
        "src/a.ts",
        'export { b } from "@/b"\nexport { c } from "~lib/c"\n',
        others={
            "tsconfig.json": '{\n  // paths\n  "compilerOptions": { "paths": { "@/*": ["./src/*"], "~lib/*": ["./src/lib/*"], }, },\n}\n',
            "src/b.ts": "export const b = 1\n",
            "src/lib/c.ts": "export const c = 1\n",
        },
    ),
    "an alias of Vite in a list": react(
        "src/a.ts",
        'export { b } from "#app/b"\nexport { c } from "app/c"\n',
        others={
            "vite.config.ts": 'import { defineConfig } from "vite"\nexport default defineConfig({ resolve: { alias: [{ find: "app", replacement: "/src/app" }] } })\n',
            "src/app/c.ts": "export const c = 1\n",
        },
    ),
    "an alias that only running the configuration tells": react(
        "src/a.ts",
        'export { b } from "@/b"\n',
        others={
            "vite.config.ts": 'import { defineConfig } from "vite"\nimport { alias } from "./alias"\nexport default defineConfig({ resolve: { alias } })\n',
            "alias.ts": 'export const alias = { "@": "/lib" }\n',
            "lib/b.js": "export const b = 1\n",
            "src/b.ts": "export const b = 2\n",
        },
    ),
    "imports from baseUrl": react(
        "src/a.ts",
        'export { b } from "lib/b"\n',
        others={
            "tsconfig.json": '{ "compilerOptions": { "baseUrl": "./src" } }',
            "src/lib/b.ts": "export const b = 1\n",
        },
    ),
    "an import of what is in public": react(
        "src/a.ts", 'import logo from "/logo.svg"\nexport default logo\n', others={"public/logo.svg": "<svg/>"}
    ),
    "imports with a question": react(
        "src/a.ts",
        'import text from "./a.txt?raw"\nimport Worker from "./w.ts?worker"\nimport url from "./b.wasm?url"\nexport default [text, Worker, url]\n',
        others={"src/a.txt": "x", "src/w.ts": "export {}\n", "src/b.wasm": "x"},
    ),
    "virtual modules": react(
        "src/a.ts",
        'import { registerSW } from "virtual:pwa-register"\nimport icon from "~icons/mdi/home"\nexport default [registerSW, icon]\n',
    ),
    "an address as a module": react(
        "src/a.js", 'import confetti from "https://esm.sh/canvas-confetti"\nexport default confetti\n'
    ),
    "files that differ in case": react(
        "src/a.ts",
        'import { B } from "./button"\nexport { Button } from "./ui/Button"\nexport default B\n',
        others={"src/button.ts": "export const B = 1\n", "src/ui/Button.ts": "export const Button = 1\n"},
    ),
    "a path of package.json's own imports": react(
        "src/a.ts", 'export { b } from "#b"\n', others={"src/b.ts": "export const b = 1\n"}
    ),
    # Exports
    "everything passed on": react(
        "src/a.ts",
        'import { b, type C } from "./all"\nexport const d: C = b\n',
        others={
            "src/all.ts": 'export * from "./b"\nexport type * from "./c"\n',
            "src/b.ts": "export const b = 1\n",
            "src/c.ts": "export type C = number\n",
        },
    ),
    "passed on from a package": react(
        "src/a.ts",
        'import { anything } from "./all"\nexport default anything\n',
        others={"src/all.ts": 'export * from "some-package"\n'},
        packages={"some-package": "^1.0.0"},
    ),
    "a default under another name": react(
        "src/a.ts",
        'import { default as Main, b as c } from "./b"\nexport default [Main, c]\n',
        others={"src/b.ts": "const b = 1\nexport { b, b as default }\n"},
    ),
    "types without a mark where the compiler drops them": react(
        "src/a.ts",
        'import { B } from "./b"\nexport const a: B = 1\n',
        others={"src/b.ts": "export type B = number\n", "tsconfig.json": "{}"},
    ),
    "a class as a type and a value": react(
        "src/a.ts",
        'import { B } from "./b"\nexport const a = (b: B) => b instanceof B\n',
        others={"src/b.ts": "export class B {}\n", "tsconfig.json": VERBATIM},
    ),
    "a plural beside a singular": react(
        "src/a.ts",
        'import { getUser } from "./b"\nimport { step1 } from "./b"\nexport default [getUser, step1]\n',
        others={
            "src/b.ts": "export const getUser = 1\nexport const getUsers = 2\nexport const step1 = 1\nexport const step2 = 2\n"
        },
    ),
    "an enum and a namespace": react(
        "src/a.ts",
        'import { Colour, Shapes } from "./b"\nexport default [Colour.Red, Shapes.round]\n',
        others={"src/b.ts": "export enum Colour { Red }\nexport namespace Shapes { export const round = 1 }\n"},
    ),
    "destructured exports": react(
        "src/a.ts",
        'import { one, three, rest } from "./b"\nexport default [one, three, rest]\n',
        others={
            "src/b.ts": "const all = { one: 1, two: { three: 3 }, four: 4 }\nexport const { one, two: { three }, ...rest } = all\n"
        },
    ),
    # Packages
    "an old icon of an old version": react(
        "src/A.tsx",
        'import { Twitter, Github } from "lucide-react"\nexport const A = () => <p><Twitter /><Github /></p>\n',
        packages={"lucide-react": "^0.263.0"},
    ),
    "an icon beside a type": react(
        "src/A.tsx",
        'import { type LucideIcon, House as Home, icons } from "lucide-react"\nexport const A: LucideIcon = Home\nexport const all = icons\n',
        packages={"lucide-react": "^1.77.0"},
    ),
    "React's default and its parts": react(
        "src/A.tsx",
        'import React, { useState } from "react"\nimport ReactDOM from "react-dom/client"\nexport default function A() { const [a] = useState(1); return React.createElement("p", null, a) }\nReactDOM.createRoot(document.body).render(<A />)\n',
    ),
    "a package's module as a whole": react(
        "src/a.ts",
        'import * as THREE from "three"\nimport { OrbitControls } from "three/addons/controls/OrbitControls.js"\nimport * as d3 from "d3"\nexport default [THREE.Scene, OrbitControls, d3.scaleLinear]\n',
        packages={"three": "^0.187.0", "d3": "^7.9.0"},
    ),
    "CommonJS packages as default": with_packages(
        {"express": "^5.3.0", "jsonwebtoken": "^9.0.0", "pg": "^8.23.0"},
        {
            "server.js": 'import express, { Router } from "express"\nimport jwt from "jsonwebtoken"\nimport pg from "pg"\nexport default [express, Router, jwt, pg.Pool]\n'
        },
    ),
    "types of DefinitelyTyped alone": react(
        "src/a.ts",
        'import type { Point } from "geojson"\nexport type P = Point\n',
        packages={"@types/geojson": "^7946.0.0"},
    ),
    "a dependency of the folder above": FileTree(
        {
            "package.json": _manifest({"zod": "^4.6.0"}, workspaces=["apps/*"]),
            "apps/web/package.json": _manifest(REACT, name="web"),
            "apps/web/src/a.ts": 'import { z } from "zod"\nexport default z.string()\n',
        }
    ),
    "its own name": with_packages({}, {"src/a.ts": 'export { b } from "app/b"\n', "b.ts": "export const b = 1\n"}),
    # Style sheets
    "Tailwind 3 in a project that has it": with_packages(
        {"tailwindcss": "^3.4.0"},
        {
            "src/a.css": "@tailwind base;\n@tailwind components;\n@tailwind utilities;\n",
            "postcss.config.js": "export default { plugins: { tailwindcss: {}, autoprefixer: {} } }\n",
        },
        {"postcss": "^8.5.0", "autoprefixer": "^10.7.0"},
    ),
    "Tailwind 4's own utilities rule": with_packages(
        {"tailwindcss": "^4.3.0"},
        {
            "src/a.css": '@layer theme, base, components, utilities;\n@import "tailwindcss/theme.css" layer(theme);\n@tailwind utilities;\n'
        },
    ),
    "Tailwind 4 by PostCSS": with_packages(
        {"tailwindcss": "^4.3.0", "@tailwindcss/postcss": "^4.3.0"},
        {
            "src/a.css": '@import "tailwindcss";\n@config "../tailwind.config.js";\n',
            "postcss.config.mjs": 'export default { plugins: { "@tailwindcss/postcss": {} } }\n',
            "tailwind.config.js": "export default { theme: { extend: { colors: { a: '#fff' } } } }\n",
        },
        {"vite": "^8.3.8"},
    ),
    "nesting and odd rules": with_packages(
        {"tailwindcss": "^4.3.0"},
        {
            "src/a.css": '@charset "utf-8";\n@plugin "x";\n.a { &:hover { color: red } @media (width > 40rem) { color: blue } }\n@supports (display: grid) { .b { content: "}" } }\n'
        },
    ),
    # Node
    "CommonJS without a type": node(
        {
            "server.js": 'const express = require("express");\nconst { a } = require("./a");\nconst app = express();\napp.get("/", (q, r) => r.sendFile(__dirname + a));\napp.listen(process.env.PORT || 3000);\n',
            "a.js": 'module.exports = { a: "/x" };\n',
        }
    ),
    "modules without a type": node(
        {
            "server.js": 'import express from "express";\nimport { a } from "./a.js";\nexpress().listen(Number(process.env.PORT) || 3000, "0.0.0.0", () => console.log(a));\n',
            "a.js": "export const a = 1;\n",
        }
    ),
    "a .cjs in a project of modules": node(
        {
            "server.js": 'import a from "./a.cjs";\nexport default a;\n',
            "a.cjs": 'const fs = require("node:fs");\nmodule.exports = { dir: __dirname, fs };\n',
        },
        type="module",
    ),
    "createRequire": node(
        {
            "server.js": 'import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);\nconst data = require("./data.json");\nexport default data;\n',
            "data.json": "{}",
        },
        type="module",
    ),
    "__dirname that is made": node(
        {
            "server.js": 'import path from "node:path";\nimport { fileURLToPath } from "node:url";\nconst __dirname = path.dirname(fileURLToPath(import.meta.url));\nexport default path.join(__dirname, "public");\n'
        },
        type="module",
    ),
    "__dirname in a configuration": react(
        "vite.config.ts",
        'import path from "node:path"\nimport { defineConfig } from "vite"\nexport default defineConfig({ root: path.resolve(__dirname, ".") })\n',
    ),
    "a client of a loopback address": node(
        {
            "server.js": 'import express from "express";\nimport { createClient } from "redis";\nconst client = createClient({ socket: { host: "127.0.0.1", port: 6379 } });\nconst app = express();\napp.get("/", async (q, r) => r.json(await (await fetch("http://localhost:4000")).json()));\napp.listen(process.env.PORT ?? 3000);\nexport default client;\n'
        },
        {"express": "^5.3.0", "redis": "^5.0.0"},
        type="module",
    ),
    "listening to something else": node(
        {
            "server.js": 'import express from "express";\nimport { history } from "./history.js";\nconst PORT = process.env.PORT || 3000;\nexpress().listen(PORT);\nhistory.listen(() => {});\n',
            "history.js": "export const history = { listen() {} };\n",
        },
        type="module",
    ),
    "scripts of a page": node(
        {
            "server.js": 'import express from "express";\nexpress().use(express.static("public")).listen(process.env.PORT);\n',
            "public/app.js": "const { createApp } = Vue;\ncreateApp({ data: () => ({ n: 1 }) }).mount('#app');\nuseState;\n",
        },
        type="module",
    ),
    # Python
    "an import that may fail": python(
        {
            "main.py": "try:\n    import orjson\nexcept ImportError:\n    orjson = None\nfrom fastapi import FastAPI\napp = FastAPI()\n"
        }
    ),
    "imports for a checker of types": python(
        {
            "main.py": "from __future__ import annotations\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from pandas import DataFrame\ndef f(d: DataFrame) -> None: ...\n"
        }
    ),
    "what another package brings along": python(
        {
            "main.py": "import pydantic\nfrom starlette.requests import Request\nimport yaml\nprint(pydantic.BaseModel, Request, yaml.dump)\n"
        }
    ),
    "names of everything": python(
        {
            "main.py": "from helpers import *\nprint(now(), Request)\n",
            "helpers.py": "from datetime import datetime\nnow = datetime.now\nRequest = 1\n",
        }
    ),
    "a name that is set by global": python(
        {"main.py": "def load():\n    global cache\n    cache = {}\ndef read():\n    return cache\n"}
    ),
    "builtins, comprehensions and the walrus": python(
        {
            "main.py": "if (count := len([i for i in range(3)])):\n    print({k: v for k, v in zip('ab', [1, 2])}, count, __file__)\nmatch {'a': 1}:\n    case {'a': value, **rest}:\n        print(value, rest)\n"
        }
    ),
    "a package with dots, loaded as one": python(
        {
            "app/__init__.py": "",
            "app/main.py": "from fastapi import FastAPI\nfrom .models import Book\nfrom . import models\napp = FastAPI()\nprint(Book, models)\n",
            "app/models.py": "class Book: ...\n",
        }
    ),
    "bare imports in a folder that is the root": python(
        {
            "server/main.py": "from fastapi import FastAPI\nfrom models import Book\napp = FastAPI()\nprint(Book)\n",
            "server/models.py": "class Book: ...\n",
        }
    ),
    "absolute imports of a package": python(
        {
            "app/__init__.py": "",
            "app/main.py": "from fastapi import FastAPI\nfrom app.models import Book\napp = FastAPI()\nprint(Book)\n",
            "app/models.py": "class Book: ...\n",
        }
    ),
    "a module that gives names on demand": python(
        {
            "main.py": "from lazy import Anything\nprint(Anything)\n",
            "lazy.py": "def __getattr__(name):\n    return name\n",
        }
    ),
    "a submodule as a name": python(
        {
            "main.py": "from routers import books\nfrom fastapi import FastAPI, status\nprint(books, FastAPI, status)\n",
            "routers/__init__.py": "",
            "routers/books.py": "x = 1\n",
        }
    ),
    "a client of a loopback address in Python": python(
        {
            "main.py": "import socket\nimport uvicorn\nfrom fastapi import FastAPI\napp = FastAPI()\nHOST = '127.0.0.1'\nsocket.create_connection((HOST, 5432))\nif __name__ == '__main__':\n    uvicorn.run(app, host='0.0.0.0', port=8000)\n"
        }
    ),
    "pins, marks and comments": python(
        {"main.py": "import flask\nimport requests\nprint(flask, requests)\n"},
        "# web\nflask>=3 ; python_version > '3.8'\n-r more.txt\n",
    ).replace({"more.txt": "requests[socks]==2.*\n"}),
    "a project that says what it needs elsewhere": FileTree(
        {
            "pyproject.toml": '[project]\nname = "a"\ndependencies = ["flask"]\n',
            "main.py": "import flask\nprint(flask)\n",
        }
    ),
}
