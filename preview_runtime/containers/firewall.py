"""The firewall rules that close what Docker's internal networks leave open; put in once, by an administrator.

    python -m preview_runtime.containers.firewall install     (or: remove, status)

A container on an internal network still reaches whatever the host itself listens with, through the network's gateway.
One rule over our address pool drops every new connection from a preview to the host; connections from the host to a
preview, and their answers, pass. Further rules keep the install phase, which needs a registry, away from private and
link-local addresses, except those that are named (a name server, a registry of one's own).
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from ipaddress import IPv4Network
from typing import Final

from preview_runtime.containers.subnets import DEFAULT_POOL

# RFC 1918, RFC 6598, RFC 3927, RFC 1112: nothing there is a public registry.
_PRIVATE: Final = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "224.0.0.0/4")
_PATH: Final = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"
_MARK: Final = ("-m", "comment", "--comment", "sayso previews")
_NEW: Final = ("-m", "conntrack", "--ctstate", "NEW")
# Docker leaves this chain to the administrator and asks it before its own rules.
_FORWARD: Final = "DOCKER-USER"

Rule = tuple[str, tuple[str, ...]]  # a chain, and the arguments of iptables that make the rule


def host_rule(pool: IPv4Network) -> Rule:
    """No new connection from `pool` to the host itself."""
    return "INPUT", ("-s", str(pool), *_NEW, *_MARK, "-j", "DROP")


def forward_rules(pool: IPv4Network, allowed: Iterable[IPv4Network] = ()) -> list[Rule]:
    """No new connection from `pool` to private and link-local addresses, but to `allowed`; in their order."""
    # Between containers of one network Docker's own rules decide, between networks they refuse.
    passing = [str(pool), *map(str, allowed)]
    return [
        *[(_FORWARD, ("-s", str(pool), "-d", to, *_MARK, "-j", "RETURN")) for to in passing],
        *[(_FORWARD, ("-s", str(pool), "-d", to, *_NEW, *_MARK, "-j", "DROP")) for to in _PRIVATE],
    ]


def all_rules(pool: IPv4Network) -> list[Rule]:
    """Everything that keeps previews and installs where they belong."""
    return [host_rule(pool), *forward_rules(pool)]


def lacking(rules: Iterable[Rule]) -> list[Rule] | None:
    """Those of `rules` that the host's tables have not; None where this process may not read them."""
    if os.geteuid() != 0 or not shutil.which("iptables", path=_PATH):
        return None
    return [rule for rule in rules if not present(rule)]


def install(rules: Iterable[Rule]) -> None:
    """Put in those of `rules` that are missing, in front of all others. Raises subprocess.CalledProcessError."""
    for chain, arguments in reversed(list(rules)):
        if not present((chain, arguments)):
            _iptables("-I", chain, *arguments)


def remove(rules: Iterable[Rule]) -> None:
    """Take out those of `rules` that are there."""
    for chain, arguments in rules:
        while present((chain, arguments)):
            _iptables("-D", chain, *arguments)


def present(rule: Rule) -> bool:
    """Whether the host's tables have `rule`; False where they cannot be read."""
    try:
        _iptables("-C", rule[0], *rule[1])
    except (subprocess.CalledProcessError, OSError):
        return False
    return True


def _iptables(*arguments: str) -> None:
    # -w: another program may hold the tables' lock, Docker for one.
    subprocess.run(["iptables", "-w", "5", *arguments], check=True, capture_output=True, text=True)


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
        missing = [rule for rule in rules if not present(rule)]
        print("Previews are kept away from this computer." if not missing else f"{len(missing)} rules are missing.")
        return 1 if missing else 0
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
