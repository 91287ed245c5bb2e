"""Waits in a container with the common frameworks loaded and forks for the app.

Runs inside the container, by the image's own Python, with nothing but the standard library of its own. A fresh
interpreter takes half a second to import FastAPI; a fork of one that has it takes milliseconds. The app runs in a
session of its own below this process, which ends with the app's exit code, so that the engine sees a crash for what
it is.

One request a connection: four bytes of length (big endian), a JSON object, then the files' bytes in its order.
    {"files": [[path, bytes, mode]…], "paths": [path…], "run": {…} or null}
`files` are those that changed, `paths` all that the project has: what an earlier request brought and is not among them
is removed, what the app made itself stays. `run` is {"command", "folder", "environment", "links", "preload", "added"};
null leaves the app as it is. The answer is one line of JSON: {"ok": true} or {"error": "…"}. `paths` and `run` are kept in
`.sayso/run.json`: a container that is started again goes on with it.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import re
import runpy
import selectors
import shlex
import shutil
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from typing import Any, NoReturn, TextIO

WORK = "/app"
PRIVATE = ".sayso"
PORT = 61001
GRACE_SECONDS = 0.3
READ_SECONDS = 20.0
MAX_HEAD = 64 * 1024 * 1024
EVERYTHING = (
    "fastapi",
    "fastapi.staticfiles",
    "fastapi.templating",
    "fastapi.middleware.cors",
    "uvicorn",
    "uvicorn.main",
    "uvicorn.loops.auto",
    "uvicorn.lifespan.on",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.auto",
    "starlette.applications",
    "sqlmodel",
    "sqlalchemy.dialects.sqlite",
    "flask",
    "flask.cli",
    "werkzeug.serving",
    "jinja2",
    "django",
    "django.conf",
    "django.core.management",
    "django.core.management.commands.migrate",
    "django.core.management.commands.runserver",
    "django.core.servers.basehttp",
    "django.db.backends.sqlite3.base",
    "django.core.handlers.wsgi",
    # Of what a new project has in its settings, all that can be loaded before there are any.
    "django.contrib.admin.apps",
    "django.contrib.admin.checks",
    "django.contrib.auth.apps",
    "django.contrib.auth.decorators",
    "django.contrib.auth.hashers",
    "django.contrib.auth.password_validation",
    "django.contrib.auth.tokens",
    "django.contrib.contenttypes.apps",
    "django.contrib.messages.apps",
    "django.contrib.messages.middleware",
    "django.contrib.messages.storage.fallback",
    "django.contrib.sessions.apps",
    "django.contrib.sessions.middleware",
    "django.contrib.sessions.serializers",
    "django.contrib.sites.shortcuts",
    "django.contrib.staticfiles.apps",
    "django.contrib.staticfiles.handlers",
    "django.core.cache.backends.locmem",
    "django.core.management.commands.makemigrations",
    "django.core.management.utils",
    "django.db.migrations.executor",
    "django.db.migrations.writer",
    "django.db.models",
    "django.db.models.sql.compiler",
    "django.forms",
    "django.middleware.cache",
    "django.middleware.clickjacking",
    "django.middleware.common",
    "django.middleware.csrf",
    "django.middleware.security",
    "django.shortcuts",
    "django.template.backends.django",
    "django.template.context_processors",
    "django.template.defaulttags",
    "django.template.loader",
    "django.template.loaders.app_directories",
    "django.urls",
    "django.utils.translation.reloader",
    "django.views.csrf",
    "django.views.decorators.csrf",
    "django.views.defaults",
    "django.views.generic",
    "http.server",
    "sqlite3",
)


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
        """Run what an earlier life of this container ran; where that is nothing, load what any app may want."""
        try:
            with plain(f"{WORK}/{PRIVATE}/run.json") as kept:
                found = json.load(kept)
            run = found["run"]
            tidy(found["paths"])
            self.run(run, found["paths"])
        except FileNotFoundError:
            self.load(EVERYTHING)
            gc.unfreeze()
            gc.collect()  # there is time, and what stays is in the memory of every app
            gc.freeze()
        except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
            print(f"The app could not be started again: {error}", file=sys.stderr, flush=True)

    def load(self, names: Any) -> None:
        """Import `names` and what they need; those that are missing or fail are left to the app."""
        missing = [str(name) for name in names if name not in self.loaded]
        if not missing:
            return
        gc.disable()  # nothing of what is loaded is garbage: looking for some takes a sixth of the time
        with models_built_when_used() if "fastapi" in missing else contextlib.nullcontext():
            for name in missing:
                self.loaded.add(name)
                with contextlib.suppress(Exception):
                    importlib.import_module(name)
        end_promptly()
        gc.freeze()  # what is shared with the forks is not touched by their collector
        gc.enable()

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
        # Here rather than in the fork, which has to load it all the same: so it is there for the next edit as well.
        self.load(run.get("preload") or ())
        sys.stdout.flush()
        self.app = os.fork()
        if not self.app:
            self.become(run)
        write(f"{PRIVATE}/child", f"{self.app}\n".encode(), 0o644)

    def become(self, run: dict[str, Any]) -> NoReturn:
        """The rest of the forked process's life: the app."""
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
        """End the app and all it started; whatever resists is killed."""
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


