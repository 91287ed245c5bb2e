"""Files in which code was left out, and files in which it was not: the lists of remarks put into small programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from builder.generation.draft import Draft
from preview_runtime.file_tree import FileTree

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Case:
    """`before` becomes `after` by `draft`, as `prompt` asked."""

    name: str
    before: FileTree
    draft: Draft
    prompt: str
    elided: bool


def lines_of(name: str) -> Iterator[tuple[str, str, str]]:
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("# "):
            how, kind, remark = line.split("|", 2)
            yield how, kind, remark


HEADS = {
    "tsx": 'import { useState } from "react"\nimport { format } from "./format"\n\n',
    "py": "import json\nfrom pathlib import Path\n\n\n",
    "css": ":root {\n  --accent: #06c;\n}\n\n",
    "html": "<!doctype html>\n<html>\n<body>\n",
    "vue": "<template>\n<main>\n</main>\n</template>\n",
}
PARTS = {
    "tsx": "function {name}(day: Date) {{\n  const {name}Of = day.getDate()\n  return {name}Of + 1\n}}\n\n",
    "py": "def {name}(day):\n    {name}_of = day + 1\n    return {name}_of\n\n\n",
    "css": ".{name} {{\n  margin: 1rem;\n  color: var(--{name});\n}}\n\n",
    "html": '<section id="{name}">\n  <h2>{name}</h2>\n  <p>About {name}</p>\n</section>\n',
    "md": "## {name}\n\nHow {name} works.\n\n",
    "json": '  "{name}": {{\n    "label": "{name} label"\n  }},\n',
}
for more in ("ts", "js", "jsx"):
    HEADS[more], PARTS[more] = HEADS["tsx"], PARTS["tsx"]
OTHER = "{name} one\n  {name} two\n  {name} three\nend {name}\n\n"
NAMES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
SETTINGS = ("settings", "settingsRow")


def part(kind: str, name: str) -> str:
    return PARTS.get(kind, OTHER).format(name=name)


def file(kind: str, names: tuple[str, ...]) -> str:
    return HEADS.get(kind, "") + "".join(part(kind, name) for name in names)


def around(kind: str, remark: str) -> str:
    """A block in which the remark is the only line."""
    if kind == "tsx" and remark.startswith(("{/*", "<!--")):
        return f'export function Page() {{\n  return (\n    <section className="cards">\n      {remark}\n    </section>\n  )\n}}\n'
    if kind == "tsx" or kind in ("ts", "js", "go", "php", "java", "rs"):
        return f"export function page() {{\n  {remark}\n}}\n"
    if kind == "py":
        return f"def page():\n    {remark}\n    return None\n"
    if kind == "css":
        return f".page {{\n  {remark}\n}}\n"
    if kind in ("html", "vue"):
        return f"<main>\n  {remark}\n</main>\n"
    return f"page\n  {remark}\nend\n"


def shortened(kind: str, how: str, remark: str) -> str:
    head = file(kind, NAMES[:2])
    if how == "alone":
        return f"{head}{remark}\n\n{part(kind, 'eighth')}"
    if how == "followed":
        return f"{head}{remark}\n{part(kind, 'eighth')}"
    if how == "behind":
        code = {"py": "limit = 3", "css": "  margin: 0;"}.get(kind, "const limit = 3")
        return f"{head}{code} {remark}\n{part(kind, 'eighth')}"
    if how == "inside":
        return head + around(kind, remark)
    return f"{head}{remark}\n"


def commented(kind: str, how: str, remark: str, names: tuple[str, ...]) -> str:
    head, rest = file(kind, names[:3]), "".join(part(kind, name) for name in names[3:])
    if how == "behind":
        return f"{head}const limit = 3 {remark}\n\n{rest}"
    if how == "jsx":
        return f"{head}{rest}export const Label = () => (\n  <p>\n    {remark}\n  </p>\n)\n"
    if how == "followed" and remark.startswith("{/*"):
        return f"{head}{rest}export const Label = () => (\n  <p>\n    {remark}\n    <b>label</b>\n  </p>\n)\n"
    return f"{head}{remark}\n{rest}"


def placeholders() -> Iterator[Case]:
    for how, kind, remark in lines_of("placeholders.txt"):
        path, before = f"src/file.{kind}", file(kind, NAMES)
        after = shortened(kind, how, remark)
        draft = Draft(files={path: after}, summary="Changed it.")
        yield Case(f"{how} {kind} {remark}", FileTree({path: before}), draft, "", True)


def real_remarks() -> Iterator[Case]:
    for how, kind, remark in lines_of("real_remarks.txt"):
        path = f"src/file.{kind}"
        whole = Draft(files={path: commented(kind, how, remark, NAMES)})
        yield Case(f"{how} {kind} {remark}", FileTree({path: file(kind, NAMES)}), whole, "add a comment", False)
        asked = Draft(files={path: commented(kind, how, remark, NAMES)})
        before = FileTree({path: file(kind, (*NAMES, *SETTINGS))})
        yield Case(f"shorter, {how} {kind} {remark}", before, asked, "remove the settings page", False)
        before = FileTree({path: file(kind, tuple(f"{name}Old" for name in NAMES))})
        yield Case(f"rewritten, {how} {kind} {remark}", before, whole, "make it prettier", False)
        new = Draft(files={path: commented(kind, how, remark, NAMES)})
        yield Case(f"new, {how} {kind} {remark}", FileTree({}), new, "a calendar", False)
