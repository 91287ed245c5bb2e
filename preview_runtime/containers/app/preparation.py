"""Everything that must exist before an app's container: its plan, its image, its packages and its sidecars."""

from __future__ import annotations

import asyncio

from preview_runtime.containers.app.preview import Preview
from preview_runtime.containers.app.start_request import StartRequest
from preview_runtime.containers.beside.access import Access
from preview_runtime.containers.dockerfiles.builds import NOT_BUILT_HERE, without_image
from preview_runtime.containers.images import catalogue
from preview_runtime.containers.isolation.networks import image_missing
from preview_runtime.containers.packages.layer import Layer
from preview_runtime.engines import EngineFailed, Fault, FaultKind, Phase, RunHints
from preview_runtime.file_tree import FileTree
from preview_runtime.phrases import Say
from preview_runtime.plans.plan import NothingToRun, RunPlan, plan_run
from preview_runtime.plans.runtimes import Runtime


class Preparation:
    """The preparation of one preview. `say` gets the lines of installs and builds."""

    def __init__(self, preview: Preview, say: Say) -> None:
        self._preview = preview
        self._parts = preview.parts
        self._say = say

    async def of(self, tree: FileTree, hints: RunHints) -> StartRequest:
        """The result of the preparation for a start of `tree`. Raises `EngineFailed`."""
        preview = self._preview
        plan = await asyncio.to_thread(_planned, tree, hints)
        preview.enter(Phase.BOOT)
        plan, image = await self._image(plan, tree)
        preview.plan = plan
        layer = await self._layer(plan, tree, image)
        access = await self._access(tree)
        preview.record.told = {
            **plan.environment,
            **preview.settings.environment,
            **(layer.environment if layer else {}),
        }
        given = {**preview.record.told, **(access.environment if access else {})}
        return StartRequest(plan, tree, image, given, layer, access)

    async def _image(self, plan: RunPlan, tree: FileTree) -> tuple[RunPlan, str]:
        """The image, and the plan for it: a different plan when the image of a Dockerfile cannot be built."""
        if plan.runtime is None:
            self._preview.enter(Phase.BUILD)
            try:
                if self._parts.own_images is None:
                    raise EngineFailed(NOT_BUILT_HERE)
                return plan, await self._parts.own_images.ensure(self._preview.project, plan, tree, self._say)
            except EngineFailed as failed:
                plan = without_image(plan, failed)
            self._say(plan.reason)
        runtime = plan.runtime or Runtime.STATIC
        if await catalogue.missing_images(self._preview.docker, [runtime]):
            raise EngineFailed(image_missing(runtime))
        return plan, catalogue.tag(runtime)

    async def _layer(self, plan: RunPlan, tree: FileTree, image: str) -> Layer | None:
        if self._parts.layers is None or plan.packages is None:
            return None
        self._preview.enter(Phase.DEPENDENCIES)
        return await self._parts.layers.ensure(plan, tree, image, self._say) or Layer({}, {})

    async def _access(self, tree: FileTree) -> Access | None:
        if self._parts.sidecars is None:
            return None
        access = await self._parts.sidecars.ensure(self._preview.project, tree)
        if access is None and self._preview.record.sidecars:
            await self._parts.sidecars.stop(self._preview.project)  # the files need no layer any more
        self._preview.record.sidecars = access is not None
        return access


def _planned(tree: FileTree, hints: RunHints) -> RunPlan:
    try:
        return plan_run(tree, hints)
    except NothingToRun as error:
        raise EngineFailed(Fault(FaultKind.BUILD, "nothing_to_run", error.says)) from error