def inside(path: str) -> str:
    """`path` below the work folder, its folders made; links that the app put in the way are not followed."""
    parts = path.split("/")
    if path.startswith("/") or any(part in ("", ".", "..") for part in parts) or "\0" in path:
        raise ValueError(f"{path!r} leads out of the project")
    here = WORK
    for part in parts[:-1]:
        here = f"{here}/{part}"
        if os.path.islink(here) or (os.path.exists(here) and not os.path.isdir(here)):
            os.unlink(here)
        if not os.path.isdir(here):
            os.mkdir(here, 0o755)
    return f"{here}/{parts[-1]}"


def write(path: str, content: bytes, mode: int) -> None:
    place = inside(path)
    if os.path.isdir(place) and not os.path.islink(place):
        shutil.rmtree(place)
    new = f"{place}.sayso-new"
    with contextlib.suppress(FileNotFoundError):
        os.unlink(new)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as out:
        out.write(content)
    os.replace(new, place)


def plain(path: str) -> TextIO:
    """The file at `path`, opened; a pipe that the app put there holds nobody up."""
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW), encoding="utf-8")


def tidy(paths: list[str]) -> None:
    """Remove what an earlier request brought and the project has no more."""
    try:
        with plain(f"{WORK}/{PRIVATE}/files") as kept:
            old = set(kept.read().splitlines())
    except (OSError, UnicodeDecodeError):
        old = set()
    for path in old.difference(paths):
        with contextlib.suppress(OSError, ValueError):
            os.unlink(inside(path))
    if old != set(paths):
        write(f"{PRIVATE}/files", "".join(f"{path}\n" for path in paths).encode(), 0o644)


def link(path: str, target: str) -> None:
    place = inside(path)
    if os.path.islink(place) and os.readlink(place) == target:
        return
    if os.path.isdir(place) and not os.path.islink(place):
        shutil.rmtree(place)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(place)
    os.symlink(target, place)


def signal_session(session: int, number: int) -> None:
    """To every process of the app's session, also those that left its group."""
    with contextlib.suppress(OSError):
        os.killpg(session, number)
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) != session:
            with contextlib.suppress(OSError):
                if os.getsid(int(name)) == session:
                    os.kill(int(name), number)


# --- the fork's side ---------------------------------------------------------------------------------------------


def perform(command: str, added: str = "") -> int:
    """Run `command` in this process where it is one or more Python programs, else by the shell. Its exit code.

    `added` is a folder of packages none of which stands beside another version in the image.
    """
    steps = python_steps(command, added)
    if steps is None:
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python ignores it, and what is executed would inherit that
        os.execvpe("sh", ["sh", "-c", command], os.environ)
    if added:
        import site

        site.addsitedir(added)
    code = 0
    for number, (words, together) in enumerate(steps):
        if number < len(steps) - 1 and not together:
            pid = os.fork()
            if not pid:
                finish(program(words))
            code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            code = code if code >= 0 else 128 - code
        else:
            code = program(words)
        if code:
            break
    return code


def python_steps(command: str, added: str = "") -> list[tuple[list[str], bool]] | None:
    """The words after `python` of each step; None where a shell or another program is needed.

    Django's own commands run one after the other in one process: loading the project once is what takes the time.
    """
    if os.environ.get("PYTHONPATH", "") not in ("", added) or os.environ.get("PYTHONHOME"):
        return None  # packages of the project's own: what is loaded here may be another version
    steps = []
    for part in command.split("&&"):
        text = re.sub(r"\$\{(\w+)(?::-([^}]*))?\}|\$(\w+)", _value, part.strip()).removeprefix("exec ")
        if re.search(r"[;&|<>()`$*?\[\]~#\n\\]", text):
            return None
        try:
            words = shlex.split(text)
        except ValueError:
            return None
        if not words or "=" in words[0]:
            return None
        if words[0] in ("python", "python3"):
            words = words[1:]
            if words[:1] == ["-u"]:
                words = words[1:]
            if not words or (words[0].startswith("-") and words[0] != "-m") or words == ["-m"]:
                return None
        elif (script := shutil.which(words[0])) and python_script(script):
            words = [script, *words[1:]]
        else:
            return None
        steps.append((words, words[0].rpartition("/")[2] == "manage.py"))
    return steps


