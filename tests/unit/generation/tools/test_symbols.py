"""A name is found where it is defined, in each language that apps here are written in."""

from __future__ import annotations

import pytest

from builder.generation.tools.symbols import symbols

CASES = {
    "a.ts": (
        "export function load() {}\n\ninterface Book { id: number }\ntype Id = number\nenum Kind { A }\nconst x = 1, y = () => 2\n",
        ["1 function load", "3 interface Book", "4 type Id", "5 enum Kind", "6 variable x", "6 variable y"],
    ),
    "a.tsx": ("export default function App() {\n  const [n] = useState(0);\n  return <p />;\n}\n", ["1 function App"]),
    "a.js": ("class Shelf {\n  add(book) {}\n}\n", ["1 class Shelf", "2 method add"]),
    "a.vue": (
        '<template><p /></template>\n<script setup lang="ts">\nconst shelf = ref([])\nfunction add() {}\n</script>\n',
        ["3 variable shelf", "4 function add"],
    ),
    "a.svelte": ("<script>\n  let shelf = $state([])\n</script>\n<p>x</p>\n", ["2 variable shelf"]),
    "a.py": (
        "SHELF = []\n\n\nclass Book:\n    title: str = ''\n\n    async def read(self):\n        page = 1\n",
        ["1 variable SHELF", "4 class Book", "7 function read"],
    ),
    "a.go": (
        "package main\n\ntype Book struct{}\n\nfunc (b Book) Read() {}\n\nfunc main() {}\n",
        ["3 type Book", "5 method Read", "7 function main"],
    ),
    "A.java": (
        "class A {\n  void read() {}\n}\nrecord Book(int id) {}\n",
        ["1 class A", "2 method read", "4 class Book"],
    ),
    "a.css": (".a { color: red }\n", []),
    "a.txt": ("function a() {}\n", []),
    "cut.ts": ("export function whole() {}\nexport function cut( {\n", ["1 function whole"]),
}


@pytest.mark.parametrize("path", CASES)
def test_what_a_file_defines(path: str) -> None:
    text, expected = CASES[path]
    assert [f"{one.line} {one.kind} {one.name}" for one in symbols(path, text)][: len(expected)] == expected


def test_a_file_that_a_machine_wrote_is_passed_over() -> None:
    assert list(symbols("a.ts", "const a = 1;\n" * 50_000)) == []
