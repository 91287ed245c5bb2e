"""Strangers' text in the log and on the terminal: it neither moves the cursor nor looks like a record."""

from __future__ import annotations

import fcntl
import io
import logging
import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from builder.base.watching.plain_text import PlainFormatter, escaped, one_line, plain_output

FORGED = "2026-01-01 00:00:00,000 ERROR builder: the owner's password is wrong"
HOSTILE = [
    "\x1b[31mred\x1b[0m",
    "\x1b]0;a title\x07",
    "\x1b]8;;http://elsewhere.example\x07a link\x1b]8;;\x07",
    "\x9b31mred in one byte",
    "\x90+q544e\x9c",
    "over\rwritten",
    "gone\x08\x08\x08\x08",
    "a\x00b\x7fc",
    f"two\n{FORGED}",
    f"two\r\n{FORGED}",
    f"two\x85{FORGED}",
    f"two\u2028{FORGED}",
    f"two\u2029{FORGED}",
    f"two\x0b{FORGED}",
    f"two\x0c{FORGED}",
    f"two\x1c{FORGED}\x1d\x1e",
    "report\u202egpj.exe",
    "\u2066\u2067\u2068\u2069\u200e\u200f\u061c",
    "half \ud83d of a pair",
]
KEPT = ["plain", "größer, 日本語, עברית, 👩‍💻", "a\tb", "C:\\new", "50 % {done} %s"]
RECORD = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ [\w.\\]+: ")


@pytest.fixture
def written() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    """A logger as the server has it, and what it wrote."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(PlainFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logger = logging.getLogger("tests.plain_text")
    logger.propagate = False
    logger.addHandler(handler)
    yield logger, stream
    logger.removeHandler(handler)


def controls(text: str) -> list[str]:
    """What a terminal would obey, line feeds and tabs aside."""
    allowed = {"\n", "\t", "\u200d"}
    return [one for one in text if unicodedata.category(one) in ("Cc", "Cf", "Cs", "Zl", "Zp") and one not in allowed]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_record_is_one_line_whatever_is_in_it(written: tuple[logging.Logger, io.StringIO], text: str) -> None:
    logger, stream = written
    logger.warning("The file %s was not read", text)
    logger.warning(text.replace("%", "%%"))
    lines = stream.getvalue().splitlines()
    assert len(lines) == 2
    assert all(RECORD.match(line) for line in lines)
    assert controls(stream.getvalue()) == []


@pytest.mark.parametrize("text", HOSTILE)
def test_a_traceback_keeps_its_lines_and_none_looks_like_a_record(
    written: tuple[logging.Logger, io.StringIO], text: str
) -> None:
    logger, stream = written
    try:
        raise ValueError(text) from RuntimeError(text)
    except ValueError:
        logger.exception("It failed", stack_info=True)
    first, *others = stream.getvalue().splitlines()
    assert RECORD.match(first)
    assert len(others) > 5
    assert all(line.startswith("  | ") for line in others)
    assert controls(stream.getvalue()) == []


def test_a_traceback_that_another_formatter_wrote_is_not_taken_over(
    written: tuple[logging.Logger, io.StringIO],
) -> None:
    logger, stream = written
    try:
        raise ValueError("\x1b[31m")
    except ValueError:
        record = logger.makeRecord("n", logging.ERROR, "f", 1, "It failed", (), sys.exc_info())
    logging.Formatter().format(record)
    logger.handle(record)
    assert controls(stream.getvalue()) == []


@pytest.mark.parametrize("text", KEPT)
def test_what_people_write_stays_as_it_is(text: str) -> None:
    assert escaped(text) == one_line(text) == text


def test_what_is_printed_is_escaped_and_everything_else_of_the_stream_is_its_own(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with plain_output():
        for text in HOSTILE:
            print("Found", text)
            print("Found", text, file=sys.stderr)
        assert sys.stdout.encoding
        assert not sys.stdout.isatty()
    said = capsys.readouterr()
    assert controls(said.out) == controls(said.err) == []
    assert "\\x1b[31mred" in said.out


def test_the_command_line_says_nothing_that_a_terminal_obeys(tmp_path: Path) -> None:
    """What another process wrote into the lock is in the sentence that says who holds it."""
    with (tmp_path / "server.lock").open("w") as lock:
        lock.write("\x1b]0;a title\x07\x1b[2J\u202eprocess")
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        environment = {**os.environ, "DATA_DIR": str(tmp_path)}
        command = [sys.executable, "-m", "builder", "serve"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "already runs on this data directory (\\x1b]0;a title\\x07" in done.stderr
    assert controls(done.stdout + done.stderr) == []
