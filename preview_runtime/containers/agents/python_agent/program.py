"""Runs an app's command in a fork: as Python programs when it consists of such, else by a shell."""

from __future__ import annotations

import contextlib
import importlib
import os
import re
import runpy
import shlex
import shutil
import signal
import sys
import threading
import traceback
from typing import NoReturn


def perform(command: str, added: str = "") -> int:
    """Run `command` in this process if it consists of Python programs, else by the shell; returns the exit code.

    `added` is a folder of packages of which the image has no other versions.
    """
    steps = python_steps(command, added)
    if steps is None:
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python ignores it; an executed program would inherit that
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
    """The words after `python` of each step; None when a shell or another program is needed.

    Django's own commands run one after the other in one process: loading the project once is what takes the time.
    """
    if os.environ.get("PYTHONPATH", "") not in ("", added) or os.environ.get("PYTHONHOME"):
        return None  # the project's own packages: the loaded modules may be of another version
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
    """Does the same as `python WORDS`, in this process."""
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
    """Run a file as `__main__`. The module stays in place after its last line, because threads go on using its
    names."""
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
