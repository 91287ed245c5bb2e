"""How Python projects are started inside a browser."""

from __future__ import annotations

import pytest

from preview_runtime.file_tree import FileTree
from preview_runtime.plans.browser_app import BrowserApp, browser_app
from preview_runtime.plans.python_app import PythonStart

FASTAPI = "from fastapi import FastAPI\napp = FastAPI()\n"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            {"main.py": FASTAPI, "requirements.txt": "fastapi[standard]\nuvicorn[standard]>=0.30\ngunicorn\n"},
            BrowserApp(
                PythonStart("", "main", "app"),
                ("requirements.txt",),
                ("fastapi", "python-multipart", "jinja2", "email-validator", "httpx", "uvicorn>=0.30"),
            ),
        ),
        (
            {"api/main.py": FASTAPI, "api/requirements.txt": "fastapi\n", "index.html": ""},
            BrowserApp(PythonStart("api", "main", "app"), ("api/requirements.txt",), ("fastapi",)),
        ),
        (
            {"app.py": "from flask import Flask\ndef create_app():\n    return Flask(__name__)\n"},
            BrowserApp(PythonStart("", "app", "create_app", factory=True), (), ("flask",)),
        ),
        (
            {"server.py": "from http.server import HTTPServer\nHTTPServer(('', 8000), None).serve_forever()\n"},
            BrowserApp(PythonStart("", script="server.py")),
        ),
        ({"main.py": FASTAPI, "requirements.txt": "fastapi\n-e ./mine\n"}, None),
        ({"main.py": FASTAPI, "requirements.txt": "fastapi\npsycopg[binary]\n"}, None),
        (
            {"main.py": FASTAPI + "@app.websocket('/ws')\nasync def talk(ws): ...\n", "requirements.txt": "fastapi\n"},
            None,
        ),
        ({"index.html": ""}, None),
    ],
)
def test_what_is_started_and_what_it_needs(files: dict[str, str], expected: BrowserApp | None) -> None:
    found = browser_app(FileTree(files))
    if found is not None and found.requirements is None:
        found = None  # its packages are the project's own code
    assert found == expected
