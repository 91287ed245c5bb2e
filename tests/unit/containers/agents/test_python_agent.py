"""The program that waits in Python containers: which commands it runs itself, and where it writes."""

from __future__ import annotations

import ast
import asyncio
import os
import socket
import subprocess
import sys
import threading
import types
from collections import Counter
from pathlib import Path

import pytest

from preview_runtime.containers.agents import client
from preview_runtime.containers.agents.image_file import image_file
from preview_runtime.containers.agents.python_agent import preload, work_folder
from preview_runtime.containers.agents.python_agent.program import program, python_script, python_steps
from preview_runtime.plans.runtimes import Runtime


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "app"
    folder.mkdir()
    monkeypatch.setattr(work_folder, "WORK", str(folder))
    return folder


@pytest.mark.parametrize(
    ("command", "steps"),
    [
        ("python main.py", [(["main.py"], False)]),
        ("exec python3 -u main.py --debug", [(["main.py", "--debug"], False)]),
        ("python -m uvicorn main:app --port $PORT", [(["-m", "uvicorn", "main:app", "--port", "8123"], False)]),
        ("python main.py ${MODE:-quiet}", [(["main.py", "quiet"], False)]),
        (
            "python manage.py migrate --noinput && exec python manage.py runserver 0.0.0.0:$PORT",
            [(["manage.py", "migrate", "--noinput"], True), (["manage.py", "runserver", "0.0.0.0:8123"], True)],
        ),
        ("python seed.py && python main.py", [(["seed.py"], False), (["main.py"], False)]),
    ],
)
def test_python_programs_run_without_a_new_interpreter(
    command: str, steps: list[tuple[list[str], bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", "8123")
    monkeypatch.delenv("PYTHONPATH", raising=False)
    assert python_steps(command) == steps


@pytest.mark.parametrize(
    "command",
    [
        "python main.py | tee log",
        "python main.py; echo done",
        "MODE=x python main.py",
        "python -c 'print(1)'",
        "python",
        "no-such-program main:app",
        "python 'half",
        "python $(cat name)",
    ],
)
def test_everything_else_is_the_shells(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONPATH", raising=False)
    assert python_steps(command) is None


def test_packages_of_the_projects_own_get_a_fresh_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/layers/abc")
    assert python_steps("python main.py") is None


def test_packages_beside_those_that_are_loaded_need_no_new_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/layers/abc")
    assert python_steps("python main.py", "/layers/abc") == [(["main.py"], False)]
    assert python_steps("python main.py", "/layers/other") is None


async def test_a_sleep_ends_as_soon_as_it_is_woken_and_is_short_from_then_on() -> None:
    woken = preload.Woken(asyncio)
    sleeping = asyncio.ensure_future(woken.sleep(60))
    await asyncio.sleep(0)
    threading.Thread(target=woken.wake).start()
    async with asyncio.timeout(10):
        await sleeping
        await woken.sleep(60)
    assert woken.TimeoutError is asyncio.TimeoutError


def test_uvicorn_is_woken_by_the_signal_that_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    signals: list[int] = []

    class Server:
        def handle_exit(self, number: int, frame: object) -> None:
            signals.append(number)

    uvicorn = types.SimpleNamespace(asyncio=asyncio, Server=Server)
    monkeypatch.setitem(sys.modules, "uvicorn.server", uvicorn)  # type: ignore[arg-type]
    preload.end_promptly()
    preload.end_promptly()
    Server().handle_exit(15, None)
    assert signals == [15]
    assert isinstance(uvicorn.asyncio, preload.Woken)
    assert uvicorn.asyncio.real is asyncio
    assert uvicorn.asyncio.awake


def test_a_console_script_of_python_is_known_by_its_first_line(tmp_path: Path) -> None:
    script, other = tmp_path / "flask", tmp_path / "busybox"
    script.write_text("#!/usr/bin/env python3\n")
    other.write_text("#!/bin/sh\n")
    assert python_script(str(script))
    assert not python_script(str(other))
    assert not python_script(str(tmp_path / "missing"))


@pytest.mark.parametrize("path", ["../x", "/etc/x", "a/../../x", "a//x", ".", "a/./x", "a\0b", ""])
def test_no_path_leads_out_of_the_project(work: Path, path: str) -> None:
    with pytest.raises(ValueError, match="leads out"):
        work_folder.write(path, b"", 0o644)


def test_links_that_the_app_put_in_the_way_are_not_followed(work: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (work / "static").symlink_to(outside)
    (work / "main.py").symlink_to(outside / "main.py")
    work_folder.write("static/a.css", b"one", 0o644)
    work_folder.write("main.py", b"two", 0o755)
    assert list(outside.iterdir()) == []
    assert (work / "static/a.css").read_bytes() == b"one"
    assert (work / "main.py").stat().st_mode & 0o777 == 0o755


def test_what_the_project_has_no_more_goes_and_what_the_app_made_stays(work: Path) -> None:
    for path in ("main.py", "old.py"):
        work_folder.write(path, b"", 0o644)
    work_folder.tidy(["main.py", "old.py"])
    (work / "data.db").write_text("kept")
    work_folder.tidy(["main.py"])
    assert sorted(os.listdir(work)) == [".sayso", "data.db", "main.py"]


def test_a_script_is_main_and_its_exit_code_counts(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "argv", [])
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    monkeypatch.chdir(work)
    (work / "helper.py").write_text("CODE = 3\n")
    (work / "main.py").write_text(
        "import sys\nfrom helper import CODE\nif __name__ == '__main__':\n    sys.exit(CODE)\n"
    )
    assert program(["main.py"]) == 3
    assert program(["missing.py"]) == 2


def test_a_mistake_is_told_without_our_own_frames(
    work: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "argv", [])
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    monkeypatch.chdir(work)
    (work / "main.py").write_text("raise ValueError('no such table')\n")
    assert program(["main.py"]) == 1
    said = capsys.readouterr().err
    assert "program.py" not in said
    assert said.splitlines()[-1] == "ValueError: no such table"


# The image's one file, told of a folder and a port that a test may use.
HERE = """
import runpy, sys
agent = runpy.run_path(sys.argv[1])["Agent"]
agent.serve.__globals__.update(WORK=sys.argv[2], PORT=int(sys.argv[3]), EVERYTHING=())
agent().serve()
"""


async def test_the_images_one_file_takes_an_app_in_and_ends_with_its_exit_code(
    work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (name, content), *_ = image_file(Runtime.PYTHON).items()
    (tmp_path / name).write_bytes(content)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monkeypatch.setattr(client, "PORT", port)
    source = "import sys, words\nopen('said', 'w').write(words.WORD)\nsys.exit(7)\n"
    files = {"main.py": source, "words.py": "WORD = 'hello'\n"}
    command = [sys.executable, "-B", "-c", HERE, str(tmp_path / name), str(work), str(port)]
    with subprocess.Popen(command) as process:  # noqa: ASYNC220 - it is waited for below
        try:
            await client.ready("127.0.0.1", seconds=30)
            await client.send("127.0.0.1", files, list(files), client.AppStart("python main.py"), seconds=30)
            code = await asyncio.to_thread(process.wait, 30)
        finally:
            process.kill()
    assert code == 7
    assert (work / "said").read_text() == "hello"


def test_the_images_one_file_has_each_name_once_and_needs_none_of_our_modules() -> None:
    tree = ast.parse(image_file(Runtime.PYTHON)["agent.py"])
    defined = Counter(node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef))
    named = [node.targets[0] for node in tree.body if isinstance(node, ast.Assign)]
    defined += Counter(target.id for target in named if isinstance(target, ast.Name))
    assert [name for name, times in defined.items() if times > 1] == []
    brought = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    brought |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert [module for module in brought if module.startswith("preview_runtime")] == []
