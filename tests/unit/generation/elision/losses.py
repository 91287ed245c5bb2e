"""Files that lost something: unasked, or because the person asked for it."""

from __future__ import annotations

from collections.abc import Iterator

from builder.generation.draft import Draft
from preview_runtime.file_tree import FileTree
from tests.unit.generation.elision.cases import Case

FORMAT = "".join(
    f"export function {name}(value: number) {{\n  const text = String(value)\n  return `{name} ${{text}}`\n}}\n\n"
    for name in ("formatPrice", "formatDate", "formatWeight", "formatTime")
)
SETTINGS = (
    "import { useState } from 'react'\n\nexport default function Settings() {\n  const [theme, setTheme] = useState('light')\n"
    + "".join(f"  const setting{n} = theme + {n}\n" for n in range(12))
    + "  return <section className='settings'>{theme}</section>\n}\n"
)
ROWS = "".join(f"      <li className='row'>Task number {n}</li>\n" for n in range(14))
APP = (
    "import Settings from './Settings'\nimport { formatPrice } from './format'\nimport './styles.css'\n\n"
    "function Header() {\n  return <header className='header'>My tasks</header>\n}\n\n"
    "function Footer() {\n  return <footer className='footer'>Made here</footer>\n}\n\n"
    f"export default function App() {{\n  return (\n    <main>\n      <Header />\n{ROWS}      <Settings />\n      <Footer />\n    </main>\n  )\n}}\n"
)
STYLES = "".join(
    f".{name} {{\n  margin: 1rem;\n  padding: {n}px;\n  color: var(--{name});\n}}\n\n"
    for n, name in enumerate(("header", "footer", "row", "settings", "card", "chart", "button"))
)
SERVER = "import json\n\n\n" + "".join(
    f"def {name}(request):\n    data = json.loads(request.body)\n    return {{'{name}': data}}\n\n\n"
    for name in ("list_tasks", "add_task", "remove_task", "export_tasks", "login")
)
PAGE = (
    "<!doctype html>\n<html>\n<body>\n"
    + "".join(
        f"<section id='{name}'>\n  <h2>{name}</h2>\n  <p>All about {name}</p>\n</section>\n"
        for name in ("home", "prices", "team", "contact", "imprint")
    )
    + "</body>\n</html>\n"
)
PROJECT = {
    "src/App.tsx": APP,
    "src/Settings.tsx": SETTINGS,
    "src/format.ts": FORMAT,
    "src/styles.css": STYLES,
    "server.py": SERVER,
    "index.html": PAGE,
}
"""A project whose files each are lost in part below."""

SMALL_WISHES = (
    "make the header blue", "change the title to My tasks", "replace the title with “Aufgaben”", "use a bigger font",
    "add a dark mode", "fix the crash when saving", "move the button to the right", "rename the button to Save",
    "make the text smaller", "translate the page into German", "add a search field", "the clear button should be red",
    "show the date next to each entry", "round the corners", "add a login", "sort by name", "it is slow",
    "muda a cor do cabeçalho para azul", "adiciona um botão de ajuda", "cambia el título", "agrega un buscador",
    "mach die Überschrift größer", "füge ein Suchfeld hinzu", "change le titre",
)  # fmt: skip


def first_part(text: str, share: float = 0.3) -> str:
    lines = text.splitlines(keepends=True)
    return "".join(lines[: max(2, int(len(lines) * share))])


def without(text: str, *names: str) -> str:
    """A script or a Python module without these functions."""
    blocks = text.split("\n\n")
    return "\n\n".join(
        block
        for block in blocks
        if not any(f"{name}(" in block.split("\n", 2)[0 if block[0] != "\n" else 1] for name in names if block)
    )


def unasked() -> Iterator[Case]:
    tree = FileTree(PROJECT)
    paths = list(PROJECT)
    for number, wish in enumerate(SMALL_WISHES):
        path = paths[number % len(paths)]
        short = first_part(PROJECT[path])
        if path.endswith(".tsx"):
            short += "export default function Page() {\n  return null\n}\n"
        yield Case(f"half of {path}: {wish}", tree, Draft(files={path: short}), wish, True)
        yield Case(
            f"emptied {paths[-1 - number % 3]}: {wish}", tree, Draft(files={paths[-1 - number % 3]: "\n"}), wish, True
        )
        lost = ("formatDate", "formatWeight")[number % 2]
        yield Case(f"without {lost}: {wish}", tree, Draft(files={"src/format.ts": without(FORMAT, lost)}), wish, True)
        gone = ("export_tasks", "login", "add_task")[number % 3]
        if gone.split("_")[0] not in wish:
            yield Case(f"without {gone}: {wish}", tree, Draft(files={"server.py": without(SERVER, gone)}), wish, True)
    broken = Draft(files={"src/format.ts": without(FORMAT, "formatPrice")})
    yield Case("still imported, though it was asked for", tree, broken, "remove formatPrice", True)


