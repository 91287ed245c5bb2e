"""What is added to a project so that `docker compose up` runs it."""

from __future__ import annotations

import re

import pytest

from builder.projects.archive.docker_project import docker_files, shown_at
from builder.projects.archive.export import write_zip
from preview_runtime.file_tree import FileTree
from preview_runtime.plans.plan import NothingToRun
from tests.unit.projects.archive.zips import read_zip

API = "import fastapi\napp = fastapi.FastAPI()\n"


@pytest.mark.parametrize(
    ("files", "installs"),
    [
        ({"main.py": API}, "fastapi 'uvicorn[standard]'"),
        ({"main.py": API, "requirements.txt": "fastapi\n"}, "'uvicorn[standard]'"),
        ({"main.py": API, "requirements.txt": "fastapi\nuvicorn[standard]>=0.3\n"}, ""),
        ({"main.py": f"{API}from fastapi import Form\ndef save(name=Form()): ...\n", "requirements.txt": "fastapi\nuvicorn\n"}, "python-multipart"),
        ({"main.py": f"{API}from fastapi import WebSocket\n", "requirements.txt": "fastapi\nuvicorn[standard]\n"}, ""),
        ({"main.py": f"{API}from fastapi import WebSocket\n", "requirements.txt": "fastapi\nuvicorn\n"}, "websockets"),
        ({"app.py": "from flask import Flask\napp = Flask('x')\n", "requirements.txt": "Flask==3.1.3"}, ""),
        ({"server.py": "import http.server\n", "sayso.json": '{"run": {"start": "python server.py"}}'}, ""),
    ],
)  # fmt: skip
def test_what_only_the_preview_has_is_installed(files: dict[str, str], installs: str) -> None:
    lines = [line for line in docker_files(FileTree(files))["Dockerfile"].splitlines() if "pip install" in line]
    others = [line.partition("--no-cache-dir ")[2] for line in lines if "-r requirements" not in line]
    assert others == ([installs] if installs else [])


def test_a_package_of_node_that_nothing_names_is_installed() -> None:
    files = {"package.json": '{"scripts": {"start": "node a.js"}}', "a.js": 'import express from "express"\nexpress()'}
    assert "RUN npm install --no-save express@" in docker_files(FileTree(files))["Dockerfile"]


def test_pages_stand_before_their_server_and_both_are_seen_at_one_address() -> None:
    tree = FileTree(
        {"main.py": API, "requirements.txt": "fastapi\nuvicorn\npsycopg\n", "frontend/index.html": "x", "frontend/package.json": "{}"}
    )  # fmt: skip
    files = docker_files(tree)
    services = re.findall(r"^  (\w+):\n((?:    .*\n)+)", files["compose.yaml"], re.MULTILINE)
    assert {name: re.findall(r'- "(\S+:8080)"', said) for name, said in services} == {
        "app": [], "web": ["127.0.0.1:${PORT:-8080}:8080"], "database": [],
    }  # fmt: skip
    assert "@database:5432/app" in dict(services)["app"]
    assert "proxy_pass http://app:8000" in files["nginx.conf"]
    assert shown_at(tree) == 8080


async def test_a_file_of_the_project_stays_and_no_secret_is_taken_along() -> None:
    tree = FileTree({"main.py": API, "compose.yaml": "mine", ".env": "KEY=1"})
    files = await read_zip(write_zip(tree, "App", docker=True))
    assert files["compose.yaml"] == "mine"
    assert ".env" not in files
    assert ".env" in str(files[".dockerignore"]).splitlines()
    assert "docker compose up --build" in str(files["README.md"])


def test_where_nothing_can_be_run_it_is_said() -> None:
    with pytest.raises(NothingToRun):
        write_zip(FileTree({"notes.txt": "x"}), "App", docker=True)
