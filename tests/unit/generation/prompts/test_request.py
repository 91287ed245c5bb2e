"""The model is told what runs on this very server, and nothing else."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pytest

from builder.composition.settings import Settings
from builder.generation.prompts.notes import library_notes
from builder.generation.prompts.request import Servers, Surroundings, build_request
from builder.generation.prompts.surroundings import SurroundingsReader
from preview_runtime.file_tree import FileTree
from preview_runtime.phrases import Phrase, verbatim
from preview_runtime.plans.runtimes import Runtime

SERVERS = Servers(("Python 3.11", "Node 24"), (("Python", ("fastapi", "django")), ("Node", ("express 5.3.0",))), True)
# Words by which a model would take it that it may write a server.
INVITING = ("0.0.0.0", "requirements.txt", "DATABASE_URL", "sqlite3", "server.proxy", "main.py")


@dataclass
class Host:
    why_not: Phrase | None = None
    runtimes: Collection[Runtime] = frozenset(Runtime)
    has_postgres: bool = True


def system(servers: Servers | None) -> str:
    return build_request("a guestbook", FileTree(), surroundings=Surroundings(servers=servers)).system


def test_without_containers_no_server_is_suggested() -> None:
    text = system(None)
    assert "Nothing runs a server of your own yet" in text
    assert not [word for word in INVITING if word in text]


def test_with_containers_it_says_what_is_ready_and_where_things_go() -> None:
    text = system(SERVERS)
    assert "Nothing runs a server" not in text
    assert "on Python 3.11, Node 24." in text
    assert "Ready in Python without an install, to be preferred: fastapi, django." in text
    assert "Ready in Node without an install, to be preferred: express 5.3.0." in text
    assert not [word for word in INVITING if word not in text]


def test_where_only_browsers_run_python_a_server_is_what_a_browser_can_run() -> None:
    around = SurroundingsReader(Settings(), Host(why_not=verbatim("Docker does not answer")), browser_python=True)
    text = system(around().servers)
    assert "Python in the person's own browser" in text
    assert "requirements.txt" in text
    assert "main.py" in text
    assert "## fastapi " in text
    assert not [
        word for word in ("0.0.0.0", "container", "server.js", "Dockerfile", "wss", "Node in server/") if word in text
    ]
    request = build_request("a guestbook", FileTree(), surroundings=around())
    assert request.runtimes == ()  # the offline demo has no starter that is known to run there
    with_containers = SurroundingsReader(Settings(), Host(), browser_python=True)().servers
    assert with_containers
    assert not with_containers.in_browser


def test_postgres_is_named_only_where_there_is_one() -> None:
    assert "PostgreSQL" not in system(Servers(SERVERS.runtimes, SERVERS.ready))


@pytest.mark.parametrize("servers", [None, SERVERS, Servers(("Python",), kinds=("python",), in_browser=True)])
def test_the_prompt_is_one_list_without_holes(servers: Servers | None) -> None:
    text = system(servers)
    assert "\n\n\n" not in text
    part = text.split("# What runs here\n")[1].split("\n\n#")[0]
    assert all(line.startswith("- ") for line in part.splitlines())


def test_what_servers_add_is_short() -> None:
    servers = SurroundingsReader(Settings(), Host())().servers
    assert servers
    notes = len(library_notes(servers.kinds)) - len(library_notes())
    assert len(system(servers)) - len(system(None)) - notes < 3_000, (
        "about 800 tokens, in the part of the prompt that is cached"
    )


def test_notes_are_those_of_what_runs_here() -> None:
    assert "## react " in system(None)
    assert not [name for name in ("express", "fastapi", "Node", "Python") if f"## {name} " in system(None)]
    servers = SurroundingsReader(Settings(), Host(runtimes=frozenset({Runtime.PYTHON})))().servers
    assert "## fastapi " in system(servers)
    assert "## express " not in system(servers)


def test_it_follows_what_is_there_at_the_moment() -> None:
    host = Host(why_not=verbatim("Docker does not answer"))
    around = SurroundingsReader(Settings(), host)
    assert around().servers is None
    host.why_not, host.runtimes = None, frozenset({Runtime.PYTHON})
    found = around().servers
    assert found
    assert found.runtimes == ("Python 3.11",)
    assert [name for name, _ in found.ready] == ["Python"]
    assert {"fastapi", "flask", "django"} <= set(found.ready[0][1])
    host.runtimes = frozenset({Runtime.STATIC})
    assert around().servers is None


@pytest.mark.parametrize(("forced", "there"), [("auto", True), ("docker", True), ("instant", False)])
def test_an_engine_that_is_forced_on_previews_decides(forced: str, there: bool) -> None:
    assert bool(SurroundingsReader(Settings(preview_engine=forced), Host())().servers) is there  # type: ignore[arg-type]