def asked_for() -> Iterator[Case]:
    tree = FileTree(PROJECT)
    no_settings = {
        "src/App.tsx": APP.replace("import Settings from './Settings'\n", "").replace("      <Settings />\n", "")
    }
    for wish in (
        "remove the settings page",
        "get rid of settings",
        "I don't need the settings any more",
        "drop the Settings component",
        "remova a página de configurações",
        "elimina la página de ajustes",
        "entferne die Einstellungen",
        "supprime les réglages",
    ):
        yield Case(wish, tree, Draft(files=no_settings, delete=["src/Settings.tsx"]), wish, False)
    data = "const TASKS = Array.from({ length: 14 }, (_, n) => `Task number ${n}`)\n\n"
    mapped = APP.replace(ROWS, "      {TASKS.map((task) => <li className='row' key={task}>{task}</li>)}\n").replace(
        "function Header", data + "function Header"
    )
    for wish in (
        "simplify the list",
        "refactor the rows into data",
        "rewrite App",
        "clean up the code",
        "start over with the list",
        "vereinfache die Liste",
        "simplifica a lista",
        "simplifica la lista",
    ):
        yield Case(wish, tree, Draft(files={"src/App.tsx": mapped}), wish, False)
    half = FORMAT.split("\n\n")
    moved = {"src/format.ts": "\n\n".join([half[0], ""]), "src/dates.ts": "\n\n".join(half[1:])}
    for wish in (
        "put the dates into a file of their own",
        "move the formats for dates elsewhere",
        "make the header blue",
    ):
        yield Case(f"moved: {wish}", tree, Draft(files=moved), wish, False)
    for wish in (
        "remove formatDate",
        "delete the unused formatDate",
        "we no longer need formatDate",
        "rename formatDate to formatDay",
        "remova formatDate",
    ):
        yield Case(
            wish,
            tree,
            Draft(
                files={
                    "src/format.ts": without(FORMAT, "formatDate") + "export function formatDay() {\n  return ''\n}\n"
                }
            ),
            wish,
            False,
        )
    for wish in (
        "use tailwind",
        "switch to Tailwind CSS",
        "redesign it",
        "revert the last change",
        "make it minimal",
        "start from scratch",
        "reset the styles",
    ):
        yield Case(f"styles: {wish}", tree, Draft(files={"src/styles.css": '@import "tailwindcss";\n'}), wish, False)
    for wish in (
        "remove the team and the contact section, and prices too",
        "delete prices, team and contact",
        "without the sections about prices, team and contact",
    ):
        short = "<!doctype html>\n<html>\n<body>\n<section id='home'>\n  <h2>home</h2>\n</section>\n</body>\n</html>\n"
        yield Case(f"page: {wish}", tree, Draft(files={"index.html": short}), wish, False)
    used = {"src/format.ts": FORMAT.replace("formatPrice", "price"), "src/App.tsx": APP.replace("formatPrice", "price")}
    for wish in ("shorter names please", "make the header blue", "mach die Überschrift blau"):
        yield Case(f"renamed with all who use it: {wish}", tree, Draft(files=used), wish, False)
    same = {path: text.replace("tasks", "jobs").replace("header", "top") for path, text in PROJECT.items()}
    for wish in SMALL_WISHES:
        path = list(PROJECT)[len(wish) % len(PROJECT)]
        yield Case(
            f"as long as it was: {wish}",
            tree,
            Draft(files={path: same[path] if path != "server.py" else SERVER + "# checked\n"}),
            wish,
            False,
        )
        shorter = (
            PROJECT[path].replace("margin: 1rem;", "").replace("'row'", "''").replace("  <p>All about team</p>\n", "")
        )
        yield Case(f"a little shorter: {wish}", tree, Draft(files={path: shorter}), wish, False)
