"""The React + TypeScript + Tailwind projects that are timed: two starters with a counter, and a large one."""

from __future__ import annotations

import json

from builder.base.settings import ROOT

STARTERS = ROOT / "templates" / "starters"
CHARTS, PLAIN = "dashboard", "todo"
# Before what of App.tsx the counter goes.
_TOP = {CHARTS: "      <ReportHeader", PLAIN: "      <Header />"}
NOTE = "src/components/Note.tsx"
LARGE_NOTE = "src/wall/Tile137.tsx"
_LARGE_TILES = 280

# The text that is waited for is put together when the app runs: its source (in an editor, say) does not hold it.
_NOTE = """import { Check } from "lucide-react"
import { useState } from "react"

const words = ["probe", "TOKEN"]

export function Note() {
  const [count, setCount] = useState(0)
  return (
    <aside className="flex items-center gap-2 border-b border-line bg-surface px-4 py-2 text-sm text-ink">
      <Check size={16} aria-hidden />
      <span>{words.join("-")};</span>
      <button type="button" id="count" className="rounded-md border border-line px-2 py-1" onClick={() => setCount(count + 1)}>
        pressed {count}
      </button>
    </aside>
  )
}
"""

_TILE = """import { useState } from "react"
import { shade } from "./shade"

interface Props {
  label?: string
}

const names = ["tile", "TOKEN"]

export function Tile(props: Props) {
  const [picked, setPicked] = useState(false)
  return (
    <button
      type="button"
      aria-pressed={picked}
      style={{ background: shade(NUMBER) }}
      className={`rounded-md p-2 text-xs ${picked ? "font-bold underline" : "font-normal"}`}
      onClick={() => setPicked(!picked)}
    >
      {props.label ?? `${names.join("-")};`}
    </button>
  )
}
"""

_SHADE = """/** A pale colour of its own for each number. */
export const shade = (number: number) => `hsl(${(number * 47) % 360} 60% 92%)`
"""


def token(word: str) -> str:
    """What the probe sees on the screen once the source holds `word`."""
    return f"probe-{word}"


def note(word: str) -> str:
    """The counter's source; what is painted holds `token(word)`."""
    return _NOTE.replace("TOKEN", word)


def tile(number: int, word: str = "") -> str:
    """One tile of the large project; with `word` it shows `token(word)` and counts nothing."""
    text = _TILE.replace("NUMBER", str(number))
    return text.replace('"tile", "TOKEN"', f'"probe", "{word}"' if word else f'"tile", "{number}"')


def project(word: str, starter: str = CHARTS) -> dict[str, str]:
    """A starter with the counter on top, in the order in which a model would write it."""
    folder = STARTERS / starter
    order = json.loads((folder / "starter.json").read_text())["order"]
    files = {path: (folder / path).read_text() for path in order}
    app = files["src/App.tsx"]
    app = app.replace(
        "import { content }", 'import { Note as Counter } from "./components/Note"\nimport { content }', 1
    )
    files["src/App.tsx"] = app.replace(_TOP[starter], f"      <Counter />\n{_TOP[starter]}", 1)
    if files["src/App.tsx"].count("Counter") != 2:
        raise ValueError(f"the {starter} starter's App.tsx has changed: the counter no longer fits in")
    paths = list(files)
    at = paths.index("src/App.tsx")
    return {path: note(word) if path == NOTE else files[path] for path in [*paths[:at], NOTE, *paths[at:]]}


def extras_last(files: dict[str, str]) -> dict[str, str]:
    """As the starters are ordered, followed by what the first paint does not need: notes, tests, licence texts."""
    guide = "\n\n".join(
        f"## {path}\n\nWhat it is for, how it is used, and what to mind when it is changed." for path in files
    )
    tests = {
        f"src/components/{name}.test.tsx": f'import {{ {name} }} from "./{name}"\n\nexport const shown = {name}\n'
        for name in ("Kpis", "Trend", "Share", "Compare")
    }
    return files | tests | {"docs/guide.md": guide}


def expected_last(files: dict[str, str]) -> dict[str, str]:
    """The same files, the one with the expected text at the very end."""
    return {path: text for path, text in files.items() if path != NOTE} | {NOTE: files[NOTE]}


def large(word: str) -> dict[str, str]:
    """About 300 files: the same app with a wall of tiles, each a module with state of its own."""
    files = project("large")
    wall = "".join(f'import {{ Tile as Tile{n} }} from "./Tile{n}"\n' for n in range(_LARGE_TILES))
    shown = "\n".join(f"      <Tile{n} />" for n in range(_LARGE_TILES))
    files |= {f"src/wall/Tile{n}.tsx": tile(n) for n in range(_LARGE_TILES)}
    files[LARGE_NOTE] = tile(137, word)
    files["src/wall/shade.ts"] = _SHADE
    files["src/wall/Wall.tsx"] = (
        f'{wall}\nexport function Wall() {{\n  return (\n    <section className="grid grid-cols-10 gap-1 p-4">\n'
        f"{shown}\n    </section>\n  )\n}}\n"
    )
    app = files["src/App.tsx"].replace("import { Note as", 'import { Wall } from "./wall/Wall"\nimport { Note as', 1)
    files["src/App.tsx"] = app.replace("      <Counter />\n", "      <Counter />\n      <Wall />\n", 1)
    return files
