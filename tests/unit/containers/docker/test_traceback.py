"""What a person reads first of a Python error: what went wrong, then where in their own files."""

from __future__ import annotations

from preview_runtime.containers.docker.faults import ended
from preview_runtime.containers.docker.traceback import told_from_its_end

_OF_A_REQUEST = """INFO: started
Traceback (most recent call last):
  File "/usr/lib/python3.13/site-packages/uvicorn/protocols/http.py", line 409, in run_asgi
    result = await app(self.scope, self.receive, self.send)
             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/app/main.py", line 9, in total
    return 1 / count
           ~~^~~~~~~
  File "/app/.sayso/layer/lib/site-packages/pydantic/main.py", line 3, in check
    raise error
ZeroDivisionError: division by zero
"""
_OF_THE_SYNTAX = """Traceback (most recent call last):
  File "/usr/lib/python3.13/importlib/__init__.py", line 88, in import_module
    return _bootstrap._gcd_import(name[level:], package, level)
  File "/app/main.py", line 3
    def total(:
              ^
SyntaxError: invalid syntax
"""


def test_the_error_stands_first_and_packages_are_left_out() -> None:
    assert told_from_its_end(_OF_A_REQUEST).splitlines() == [
        "ZeroDivisionError: division by zero",
        '  File "main.py", line 9, in total',
        "    return 1 / count",
        "           ~~^~~~~~~",
    ]
    assert told_from_its_end(_OF_THE_SYNTAX).splitlines()[:2] == [
        "SyntaxError: invalid syntax",
        '  File "main.py", line 3',
    ]


def test_of_several_the_last_is_told() -> None:
    assert told_from_its_end(_OF_A_REQUEST + _OF_THE_SYNTAX).startswith("SyntaxError")


def test_an_app_that_ended_shows_it_with_its_place() -> None:
    fault = ended(1, False, 0, _OF_A_REQUEST)
    assert (fault.file, fault.line) == ("main.py", 9)
    assert fault.frame.startswith("ZeroDivisionError: division by zero\n")


def test_what_is_no_traceback_of_the_author_stays_as_it_is() -> None:
    for log in (
        "Error: listen EADDRINUSE\n    at server.js:3",
        _OF_A_REQUEST.replace("/app/", "/opt/"),
        "Traceback (most recent call last):",
    ):
        assert told_from_its_end(log) == ""
        assert ended(1, False, 0, log).frame == log.rstrip()
