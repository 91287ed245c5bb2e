"""A project far larger than a model is shown: the starters as features beside one another, and modules of an office."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from preview_runtime.file_tree import FileTree

STARTERS = Path(__file__).resolve().parents[4] / "templates" / "starters"
ENTITIES = (
    "invoice", "customer", "supplier", "warehouse", "shipment", "ticket", "employee", "contract", "campaign",
    "subscription", "refund", "coupon", "branch", "vehicle", "driver", "inspection", "certificate", "course", "student",
    "grade", "room", "reservation", "asset", "holiday",
)  # fmt: skip
_SHARED = {
    "Button": "export function Button({ label, onPress }: { label: string; onPress: () => void }) {\n  return <button onClick={onPress}>{label}</button>\n}\n",
    "Dialog": "export function Dialog({ title, children }: { title: string; children: unknown }) {\n  return <dialog open aria-label={title}>{children as never}</dialog>\n}\n",
    "Pager": 'export function Pager({ page, pages, go }: { page: number; pages: number; go: (page: number) => void }) {\n  return <nav aria-label="Pages"><button onClick={() => go(page - 1)}>Previous page</button><button onClick={() => go(page + 1)}>Next page</button>{pages}</nav>\n}\n',
    "SortHeader": "export function SortHeader({ name, sort }: { name: string; sort: () => void }) {\n  return <th><button onClick={sort}>{name}</button></th>\n}\n",
}


@cache
def large_project() -> FileTree:
    files: dict[str, str | bytes] = {}
    for starter in sorted(STARTERS.iterdir()):
        for path in sorted(starter.rglob("*")):
            place = path.relative_to(starter).as_posix()
            if path.is_file() and path.suffix in (".ts", ".tsx", ".vue", ".svelte", ".css", ".json", ".js", ".py", ".go", ".java") and place not in (
                "package.json", "starter.json", "tsconfig.json", "vite.config.ts"
            ):  # fmt: skip
                inside = place.removeprefix("src/") if place.startswith("src/") else place
                home = f"src/features/{starter.name}" if place.startswith("src/") else f"services/{starter.name}"
                files[f"{home}/{inside}"] = path.read_text(encoding="utf-8")
    for entity in ENTITIES:
        files |= _module(entity)
    files |= {f"src/shared/{name}.tsx": text for name, text in _SHARED.items()}
    files |= _shell()
    return FileTree(files)


def _module(entity: str) -> dict[str, str]:
    name, many, folder = entity.capitalize(), f"{entity}s", f"src/modules/{entity}s"
    return {
        f"{folder}/types.ts": f"export interface {name} {{\n  id: string\n  title: string\n  status: {name}Status\n  created: string\n}}\nexport type {name}Status = 'draft' | 'open' | 'closed'\n",
        f"{folder}/api.ts": f"import {{ http }} from '../../shared/http'\nimport type {{ {name} }} from './types'\n\nexport const list{name}s = () => http<{name}[]>('/api/{many}')\nexport const save{name} = ({entity}: {name}) => http<{name}>(`/api/{many}/${{{entity}.id}}`, {entity})\nexport const remove{name} = (id: string) => http<void>(`/api/{many}/${{id}}`)\n",
        f"{folder}/use{name}s.ts": f"import {{ useEffect, useState }} from 'react'\nimport {{ list{name}s, remove{name}, save{name} }} from './api'\nimport type {{ {name} }} from './types'\n\nexport function use{name}s() {{\n  const [rows, setRows] = useState<{name}[]>([])\n  useEffect(() => void list{name}s().then(setRows), [])\n  return {{ rows, save: save{name}, remove: remove{name} }}\n}}\n",
        f"{folder}/{name}Table.tsx": f"import {{ Pager }} from '../../shared/Pager'\nimport {{ SortHeader }} from '../../shared/SortHeader'\nimport {{ {name}Row }} from './{name}Row'\nimport type {{ {name} }} from './types'\n\nexport function {name}Table({{ rows }}: {{ rows: {name}[] }}) {{\n  return <table><thead><tr><SortHeader name=\"Title\" sort={{() => {{}}}} /></tr></thead><tbody>{{rows.map((row) => <{name}Row key={{row.id}} row={{row}} />)}}</tbody><Pager page={{1}} pages={{1}} go={{() => {{}}}} /></table>\n}}\n",
        f"{folder}/{name}Row.tsx": f"import {{ formatDate }} from '../../shared/format'\nimport type {{ {name} }} from './types'\n\nexport function {name}Row({{ row }}: {{ row: {name} }}) {{\n  return <tr><td>{{row.title}}</td><td>{{row.status}}</td><td>{{formatDate(row.created)}}</td></tr>\n}}\n",
        f"{folder}/{name}Form.tsx": f"import {{ Button }} from '../../shared/Button'\nimport {{ Dialog }} from '../../shared/Dialog'\nimport {{ save{name} }} from './api'\n\nexport function {name}Form() {{\n  return <Dialog title=\"New {entity}\"><label>Title of the {entity}<input /></label><Button label=\"Save {entity}\" onPress={{() => void save{name}}} /></Dialog>\n}}\n",
        f"{folder}/{name}Page.tsx": f"import {{ {name}Form }} from './{name}Form'\nimport {{ {name}Table }} from './{name}Table'\nimport {{ use{name}s }} from './use{name}s'\n\nexport function {name}Page() {{\n  const {{ rows }} = use{name}s()\n  return <main><h1>All {many}</h1><{name}Form /><{name}Table rows={{rows}} />{{rows.length === 0 && <p>No {many} yet</p>}}</main>\n}}\n",
        f"server/{many}/models.py": f"from pydantic import BaseModel\n\nfrom server.database import connection\n\n\nclass {name}(BaseModel):\n    id: str\n    title: str\n    status: str\n    created: str\n\n\nTABLE = 'create table if not exists {many} (id text primary key, title text, status text, created text)'\n",
        f"server/{many}/service.py": f"from server.database import connection\nfrom server.{many}.models import {name}\n\n\ndef all_{many}() -> list[{name}]:\n    return [{name}(**row) for row in connection().execute('select * from {many}')]\n\n\ndef store_{entity}({entity}: {name}) -> None:\n    connection().execute('insert or replace into {many} values (?, ?, ?, ?)', tuple({entity}.model_dump().values()))\n",
        f"server/{many}/router.py": f"from fastapi import APIRouter\n\nfrom server.{many}.models import {name}\nfrom server.{many}.service import all_{many}, store_{entity}\n\nrouter = APIRouter(prefix='/api/{many}')\n\n\n@router.get('')\ndef list_{many}() -> list[{name}]:\n    return all_{many}()\n\n\n@router.put('/{{{entity}_id}}')\ndef put_{entity}({entity}_id: str, {entity}: {name}) -> None:\n    store_{entity}({entity})\n",
    }  # fmt: skip


def _shell() -> dict[str, str]:
    names = [entity.capitalize() for entity in ENTITIES]
    pages = "".join(f"import {{ {name}Page }} from './modules/{name.lower()}s/{name}Page'\n" for name in names)
    routes = "".join(f'      <Route path="/{name.lower()}s" element={{<{name}Page />}} />\n' for name in names)
    routers = "".join(f"from server.{entity}s.router import router as {entity}s\n" for entity in ENTITIES)
    return {
        "package.json": '{"name": "office", "scripts": {"dev": "vite"}, "dependencies": {"react": "^19.0.0"}}\n',
        "index.html": '<!doctype html>\n<title>Office</title>\n<div id="root"></div>\n<script type="module" src="/src/main.tsx"></script>\n',
        "src/main.tsx": "import { createRoot } from 'react-dom/client'\nimport { App } from './App'\nimport './index.css'\n\ncreateRoot(document.getElementById('root')!).render(<App />)\n",
        "src/App.tsx": f"import {{ Route, Routes }} from 'react-router'\nimport {{ Sidebar }} from './layout/Sidebar'\n{pages}\nexport function App() {{\n  return (\n    <><Sidebar /><Routes>\n{routes}    </Routes></>\n  )\n}}\n",
        "src/layout/Sidebar.tsx": "import { links } from './links'\n\nexport function Sidebar() {\n  return <aside><h2>Office menu</h2>{links.map((link) => <a key={link} href={link}>{link}</a>)}</aside>\n}\n",
        "src/layout/links.ts": f"export const links = {[f'/{entity}s' for entity in ENTITIES]}\n",
        "src/index.css": '@import "tailwindcss";\n@import "./theme.css";\n',
        "src/theme.css": ":root { --accent: #06c; --page: #fff; --ink: #111; --radius: 8px; }\n",
        "src/shared/http.ts": "export async function http<T>(path: string, body?: unknown): Promise<T> {\n  const answer = await fetch(path, body ? { method: 'PUT', body: JSON.stringify(body) } : {})\n  if (!answer.ok) throw new Error('The server did not answer')\n  return answer.json()\n}\n",
        "src/shared/format.ts": "export const formatDate = (text: string) => new Date(text).toLocaleDateString()\nexport const formatMoney = (cents: number) => (cents / 100).toFixed(2)\n",
        "server/database.py": "import sqlite3\n\n\ndef connection() -> sqlite3.Connection:\n    return sqlite3.connect('data/office.db')\n",
        "server/main.py": f"from fastapi import FastAPI\n{routers}\napp = FastAPI()\nfor one in ({', '.join(f'{entity}s' for entity in ENTITIES)}):\n    app.include_router(one)\n",
    }  # fmt: skip
