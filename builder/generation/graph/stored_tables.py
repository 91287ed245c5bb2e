"""Which tables of a database the files of a project make, and which they use: by the SQL and the models in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import zip_longest
from typing import Final

_LONGEST: Final = 300_000  # characters
_ENDINGS: Final = frozenset({"py", "ts", "tsx", "js", "jsx", "mjs", "cjs", "go", "java", "sql", "prisma"})
_NAME: Final = r"""["'`\[]?(?:\w+\.)?["'`\[]?(?P<name>[A-Za-z_]\w*)"""
_MADE: Final = re.compile(rf"\bcreate\s+table\s+(?:if\s+not\s+exists\s+)?{_NAME}", re.IGNORECASE)
_USED: Final = re.compile(rf"\b(?:from|join|into|update|references)\s+{_NAME}", re.IGNORECASE)
_CALLED: Final = re.compile(
    r"""\b(?:Table|(?:sqlite|pg|mysql)Table|createTable|hasTable)\(\s*["'`](?P<name>\w+)["'`]|__tablename__\s*=\s*["'](?P<tablename>\w+)["']|@Table\(\s*name\s*=\s*"(?P<java>\w+)\""""
)
_PRISMA: Final = re.compile(r"^model\s+(?P<name>\w+)\s*\{", re.MULTILINE)
_CLASS: Final = re.compile(r"^class\s+(?P<name>\w+)\((?P<bases>[^)\n]*)\):", re.MULTILINE)
_TABLE_NAME: Final = re.compile(r"""^[ \t]+__tablename__ = ["'](?P<name>\w+)["']""", re.MULTILINE)
_IS_TABLE: Final = re.compile(r"\btable ?= ?True\b|\bmodels\.Model\b")
_VARIABLE: Final = re.compile(r"""\b(?:const|let|var)\s+(?P<name>\w+)\s*=\s*(?:sqlite|pg|mysql)Table\(\s*["'`](?P<table>\w+)""")  # fmt: skip


@dataclass(frozen=True, slots=True)
class TablesOfFile:
    """`made`: tables that it defines. `spoken_of`: names that stand where SQL has a table; some are words of prose.
    `models`: table → what the code calls it."""

    made: frozenset[str] = frozenset()
    spoken_of: frozenset[str] = frozenset()
    models: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Content:
    extension: str
    sha: str
    text: str = field(compare=False)


def tables_of(path: str, text: str, sha: str) -> TablesOfFile:
    """Names in lower case. `sha`: the digest of `text`."""
    extension = path.rpartition(".")[2].lower()
    if extension not in _ENDINGS or len(text) > _LONGEST:
        return TablesOfFile()
    return _read(_Content(extension, sha, text))


@lru_cache(maxsize=4_000)
def _read(content: _Content) -> TablesOfFile:
    text = content.text
    made = {match["name"].lower() for match in _MADE.finditer(text)}
    for match in _CALLED.finditer(text):
        made.add(next(filter(None, match.groups())).lower())
    if content.extension == "prisma":
        made.update(match["name"].lower() for match in _PRISMA.finditer(text))
    models = {match["table"].lower(): match["name"] for match in _VARIABLE.finditer(text)}
    if content.extension == "py":
        models = _python_models(text)
        made.update(models)
    spoken_of = frozenset(match["name"].lower() for match in _USED.finditer(text))
    return TablesOfFile(frozenset(made), spoken_of, models)


def _python_models(text: str) -> dict[str, str]:
    """Of SQLAlchemy and SQLModel, which calls a table as its class where nothing else is said; of Django's models the
    name without that of the app."""
    models: dict[str, str] = {}
    classes = [*_CLASS.finditer(text)]
    for match, following in zip_longest(classes, classes[1:]):
        body = text[match.end() : following.start() if following else len(text)]
        named = _TABLE_NAME.search(body)
        if named:
            models[named["name"].lower()] = match["name"]
        elif _IS_TABLE.search(match["bases"]):
            models[match["name"].lower()] = match["name"]
    return models
