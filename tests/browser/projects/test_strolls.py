"""Strolls: what a curious person does with an app of which they know nothing."""

from __future__ import annotations

import json

from playwright.sync_api import Page

from benchmarks import _walks
from tests.browser.apps import COUNTER
from tests.browser.conftest import Server
from tests.browser.workbench import imported, open_project

PAIRS = """import { useState } from 'react'

const names = ['Ant', 'Bee', 'Cat', 'Dog', 'Bee', 'Dog', 'Ant', 'Cat']

export default function App() {
  const [open, setOpen] = useState<number[]>([])
  const [found, setFound] = useState<string[]>([])
  function turn(at: number) {
    const [first, second] = open
    if (found.includes(names[at]!) || open.includes(at)) return
    if (first === undefined || second !== undefined) setOpen([at])
    else if (names[first] === names[at]) { setFound([...found, names[at]!]); setOpen([]) }
    else setOpen([first, at])
  }
  const shown = (at: number) => open.includes(at) || found.includes(names[at]!)
  return (
    <main>
      {names.map((name, at) => <button key={at} onClick={() => turn(at)}>{shown(at) ? name : `Card ${at + 1}`}</button>)}
      {found.length === 4 && <p>All are found</p>}
    </main>
  )
}
"""


def test_a_game_of_pairs_is_played_to_its_end(page: Page, server: Server) -> None:
    project = imported(server, {**COUNTER, "src/App.tsx": PAIRS})
    open_project(page, server, project)
    _walks.provide(page)
    _walks.published(server, project)
    results = _walks.walk(page, {}, _walks.walks_of(server, project)["url"], stroll=True)
    assert [result["walk"] for result in results] == list(_walks.STROLLS)
    assert "All are found" in json.dumps(results[0]["trace"])
