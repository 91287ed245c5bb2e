"""How a file tree is run in a container: its runtime, its install and start commands, and the reason."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from preview_runtime.engines import RunHints
from preview_runtime.file_tree import FileTree
from preview_runtime.phrases import Phrase
from preview_runtime.plans.listen_address import listening_command, port_of
from preview_runtime.plans.node_app import node_recipe
from preview_runtime.plans.node_packages import only_installs
from preview_runtime.plans.other_app import dockerfile_recipe, language_recipe, static_recipe
from preview_runtime.plans.python_app import python_recipe
from preview_runtime.plans.python_packages import said_packages, with_packages
from preview_runtime.plans.recipe import MAX_COMMAND, NothingToRun, PackageSet, Recipe, RunPlan
from preview_runtime.plans.runtimes import Runtime
from preview_runtime.stack import Stack, StackKind, detect_stack

__all__ = ["NothingToRun", "RunPlan", "plan_run"]

# Every name under which servers look for their address; names that a server does not read do no harm.
_ADDRESS_VARIABLES: Final = (
    "HOST",
    "UVICORN_HOST",
    "FLASK_RUN_HOST",
    "GRADIO_SERVER_NAME",
    "STREAMLIT_SERVER_ADDRESS",
    "NITRO_HOST",
    "NUXT_HOST",
    "SERVER_ADDRESS",
)
_PORT_VARIABLES: Final = (
    "PORT",
    "UVICORN_PORT",
    "FLASK_RUN_PORT",
    "GRADIO_SERVER_PORT",
    "STREAMLIT_SERVER_PORT",
    "NITRO_PORT",
    "NUXT_PORT",
    "SERVER_PORT",
)
_RUNTIME_WORDS: Final = {
    Runtime.PYTHON: "Python",
    Runtime.NODE: "Node",
    Runtime.GO: "Go",
    Runtime.JAVA: "Java",
}


def plan_run(tree: FileTree, hints: RunHints) -> RunPlan:
    """The plan for `tree`. `hints` for install, start and port override what the files say.

    However the app is started, it is told to listen on 0.0.0.0 at `port`. Depends on its arguments alone. Raises
    `NothingToRun`.
    """
    stack = detect_stack(tree, hints.start)
    recipe = _recipe(tree, stack, hints)
    own = _own(tree, stack, recipe, hints)
    if own is None:
        if recipe is None:
            raise NothingToRun(_missing(stack))
        return _plan(recipe, hints)
    if recipe is None:
        return _plan(own, hints)
    return replace(_plan(own, RunHints(port=hints.port)), instead=_plan(recipe, hints))


def _plan(recipe: Recipe, hints: RunHints) -> RunPlan:
    start = hints.start.strip() or recipe.start
    for what, command in (("start", start), ("install", hints.install.strip())):
        if len(command) > MAX_COMMAND:
            raise NothingToRun(
                Phrase(f"fault.nothing_to_run.{what}_command", {"length": len(command), "most": MAX_COMMAND})
            )
    said = hints.port or (port_of(start) if hints.start else 0)
    port = said if 0 < said < 65536 and start else port_of(start) or recipe.port
    return RunPlan(
        runtime=recipe.runtime,
        install=hints.install.strip() or recipe.install,
        start=listening_command(start),
        port=port,
        environment=_environment(recipe, port),
        reason=_reason(recipe, hints),
        folder=recipe.folder,
        install_inputs=recipe.install_inputs,
        installed="" if hints.install.strip() else recipe.installed,
        packages=_packages(recipe, hints.install.strip()),
        dockerfile=recipe.dockerfile,
        preload=recipe.preload,
        # A given start command may serve anything.
        reloads=recipe.reloads and not hints.start.strip(),
        builds=recipe.builds,
    )


def _own(tree: FileTree, stack: Stack, recipe: Recipe | None, hints: RunHints) -> Recipe | None:
    """The project's Dockerfile, if it is used: always when no `recipe` is known; otherwise for a server, unless the
    hints decline it. A front end has a development server, which shows an edit at once."""
    own = dockerfile_recipe(tree, recipe.folder if recipe else None, stack.front_folder)
    if recipe is None or own is None or hints.dockerfile is True:
        return own
    said = hints.dockerfile is False or hints.start.strip() or hints.install.strip()
    return None if said or stack.kind in (StackKind.FRONT_END, StackKind.FRAMEWORK) else own


def _recipe(tree: FileTree, stack: Stack, hints: RunHints) -> Recipe | None:
    recipe: Recipe | None = None
    if stack.kind is StackKind.PYTHON:
        recipe = python_recipe(tree, stack.name, hints.start)
    elif stack.kind in (StackKind.NODE_SERVER, StackKind.FRAMEWORK):
        recipe = node_recipe(tree, stack.name)
    elif stack.kind is StackKind.FRONT_END:
        recipe = node_recipe(tree, stack.name) or static_recipe(tree)
    elif stack.kind is StackKind.CONTAINER:
        recipe = language_recipe(tree, stack.name)
    has_dockerfile = dockerfile_recipe(tree, None, stack.front_folder) is not None
    if recipe is None and not has_dockerfile and hints.start.strip() and (runtime := _runtime_of(hints.start)):
        recipe = Recipe(runtime, _RUNTIME_WORDS[runtime], "", 8000 if runtime is Runtime.PYTHON else 3000)
    return recipe


def _packages(recipe: Recipe, said: str) -> PackageSet | None:
    """The packages of the plan that a layer can hold; a command that was `said` and does more than install packages has
    to be run."""
    if said and recipe.runtime is Runtime.PYTHON:
        named = said_packages(said)
        return None if named is None else with_packages(recipe.packages, named)
    return None if said and not only_installs(said) else recipe.packages


def _runtime_of(start: str) -> Runtime | None:
    """The runtime whose program a given command begins with."""
    words = set(start.split())
    if words & {"python", "python3", "uvicorn", "gunicorn", "flask", "streamlit", "fastapi"}:
        return Runtime.PYTHON
    if words & {"node", "npm", "npx", "pnpm", "yarn", "bun", "tsx"}:
        return Runtime.NODE
    if words & {"go"}:
        return Runtime.GO
    return Runtime.JAVA if words & {"java", "mvn", "gradle"} else None


def _environment(recipe: Recipe, port: int) -> dict[str, str]:
    return {
        **dict.fromkeys(_ADDRESS_VARIABLES, "0.0.0.0"),  # noqa: S104 - inside the container, on its own network
        **dict.fromkeys(_PORT_VARIABLES, str(port)),
        **recipe.environment,
    }


def _reason(recipe: Recipe, hints: RunHints) -> Phrase:
    if recipe.runtime is None:
        return Phrase("run.dockerfile")
    given = ".given" if hints.start.strip() else ""
    if recipe.runtime is Runtime.STATIC:
        return Phrase(f"run.static{given}")
    runtime = _RUNTIME_WORDS[recipe.runtime]
    if recipe.name == runtime:
        return Phrase(f"run.language{given}", {"name": runtime})
    return Phrase(f"run.framework{given}", {"name": recipe.name, "runtime": runtime})


def _missing(stack: Stack) -> Phrase:
    if stack.kind is StackKind.NOTHING:
        return Phrase("fault.nothing_to_run")
    if stack.kind is StackKind.PYTHON:
        return Phrase("fault.nothing_to_run.python")
    if stack.kind in (StackKind.NODE_SERVER, StackKind.FRAMEWORK):
        return Phrase("fault.nothing_to_run.start", {"name": stack.name})
    if stack.kind is StackKind.FRONT_END:
        return Phrase("fault.nothing_to_run.page")
    return Phrase("fault.nothing_to_run.dockerfile", {"name": stack.name})
