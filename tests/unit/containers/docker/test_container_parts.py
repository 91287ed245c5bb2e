"""The pure parts of the container engine: archives, logs, listening tables, faults, firewall rules."""

from __future__ import annotations

import asyncio
import io
import struct
import tarfile
from collections.abc import AsyncIterator
from ipaddress import IPv4Network

import pytest

from builder.texts import said
from preview_runtime.containers.app import supervisor
from preview_runtime.containers.docker import faults
from preview_runtime.containers.docker.archive import archive, file_list
from preview_runtime.containers.docker.logs import LogLine, LogQueue, buffered, log_lines
from preview_runtime.containers.docker.open_ports import Listener, listeners
from preview_runtime.containers.isolation import firewall
from preview_runtime.engines import FaultKind
from preview_runtime.file_tree import FileTree, InvalidTree
from preview_runtime.plans.recipe import RunPlan
from preview_runtime.plans.runtimes import Runtime
from preview_runtime.uncancelled import uncancelled


def members(data: bytes) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return {entry.name: entry for entry in tar}


def test_an_archive_holds_plain_files_of_the_apps_user_and_their_folders() -> None:
    tree = FileTree({"a/b/c.py": "x", "run.sh": "#!/bin/sh\n", "logo.png": b"\x89PNG"})
    entries = members(archive(tree, 10001, 1_700_000_000))
    assert {name: entry.isfile() for name, entry in entries.items()} == {
        "a": False,
        "a/b": False,
        "a/b/c.py": True,
        "run.sh": True,
        "logo.png": True,
    }
    assert {(entry.uid, entry.gid) for entry in entries.values()} == {(10001, 10001)}
    assert all(entry.isfile() or entry.isdir() for entry in entries.values())
    assert entries["run.sh"].mode == 0o755
    assert entries["logo.png"].mode == 0o644


@pytest.mark.parametrize("path", ["/etc/passwd", "../outside", "a/../../b", "a//b"])
def test_an_archive_takes_no_path_that_leads_out_of_the_folder(path: str) -> None:
    with pytest.raises(InvalidTree):
        archive({path: "x"}, 10001, 0)


def test_a_project_cannot_bring_files_in_the_place_of_ours() -> None:
    tree = FileTree({".sayso/run": "evil", ".sayso2": "fine", "a": ""})
    assert set(members(archive(tree, 1, 0, {".sayso/run": "ours"}))) == {".sayso", ".sayso/run", ".sayso2", "a"}
    assert file_list(tree) == ".sayso2\na\n"


def frame(stream: int, text: bytes) -> bytes:
    return struct.pack(">BxxxL", stream, len(text)) + text


