"""What Python packages are called, give and bring along, from the environment that runs this: for the free mends.

Usage: python pypi.py OUT, with the packages that are asked about installed.
"""

import ast
import contextlib
import importlib
import io
import json
import re
import sys
import types
import warnings
from importlib import metadata
from pathlib import Path

# Modules of larger packages whose names are asked for, beside each package's own.
PARTS = [
    "fastapi.responses", "fastapi.staticfiles", "fastapi.templating", "fastapi.middleware.cors", "fastapi.security",
    "fastapi.testclient", "starlette.applications", "starlette.responses", "starlette.routing", "starlette.requests",
    "starlette.websockets", "starlette.staticfiles", "starlette.middleware", "starlette.middleware.cors",
    "sqlalchemy.orm", "sqlalchemy.ext.asyncio", "django.db.models", "django.http", "django.shortcuts", "django.urls",
    "django.views", "django.contrib.auth.models", "django.core.management", "django.conf", "django.contrib",
    "django.db", "django.views.generic", "django.utils", "django.utils.timezone", "django.core.exceptions", "sqlmodel",
    "pydantic_settings", "jinja2", "starlette.templating", "starlette.middleware.sessions", "sse_starlette.sse",
]  # fmt: skip
# Of the standard library: what apps use without much ado.
STANDARD = [
    "asyncio", "base64", "collections", "contextlib", "copy", "csv", "dataclasses", "datetime", "decimal", "enum",
    "functools", "hashlib", "html", "io", "itertools", "json", "logging", "math", "os", "pathlib", "random", "re",
    "secrets", "shutil", "sqlite3", "statistics", "string", "subprocess", "sys", "tempfile", "textwrap", "threading",
    "time", "traceback", "typing", "urllib.parse", "urllib.request", "uuid", "zoneinfo", "http.server", "abc", "__future__", "collections.abc", "http", "urllib", "email.message",
    "concurrent.futures", "queue", "signal", "socket", "struct", "types", "operator", "heapq", "bisect", "calendar",
    "hmac", "mimetypes", "pprint", "platform", "inspect", "zipfile", "xml.etree.ElementTree", "contextvars", "warnings",
]  # fmt: skip


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def theirs(value: object) -> bool:
    """Whether something is a package's own to give, and not what it took from Python."""
    home = getattr(value, "__module__", "") if callable(value) else ""
    name = value.__name__ if isinstance(value, types.ModuleType) else home if isinstance(home, str) else ""
    return name.partition(".")[0] not in sys.stdlib_module_names


def names_of(module: str) -> tuple[str, str]:
    """The names that a module gives, and those of them that are defined in it."""
    warnings.simplefilter("ignore")
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        loaded = importlib.import_module(module)
    top, said = module.partition(".")[0], set(getattr(loaded, "__all__", ()))
    standard = top in sys.stdlib_module_names
    names = said | {name for name in dir(loaded) if standard or theirs(vars(loaded).get(name))}
    with contextlib.suppress(Exception):  # what is loaded on demand stands in the source only
        source = ast.parse(Path(loaded.__file__).read_text(encoding="utf-8"))
        names |= {
            alias.asname or alias.name
            for node in ast.walk(source)
            if isinstance(node, ast.ImportFrom) and (node.level or (node.module or "").partition(".")[0] == top)
            for alias in node.names
        }
    own = {
        name
        for name in vars(loaded)
        if isinstance(vars(loaded)[name], type) and vars(loaded)[name].__module__ == module
    }
    return tuple(" ".join(sorted(name for name in some if name.isidentifier())) for some in (names, own))


packages, modules, homes = {}, {}, {}
for found in metadata.distributions():
    name = plain(found.metadata["Name"])
    wanted = [(plain(re.match(r"[\w.-]+", line)[0]), "extra ==" in line) for line in found.requires or ()]
    tops = {line for line in (found.read_text("top_level.txt") or "").split() if line.isidentifier()}
    tops |= {
        path.parts[0].removesuffix(".py")
        for path in found.files or ()
        if path.suffix == ".py" and (len(path.parts) > 1 or path.parent == Path())
    }
    packages[name] = {
        "version": found.version,
        "needs": sorted({need for need, extra in wanted if not extra}),
        "extras": sorted({need for need, extra in wanted if extra}) if len(wanted) < 60 else [],
        "imports": sorted(top for top in tops if top.isidentifier() and not top.startswith("_")),
    }
asked = {top for package in packages.values() for top in package["imports"]}
for module in sorted({*asked, *PARTS, *STANDARD}):
    with contextlib.suppress(BaseException):
        modules[module], homes[module] = names_of(module)
Path(sys.argv[1]).write_text(json.dumps({"packages": packages, "modules": modules, "homes": homes}), encoding="utf-8")
