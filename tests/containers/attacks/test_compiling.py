"""Projects that are made to compile for ever: others are served meanwhile, and a view of a failing one costs nothing."""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest

from preview_runtime.compiling.compiler import WORK_SECONDS
from tests.browser.workbench import imported
from tests.containers.attacks.builder import App, Builder

PAGE = (
    '<!doctype html><html lang="en"><body><h1>Bomb</h1><script type="module" src="/src/main.js"></script></body></html>'
)


def doubled(head: str = "") -> dict[str, str]:
    """26 style sheets, each of which imports the next one twice."""
    sheets = {
        f"src/a{n}.css": f'{head}@import "./a{n + 1}.css";@import "./a{n + 1}.css" screen;.a{n}{{color:red}}'
        for n in range(26)
    }
    return {"src/main.js": 'import "./a0.css"', **sheets, "src/a26.css": ".end{color:blue}"}


GLOB = "./" + "*a" * 40 + "b"
BOMBS: dict[str, dict[str, str]] = {
    "style sheets": doubled(),
    "style sheets with Tailwind": doubled('@import "tailwindcss";'),
    "a pattern": {
        "src/main.js": f'import.meta.glob("{GLOB}")',
        **{f"src/{'a' * 90}{n}.js": "export {}" for n in range(50)},
    },
    "one text in many modules": {
        "src/main.js": "import.meta.glob('./m*.js', { eager: true })",
        "src/data.txt": "x" * 1_000_000,
        **{f"src/m{n}.js": "import a from './data.txt?raw'; import.meta.glob('./m*.js')" for n in range(600)},
    },
    "nested for ever": {"src/main.js": "(" * 200_000},
}
# Nothing in it is more than linear, and there is just too much of it.
ENDLESS = {
    "src/main.js": "\n".join(f'import.meta.glob("./**/*{n}*a*a*a*a*a*b")' for n in range(4_000)),
    **{f"src/{'a' * 60}/{n}.js": "export {}" for n in range(1_500)},
}


def project(builder: Builder, files: Mapping[str, str]) -> App:
    return App(builder.server, imported(builder.server, {"index.html": PAGE, **files}, title="bomb"))


def view(app: App) -> tuple[float, int]:
    """Seconds and status of one look at the preview."""
    began = time.monotonic()
    status, _ = app.ask("GET", "/src/main.js", seconds=120)
    return time.monotonic() - began, status


@pytest.mark.parametrize("attack", BOMBS)
def test_a_bomb_is_over_at_once_however_many_look(builder: Builder, attack: str) -> None:
    """None has to be ended: that comes after the seconds which Sayso lets any compilation take."""
    bomb = project(builder, BOMBS[attack])
    with ThreadPoolExecutor(8) as visitors:
        looks = [*visitors.map(lambda _: view(bomb), range(24))]
    assert max(seconds for seconds, _ in looks) < WORK_SECONDS
    assert len({status for _, status in looks}) == 1


def test_what_takes_too_long_is_stopped_told_and_not_begun_again(builder: Builder) -> None:
    bomb, honest = project(builder, ENDLESS), project(builder, {"src/main.js": "document.title = 'honest'"})
    with ThreadPoolExecutor(8) as visitors:
        first = [*visitors.map(lambda _: view(bomb), range(8))]
    # Eight looks are one compilation, which is ended after the seconds that it may take: two at a time would be four rounds.
    longest = max(seconds for seconds, _ in first)
    assert longest < 3 * WORK_SECONDS
    assert {status for _, status in first} == {404}
    # Those that waited for it are told, among them the look that Sayso takes itself at what is new.
    told = builder.server.log.count(f"Preview {bomb.project} does not build")
    assert told >= 1
    assert all(view(bomb)[0] < longest / 3 for _ in range(10))
    assert view(honest)[1] == 200
    said = builder.server.log
    assert said.count(f"Preview {bomb.project} does not build") == told
    assert "fault.time_out.compile seconds=15" in said
    # Mended, it is compiled anew.
    path = f"/api/v1/projects/{bomb.project}/working"
    builder.server.call("PATCH", path, {"put": {"src/main.js": "document.title = 'mended'"}})
    assert view(bomb)[1] == 200
