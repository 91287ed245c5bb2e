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
