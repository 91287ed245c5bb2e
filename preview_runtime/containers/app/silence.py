"""Ends an app and keeps its container: what it has stored can then be replaced, and its next start is short.

A container that ends and begins again takes its network along, which a browser on this machine notices: it breaks off what
is under way.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import Final

from aiodocker.containers import DockerContainer

from preview_runtime.containers.agents import client
from preview_runtime.containers.app import container as app_container
from preview_runtime.containers.app import supervisor
from preview_runtime.containers.app.preview import Preview
from preview_runtime.containers.docker.archive import archive
from preview_runtime.plans.recipe import WORK_FOLDER
from preview_runtime.uncancelled import uncancelled

log = logging.getLogger(__name__)
_SECONDS: Final = 20.0
# In the app's place, until it is started again.
_NOTHING: Final = "sleep 86400"


async def silence(preview: Preview, container: DockerContainer, paths: Sequence[str]) -> None:
    """End the app with all processes that it started. `paths`: those of its project. Where nothing of ours starts the app, its
    container is ended. Raises aiodocker.DockerError."""
    plan, shown = preview.plan, await container.show()
    if plan and plan.start and plan.runtime and shown["State"]["Running"]:
        try:
            if plan.runtime in client.COMMANDS:
                host = str(shown["NetworkSettings"]["Networks"][preview.title]["IPAddress"])
                await client.send(host, {}, paths, client.AppStart(_NOTHING), seconds=_SECONDS)
            else:
                user = preview.slots.user(preview.record.slot)
                own = {supervisor.RUN_FILE: f"exec {_NOTHING}\n"}
                packed = await asyncio.to_thread(archive, {}, user, time.time(), own, folder="")
                await container.put_archive(WORK_FOLDER, packed)
                await app_container.restart(container, [])
            return
        except client.AgentFailed as error:  # the app has spoiled it
            log.info("The program in the container of %s did not answer: %s", preview.project, error)
    await uncancelled(container.stop(t=0))
