"""What a model finds with the tools: the project's own files, without secrets, whatever it asks with."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from builder.generation.tools.observed import NobodyLooks, Observed, SeenPage
from builder.generation.tools.project_tools import ProjectTools, ToolAnswer
from builder.projects.walks.steps import ClickStep, WalkStep
from builder.safety.sanitising.secrets import HIDDEN, without_secrets
from preview_runtime.file_tree import FileTree
from tests.pace import no_longer_than

KEY = "sk-ant-" + "a1b2c3d4e5f6a7b8"
APP = 'import { useTodos } from "./todos";\n\nexport default function App() {\n  return useTodos();\n}\n'
TODOS = "export const useTodos = () => [];\nexport class Todo {\n  done(): boolean {\n    return true;\n  }\n}\n"
MAIN = f'TOKEN = "{KEY}"\n\n\nasync def list_todos():\n    return []\n'
TREE = FileTree(
    {
        ".env": f"ANTHROPIC_API_KEY={KEY}\n",
        "main.py": MAIN,
        "public/dot.png": b"\x89PNG",
        "src/App.tsx": APP,
        "src/lib/deep/style.css": ".todo { color: red }\n",
        "src/todos.ts": TODOS,
    }
)
SEEN = Observed(console=("TypeError: x is undefined",), build_faults=(f"key is {KEY}",))


def tools(observed: Observed = SEEN, **more: Any) -> ProjectTools:
    return ProjectTools(TREE, without_secrets, frozenset({"src/todos.ts"}), observed, **more)


async def ask(name: str, **given: object) -> ToolAnswer:
    return await tools().answer(name, given)


async def test_files_are_listed_with_their_sizes_and_what_is_shown_already() -> None:
    lines = (await ask("list_files")).text.splitlines()
    assert f"src/App.tsx  {len(APP)} bytes, shown above" in lines
    assert f"src/todos.ts  {len(TODOS)} bytes" in lines
    assert "public/dot.png  4 bytes, binary" in lines


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"folder": "src"}, ["src/App.tsx", "src/lib/deep/style.css", "src/todos.ts"]),
        ({"folder": "./src/lib/"}, ["src/lib/deep/style.css"]),
        ({"folder": "."}, [*TREE]),
        ({"glob": "*.tsx"}, ["src/App.tsx"]),
        ({"glob": "src/**/*.css"}, ["src/lib/deep/style.css"]),
        ({"glob": "src/**/*.ts"}, ["src/todos.ts"]),
        ({"folder": "src", "glob": "*.png"}, []),
        ({"folder": "../etc"}, []),
    ],
)
async def test_folder_and_pattern_narrow_the_list(given: dict[str, str], found: list[str]) -> None:
    text = (await ask("list_files", **given)).text
    assert [line.partition("  ")[0] for line in text.splitlines() if "  " in line] == found


@pytest.mark.parametrize("path", ["src/App.tsx", "./src/App.tsx", "/src/App.tsx", "src\\App.tsx", "src//App.tsx"])
async def test_a_file_is_read_however_its_path_is_written(path: str) -> None:
    answer = await ask("read_file", path=path)
    assert answer == ToolAnswer(f"src/App.tsx, lines 1 to 6 of 6:\n{APP}", "src/App.tsx")


async def test_some_lines_of_a_file() -> None:
    assert (await ask("read_file", path="src/App.tsx", first_line=3, last_line=4)).text == (
        "src/App.tsx, lines 3 to 4 of 6:\nexport default function App() {\n  return useTodos();"
    )


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("read_file", {"path": "../../etc/passwd"}),
        ("read_file", {"path": "/etc/passwd"}),
        ("read_file", {"path": "public/dot.png"}),
        ("read_file", {"path": "src/App.tsx", "first_line": 900}),
        ("read_file", {"path": "src/App.tsx", "first_line": -1}),
        ("read_file", {"path": ["src/App.tsx"]}),
        ("read_file", {}),
        ("search_project", {"text": ""}),
        ("list_files", {"glob": "*" * 300}),
        ("see_page", {}),
        ("delete_everything", {}),
    ],
)
async def test_what_cannot_be_answered_is_said(name: str, given: dict[str, Any]) -> None:
    answer = await ask(name, **given)
    assert not answer.ok
    assert answer.text


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("read_file", {"path": ".env"}),
        ("read_file", {"path": "main.py"}),
        ("search_project", {"text": "TOKEN"}),
        ("search_project", {"text": "api_key"}),
        ("read_faults", {"kind": "build_faults"}),
    ],
)
async def test_no_tool_shows_a_secret(name: str, given: dict[str, Any]) -> None:
    answer = await ask(name, **given)
    assert answer.ok
    assert HIDDEN in answer.text
    assert KEY not in answer.text


async def test_a_secret_is_not_found_by_its_text() -> None:
    assert (await ask("search_project", text=KEY[:12])).text == f"Nothing holds {KEY[:12]!r}."


async def test_a_text_is_found_whatever_its_case_and_is_no_pattern() -> None:
    assert (await ask("search_project", text="USETODOS")).text.splitlines() == [
        'src/App.tsx:1: import { useTodos } from "./todos";',
        "src/App.tsx:4: return useTodos();",
        "src/todos.ts:1: export const useTodos = () => [];",
    ]
    assert (await ask("search_project", text=".*")).text == "Nothing holds '.*'."


async def test_a_symbol_is_found_where_it_is_defined() -> None:
    assert (await ask("search_project", text="todo", kind="symbol")).text.splitlines() == [
        "main.py:4: function list_todos",
        "src/todos.ts:1: variable useTodos",
        "src/todos.ts:2: class Todo",
    ]
    assert (await ask("search_project", text="done", kind="symbol")).text == "src/todos.ts:3: method done"


async def test_faults_are_told_by_their_kind() -> None:
    assert (await ask("read_faults")).text == f"console:\nTypeError: x is undefined\n\nbuild_faults:\nkey is {HIDDEN}"
    assert (await ask("read_faults", kind="walks")).text == "Nothing was seen."


async def test_only_what_there_is_to_see_is_offered() -> None:
    assert [one.name for one in tools(Observed()).offered] == ["list_files", "read_file", "search_project"]
    assert "read_faults" in [one.name for one in tools().offered]
    assert not (await tools(Observed()).answer("read_faults", {})).ok


class AnsweringPage:
    def __init__(self, seen: SeenPage) -> None:
        self.seen = seen
        self.asked: list[tuple[Sequence[WalkStep], int, bool]] = []

    async def look(self, steps: Sequence[WalkStep], *, width: int, picture: bool) -> SeenPage:
        self.asked.append((steps, width, picture))
        return self.seen


STEPS = [{"click": {"role": "button", "name": "Add"}}]
FAILED = SeenPage("Step 1 failed: it is not there.", False, ("h1 “Todos”", f"p “{KEY}”"))


async def test_a_walk_of_a_model_says_how_it_went_and_what_is_seen_then() -> None:
    page = AnsweringPage(FAILED)
    answer = await tools(page=page).answer("run_walk", {"steps": STEPS})
    assert (answer.ok, answer.images) == (False, ())
    went, _, *shown = answer.text.splitlines()
    assert went == "Step 1 failed: it is not there."
    assert shown == ["h1 “Todos”", f"p “{HIDDEN}”"]
    ((steps, width, picture),) = page.asked
    assert ([type(step) for step in steps], width, picture) == ([ClickStep], 1280, False)


async def test_what_is_no_step_is_said_with_its_number_before_any_page_is_asked() -> None:
    page = AnsweringPage(FAILED)
    for steps, says in [
        ([*STEPS, {"push": "Add"}], "Step 2"),
        ([{"click": {"role": "nothing"}}], "Step 1"),
        ([*STEPS, {"tab": 2}], "Step 2"),
    ]:
        answer = await tools(page=page).answer("run_walk", {"steps": steps})
        assert not answer.ok
        assert says in answer.text
    assert not (await tools(page=page).answer("run_walk", {"steps": STEPS * 31})).ok
    assert page.asked == []


async def test_a_model_that_sees_pictures_gets_one_and_another_the_words() -> None:
    seen = AnsweringPage(SeenPage("", True, ("h1 “Todos”",), b"\x89PNG"))
    answer = await tools(page=seen).answer("see_page", {"width": 390})
    assert [(one.data, one.type) for one in answer.images] == [(b"\x89PNG", "image/png")]
    assert answer.text == ""
    blind = AnsweringPage(SeenPage("", True, ("h1 “Todos”",)))
    answer = await tools(page=blind, sees=False).answer("see_page", {"width": 390})
    assert answer.images == ()
    assert answer.text.endswith("h1 “Todos”")
    assert [picture for page in (seen, blind) for _, _, picture in page.asked] == [True, False]


async def test_a_page_that_cannot_be_looked_at_is_said_in_a_sentence() -> None:
    class Nobody:
        async def look(self, steps: Sequence[WalkStep], *, width: int, picture: bool) -> SeenPage:
            raise NobodyLooks("Nobody has the app open.")

    answer = await tools(page=Nobody()).answer("see_page", {})
    assert (answer.ok, answer.text) == (False, "Nobody has the app open.")


HOSTILE = {
    "glob": ("list_files", {"glob": "*a" * 99 + "b"}),
    "brackets": ("list_files", {"glob": "[" * 100 + "]" * 100}),
    "text": ("search_project", {"text": "(a+)+$" * 30}),
    "symbol": ("search_project", {"text": "a" * 150, "kind": "symbol"}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_takes_no_longer_than_any_other(name: str) -> None:
    long = FileTree({f"{'a' * 90}/{'a' * 90}{number}.ts": "a" * 20_000 for number in range(200)})
    looking = ProjectTools(long, lambda path, text: text)
    tool, given = HOSTILE[name]
    with no_longer_than(20):
        asyncio.run(looking.answer(tool, given))
