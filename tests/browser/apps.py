"""Small apps that tests give to a project, or let Claude write."""

from __future__ import annotations

from typing import Any

PACKAGE = """{
  "name": "counter",
  "private": true,
  "type": "module",
  "scripts": { "dev": "vite", "build": "vite build" },
  "dependencies": { "react": "19.3.1", "react-dom": "19.3.1" },
  "devDependencies": { "@vitejs/plugin-react": "6.3.0", "vite": "8.3.8" }
}
"""
INDEX = """<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>Counter</title></head>
  <body><div id="root"></div><script type="module" src="/src/main.tsx"></script></body>
</html>
"""
MAIN = """import { createRoot } from "react-dom/client";
import App from "./App";
import "./style.css";

createRoot(document.getElementById("root")!).render(<App />);
"""
STYLE = """header { background: rgb(255, 0, 0); }
"""
APP = """import { useState } from "react";

export default function App() {
  const [count, setCount] = useState(0);
  return (
    <main>
      <header><h1>Counting sheep</h1></header>
      <button onClick={() => setCount(count + 1)}>Counted {count}</button>
    </main>
  );
}
"""

COUNTER = {
    "package.json": PACKAGE,
    "index.html": INDEX,
    "src/main.tsx": MAIN,
    "src/style.css": STYLE,
    "src/App.tsx": APP,
    "src/later.ts": "export const later = 'the last file';\n",
}
"""A React app whose state shows: every click counts. `src/later.ts` is imported by nothing and comes last."""


def draft(files: dict[str, str] | None = None, **fields: Any) -> dict[str, Any]:
    """An answer that writes `files` (default: the counter)."""
    return {
        "title": "Sheep counter",
        "summary": "Counts sheep.",
        "stack": ["react"],
        "files": files or COUNTER,
        **fields,
    }


_HTML = INDEX.replace("main.tsx", "main.ts")
VUE = {
    "package.json": PACKAGE.replace('"react": "19.3.1", "react-dom": "19.3.1"', '"vue": "3.5.45"').replace(
        '"@vitejs/plugin-react": "6.3.0"', '"@vitejs/plugin-vue": "6.0.11"'
    ),
    "index.html": _HTML,
    "src/main.ts": 'import { createApp } from "vue";\nimport App from "./App.vue";\n\ncreateApp(App).mount("#root");\n',
    "src/App.vue": """<script setup lang="ts">
import { ref } from "vue";
const count = ref(0);
</script>
<template>
  <h1>Counting sheep</h1>
  <button @click="count++">Counted {{ count }}</button>
</template>
""",
}
"""The counter as a Vue app."""

SVELTE = {
    "package.json": PACKAGE.replace('"react": "19.3.1", "react-dom": "19.3.1"', '"svelte": "5.57.3"').replace(
        '"@vitejs/plugin-react": "6.3.0"', '"@sveltejs/vite-plugin-svelte": "7.3.1"'
    ),
    "index.html": _HTML,
    "src/main.ts": """import { mount } from "svelte";
import App from "./App.svelte";

mount(App, { target: document.getElementById("root")! });
""",
    "src/App.svelte": """<script lang="ts">
  let count = $state(0);
</script>
<h1>Counting sheep</h1>
<button onclick={() => count++}>Counted {count}</button>
""",
}
"""The counter as a Svelte app."""

FASTAPI = """from fastapi import FastAPI
from fastapi.responses import HTMLResponse

app = FastAPI()
print("sheep are counted here", flush=True)


@app.get("/", response_class=HTMLResponse)
def page() -> str:
    return "<h1>Counting sheep</h1>"


@app.get("/api/sheep")
def sheep() -> dict[str, int]:
    return {"sheep": 7}
"""
SERVER_ONLY = {"main.py": FASTAPI}
"""A server that answers with a page."""

FULL_STACK = {
    **{path: text for path, text in COUNTER.items() if path != "src/App.tsx"},
    "src/App.tsx": """import { useEffect, useState } from "react";

export default function App() {
  const [sheep, setSheep] = useState("none yet");
  useEffect(() => {
    const ask = () => fetch("/api/sheep")
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer)))
      .then((found) => setSheep(String(found.sheep)), () => setTimeout(ask, 500));
    ask();
  }, []);
  return <h1>Sheep: {sheep}</h1>;
}
""",
    **SERVER_ONLY,
}
"""The counter with a server beside it, whose answer it shows."""
