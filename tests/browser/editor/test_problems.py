"""What is wrong with the code is marked where it stands, and listed."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.apps import APP, COUNTER
from tests.browser.conftest import Server
from tests.browser.workbench import files_of, imported, open_file, open_project, photographed, replace_all

FILES = {
    **COUNTER,
    "tsconfig.json": '{ "compilerOptions": { "strict": true, "jsx": "react-jsx" } }',
    "src/wrong.ts": 'import { useState } from "react";\nimport "not-installed";\n\nexport const total: number = "many";\n'
    'export const first = useState<string>("a")[0].length;\n',
    "src/list.css": "a { color: red;\n",
    "src/data.json": '{ "a": 1, }\n',
    "about.html": "<!doctype html>\n<div><p>Hello</div></section>\n",
}


def test_faults_are_marked_listed_and_lead_to_their_place(page: Page, server: Server) -> None:
    open_project(page, server, imported(server, FILES))
    open_file(page, "src/App.tsx")
    count = page.get_by_role("button", name=re.compile(r"\d+ problems?$"))
    expect(count).to_have_text("4 problems")
    count.click()
    panel = page.get_by_role("region", name="Problems")
    places = panel.locator("small")
    expect(places).to_have_text(
        [
            re.compile("about.html, line 2"),
            re.compile("src/data.json, line 1"),
            re.compile("src/list.css, line 2"),
            re.compile("src/wrong.ts, line 4, column 14 · Code"),
        ]
    )
    photographed(page, "problems")
    panel.get_by_role("button", name=re.compile("Type 'string' is not assignable")).click()
    expect(page.locator('.wb-editor-tabs [data-path="src/wrong.ts"]')).to_have_attribute("aria-selected", "true")
    expect(page.locator(".squiggly-error")).to_have_count(1)
    expect(page.locator("#wb-code .wb-status")).to_contain_text("4:14")
    # What is typed is looked at at once, and a mended file is on the list no longer.
    open_file(page, "src/App.tsx")
    replace_all(page, APP.replace("count + 1", "count +").replace("useState(0)", 'useState("")'))
    expect(panel.get_by_role("button", name=re.compile("Expression expected"))).to_be_visible()
    expect(page.locator(".squiggly-error").first).to_be_visible()
    replace_all(page, APP.replace("useState(0)", 'useState("")'))
    # The types of the installed packages are known.
    expect(panel.get_by_text(re.compile("Argument of type 'string' is not"))).to_have_count(0)
    replace_all(page, APP.replace("setCount(count + 1)", 'setCount("one more")'))
    expect(panel.get_by_text(re.compile("Argument of type 'string' is not assignable"))).to_be_visible(timeout=60_000)
    replace_all(page, APP)
    expect(count).to_have_text("4 problems")


def test_a_starter_that_nobody_has_changed_has_no_problems(page: Page, server: Server) -> None:
    project = server.post("/api/v1/projects", {"starter": "kanban"})["project"]["id"]
    open_project(page, server, project)
    with page.expect_response(lambda answer: answer.url.endswith("/types")):
        open_file(page, "src/App.tsx")
    count = page.get_by_role("button", name=re.compile(r"problems?$"))
    # A mistake that React's types tell is the only one there is; a key is none.
    text = files_of(server, project)["src/App.tsx"]
    replace_all(page, text.replace("moves={board.moves}", "moves={1}"))
    expect(count).to_have_text("1 problem", timeout=60_000)
    replace_all(page, text)
    expect(count).to_have_count(0)
