"""A job's words reach its program as they are, through the program that waits and through a shell."""

from __future__ import annotations

import subprocess

import pytest

from preview_runtime.containers.agents.python_agent.program import python_steps
from preview_runtime.containers.jobs.warm_start import command_line

# Words that a shell would make something of.
WORDS = [
    "",
    "a b",
    "$HOME",
    "${HOME}",
    "x$HOME'$HOME",
    "&&",
    "'&&'",
    ";",
    "`id`",
    "*",
    "~",
    "#",
    "A=B",
    "\\",
    "\n",
    '"',
    "$",
]


@pytest.fixture(autouse=True)
def _no_packages_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONPATH", raising=False)


def test_a_shell_reads_exactly_these_words() -> None:
    line = command_line(["printf", "%s\\0", *WORDS])
    said = subprocess.run(
        ["sh", "-c", line], capture_output=True, check=True, env={"PATH": "/usr/bin:/bin", "HOME": "/h"}
    )
    assert said.stdout.decode().split("\0")[:-1] == WORDS


@pytest.mark.parametrize("word", WORDS, ids=repr)
def test_the_waiting_interpreter_reads_them_too_or_leaves_them_to_a_shell(word: str) -> None:
    steps = python_steps(command_line(["python", "main.py", word]))
    assert steps in (None, [(["main.py", word], False)])


def test_a_plain_script_needs_no_shell() -> None:
    assert python_steps(command_line(("python", "main.py", "one"))) == [(["main.py", "one"], False)]


@pytest.mark.parametrize("first", ["A=B", "cd", "if"])
def test_the_first_word_is_a_program_and_nothing_that_a_shell_knows(first: str) -> None:
    done = subprocess.run(["sh", "-c", command_line([first, "/"])], capture_output=True, check=False)
    assert done.returncode == 127
