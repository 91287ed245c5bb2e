"""The wanted state of a start, and which part of it a container has already."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from preview_runtime.containers.agents import client
from preview_runtime.containers.beside.access import Access
from preview_runtime.containers.docker.archive import is_private
from preview_runtime.containers.packages.layer import Layer
from preview_runtime.file_tree import FileTree
from preview_runtime.plans.recipe import PRIVATE_FOLDER, RunPlan

RUN: Final = f"{PRIVATE_FOLDER}/run"


@dataclass(frozen=True, slots=True)
class StartRequest:
    """The wanted state: the plan of `tree`, its image, the app's environment, its packages and its sidecars."""

    plan: RunPlan
    tree: FileTree
    image: str
    given: Mapping[str, str]
    layer: Layer | None
    access: Access | None

    @property
    def installs_itself(self) -> bool:
        """Whether packages are to be installed into the project's own volume."""
        return bool(self.plan.install) and self.layer is None

    @property
    def agent(self) -> Sequence[str]:
        """The command of the agent that starts the app in its container; empty when the image has none."""
        return client.COMMANDS.get(self.plan.runtime, ()) if self.plan.start and self.plan.runtime else ()

    @property
    def run(self) -> client.AppStart:
        """How the app is started."""
        layer = self.layer or Layer({}, {})
        # The project's own packages may be other versions than those loaded in advance.
        others = layer.links or (layer.environment and not layer.added)
        preload = () if others else self.plan.preload
        return client.AppStart(self.plan.start, self.plan.folder, self.given, layer.links, preload, layer.added)


def paths_of(tree: FileTree) -> list[str]:
    return [path for path in tree if not is_private(path)]


def to_bring(tree: FileTree, known: Mapping[str, str]) -> tuple[dict[str, str | bytes], dict[str, str]]:
    """(the files that differ from `known`, the digests of all)"""
    own = FileTree({path: content for path, content in tree.items() if not is_private(path)})
    digests = own.digests()
    return {path: content for path, content in own.items() if known.get(path) != digests[path]}, digests


def how(run: client.AppStart) -> dict[str, str]:
    """The digest of how the app runs, beside those of its files."""
    return FileTree({RUN: json.dumps(run.as_json(), sort_keys=True)}).digests()
