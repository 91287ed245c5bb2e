"""The firewall rules that close what Docker's internal networks leave open; installed once, by an administrator.

    python -m preview_runtime.containers.isolation.firewall install     (or: remove, status)

A container on an internal network can still reach every port on which the host itself listens, through the network's
gateway. One rule over our address pool drops every new connection from a preview to the host; connections from the host
to a preview, and their answers, pass. Further rules keep the install phase, which needs a registry, away from private
and link-local addresses, with named exceptions (a name server, a private registry).
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network
from pathlib import Path
from typing import Final

from preview_runtime.containers.docker.subnets import DEFAULT_POOL

# RFC 1918, RFC 6598, RFC 3927, RFC 1112: nothing there is a public registry.
_PRIVATE: Final = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "224.0.0.0/4")
_PATH: Final = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"
_MARK: Final = ("-m", "comment", "--comment", "sayso previews")
_NEW: Final = ("-m", "conntrack", "--ctstate", "NEW")
# Docker reserves this chain for the administrator and evaluates it before its own rules.
_FORWARD: Final = "DOCKER-USER"
_LOCK: Final = Path("/run/sayso-firewall.lock")

Rule = tuple[str, tuple[str, ...]]  # a chain, and the iptables arguments of the rule


def host_rule(pool: IPv4Network) -> Rule:
    """No new connection from `pool` to the host itself."""
    return "INPUT", ("-s", str(pool), *_NEW, *_MARK, "-j", "DROP")


def forward_rules(pool: IPv4Network, allowed: Iterable[IPv4Network] = ()) -> list[Rule]:
    """No new connection from `pool` to private and link-local addresses, except to `allowed`; in this order."""
    # Within one network Docker's own rules decide; between networks they refuse.
    passing = [str(pool), *map(str, allowed)]
    return [
        *[(_FORWARD, ("-s", str(pool), "-d", to, *_MARK, "-j", "RETURN")) for to in passing],
        *[(_FORWARD, ("-s", str(pool), "-d", to, *_NEW, *_MARK, "-j", "DROP")) for to in _PRIVATE],
    ]


def all_rules(pool: IPv4Network) -> list[Rule]:
    """Everything that keeps previews and installs where they belong."""
    return [host_rule(pool), *forward_rules(pool)]


def lacking(rules: Iterable[Rule]) -> list[Rule] | None:
    """Those of `rules` that have no effect: they are missing, or are never evaluated. None when this process may not
    read them."""
    chains = _read()
    if chains is None:
        return None
    asked = {chain: _asked(lines) for chain, lines in chains.items()}
    if not any(line[:2] == ["-j", _FORWARD] for line in asked["FORWARD"]):
        asked[_FORWARD] = []
    return [rule for rule in rules if [*rule[1]] not in asked[rule[0]]]


def standing(pool: IPv4Network) -> str | None:
    """The host's tables up to the rule that closes the host to `pool`; None when this process may not read them.

    While the text is the same, an earlier proof holds. Rules for other addresses are left out.
    """
    chains = _read()
    if chains is None:
        return None
    chain, closing = host_rule(pool)
    lines = [line for line in chains[chain] if _MARK[-1] not in line or str(pool) in line]
    return str(lines[: lines.index([*closing]) + 1] if [*closing] in lines else None)


def install(rules: Iterable[Rule]) -> None:
    """Put each of `rules` once, in order, before all other rules, in one step, so that none is ever missing.

    Works before Docker's first run too: Docker's chain is then made. Raises subprocess.CalledProcessError.
    """
    with _alone():
        with contextlib.suppress(subprocess.CalledProcessError):  # the chain exists, with its rules
            _iptables("-N", _FORWARD)
            _iptables("-A", _FORWARD, "-j", "RETURN")
        chains = _read() or {}
        steps = [] if ["-j", _FORWARD] in _asked(chains.get("FORWARD", [])) else [f"-I FORWARD -j {_FORWARD}"]
        wanted = list(rules)
        for chain, arguments in wanted:
            steps += [_line("-D", chain, arguments)] * chains.get(chain, []).count([*arguments])
        places: dict[str, int] = {}
        for chain, arguments in wanted:
            places[chain] = places.get(chain, 0) + 1
            steps.append(_line("-I", f"{chain} {places[chain]}", arguments))
        _change(steps)


def remove(rules: Iterable[Rule]) -> None:
    """Take out those of `rules` that are there."""
    with _alone():
        chains = _read() or {}
        _change(
            [
                _line("-D", chain, arguments)
                for chain, arguments in rules
                for _ in range(chains.get(chain, []).count([*arguments]))
            ]
        )


def present(rule: Rule) -> bool:
    """Whether the host's tables have `rule`; False where they cannot be read."""
    return [*rule[1]] in (_read() or {}).get(rule[0], [])


