"""Waits in a container with the common frameworks loaded and forks for the app.

Runs inside the container, by the image's own Python, with nothing but the standard library of its own. A fresh
interpreter takes half a second to import FastAPI; a fork of one that has it takes milliseconds. The app runs in a
session of its own below this process, which ends with the app's exit code, so that the engine sees a crash for what
it is.

One request a connection: four bytes of length (big endian), a JSON object, then the files' bytes in its order.
    {"files": [[path, bytes, mode]…], "paths": [path…], "run": {…} or null}
`files` are the changed files, `paths` all paths of the project: files of an earlier request that are not among them are
removed, files that the app made itself stay. `run` is {"command", "folder", "environment", "links", "preload",
"added"}; null leaves the app as it is. The answer is one line of JSON: {"ok": true} or {"error": "…"}. `paths` and
`run` are kept in `.sayso/run.json`: a restarted container continues with it.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import selectors
import signal
import socket
import sys
import time
import traceback
from typing import Any, NoReturn

from preview_runtime.containers.agents.python_agent.preload import EVERYTHING, load
from preview_runtime.containers.agents.python_agent.program import finish, perform
from preview_runtime.containers.agents.python_agent.work_folder import PRIVATE, WORK, link, plain, tidy, write

PORT = 61001
GRACE_SECONDS = 0.3
READ_SECONDS = 20.0
MAX_HEAD = 64 * 1024 * 1024


class Agent:
    """At most one app at a time."""

    def __init__(self) -> None:
        self.environment = dict(os.environ)
        self.app = 0  # pid
        self.listener = socket.create_server(("0.0.0.0", PORT), backlog=8)  # noqa: S104 - its own network
        self.listener.set_inheritable(False)
        self.loaded: set[str] = set()

    def serve(self) -> NoReturn:
        """Until the app ends."""
        woken, wake = socket.socketpair()
        woken.setblocking(False)
        wake.setblocking(False)
        signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: self.end())
        signal.signal(signal.SIGINT, lambda *_: self.end())
        self.begin()
        with selectors.DefaultSelector() as waiting:
            waiting.register(self.listener, selectors.EVENT_READ)
            waiting.register(woken, selectors.EVENT_READ)
            while True:
                for key, _ in waiting.select():
                    if key.fileobj is woken:
                        with contextlib.suppress(BlockingIOError):
                            woken.recv(4096)
                    else:
                        self.answer()
                self.reap()

    def begin(self) -> None:
        """Run the app that ran before a restart of this container; if there was none, load the modules that any app may
        need."""
        try:
            with plain(f"{WORK}/{PRIVATE}/run.json") as kept:
                found = json.load(kept)
            run = found["run"]
            tidy(found["paths"])
            self.run(run, found["paths"])
        except FileNotFoundError:
            load(EVERYTHING, self.loaded)
            gc.unfreeze()
            gc.collect()  # there is time, and loaded modules are shared by every app
            gc.freeze()
        except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
            print(f"The app could not be started again: {error}", file=sys.stderr, flush=True)

    def answer(self) -> None:
        connection, _ = self.listener.accept()
        with connection:
            connection.settimeout(READ_SECONDS)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                self.obey(connection.makefile("rb"))
                said: dict[str, Any] = {"ok": True}
            except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
                said = {"error": str(error) or type(error).__name__}
            with contextlib.suppress(OSError):
                connection.sendall(json.dumps(said).encode() + b"\n")

    def obey(self, stream: Any) -> None:
        size = int.from_bytes(exactly(stream, 4), "big")
        if size > MAX_HEAD:
            raise ValueError("the request is too large")
        wanted = json.loads(exactly(stream, size))
        fresh = [(str(path), exactly(stream, int(length)), int(mode)) for path, length, mode in wanted["files"]]
        run = wanted["run"]
        if run:
            self.end_app()
        tidy(wanted["paths"])
        for path, content, mode in fresh:
            write(path, content, mode)
        if run:
            self.run(run, wanted["paths"])

    def run(self, run: dict[str, Any], paths: list[str]) -> None:
        for path, target in run["links"].items():
            link(path, target)
        write(f"{PRIVATE}/run.json", json.dumps({"run": run, "paths": paths}).encode(), 0o600)
        # Here rather than in the fork: the fork has to load it anyway, and so it is loaded for the next edit as well.
        load(run.get("preload") or (), self.loaded)
        sys.stdout.flush()
        self.app = os.fork()
        if not self.app:
            self.become(run)
        write(f"{PRIVATE}/child", f"{self.app}\n".encode(), 0o644)

    def become(self, run: dict[str, Any]) -> NoReturn:
        """The rest of the forked process's life is the app."""
        code = 70
        try:
            os.setsid()
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGCHLD, signal.SIGTERM):
                signal.signal(number, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            self.listener.close()
            environment = {**self.environment, **{str(key): str(value) for key, value in run["environment"].items()}}
            os.environ.clear()
            os.environ.update(environment)
            os.chdir(os.path.join(WORK, run["folder"]))
            code = perform(run["command"], str(run.get("added") or ""))
        except BaseException:
            traceback.print_exc()
        finally:
            finish(code)

    def end_app(self) -> None:
        """End the app and all processes it started; a process that resists is killed."""
        if not self.app:
            return
        session = self.app
        signal_session(session, signal.SIGTERM)
        end = time.monotonic() + GRACE_SECONDS
        while time.monotonic() < end and not self.gone(session):
            time.sleep(0.002)
        if not self.gone(session):
            signal_session(session, signal.SIGKILL)
            while not self.gone(session):
                time.sleep(0.002)
        signal_session(session, signal.SIGKILL)
        self.app = 0

    def gone(self, pid: int) -> bool:
        with contextlib.suppress(ChildProcessError):
            return os.waitpid(pid, os.WNOHANG)[0] == pid
        return True

    def reap(self) -> None:
        while self.app:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            if pid == self.app:
                code = os.waitstatus_to_exitcode(status)
                os._exit(code if code >= 0 else 128 - code)

    def end(self) -> NoReturn:
        if self.app:
            signal_session(self.app, signal.SIGTERM)
            end = time.monotonic() + 1.5
            while time.monotonic() < end and not self.gone(self.app):
                time.sleep(0.01)
        os._exit(143)


def exactly(stream: Any, size: int) -> bytes:
    content: bytes = stream.read(size)
    if len(content) != size:
        raise ValueError("the request was cut short")
    return content


def signal_session(session: int, number: int) -> None:
    """To every process of the app's session, also those that left its group."""
    with contextlib.suppress(OSError):
        os.killpg(session, number)
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) != session:
            with contextlib.suppress(OSError):
                if os.getsid(int(name)) == session:
                    os.kill(int(name), number)


if __name__ == "__main__":
    Agent().serve()
