"""Packages that a project uses and does not name: the images of previews have them, another computer has not."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping
from typing import Final

from preview_runtime.containers.images.preinstalled import ready_packages
from preview_runtime.file_tree import FileTree
from preview_runtime.plans.plan import RunPlan
from preview_runtime.plans.runtimes import Runtime

# What a text has that needs a package: an import, and what a framework loads by itself.
_PYTHON_WORDS: Final[Mapping[str, str]] = {
    "pyjwt": r"^\s*(?:import|from)\s+jwt\b",
    "python-dotenv": r"^\s*(?:import|from)\s+dotenv\b",
    "pyyaml": r"^\s*(?:import|from)\s+yaml\b",
    "djangorestframework": r"\brest_framework\b",
    "django-cors-headers": r"\bcorsheaders\b",
    "whitenoise": r"\bwhitenoise\b",
    "python-multipart": r"\b(?:Form|File)\(|\bUploadFile\b|\brequest\.form\(",
    "jinja2": r"\bJinja2Templates\b|^\s*(?:import|from)\s+jinja2\b",
    "email-validator": r"\bEmailStr\b",
    "itsdangerous": r"\bSessionMiddleware\b|^\s*(?:import|from)\s+itsdangerous\b",
    "websockets": r"\bWebSocket\b|\.websocket\(|^\s*(?:import|from)\s+websockets\b",
    "psycopg[binary]": r"^\s*(?:import|from)\s+psycopg\b",
}
_NAMED: Final = r"(?im)^[\s\"'\[]*{name}(?![\w.-]*[\w])"


def unnamed_packages(tree: FileTree, plan: RunPlan) -> tuple[str, ...]:
    """As pip or npm take them. Empty for other languages. Reads files of the image's packages."""
    if plan.runtime is Runtime.PYTHON:
        return tuple(_of_python(tree, plan))
    return tuple(_of_node(tree, plan)) if plan.runtime is Runtime.NODE else ()


def _of_python(tree: FileTree, plan: RunPlan) -> list[str]:
    ready = {name.partition("[")[0]: name for name in ready_packages(Runtime.PYTHON)}
    words = {name.partition("[")[0]: pattern for name, pattern in _PYTHON_WORDS.items()}
    for name in ready:
        words.setdefault(name, rf"^\s*(?:import|from)\s+{name.replace('-', '_')}\b")
    text = "\n".join(str(content) for path, content in tree.items() if path.endswith(".py"))
    named = "\n".join(str(content) for path, content in tree.items() if _names_python(path))
    used = {name for name, pattern in words.items() if re.search(pattern, text, re.MULTILINE)}
    used |= {name for name in ("uvicorn", "gunicorn") if name in plan.start.split()}
    missing = {name for name in used if not re.search(_NAMED.format(name=name.replace("-", "[-_.]")), named)}
    if "uvicorn" in missing or "uvicorn[standard]" in named:
        missing.discard("websockets")  # which it brings
    return sorted(ready.get(name, name) for name in missing)


def _names_python(path: str) -> bool:
    name = posixpath.basename(path)
    return name in ("pyproject.toml", "Pipfile", "setup.cfg") or (
        name.endswith((".txt", ".in")) and "requirements" in path
    )


def _of_node(tree: FileTree, plan: RunPlan) -> list[str]:
    named: set[str] = set()
    try:
        package = json.loads(tree.text(posixpath.join(plan.folder, "package.json")) or "{}")
    except ValueError:
        package = {}
    if isinstance(package, dict):
        for kind in ("dependencies", "devDependencies", "optionalDependencies"):
            named |= {*package[kind]} if isinstance(package.get(kind), dict) else set()
    text = "\n".join(
        str(content)
        for path, content in tree.items()
        if path.startswith(plan.folder) and path.endswith((".js", ".mjs", ".cjs", ".ts", ".mts"))
    )
    ready = (one.split(" ") for one in ready_packages(Runtime.NODE))
    return [
        f"{name}@{version}"
        for name, version in ready
        if name not in named
        and re.search(rf"(?:from|require\(|import\(?)\s*[\"']{re.escape(name)}(?:/[\w/-]+)?[\"']", text)
    ]
