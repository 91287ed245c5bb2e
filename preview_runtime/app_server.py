"""Runs a project's Python app inside Pyodide and answers requests with it. No socket is opened and no thread started.

Bundled into the worker (`browser/src/pyodide/worker.ts`), which calls `BrowserBridge`. Nothing here imports the
builder's code.
"""

from __future__ import annotations

import asyncio
import gc
import http.client
import importlib
import importlib.util
import inspect
import io
import json
import linecache
import os
import runpy
import socketserver
import sys
import traceback
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any, Final, TypedDict

MOST_BODY: Final = 32 * 1024 * 1024
# Packages that keep what an app declares: a second start of the app would declare it twice.
_KEEPS_DECLARATIONS: Final = ("sqlmodel", "prometheus_client")
_STARTUP_SECONDS: Final = 20.0
Headers = list[tuple[str, str]]


class App(TypedDict):
    """`module` and `variable` name the app object (`factory`: the function that makes it); `script` is run instead
    where there is none."""

    folder: str
    module: str
    variable: str
    factory: bool
    script: str


class AppRequest(TypedDict):
    method: str
    path: str
    query: str
    headers: Headers
    body: bytes


class AppAnswer(TypedDict):
    status: int
    headers: Headers
    body: bytes


class Trouble(TypedDict):
    """Why the app did not start: the last line of its traceback, and the place in the project's files."""

    message: str
    file: str
    line: int
    frame: str


class Serving(BaseException):
    """A script has reached the call that would serve for ever. `app` is what it serves."""

    def __init__(self, app: Any) -> None:
        super().__init__("serving")
        self.app = app


class AppServer:
    """One app at a time. `root` is the folder of the project's files."""

    def __init__(self, root: str = "/app") -> None:
        self._root = root
        self._call: Callable[[AppRequest], Awaitable[AppAnswer]] | None = None
        self._lifespan: _Lifespan | None = None
        self._paths = list(sys.path)
        sys.dont_write_bytecode = True
        _without_threads()
        _without_sockets()

    async def start(self, app: App) -> Trouble | None:
        """Start the app from the files as they are now, with fresh modules; None once it answers requests."""
        await self.stop()
        try:
            found = self._found(app)
            if isinstance(found, socketserver.BaseServer):
                self._call = _of_server(found)
            elif _is_asgi(found):
                self._lifespan = _Lifespan(found)
                await self._lifespan.start()
                self._call = _of_asgi(found)
            else:
                self._call = _of_wsgi(found)
        except BaseException as error:
            self._print(error)
            return self._trouble(error)
        return None

    async def stop(self) -> None:
        """Let go of the app: its modules, and its open connections to a database."""
        if self._lifespan is not None:
            await self._lifespan.stop()
        self._call = self._lifespan = None
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None) or ""
            if file.startswith(self._root + "/") or name.partition(".")[0] in _KEEPS_DECLARATIONS:
                del sys.modules[name]
        sys.path[:] = self._paths
        importlib.invalidate_caches()
        linecache.clearcache()
        gc.collect()

    async def answer(self, asked: AppRequest) -> AppAnswer:
        """The app's answer; 500 for an error that it let through, whose traceback is printed."""
        if self._call is None:
            return _said(503, "Service Unavailable")
        try:
            return await self._call(asked)
        except Exception as error:
            self._print(error)
            return _said(500, "Internal Server Error")
        finally:
            sys.stdout.flush()
            sys.stderr.flush()

    def _found(self, app: App) -> Any:
        folder = Path(self._root, app["folder"])
        folder.mkdir(parents=True, exist_ok=True)
        os.chdir(folder)
        sys.path.insert(0, str(folder))
        if app["script"]:
            try:
                runpy.run_path(str(folder / app["script"]), run_name="__main__")
            except Serving as serving:
                return _named(serving.app)
            raise SystemExit(f"{app['script']}: nothing is served")
        module = importlib.import_module(app["module"])
        made = module
        for name in app["variable"].split("."):
            made = getattr(made, name)
        return made() if app["factory"] else made  # type: ignore[operator]

    def _print(self, error: BaseException) -> None:
        traceback.print_exception(error)
        sys.stderr.flush()

    def _trouble(self, error: BaseException) -> Trouble:
        message = "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]
        file, line = "", 0
        if isinstance(error, SyntaxError) and (error.filename or "").startswith(self._root):
            file, line = error.filename or "", error.lineno or 0
        else:
            own = [one for one in traceback.extract_tb(error.__traceback__) if one.filename.startswith(self._root)]
            if own:
                file, line = own[-1].filename, own[-1].lineno or 0
        around = range(max(1, line - 2), line + 3) if file else ()
        frame = "".join(f"{n:>4} | {text}" for n in around if (text := linecache.getline(file, n)))
        return {"message": message[:2000], "file": file.removeprefix(self._root + "/"), "line": line, "frame": frame}


