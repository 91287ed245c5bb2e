"""The packages in the runtime images, for authors of apps that should start without an install."""

from __future__ import annotations

import json
from typing import Final

from preview_runtime.containers.images.catalogue import DEPLOY
from preview_runtime.plans.runtimes import Runtime

# By the names that an app's author uses, with the oldest version that an image may have (a Debian base is older than
# the public one).
RUNTIME_NAMES: Final = {
    Runtime.PYTHON: "Python 3.11",
    Runtime.NODE: "Node 24 (TypeScript without a build)",
    Runtime.GO: "Go (go 1.19 in go.mod, standard library)",
    Runtime.JAVA: "Java 17 (standard library, com.sun.net.httpserver)",
}
# The image's own tools, and packages that others need: no app asks for them by name.
_NOT_NAMED: Final = frozenset({"httptools", "pip", "uv", "uvloop"})


def ready_packages(runtime: Runtime) -> tuple[str, ...]:
    """The packages that apps on `runtime` can use without an install. Reads files."""
    if runtime is Runtime.PYTHON:
        lines = (DEPLOY / "python" / "requirements.in").read_text(encoding="utf-8").split()
        return tuple(line for line in lines if line not in _NOT_NAMED)
    if runtime is Runtime.NODE:
        manifest = json.loads((DEPLOY / "node" / "package.json").read_text(encoding="utf-8"))
        return tuple(f"{name} {version}" for name, version in manifest["dependencies"].items())
    return ()