def _read() -> dict[str, list[list[str]]] | None:
    """The arguments of each rule in the relevant chains, read at once within a few milliseconds."""
    if os.geteuid() != 0 or not shutil.which("iptables-save", path=_PATH):
        return None
    try:
        text = _run(["iptables-save", "-t", "filter"])
    except (subprocess.CalledProcessError, OSError):
        return None
    chains: dict[str, list[list[str]]] = {"INPUT": [], "FORWARD": [], _FORWARD: []}
    for line in text.splitlines():
        words = line.split(" ", 2)
        if words[0] == "-A" and words[1] in chains:
            chains[words[1]].append(shlex.split(words[2]))
    return chains


def _asked(lines: list[list[str]]) -> list[list[str]]:
    """The rules that can be reached: those behind a rule that accepts everything cannot."""
    through = next((n for n, line in enumerate(lines) if line in (["-j", "ACCEPT"], ["-j", "RETURN"])), len(lines))
    return lines[:through]


def _line(what: str, place: str, arguments: Iterable[str]) -> str:
    return f"{what} {place} " + " ".join(f'"{word}"' if " " in word else word for word in arguments)


def _change(steps: list[str]) -> None:
    """Apply all of `steps`, or none (iptables-restore(8))."""
    if steps:
        _run(["iptables-restore", "--noflush", "-w", "5"], "\n".join(["*filter", *steps, "COMMIT", ""]))


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Keeps other processes of ours from changing the rules meanwhile."""
    with _LOCK.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _iptables(*arguments: str) -> None:
    # -w: another program, such as Docker, may hold the tables' lock.
    _run(["iptables", "-w", "5", *arguments])


def _run(command: list[str], said: str = "") -> str:
    environment = {**os.environ, "PATH": _PATH}
    return subprocess.run(command, input=said, env=environment, check=True, capture_output=True, text=True).stdout


def main(arguments: list[str]) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="preview firewall", description="Keeps previews away from this computer.")
    parser.add_argument("what", choices=("install", "remove", "status"))
    parser.add_argument("--pool", type=IPv4Network, default=DEFAULT_POOL, help="the addresses previews get")
    parser.add_argument(
        "--allow", type=IPv4Network, action="append", default=[], help="a private address installs may reach"
    )
    chosen = parser.parse_args(arguments)
    rules = [host_rule(chosen.pool), *forward_rules(chosen.pool, chosen.allow)]
    if os.geteuid() != 0:
        print("The firewall's rules can only be read and set by an administrator: use sudo.")
        return 2
    if chosen.what == "status":
        missing = lacking(rules)
        print(
            "Previews are kept away from this computer."
            if missing == []
            else f"{len(missing or rules)} rules are missing."
        )
        return 0 if missing == [] else 1
    try:
        (install if chosen.what == "install" else remove)(rules)
    except (subprocess.CalledProcessError, OSError) as error:
        said = error.stderr if isinstance(error, subprocess.CalledProcessError) else str(error)
        print(f"The rules could not be changed: {said.strip()}")
        return 1
    print("Done." if chosen.what == "remove" else "Done. Previews are kept away from this computer until it restarts.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
