"""How a Python project is installed and started."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from preview_runtime.file_tree import FileTree
from preview_runtime.plans.python_packages import (
    LOCK,
    REQUIREMENTS,
    locked_packages,
    python_packages,
    requirement_files,
)
from preview_runtime.plans.recipe import PACKAGES_FOLDER, PackageSet, Recipe, folder_of, nearest
from preview_runtime.plans.runtimes import Runtime

_ENTRY_NAMES: Final = ("main.py", "app.py", "server.py", "api.py", "asgi.py", "wsgi.py", "run.py", "__main__.py")
# The call that makes the app object, by framework; the server loads the name to which it is assigned.
_APP_OBJECTS: Final = {
    "FastAPI": r"FastAPI",
    "Starlette": r"Starlette",
    "Litestar": r"Litestar",
    "Flask": r"Flask",
    "Sanic": r"Sanic",
    "Bottle": r"Bottle",
}
# The modules that every app of a framework loads: the agent in the container loads them before it forks for the app, so
# that they are loaded for an edit as well.
_PRELOAD: Final[Mapping[str, tuple[str, ...]]] = {
    "FastAPI": ("uvicorn.main", "uvicorn.protocols.http.auto", "uvicorn.loops.auto", "uvicorn.lifespan.on", "fastapi"),
    "Starlette": ("uvicorn.main", "uvicorn.protocols.http.auto", "uvicorn.loops.auto", "starlette.applications"),
    "Flask": ("flask", "flask.cli", "werkzeug.serving"),
    "Django": (
        "django.core.management",
        "django.core.management.commands.migrate",
        "django.core.management.commands.runserver",
        "django.core.servers.basehttp",
        "django.db.migrations.executor",
        "django.db.models",
    ),
}
# The same for the image's other packages, if one of the project's files imports them.
_PRELOAD_IF_IMPORTED: Final = (
    *("sqlmodel", "sqlalchemy", "flask_sqlalchemy", "flask_login", "flask_cors", "sqlite3", "psycopg", "asyncpg"),
    *("httpx", "requests", "jinja2", "jwt", "sse_starlette", "pydantic_settings", "fastapi.staticfiles"),
    *("fastapi.templating", "fastapi.middleware.cors", "django.forms", "django.views.generic", "rest_framework"),
)
_IMPORT: Final = re.compile(r"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import|import[ \t]+([\w., \t]+))", re.M)
_PORTS: Final = {"Streamlit": 8501, "Gradio": 7860, "Flask": 5000}
# Where pip puts packages that the image lacks: into the project's volume, in addition to the image's.
_ENVIRONMENT: Final = {
    "PYTHONUNBUFFERED": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONUSERBASE": f"{PACKAGES_FOLDER}/python",
    "PIP_BREAK_SYSTEM_PACKAGES": "1",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_NO_INPUT": "1",
}
# To build a source distribution is to run its author's code; what the project itself has in a folder is built all the same.
_WHEELS: Final = "--only-binary :all:"
_MADE: Final = re.compile(r"^(\w+)\s*=\s*(\w+)\(", re.M)
_SKIPPED: Final = re.compile(
    r"(^|/)(tests?|node_modules|\.venv|venv|migrations|alembic)/|(^|/)(test_[^/]*|conftest|setup)\.py$"
)


def python_recipe(tree: FileTree, framework: str, start: str) -> Recipe | None:
    """The recipe for a Python tree, None when no file starts anything and no `start` command is given."""
    sources = _sources(tree)
    command, folder = _started(sources, framework)
    if not command and not start.strip():
        return None
    install, installed, inputs, packages = _install(tree, folder)
    return Recipe(
        runtime=Runtime.PYTHON,
        name=framework,
        start=command,
        port=_PORTS.get(framework, 8000),
        install=install,
        installed=installed,
        packages=packages,
        install_inputs=inputs,
        folder=folder,
        environment={**_ENVIRONMENT, **_settings(framework)},
        preload=_preload(framework, sources),
        reloads=framework == "Streamlit",
    )


@dataclass(frozen=True, slots=True)
class PythonStart:
    """`module` and `variable` name the app object (`factory`: the function that makes it), imported in `folder`;
    `script` is the file there that is run instead, "" where there is an object."""

    folder: str
    module: str = ""
    variable: str = ""
    factory: bool = False
    script: str = ""


def python_start(tree: FileTree, framework: str) -> PythonStart | None:
    """What of a Python tree is imported or run by whoever needs no command; None when nothing is found."""
    sources = _sources(tree)
    if framework in _APP_OBJECTS and (found := _app_object(sources, framework)):
        path, variable, factory = found
        return PythonStart(*_module(sources, path), variable, factory)
    script = _script(sources)
    return PythonStart(folder_of(script), script=script.rpartition("/")[2]) if script else None


def _sources(tree: FileTree) -> dict[str, str]:
    return {path: tree.text(path) or "" for path in tree if path.endswith(".py") and not _SKIPPED.search(path)}


def _script(sources: dict[str, str]) -> str:
    """The path of the file that starts the app by itself, "" when none does."""
    script = nearest(
        [path for path, text in sources.items() if path.endswith(_ENTRY_NAMES) or _starts_itself(text)], _ENTRY_NAMES
    )
    return script or (next(iter(sources)) if len(sources) == 1 else "")


def _preload(framework: str, sources: Mapping[str, str]) -> tuple[str, ...]:
    imported = {
        name.strip().partition(" ")[0]
        for text in sources.values()
        for found in _IMPORT.finditer(text)
        for name in (found[1] or found[2]).split(",")
    }
    # A submodule counts too: `from sqlalchemy.orm import Session`.
    imported |= {name.rpartition(".")[0] for name in imported} | {name.partition(".")[0] for name in imported}
    return (*_PRELOAD.get(framework, ()), *(name for name in _PRELOAD_IF_IMPORTED if name in imported))


def _started(sources: dict[str, str], framework: str) -> tuple[str, str]:
    """(start command, folder it runs in), both "" when none was found."""
    if framework == "Django" and (manage := nearest([path for path in sources if path.endswith("manage.py")])):
        command = "python manage.py migrate --noinput && exec python manage.py runserver --noreload 0.0.0.0:$PORT"
        return command, folder_of(manage)
    if framework in ("Streamlit", "Gradio"):
        using = [
            path
            for path, text in sources.items()
            if re.search(rf"^[ \t]*(?:import|from)\s+{framework.lower()}\b", text, re.M)
        ]
        script = nearest(using, ("app.py", "streamlit_app.py", *_ENTRY_NAMES))
        if not script:
            return "", ""
        folder, name = folder_of(script), script.rpartition("/")[2]
        return (f"streamlit run {name}" if framework == "Streamlit" else f"python {name}"), folder
    if framework in _APP_OBJECTS and (found := _app_object(sources, framework)):
        path, variable, factory = found
        folder, module = _module(sources, path)
        if framework == "Flask":
            target = f"{module}:{variable}{'()' if factory else ''}"
            return f'flask --app "{target}" run', folder
        if framework == "Bottle":
            return f"python -m bottle --bind 0.0.0.0:$PORT {module}:{variable}", folder
        return f"python -m uvicorn {module}:{variable}{' --factory' if factory else ''}", folder
    script = _script(sources)
    return (f"python {script.rpartition('/')[2]}", folder_of(script)) if script else ("", "")


def _app_object(sources: dict[str, str], framework: str) -> tuple[str, str, bool] | None:
    """(path, name of the app object or of the function that makes it, whether it is a function)."""
    call = _APP_OBJECTS[framework]
    objects: dict[str, str] = {}
    factories: dict[str, str] = {}
    for path, text in sources.items():
        if f"{call}(" not in text:  # one search instead of a hundred patterns
            continue
        if match := re.search(rf"^(\w+)[ \t]*(?::[^=\n]+)?=[ \t]*(?:\w+\.)?{call}\(", text, re.M):
            objects[path] = match[1]
        elif factory := _factory(text, call):
            factories[path] = factory
    # `app = create_app()` beside the factory, or in another file, is an object, so it counts as one.
    names = set(factories.values())
    for path, text in sources.items() if names else ():
        made = (match[1] for match in _MADE.finditer(text) if match[2] in names)
        if path not in objects and (variable := next(made, "")):
            objects[path] = variable
    if path := nearest(list(objects), _ENTRY_NAMES):
        return path, objects[path], False
    if path := nearest(list(factories), _ENTRY_NAMES):
        return path, factories[path], True
    return None


def _factory(text: str, call: str) -> str:
    """The name of the function that makes the app object, "" when there is none.

    Line by line: one pattern over the whole text takes exponential time on indented lines.
    """
    made = re.compile(rf"[ \t]+(?:return\b|\w+[ \t]*(?::[^=]+)?=)[ \t]*(?:\w+\.)?{call}\(")
    name = ""
    for line in text.splitlines():
        if found := re.match(r"(?:async\s+)?def\s+(\w+)", line):
            name = found[1]
        elif name and made.match(line):
            return name
        elif line[:1] not in ("", " ", "\t", ")", "#"):  # a line at the margin ends the function
            name = ""
    return ""


def _module(sources: dict[str, str], path: str) -> tuple[str, str]:
    """(folder to run in, dotted module) under which the imports of `path` work."""
    parts, name, text = folder_of(path).split("/") if "/" in path else [], path.rpartition("/")[2][:-3], sources[path]
    imported = set(re.findall(r"^[ \t]*(?:from|import)\s+(\w+)", text, re.M))
    dots = max((len(found) for found in re.findall(r"^[ \t]*from\s+(\.+)", text, re.M)), default=0)
    above = len(parts) - min(dots, len(parts))
    for place, part in enumerate(parts):
        if part in imported:  # it is named as a package: imports start above it
            above = min(above, place)
            break
    beside = {other.rpartition("/")[2][:-3] for other in sources if folder_of(other) == "/".join(parts)}
    # A folder with __init__.py is run as a package, unless its files import each other by bare names.
    if name == "__init__" or not (imported & (beside - {name}) - set(parts)):
        while above and above <= len(parts) and f"{'/'.join(parts[:above])}/__init__.py" in sources:
            above -= 1
    dotted = [*parts[above:], *([] if name == "__init__" else [name])]
    if not all(part.isidentifier() for part in dotted):
        return "/".join(parts), name
    return "/".join(parts[:above]), ".".join(dotted)


def _starts_itself(text: str) -> bool:
    return bool(
        re.search(r"""^if __name__ == ["']__main__["']|\bserve_forever\(|\.launch\(|uvicorn\.run\(""", text, re.M)
    )