def _value(found: re.Match[str]) -> str:
    return os.environ.get(found[1] or found[3]) or found[2] or ""


def python_script(path: str) -> bool:
    try:
        with open(path, "rb") as opened:
            first = opened.readline(200)
    except OSError:
        return False
    return first.startswith(b"#!") and b"python" in first


def program(words: list[str]) -> int:
    """What `python WORDS` does, in this process."""
    sys.path[:] = [entry for entry in sys.path if entry and entry != os.path.dirname(os.path.abspath(__file__))]
    importlib.invalidate_caches()
    try:
        if words[0] == "-m":
            sys.argv = words[1:]
            sys.path.insert(0, os.getcwd())
            runpy.run_module(words[1], run_name="__main__", alter_sys=True)
        else:
            sys.argv = words
            sys.path.insert(0, os.path.dirname(os.path.realpath(words[0])))
            script(words[0])
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return (end.code or 0) & 0xFF
        print(end.code, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BaseException:
        kind, error, trace = sys.exc_info()
        own = (__file__, runpy.__file__, "<frozen runpy>")
        while trace and trace.tb_frame.f_code.co_filename in own and trace.tb_next:
            trace = trace.tb_next
        traceback.print_exception(kind, error, trace)
        return 1
    return 0


def script(path: str) -> None:
    """Run a file as `__main__`, which stays what it is after its last line: threads go on with its names."""
    if not os.path.isfile(path):
        # The interpreter's own words and exit code.
        print(
            f"python: can't open file '{os.path.abspath(path)}': [Errno 2] No such file or directory", file=sys.stderr
        )
        raise SystemExit(2)
    with open(path, "rb") as opened:
        source = opened.read()
    module = type(sys)("__main__")
    place = os.path.abspath(path)
    module.__dict__.update(__file__=place, __builtins__=__builtins__, __cached__=None, __loader__=None, __spec__=None)
    sys.modules["__main__"] = module
    exec(compile(source, place, "exec", dont_inherit=True), module.__dict__)  # noqa: S102 - this is its purpose


@contextlib.contextmanager
def models_built_when_used() -> Iterator[None]:
    """FastAPI's own models, which describe an API and are a sixth of its loading, are built when one is asked for.

    It is pydantic's own setting; the app's models, which are made later, do not have it.
    """
    config: Any = None
    with contextlib.suppress(Exception):
        config = importlib.import_module("pydantic").BaseModel.model_config
        config["defer_build"] = True
    try:
        yield
    finally:
        if config is not None:
            config.pop("defer_build", None)


def end_promptly() -> None:
    """Have uvicorn, where it is loaded, see at once that it is to end.

    It looks ten times a second, and waits as long once more for its connections: an edit would wait for both. What it
    does before it ends, and for whom it waits, stays as it is.
    """
    server: Any = sys.modules.get("uvicorn.server")
    if server is None or isinstance(server.asyncio, Woken):
        return
    woken = server.asyncio = Woken(server.asyncio)
    before = server.Server.handle_exit

    def handle_exit(this: Any, number: int, frame: Any) -> None:
        before(this, number, frame)
        woken.wake()

    server.Server.handle_exit = handle_exit


class Woken:
    """asyncio, whose `sleep` ends early once `wake` was called, and is short from then on."""

    SHORT_SECONDS = 0.005

    def __init__(self, real: Any) -> None:
        self.real = real
        self.awake = False
        self.waiting: set[Any] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def wake(self) -> None:
        self.awake = True
        for future in list(self.waiting):
            future.get_loop().call_soon_threadsafe(lambda which=future: which.done() or which.set_result(None))

    async def sleep(self, seconds: float) -> None:
        future = self.real.get_running_loop().create_future()
        self.waiting.add(future)
        try:
            await self.real.wait((future,), timeout=self.SHORT_SECONDS if self.awake else seconds)
        finally:
            self.waiting.discard(future)


def finish(code: int) -> NoReturn:
    """End this process as an interpreter ends: threads, exit handlers, buffers."""
    with contextlib.suppress(BaseException):
        threading._shutdown()  # type: ignore[attr-defined]
    with contextlib.suppress(BaseException):
        import atexit

        atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BaseException):
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    Agent().serve()
