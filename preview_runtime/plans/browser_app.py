"""How a Python project is started inside a browser: its app object or its script, and the packages it asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from packaging.requirements import InvalidRequirement, Requirement

from preview_runtime.file_tree import FileTree
from preview_runtime.plans.python_app import PythonStart, python_recipe, python_start
from preview_runtime.plans.python_packages import python_packages
from preview_runtime.stack import StackKind, detect_stack

# What a server needs to listen, and a browser does not: it is left out with its native parts.
_SERVERS: Final = frozenset({"gunicorn", "hypercorn", "waitress", "uvloop", "httptools", "watchfiles"})
# Containers have these without being asked.
_IMPLIED: Final = frozenset({"FastAPI", "Flask", "Starlette", "Bottle"})
# What an extra brings along that has no native part.
_EXTRAS: Final = {"fastapi": ("python-multipart", "jinja2", "email-validator", "httpx")}


@dataclass(frozen=True, slots=True)
class BrowserApp:
    """`inputs`: the files that name the packages; `requirements`: what of it is asked for, None when one of them is the
    project's own code."""

    start: PythonStart
    inputs: tuple[str, ...] = ()
    requirements: tuple[str, ...] | None = ()


def browser_app(tree: FileTree) -> BrowserApp | None:
    """The app in `tree`, None when it has none that a browser can run."""
    stack = detect_stack(tree)
    if stack.kind is not StackKind.PYTHON or stack.native:
        return None
    start = python_start(tree, stack.name)
    recipe = python_recipe(tree, stack.name, "")
    if start is None or recipe is None:
        return None
    inputs = recipe.install_inputs
    packages = python_packages(tree, inputs[0]) if inputs else None
    if recipe.install and (packages is None or packages.wanted is None):
        return BrowserApp(start, inputs, None)
    named = [stack.name.lower()] if not recipe.install and stack.name in _IMPLIED else []
    lines = [line for _, line in packages.wanted or ()] if packages else named
    return BrowserApp(start, inputs, tuple(dict.fromkeys(one for line in lines for one in _for_browser(line))))


def _for_browser(line: str) -> tuple[str, ...]:
    try:
        wanted = Requirement(line)
    except InvalidRequirement:
        return (line,)
    name = re.sub(r"[-_.]+", "-", wanted.name).lower()
    if name in _SERVERS:
        return ()
    more = _EXTRAS.get(name, ()) if "standard" in wanted.extras or "all" in wanted.extras else ()
    if name in ("uvicorn", "fastapi"):
        wanted.extras = set()
    return (str(wanted), *more)