class _Lifespan:
    """What an ASGI app does before its first request and after its last."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._received: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._started = asyncio.get_running_loop().create_future()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Raises what the app raised."""
        self._received.put_nowait({"type": "lifespan.startup"})
        self._task = asyncio.ensure_future(self._run())
        failure = await asyncio.wait_for(asyncio.shield(self._started), _STARTUP_SECONDS)
        if failure is not None:
            raise failure

    async def stop(self) -> None:
        if self._task is None or self._task.done():
            return
        self._received.put_nowait({"type": "lifespan.shutdown"})
        try:
            await asyncio.wait_for(self._task, 1.0)
        except Exception:
            traceback.print_exc()

    async def _run(self) -> None:
        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "lifespan.startup.complete":
                self._over(None)
            elif message["type"] == "lifespan.startup.failed":
                lines = message.get("message", "").strip().splitlines()
                print(message.get("message", ""), file=sys.stderr)
                self._over(RuntimeError(lines[-1] if lines else "lifespan.startup.failed"))

        try:
            await self._app({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, self._received.get, send)
        except BaseException as error:
            # An app without a lifespan raises as soon as it sees one (ASGI, lifespan protocol).
            known = isinstance(error, (AssertionError, KeyError, NotImplementedError, ValueError))
            self._over(None if known else error)
        self._over(None)

    def _over(self, failure: BaseException | None) -> None:
        if not self._started.done():
            self._started.set_result(failure)


def _of_asgi(app: Any) -> Callable[[AppRequest], Awaitable[AppAnswer]]:
    async def call(asked: AppRequest) -> AppAnswer:
        answer: AppAnswer = {"status": 500, "headers": [], "body": b""}
        parts: list[bytes] = []
        over, whole = asyncio.Event(), [False]

        async def receive() -> dict[str, Any]:
            if not whole[0]:
                whole[0] = True
                return {"type": "http.request", "body": asked["body"], "more_body": False}
            await over.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                answer["status"] = message["status"]
                answer["headers"] = [
                    (bytes(name).decode("latin-1"), bytes(value).decode("latin-1"))
                    for name, value in message.get("headers", ())
                ]
            elif message["type"] == "http.response.body":
                parts.append(bytes(message.get("body", b"")))
                if sum(map(len, parts)) > MOST_BODY:
                    raise OverflowError(MOST_BODY)
                if not message.get("more_body", False):
                    over.set()

        task = asyncio.ensure_future(app(_scope(asked), receive, send))
        ended = asyncio.ensure_future(over.wait())
        await asyncio.wait({task, ended}, return_when=asyncio.FIRST_COMPLETED)
        if not over.is_set():
            ended.cancel()
            task.result()  # raises what the app raised
        elif task.done():
            if error := task.exception():  # after its answer: Starlette answers 500 and raises it again
                traceback.print_exception(error)
        else:
            task.add_done_callback(_told)
        answer["body"] = b"".join(parts)
        return answer

    return call


def _told(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        traceback.print_exception(error)
        sys.stderr.flush()


def _scope(asked: AppRequest) -> dict[str, Any]:
    host = next((value for name, value in asked["headers"] if name.lower() == "host"), "localhost")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": asked["method"],
        "scheme": "http",
        "path": asked["path"],
        "raw_path": asked["path"].encode(),
        "query_string": asked["query"].encode(),
        "root_path": "",
        "headers": [
            (name.lower().encode("latin-1", "replace"), value.encode("latin-1", "replace"))
            for name, value in asked["headers"]
        ],
        "server": (host.partition(":")[0], int(host.partition(":")[2] or 80)),
        "client": ("127.0.0.1", 1),
        "state": {},
    }


def _of_wsgi(app: Any) -> Callable[[AppRequest], Awaitable[AppAnswer]]:
    async def call(asked: AppRequest) -> AppAnswer:
        answer: AppAnswer = {"status": 500, "headers": [], "body": b""}
        written: list[bytes] = []

        def start_response(status: str, headers: Headers, _: Any = None) -> Callable[[bytes], None]:
            answer["status"], answer["headers"] = int(status.split()[0]), list(headers)
            return written.append

        result: Iterable[bytes] = app(_environ(asked), start_response)
        try:
            written.extend(result)
        finally:
            if close := getattr(result, "close", None):
                close()
        answer["body"] = b"".join(written)
        return answer

    return call


def _environ(asked: AppRequest) -> dict[str, Any]:
    host = next((value for name, value in asked["headers"] if name.lower() == "host"), "localhost")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": asked["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": asked["path"].encode().decode("latin-1"),  # PEP 3333: bytes as latin-1
        "QUERY_STRING": asked["query"],
        "SERVER_NAME": host.partition(":")[0],
        "SERVER_PORT": host.partition(":")[2] or "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(asked["body"])),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(asked["body"]),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in asked["headers"]:
        key = name.upper().replace("-", "_")
        if key == "CONTENT_TYPE":
            environ[key] = value
        elif key != "CONTENT_LENGTH":
            environ[f"HTTP_{key}"] = f"{environ[f'HTTP_{key}']},{value}" if f"HTTP_{key}" in environ else value
    return environ


class _Connection:
    """The part of a socket that `http.server` uses: what comes is read from memory, what goes is kept."""

    def __init__(self, received: bytes) -> None:
        self.received, self.sent = received, b""

    def makefile(self, *_: Any, **__: Any) -> io.BytesIO:
        return io.BytesIO(self.received)

    def sendall(self, data: bytes) -> None:
        self.sent += bytes(data)

    def settimeout(self, _: float | None) -> None: ...

    def close(self) -> None: ...


def _of_server(server: Any) -> Callable[[AppRequest], Awaitable[AppAnswer]]:
    async def call(asked: AppRequest) -> AppAnswer:
        target = asked["path"] + (f"?{asked['query']}" if asked["query"] else "")
        lines = [f"{asked['method']} {_quoted(target)} HTTP/1.1"]
        skipped = ("connection", "content-length", "transfer-encoding")
        lines += [f"{name}: {value}" for name, value in asked["headers"] if name.lower() not in skipped]
        lines += [f"Content-Length: {len(asked['body'])}", "Connection: close", "", ""]
        connection = _Connection("\r\n".join(lines).encode("latin-1", "replace") + asked["body"])
        server.RequestHandlerClass(connection, ("127.0.0.1", 1), server)
        response = http.client.HTTPResponse(_Connection(connection.sent), method=asked["method"])  # type: ignore[arg-type]
        response.begin()
        return {"status": response.status, "headers": response.getheaders(), "body": response.read()}

    return call


def _quoted(target: str) -> str:
    return "".join(sign if "!" <= sign <= "~" else "".join(f"%{byte:02X}" for byte in sign.encode()) for sign in target)


def _said(status: int, text: str) -> AppAnswer:
    return {"status": status, "headers": [("content-type", "text/plain; charset=utf-8")], "body": text.encode()}


def _is_asgi(app: Any) -> bool:
    call = app if inspect.isfunction(app) else getattr(app, "__call__", None)  # noqa: B004
    return inspect.iscoroutinefunction(call)


def _named(app: Any) -> Any:
    """`uvicorn.run("main:app")` names its app."""
    if not isinstance(app, str):
        return app
    module, _, variable = app.partition(":")
    return getattr(importlib.import_module(module), variable)


def _serves(app: Any) -> None:
    raise Serving(app)


def _without_sockets() -> None:
    """What would serve for ever says what it serves instead, in the standard library and, once they are loaded, in the
    two packages that start by a call."""

    def made(self: Any, address: tuple[str, int], handler: Any, *_: Any, **__: Any) -> None:
        socketserver.BaseServer.__init__(self, address, handler)
        self.socket, self.server_name, self.server_port = None, address[0] or "localhost", address[1]
        if setup := getattr(self, "setup_environ", None):
            setup()

    def serve(self: Any, *_: Any, **__: Any) -> None:
        _serves(self)

    def closed(self: Any) -> None: ...

    changes = {"__init__": made, "serve_forever": serve, "server_close": closed}
    for name, change in changes.items():
        setattr(socketserver.TCPServer, name, change)
    sys.meta_path.insert(0, _Starters())


class _Starters:
    """Replaces `uvicorn.run` and Werkzeug's `run_simple` when their modules are loaded."""

    _CALLS: Final = {"uvicorn.main": ("run", 0), "werkzeug.serving": ("run_simple", 2)}

    def find_spec(self, name: str, *_: Any) -> Any:
        if name not in self._CALLS:
            return None
        sys.meta_path.remove(self)
        try:
            spec = importlib.util.find_spec(name)
        finally:
            sys.meta_path.insert(0, self)
        if spec is not None and spec.loader is not None:
            execute, (call, place) = spec.loader.exec_module, self._CALLS[name]

            def run(module: Any) -> None:
                execute(module)

                def serve(*args: Any, **more: Any) -> None:
                    _serves(args[place] if len(args) > place else more.get("app", more.get("application")))

                setattr(module, call, serve)

            spec.loader.exec_module = run  # type: ignore[method-assign]
        return spec


def _without_threads() -> None:
    """What frameworks give to a thread runs at once: there are none."""

    async def at_once(call: Callable[..., Any], /, *args: Any, **more: Any) -> Any:
        return call(*args, **more)

    asyncio.to_thread = at_once
    try:
        import anyio.to_thread
    except ImportError:
        return

    async def run_sync(call: Callable[..., Any], *args: Any, **_: Any) -> Any:
        return call(*args)

    anyio.to_thread.run_sync = run_sync  # type: ignore[assignment]


class BrowserBridge:
    """The server as JavaScript calls it: in texts and bytes, so that no object of either side is left behind."""

    def __init__(self, server: AppServer) -> None:
        self._server = server

    async def start(self, app: str) -> str | None:
        """Both sides in JSON."""
        trouble = await self._server.start(json.loads(app))
        return None if trouble is None else json.dumps(trouble)

    async def ask(self, method: str, path: str, query: str, headers: str, body: Any) -> tuple[int, str, bytes]:
        """Headers in JSON: a list of pairs."""
        pairs = [(name, value) for name, value in json.loads(headers)]
        answer = await self._server.answer(
            {"method": method, "path": path, "query": query, "headers": pairs, "body": body.to_bytes()}
        )
        return answer["status"], json.dumps(answer["headers"]), answer["body"]
