"""Whether a project needs PostgreSQL, determined from its files alone."""

from __future__ import annotations

import json
import re
from typing import Final

from preview_runtime.file_tree import FileTree
from preview_runtime.phrases import Phrase

_PYTHON: Final = ("psycopg", "psycopg2", "psycopg2-binary", "psycopg-binary", "asyncpg", "pg8000", "aiopg")
_NODE: Final = ("pg", "postgres", "pg-promise", "slonik")
_GO: Final = ("github.com/jackc/pgx", "github.com/lib/pq", "gorm.io/driver/postgres")
_JAVA: Final = ("org.postgresql",)
_NAMES: Final = "|".join(sorted(map(re.escape, _PYTHON), key=len, reverse=True))
# A requirement stands at the start of a line or, in a TOML list, in quotes; its name ends before extras and versions.
_REQUIREMENT: Final = re.compile(rf"""(?:^[ \t]*|["'])({_NAMES})(?![\w.-])""", re.MULTILINE | re.IGNORECASE)
_IMPORT: Final = re.compile(r"^[ \t]*(?:import|from)\s+(psycopg2?|asyncpg|pg8000|aiopg)\b", re.MULTILINE)
_PRISMA: Final = re.compile(r"""^[ \t]*provider\s*=\s*["']postgresql["']""", re.MULTILINE)
_ADDRESS: Final = re.compile(
    r"^[ \t]*(?:export\s+)?DATABASE_URL\s*=\s*[\"']?postgres(?:ql)?(?:\+\w+)?://", re.MULTILINE
)


def asks_for_postgres(tree: FileTree) -> Phrase | None:
    """The file that asks for PostgreSQL, and its words; None when nothing in the project does."""
    for path, content in tree.items():
        if isinstance(content, str) and (word := _asking(path, content)):
            return Phrase("database.named", {"path": path, "word": word})
    return None


def _asking(path: str, text: str) -> str | Phrase:
    name = path.rpartition("/")[2]
    if name == "package.json":
        return _package(text)
    if name == "go.mod":
        return next((module for module in _GO if module in text), "")
    if name in ("pom.xml", "build.gradle", "build.gradle.kts"):
        return next((group for group in _JAVA if group in text), "")
    if name.endswith(".prisma"):
        return "PostgreSQL" if _PRISMA.search(text) else ""
    if name == ".env" or name.startswith(".env."):
        return Phrase("database.address") if _ADDRESS.search(text) else ""
    if name in ("pyproject.toml", "Pipfile") or (name.endswith((".txt", ".in")) and "requirements" in path):
        found = _REQUIREMENT.search(text)
    elif name.endswith(".py"):
        found = _IMPORT.search(text)
    else:
        found = None
    return found[1].lower() if found else ""


def _package(text: str) -> str:
    try:
        package = json.loads(text)
        listed = {**package.get("dependencies", {}), **package.get("devDependencies", {})}
    except (ValueError, AttributeError, TypeError, RecursionError):
        return ""  # no package.json yet: it is half-written, or broken
    return next((name for name in _NODE if name in listed), "")
