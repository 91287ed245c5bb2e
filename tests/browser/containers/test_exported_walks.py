"""A downloaded project is walked through by `npx playwright test`, without Sayso."""

from __future__ import annotations

import io
import json
import os
import subprocess
import zipfile
from pathlib import Path

import pytest

from builder.projects.archive.export import write_zip
from preview_runtime.file_tree import FileTree
from preview_runtime.node import node_executable
from tests.browser.conftest import find_chromium, free_port
from tests.starters import Starter, starters

ORDINARY = "todo"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One starter; --all: each of them."""
    if "starter" in metafunc.fixturenames:
        every = starters() if metafunc.config.getoption("--all") else [Starter(ORDINARY)]
        metafunc.parametrize("starter", every, ids=[starter.name for starter in every])


def _unpacked(files: dict[str, str], folder: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(write_zip(FileTree(files), "App"))) as archive:
        archive.extractall(folder)


def _playwright(folder: Path) -> subprocess.CompletedProcess[str]:
    programs = folder.with_name(f"{folder.name}-programs")  # Node as it is here, which a system may not have
    programs.mkdir(exist_ok=True)
    (programs / "node").unlink(missing_ok=True)
    (programs / "node").symlink_to(node_executable())
    environment = {
        **os.environ,
        "CHROMIUM_PATH": find_chromium(),
        "PORT": str(free_port()),
        "CI": "1",
        "PATH": os.pathsep.join([str(programs), os.environ["PATH"]]),
    }
    command = ["npx", "playwright", "test", "--reporter", "list", "--workers", "1"]
    return subprocess.run(command, cwd=folder, env=environment, text=True, capture_output=True, timeout=300)


def test_its_walks_are_walked_and_what_is_broken_is_told(starter: Starter, tmp_path: Path) -> None:
    files = {path: starter.text(path) for path in starter.files()}
    _unpacked(files, tmp_path)
    subprocess.run(["npm", "install", "--no-audit", "--no-fund"], cwd=tmp_path, check=True, capture_output=True)
    walked = _playwright(tmp_path)
    count = sum(path.startswith("walks/") for path in files)
    assert walked.returncode == 0, walked.stdout + walked.stderr
    assert f"{count} passed" in walked.stdout
    title = json.loads(files[min(path for path in files if path.startswith("walks/"))])["title"]
    (tmp_path / "index.html").write_text("<!doctype html><title>Nothing</title>")
    for path in sorted(tmp_path.glob("walks/*.json"))[1:]:
        path.unlink()
    walked = _playwright(tmp_path)
    assert walked.returncode == 1
    assert title in walked.stdout


def test_a_server_is_walked_with_a_copy_for_each_walk_and_what_is_broken_is_told(tmp_path: Path) -> None:
    starter = Starter("feedback-board")
    _unpacked({path: starter.text(path) for path in starter.files()}, tmp_path)
    subprocess.run(["npm", "install", "--no-audit", "--no-fund"], cwd=tmp_path, check=True, capture_output=True)
    walked = _playwright(tmp_path)
    assert walked.returncode == 0, walked.stdout + walked.stderr
    assert "2 passed" in walked.stdout
    assert not (tmp_path / "data").exists()
    ideas = tmp_path / "ideas.js"
    ideas.write_text(ideas.read_text().replace("insert.run(title.trim()", "insert.run(title.trim().slice(1)"))
    walked = _playwright(tmp_path)
    assert walked.returncode == 1
    assert "An idea is suggested and stays" in walked.stdout