def _install(tree: FileTree, folder: str) -> tuple[str, str, tuple[str, ...], PackageSet | None]:
    """(install command, command that checks whether everything is installed, the paths both depend on, the
    packages)."""
    places = [folder, ""] if folder else [""]
    # A server that runs as a package from the folder above may have its requirements in its own folder.
    near = nearest([path for path in tree if path.rpartition("/")[2] == REQUIREMENTS and not _SKIPPED.search(path)])
    for path in (*(f"{place}/{REQUIREMENTS}".lstrip("/") for place in places), near):
        # The commands run in the app's folder.
        if path in tree:
            up = _relative(path, folder)
            pip = f"python -m pip install --user {_WHEELS}"
            packages = locked_packages(tree, path) or python_packages(tree, path)
            lock = f"{folder_of(path)}/{LOCK}".lstrip("/")
            inputs = (*requirement_files(tree, path), *([lock] if lock in tree else []))
            return f"{pip} -r {up}", f"{pip} --quiet --no-index -r {up}", inputs, packages
    for place in places:
        path = f"{place}/pyproject.toml".lstrip("/")
        if path in tree and re.search(r"^[ \t]*dependencies\s*=", tree.text(path) or "", re.M):
            # Only the dependencies: the project itself is run from its files, and often cannot be built.
            up = _relative(path, folder)
            names = (
                f"python -c \"import tomllib; print(*tomllib.load(open('{up}', 'rb'))['project']['dependencies'], sep='\\n')\""
                f" > {PACKAGES_FOLDER}/requirements.txt && python -m pip install --user {_WHEELS}"
            )
            tail = f"-r {PACKAGES_FOLDER}/requirements.txt"
            inputs = tuple(name for name in (path, f"{place}/uv.lock".lstrip("/")) if name in tree)
            return f"{names} {tail}", f"{names} --quiet --no-index {tail}", inputs, python_packages(tree, path)
    return "", "", (), None


def _relative(path: str, folder: str) -> str:
    return (
        path.removeprefix(f"{folder}/")
        if folder and path.startswith(f"{folder}/")
        else "../" * (folder.count("/") + bool(folder)) + path
    )


def _settings(framework: str) -> dict[str, str]:
    if framework == "Streamlit":
        return {
            "STREAMLIT_SERVER_HEADLESS": "true",
            "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
            # Without it Streamlit asks a service for its public address, and waits 20 s because that name cannot be
            # resolved here.
            "STREAMLIT_BROWSER_SERVER_ADDRESS": "localhost",
        }
    if framework == "Gradio":
        return {"GRADIO_ANALYTICS_ENABLED": "False"}
    return {}
