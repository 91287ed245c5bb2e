"""One engine for the parts of a whole run that stand side by side, with the firewall's rules and all images.

    python -m tests.containers.shared_engine FILE [--all]

Writes the engine's address into FILE once all is there, and goes on until SIGTERM. It is the engine that answers, else
one of the tests' own; with --all that one begins without the images of an earlier run. Ends at once, without FILE, where
there can be none: the tests say so themselves.
"""

from __future__ import annotations

import contextlib
import signal
import sys
from pathlib import Path

from preview_runtime.containers.docker.subnets import DEFAULT_POOL
from preview_runtime.containers.isolation import firewall
from preview_runtime.plans.runtimes import Runtime, Sidecar

from . import docker_engine
from .fixtures import DATA_ROOT, build_missing


def main(file: Path, *, fresh: bool) -> None:
    with contextlib.ExitStack() as stack:
        address = docker_engine.running()
        if (theirs := address is not None) or docker_engine.installed():
            address = address or stack.enter_context(docker_engine.own(DATA_ROOT, fresh=fresh))
            if not theirs:  # a run that was killed left what it had
                docker_engine.run(docker_engine.sweep(address, everything=True))
            stack.callback(lambda: docker_engine.run(docker_engine.sweep(address, everything=not theirs)))
            rules = [rule for rule in firewall.all_rules(DEFAULT_POOL) if not firewall.present(rule)]
            stack.callback(firewall.remove, rules)
            firewall.install(firewall.all_rules(DEFAULT_POOL) if rules else [])
            build_missing(address, [*Runtime, *Sidecar])
            file.with_suffix(".new").write_text(address)
            file.with_suffix(".new").rename(file)
            signal.pause()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    main(Path(sys.argv[1]), fresh="--all" in sys.argv)