async def pieces(data: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


@pytest.mark.parametrize("size", [1, 7, 1000])
async def test_log_lines_come_whole_however_the_stream_is_cut(size: int) -> None:
    data = frame(1, b"2026-01-01T00:00:00.1Z one two\n") + frame(2, b"2026-01-01T00:00:00.2Z caf\xc3\xa9 \xff\n")
    lines = [line async for line in log_lines(pieces(data, size))]
    assert lines == [
        LogLine("stdout", "one two", "2026-01-01T00:00:00.1Z"),
        LogLine("stderr", "café \ufffd", "2026-01-01T00:00:00.2Z"),
    ]


async def test_a_queue_that_is_not_read_loses_the_oldest_and_says_how_many() -> None:
    queue = LogQueue(limit=1000)
    for number in range(1000):
        queue.put(LogLine("stdout", f"{number:03}"))
    queue.end()
    lines = [line async for line in queue]
    assert lines[0] == LogLine("sayso", "", lost=1000 - len(lines) + 1)
    assert lines[-1].text == "999"
    assert len(lines) < 20


async def test_a_log_that_breaks_off_with_an_error_tells_its_reader() -> None:
    async def broken() -> AsyncIterator[LogLine]:
        yield LogLine("stdout", "one")
        raise OSError("gone")

    lines = buffered(broken())
    assert (await anext(lines)).text == "one"
    with pytest.raises(OSError, match="gone"):
        await anext(lines)


TABLE = """  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000 10001 0 1 1 0 100 0 0 10 0
   1: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000 10001 0 1 1 0 100 0 0 10 0
   2: 0B00007F:A0F1 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0 0 1 1 0 100 0 0 10 0
   3: 0200D50A:0051 0100D50A:1234 01 00000000:00000000 00:00000000 00000000 10001 0 1 1 0 100 0 0 10 0
   0: 00000000000000000000000000000000:0BB8 00000000000000000000000000000000:0000 0A 0 0 0 0 0 0
   1: 00000000000000000000000001000000:0BB9 00000000000000000000000000000000:0000 0A 0 0 0 0 0 0
   2: 0000000000000000FFFF00000100007F:0BBA 00000000000000000000000000000000:0000 0A 0 0 0 0 0 0
"""


def test_what_listens_in_a_container_is_read_from_the_kernels_table() -> None:
    assert listeners(TABLE) == [
        Listener(80, True),
        Listener(3000, True),
        Listener(3001, False),
        Listener(3002, False),
        Listener(8000, False),
    ]
    assert listeners("cat: no such file") == []


@pytest.mark.parametrize(
    ("log", "place"),
    [
        (
            'Traceback:\n  File "/usr/lib/python3.11/runpy.py", line 9\n  File "/app/shop/views.py", line 12, in x\nKeyError',
            ("shop/views.py", 12, 0),
        ),
        ("Error: no\n    at Object.<anonymous> (/app/src/app.js:7:3)\n    at node:internal", ("src/app.js", 7, 3)),
        ("file:///app/app.mjs:4\nthrow 1", ("app.mjs", 4, 0)),
        ("at x (/app/node_modules/a/b.js:1:1)", ("", 0, 0)),
        ("", ("", 0, 0)),
    ],
)
def test_a_fault_names_the_place_in_the_authors_files(log: str, place: tuple[str, int, int]) -> None:
    fault = faults.ended(1, False, 0, log)
    assert (fault.file, fault.line, fault.column) == place
    assert (fault.kind, fault.frame) == (FaultKind.RUNTIME, log)


def test_an_app_that_ends_is_told_what_a_preview_needs() -> None:
    assert said(faults.ended(0, False, 0, "").says).endswith("A preview needs a server that goes on running.")


@pytest.mark.parametrize("code", [137, 143, 255])
def test_an_app_that_was_ended_from_outside_is_not_blamed(code: int) -> None:
    fault = faults.ended(code, False, 0, "")
    assert (fault.kind, fault.code) == (FaultKind.PLATFORM, "app_lost")


def test_a_start_command_gets_its_variables_whatever_they_hold() -> None:
    plan = RunPlan(Runtime.GO, "", "./app", 1, {}, "")
    script = supervisor.run_script(plan, {"A": "it's $HOME"})
    assert script.startswith("export A='it'\"'\"'s $HOME'\n")


def test_only_the_end_of_a_long_log_is_told() -> None:
    fault = faults.ended(1, False, 0, "\n".join(map(str, range(1000))))
    assert fault.frame.splitlines()[-1] == "999"
    assert len(fault.frame.splitlines()) == 40


def test_the_firewall_keeps_previews_from_the_host_and_installs_from_private_addresses() -> None:
    pool = IPv4Network("10.213.0.0/16")
    chain, arguments = firewall.host_rule(pool)
    assert chain == "INPUT"
    assert " ".join(arguments).startswith("-s 10.213.0.0/16 -m conntrack --ctstate NEW")
    rules = [" ".join(arguments) for _, arguments in firewall.forward_rules(pool, [IPv4Network("10.9.9.9/32")])]
    assert rules[1].endswith("-d 10.9.9.9/32 -m comment --comment sayso previews -j RETURN")
    dropped = [rule.split(" -d ")[1].split()[0] for rule in rules if rule.endswith("-j DROP")]
    assert {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"} <= set(dropped)


@pytest.mark.parametrize(
    ("start", "folder", "script"),
    [
        ("python main.py", "", "cd /app/ || exit 70\nexec python main.py\n"),
        ("a && b", "web app", "cd '/app/web app' || exit 70\na && b\n"),
        ("NODE_ENV=x node a.js", "", "cd /app/ || exit 70\nNODE_ENV=x node a.js\n"),
    ],
)
def test_a_single_program_takes_the_shells_place(start: str, folder: str, script: str) -> None:
    assert supervisor.run_script(RunPlan(Runtime.NODE, "", start, 1, {}, "", folder), {}) == script


async def test_what_must_be_finished_is_finished_when_its_caller_is_cancelled() -> None:
    done = asyncio.Event()
    begun = asyncio.Event()

    async def work() -> None:
        begun.set()
        await asyncio.sleep(0.05)
        done.set()

    task = asyncio.create_task(uncancelled(work()))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done.is_set()


async def test_a_cancellation_in_the_moment_in_which_it_is_finished_counts() -> None:
    async def work() -> None:
        await asyncio.sleep(0)

    async def caller() -> None:
        await uncancelled(work())

    for steps in range(8):
        task = asyncio.create_task(caller())
        for _ in range(steps):
            await asyncio.sleep(0)
        if not task.cancel():
            break
        with pytest.raises(asyncio.CancelledError):
            await task
    else:
        pytest.fail("it never ended")
