"""Many turns at once, from the model's stream to people's pages: nothing lost, how much later, and how much memory.

Three processes: the model writes at the pace of a fast one, the server does its work, and people follow, one a turn. Each
delta of the model is a mark with the moment at which it was sent; `added` is how much later a person has it whose page is open. The baseline
is the same number of people who read from the model directly, in the same run.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks._harness import ROOT, finish, percentile, running_server, say

TOKENS = 80
MARKS = 240


def resident(pid: int) -> float:
    """MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def followers(port: int, sessions: int, marks: int, url: str) -> dict[str, Any]:
    """What that many people saw, who each sent a prompt and followed what was written."""
    program = [sys.executable, "-m", "benchmarks.programs.followers", str(port), str(sessions), str(marks), url]
    done = subprocess.run(program, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sessions", type=int, default=200)
    options.add_argument("--marks", type=int, default=MARKS)
    given = options.parse_args()
    claude = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.programs.paced_claude", str(TOKENS), str(given.marks)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert claude.stdout
        url = claude.stdout.readline().strip()
        keys = {
            "ANTHROPIC_API_KEY": "sk-ant-test-key",
            "ANTHROPIC_BASE_URL": url,
            "MODEL": "anthropic:claude-sonnet-5-5",
        }
        with running_server(**keys) as server:
            assert server.process
            # A server that was asked something before, as all but the first person find it: the SDK is loaded.
            followers(server.port, 1, given.marks, url)
            before = resident(server.process.pid)
            say(f"{given.sessions} turns at {TOKENS} tokens/s")
            found = followers(server.port, given.sessions, given.marks, url)
            after = resident(server.process.pid)
    finally:
        claude.terminate()
        claude.wait(10)
    added = [late for one in found["added"] for late in one]
    direct = [late for one in found["direct"] for late in one]
    finish(
        "sessions",
        {
            "sessions": given.sessions,
            "lost_events": found["lost"],
            "added_p50_ms": percentile(added, 0.5),
            "added_p95_ms": percentile(added, 0.95),
            "rss_mb": round(after, 1),
            "kb_per_session": round((after - before) * 1024 / given.sessions),
        },
        {"direct_p50_ms": percentile(direct, 0.5), "direct_p95_ms": percentile(direct, 0.95)},
        1,
        tokens_per_second=TOKENS,
        marks=given.marks,
    )


if __name__ == "__main__":
    main()
