"""Python apps as they run inside a browser: each in an interpreter of its own, as starting one changes the interpreter."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RUN = """
import asyncio, json, sys
sys.path.insert(0, sys.argv[2])
from preview_runtime.app_server import AppServer

async def run():
    server, told = AppServer(sys.argv[1]), []
    for step in json.loads(sys.stdin.read()):
        for name, text in step["files"].items():
            open(f"{sys.argv[1]}/{name}", "w").write(text)
        trouble = await server.start({"folder": "", "module": "", "variable": "app", "factory": False, "script": "", **step["start"]})
        answers = []
        for method, path, body in step["asked"]:
            asked = {"method": method, "path": path, "query": "", "headers": [("host", "p.localhost:80")], "body": body.encode()}
            answer = await server.answer(asked)
            answers.append([answer["status"], [list(one) for one in answer["headers"]], answer["body"].decode()])
        told.append([trouble, answers])
    print("\\n" + json.dumps(told))

asyncio.run(run())
"""
WSGI = """
count = 0
def app(environ, start_response):
    global count
    count += 1
    start_response("201 Created", [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
    return [b"first ", str(count).encode(), environ["wsgi.input"].read()]
"""
ASGI = """
ready = []
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        ready.append("ready")
        await send({"type": "lifespan.startup.complete"})
        await receive()
        return await send({"type": "lifespan.shutdown.complete"})
    body = (await receive())["body"]
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-ready", ready[0].encode())]})
    await send({"type": "http.response.body", "body": body, "more_body": True})
    await send({"type": "http.response.body", "body": b"!"})
"""
PLAIN = """
from http.server import BaseHTTPRequestHandler, HTTPServer
class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.path.encode())
HTTPServer(("", 8000), Page).serve_forever()
"""


def ran(folder: Path, *steps: dict[str, Any]) -> list[Any]:
    command = [sys.executable, "-c", RUN, str(folder), str(ROOT)]
    done = subprocess.run(command, input=json.dumps(steps), capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    told: list[Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def step(text: str, *asked: tuple[str, str, str], name: str = "main.py", **start: str) -> dict[str, Any]:
    return {"files": {name: text}, "start": {"module": "main", **start}, "asked": asked}


def test_a_restart_runs_the_new_files_with_fresh_modules(tmp_path: Path) -> None:
    told = ran(
        tmp_path,
        step(WSGI, ("POST", "/", "x"), ("POST", "/", "y")),
        step(WSGI.replace("first", "second"), ("POST", "/", "z")),
    )
    cookies = [["Set-Cookie", "a=1"], ["Set-Cookie", "b=2"]]
    assert told == [
        [None, [[201, cookies, "first 1x"], [201, cookies, "first 2y"]]],
        [None, [[201, cookies, "second 1z"]]],
    ]


def test_what_an_app_does_before_its_first_request_is_done(tmp_path: Path) -> None:
    assert ran(tmp_path, step(ASGI, ("POST", "/", "hello"))) == [[None, [[200, [["x-ready", "ready"]], "hello!"]]]]


def test_a_script_that_would_serve_for_ever_answers(tmp_path: Path) -> None:
    ((trouble, ((status, _, body),)),) = ran(tmp_path, step(PLAIN, ("GET", "/a b/ç", ""), script="main.py"))
    assert (trouble, status, body) == (None, 200, "/a%20b/%C3%A7")


def test_a_mistake_is_named_with_its_place_and_mended_by_the_next_start(tmp_path: Path) -> None:
    broken, mended = ran(tmp_path, step("import math\napp = (\n"), step(WSGI, ("GET", "/", "")))
    trouble, _ = broken
    assert (trouble["message"], trouble["file"], trouble["line"]) == ("SyntaxError: '(' was never closed", "main.py", 2)
    assert "   2 | app = (" in trouble["frame"]
    assert mended[0] is None
    (raised,) = ran(tmp_path, step("def make():\n    return 1 / 0\n\napp = make()\n"))
    assert (raised[0]["message"], raised[0]["line"]) == ("ZeroDivisionError: division by zero", 2)
